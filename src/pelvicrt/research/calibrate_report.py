"""What does a calibration say of itself: as JSON, as a table, and as the recipe shipped with the draws?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pelvicrt.evidence import Library, Recipe
from pelvicrt.report import write_whole
from pelvicrt.research.calibrate import Fit
from pelvicrt.research.calibrate_checks import (
    DISCREPANT,
    discrepancies,
    heterogeneity_sensitivity,
    in_sample,
    rank_histogram,
    synthetic_truths,
)
from pelvicrt.research.leave_out import Foreseen, LeftOut, summary
from pelvicrt.research.posterior import Movement, movements, shipped

Report = dict[str, Any]
_PLACES = 4
LEAST_EFFECTIVE = 1000


def report_of(
    fit: Fit,
    *,
    left_out: tuple[LeftOut, ...] = (),
    truths: int = 50,
    progress: Callable[[float], None] = lambda _: None,
) -> Report:
    """Everything measured of a calibration, as plain JSON."""
    moved = movements(fit)
    informed = tuple(item.name for item in moved if item.informed and item.name in fit.priors.names)
    fitted = in_sample(fit)
    found: Report = {
        "settings": dataclasses.asdict(fit.settings),
        "targets": len(fit.comparison.targets),
        "fitted": len(fit.used),
        "evaluations": fit.evaluations,
        "powers": list(fit.powers),
        "correction": dataclasses.asdict(fit.correction),
        "trusted": trusted(fit),
        "emulator": {
            "worst_error": float(fit.emulator.error.max()),
            "median_error": float(sorted(fit.emulator.error)[len(fit.emulator.error) // 2]),
            "worst_explained": float(fit.emulator.explained.min()),
        },
        "parameters": [_movement(item) for item in moved],
        "summary": {"prior": summary(in_sample(fit, prior=True)), "in_sample": summary(fitted)},
        "rank_histogram": rank_histogram(fitted),
        "discrepancies": [dataclasses.asdict(item) for item in discrepancies(fit) if abs(item.z) > DISCREPANT],
        "heterogeneity_sensitivity": [dataclasses.asdict(item) for item in heterogeneity_sensitivity(fit)],
        "synthetic_truths": dataclasses.asdict(synthetic_truths(fit, informed, truths=truths, progress=progress))
        if informed and truths
        else None,
        "figures": [foreseen(item) for item in fitted],
    }
    if left_out:
        every = tuple(item for one in left_out for item in one.foreseen)
        found["summary"]["leave_out"] = summary(every)
        found["leave_out"] = [
            {
                "group": one.group,
                "effective_share": one.effective_share,
                "pareto_k": one.pareto_k,
                "findings": [foreseen(item) for item in one.foreseen],
            }
            for one in left_out
        ]
    rounded: Report = _rounded(found)
    return rounded


def trusted(fit: Fit) -> bool:
    """Whether the draws may ship: enough of them effective, none dominating, most of them different."""
    correction = fit.correction
    enough = min(LEAST_EFFECTIVE, fit.settings.draws / 4)
    return (
        correction.effective_size >= enough
        and correction.largest_weight < 0.02  # number: no draw may count for more than a fiftieth
        and correction.unique_share > 0.6  # number: at least three fifths of the draws must be different
    )


def foreseen(item: Foreseen) -> Report:
    """One figure as the replay prints it."""
    target = item.target
    return {
        "cohort": target.cohort,
        "id": target.id,
        "quantity": target.quantity,
        "arm": target.arm,
        "subgroup": target.subgroup,
        "at_months": target.at_months,
        "n": target.n,
        "observed": target.observed,
        "mean": item.expected,
        "low50": item.low50,
        "high50": item.high50,
        "low95": item.low95,
        "high95": item.high95,
        "inside50": item.inside50,
        "inside95": item.inside95,
    }


def as_text(report: Mapping[str, Any]) -> str:
    """The report in a page of plain text."""
    correction, lines = report["correction"], []
    lines.append(
        f"{report['fitted']} of {report['targets']} figures fitted; effective sample size "
        f"{correction['effective_size']:.0f} of {report['settings']['draws']}; largest weight "
        f"{correction['largest_weight']:.4f}; unique {correction['unique_share']:.0%}; k {correction['pareto_k']:.2f}"
        f"{'' if report['trusted'] else '  NOT TO BE SHIPPED'}"
    )
    lines.append("")
    lines.append(f"{'':12}{'figures':>8}{'in 95 %':>9}{'in 50 %':>9}{'MAE OS':>8}{'other':>8}{'months':>8}{'width':>8}")
    for name, one in report["summary"].items():
        cells = [one[key] for key in _SUMMARY]
        lines.append(
            f"{name:12}{one['figures']:>8}" + "".join(_cell(c, w) for c, w in zip(cells, _WIDTHS, strict=True))
        )
    lines += ["", f"{'parameter':38}{'prior':>24}{'posterior':>24}{'shift':>7}{'cut':>7}"]
    lines += [
        f"{item['id']:38}{_range(item['prior']):>24}{_range(item['posterior']):>24}"
        f"{item['shift']:>7.2f}{item['variance_cut']:>7.2f}"
        for item in report["parameters"]
        if item["informed"]
    ]
    lines += ["", "Figures missed by more than 1.5 standard errors:"]
    lines += [
        f"  {item['target']:60} {item['observed']:.3g} printed, {item['expected']:.3g} expected, z {item['z']:+.1f}"
        for item in report["discrepancies"]
    ]
    return "\n".join(lines)


def write_calibration(
    fit: Fit, library: Library, report: Report, folder: Path, *, name: str, made_on: dt.date
) -> tuple[Path, Path, Path]:
    """The draws, the recipe and the full report in `folder`; each file appears complete or not at all."""
    kept = {
        key: value for key, value in report.items() if key not in {"settings", "figures", "leave_out", "parameters"}
    }
    kept["moved"] = {
        item["id"]: [item["shift"], item["variance_cut"]] for item in report["parameters"] if item["informed"]
    }
    recipe, content = shipped(fit, library, name=name, made_on=made_on, diagnostics=kept)
    paths = folder / f"{name}.npz", folder / f"{name}.yaml", folder / f"{name}.json"
    texts = content, recipe_yaml(recipe).encode(), (json.dumps(report, indent=1) + "\n").encode()
    for path, text in zip(paths, texts, strict=True):
        write_whole(path, text)
    return paths


def recipe_yaml(recipe: Recipe) -> str:
    """The recipe as the library keeps it."""
    plain = {**dataclasses.asdict(recipe), "parameters": list(recipe.parameters), "depends_on": list(recipe.depends_on)}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


_SUMMARY = (
    "inside95", "inside50", "mae_overall_survival", "mae_other_proportions", "mae_medians_months", "width95_os36_n100",
)  # fmt: skip
_WIDTHS = (9, 9, 8, 8, 8, 8)


def _movement(item: Movement) -> Report:
    return {
        "id": item.name,
        "prior": list(item.prior),
        "posterior": list(item.posterior),
        "shift": item.shift,
        "variance_cut": item.variance_cut,
        "informed": item.informed,
    }


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else format(value, '.3g'):>{width}}"


def _range(values: list[float]) -> str:
    return f"{values[0]:.3g} ({values[1]:.3g}-{values[2]:.3g})"


def _rounded(item: Any) -> Any:
    """The same with floats rounded, tuples as lists, and no infinities, which JSON does not know."""
    match item:
        case bool() | int() | str() | None:
            return item
        case float():
            return round(item, _PLACES) if abs(item) < 1e300 else None  # number: finite
        case Mapping():
            return {key: _rounded(value) for key, value in item.items()}
        case _:
            return [_rounded(value) for value in item]
