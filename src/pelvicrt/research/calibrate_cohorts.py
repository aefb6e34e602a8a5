"""Which printed figures are fitted, with which errors, and which virtual arm answers each of them?

Numbers come from the studies of the evidence library; `cohorts.yaml` says how they are replayed. Where no interval is
printed: a count has the error of its logit, a Kaplan-Meier proportion se^2 = 1.2 / (n p (1 - p)) on the logit, a median
se = 1 / sqrt(.6 n) on the log. None or all of n is compared by its binomial probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pelvicrt.evidence import Finding, Library, Step, Study
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.research.predict import OUTCOME_CLASSES, Target, on_scale
from pelvicrt.simulate import FIGURES, ArmPlan

SHIPPED = Path(__file__).parent / "cohorts.yaml"
WATCHED = ("regrowth", "no_regrowth", "organ_kept", "regrowth_share", "salvage", "salvage_control")
"""Figures of arms that start on watch and wait."""
_MONTHS = 112
_KM_INFLATION = 1.2  # number: variance of a Kaplan-Meier proportion over that of a count (censoring)
_MEDIAN_INFORMATION = 0.6  # number: share of n that a median rests on when follow-up ends before all have died
_Z95 = 1.959964  # number: standard normal quantile of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one target is read off an arm: `at` None takes a median (or the only value of a figure without time)."""

    target: Target
    figure: str
    at: float | None
    among: str
    after_clearance: bool
    follow_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One virtual arm with its targets; `watched_weeks` is set for arms that start on watch and wait.

    `without_rt` is the share of patients whose plan leaves the radiotherapy out; `mixture` replaces plan and share by
    several plans with the share of patients on each. `metastases` False is a series without distant disease: response,
    pelvis and toxicity are then read, systemic relapse is switched off.
    """

    key: str
    plan: ArmPlan
    without_rt: float
    watched_weeks: float | None
    patients: Mapping[str, Any]
    readings: tuple[Reading, ...]
    mixture: tuple[tuple[ArmPlan, float], ...] = ()
    metastases: bool = True


def read_cohorts(library: Library, path: Path = SHIPPED) -> tuple[Arm, ...]:
    """The arms of a file of cohorts.

    Raises:
        InvalidInput: naming the arm and the key that does not fit.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not isinstance(raw.get("arms"), list):
        raise _wrong(path, "arms", type(raw).__name__, Text("a list of arms", "队列列表"))
    arms = []
    for number, item in enumerate(raw["arms"]):
        try:
            arms.append(_arm(item, raw.get("defaults", {}), library))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = str(error.args[0]) if error.args else type(error).__name__
            expected = Text(f"something known: {message}", f"已知内容：{message}")
            raise _wrong(path, f"arms.{number}", str(item.get("study", "?"))[:60], expected) from error
    return tuple(arms)


def _wrong(path: Path, field: str, found: str, expected: Text) -> InvalidInput:
    return InvalidInput([Problem(file=path.name, field=field, found=found, expected=expected)])


def _arm(item: Mapping[str, Any], defaults: Mapping[str, Any], library: Library) -> Arm:
    study = library.studies[item["study"]]
    family, regimen = item["rt"]
    key = study.id + (f"/{item['arm']}" if "arm" in item else "")
    return Arm(
        key=key,
        plan=ArmPlan(
            steps=read_steps(item.get("plan", "")),
            rt_family=family,
            regimen=None if regimen is None else library.regimens[regimen],
            surgery=item.get("surgery", True),
            limited_access=item.get("limited_access", False),
            life_table=library.life_tables[item["life_table"]].id,
            months=_MONTHS,
        ),
        without_rt=float(item.get("without_rt", 0.0)),
        watched_weeks=item["watched"]["weeks"] if "watched" in item else None,
        patients={**defaults, **item.get("patients", {})},
        readings=tuple(_reading(one, item, study, key, library) for one in item["targets"]),
    )


def read_steps(words: str) -> tuple[Step, ...]:
    """Steps in short form: kind, weeks and agents parted by colons.

    >>> [(step.kind, step.weeks, step.agents) for step in read_steps("short_course systemic:16:folfirinox")]
    [('short_course', None, ()), ('systemic', 16.0, ('folfirinox',))]
    """
    found = []
    for number, word in enumerate(words.split()):
        kind, *rest = word.split(":")
        weeks = float(rest[0]) if rest else None
        agents = tuple(rest[1].split("+")) if len(rest) > 1 else ()
        found.append(
            Step(id=f"step-{number}", kind=kind, label=Text(kind, kind), weeks=weeks, agents=agents)  # type: ignore[arg-type]
        )
    return tuple(found)


def _reading(one: Mapping[str, Any], arm: Mapping[str, Any], study: Study, key: str, library: Library) -> Reading:
    names = [one["quantity"]] if isinstance(one["quantity"], str) else list(one["quantity"])
    findings = [_finding(study, name, one, arm) for name in names]
    if one["figure"] not in FIGURES and one["figure"] not in WATCHED:
        raise ValueError(f"no figure {one['figure']!r}")
    if one["class"] not in OUTCOME_CLASSES:
        raise ValueError(f"no outcome class {one['class']!r}")
    for bias in one.get("biases", ()):
        library.parameters[bias]
    median = names[0].startswith("median_")
    return Reading(
        target=_target(names[0], findings, one, arm, study=study, key=key, median=median),
        figure=one["figure"],
        at=None if median else one.get("at"),
        among=one.get("among", ""),
        after_clearance=one.get("after_clearance", False),
        follow_up=one.get("follow_up", False),
    )


def _finding(study: Study, name: str, one: Mapping[str, Any], arm: Mapping[str, Any]) -> Finding:
    found = [
        item
        for item in study.findings
        if item.quantity == name
        and item.subgroup == one.get("subgroup", "")
        and ("at" not in one or item.at_months in (None, one["at"]))
        and item.arm in ("", arm.get("arm", item.arm))
    ]
    if len(found) != 1 or found[0].value is None:
        raise ValueError(f"{len(found)} findings {name!r} of {study.id} fit")
    return found[0]


def _target(
    name: str,
    findings: Sequence[Finding],
    one: Mapping[str, Any],
    arm: Mapping[str, Any],
    *,
    study: Study,
    key: str,
    median: bool,
) -> Target:
    first = findings[0]
    value = sum(float(item.value or 0.0) for item in findings)
    n = one.get("n") or first.denominator or arm.get("n") or study.n
    hits = None if first.numerator is None else sum(int(item.numerator or 0) for item in findings)
    bounds = _bounds(first) if one.get("printed_interval", True) and len(findings) == 1 else (None, None)
    extreme = hits is not None and hits in (0, n)
    label = "/".join(filter(None, (key, name, one.get("subgroup", ""), str(one.get("at", "")))))
    return Target(
        id=label,
        cohort=study.id,
        overlap_group=study.overlap_group,
        quantity=name,
        arm=arm.get("arm", ""),
        subgroup=one.get("subgroup", ""),
        at_months=None if median else one.get("at"),
        n=n,
        outcome_class=one["class"],
        scale="log" if median else "logit",
        observed=value,
        se_scale=None if extreme else standard_error(value, bounds, n, median=median, counted=hits is not None),
        exact=None if hits is None or n is None else (hits, n),
        score=one.get("score", "primary"),
        weight=float(one.get("weight", arm.get("weight", 1.0))),
        biases=tuple(one.get("biases", ())),
    )


def _bounds(finding: Finding) -> tuple[float | None, float | None]:
    if finding.ci95 is not None:
        return finding.ci95
    return finding.more.get("ci95_low"), finding.more.get("ci95_high")


def standard_error(
    value: float, bounds: tuple[float | None, float | None], n: int | None, *, median: bool, counted: bool
) -> float:
    """On the logit, or on the log for a median; from the interval printed if any, else from n."""
    scale = "log" if median else "logit"
    known = [on_scale(np.array([item]), scale)[0] for item in bounds if item is not None]  # type: ignore[arg-type]
    if len(known) == 2:
        return float((known[1] - known[0]) / (2.0 * _Z95))
    if n is None:
        raise ValueError("neither an interval nor a number of patients")
    if median:
        # One printed end is trusted only where it is no closer than the number of patients allows.
        one_sided = [abs(np.log(value) - item) / _Z95 for item in known]
        return float(max([1.0 / np.sqrt(_MEDIAN_INFORMATION * n), *one_sided]))
    inflation = 1.0 if counted else _KM_INFLATION
    return float(np.sqrt(inflation / (n * value * (1.0 - value))))
