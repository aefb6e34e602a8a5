"""What would each option probably bring? The rows of the ledger: one outcome a row, one option a column."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from pelvicrt.foundation import EVIDENCE_GRADES, Grade
from pelvicrt.recommend import Comparison
from pelvicrt.report.estimates import (
    Estimate,
    Kind,
    estimate_at,
    horizon_of,
    kind_of,
    more_is_better,
    scaled,
    told,
    told_range,
    unit_of,
)
from pelvicrt.report.look import interval_bar
from pelvicrt.report.options import Option
from pelvicrt.report.verdicts import Verdict, verdict
from pelvicrt.report.words import Words

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("life", ("overall_survival", "progression_free_survival", "life_months", "quality_adjusted_months")),
    (
        "control",
        (
            "all_sites_cleared",
            "r0_resection",
            "local_recurrence",
            "distant_progression",
            "complete_clinical_response",
            "pathological_complete_response",
            "local_regrowth",
        ),
    ),
    (
        "organ",
        (
            "organ_preservation",
            "stoma_free",
            "permanent_stoma",
            "major_lars",
            "pelvic_symptom_free",
            "symptom_relief",
        ),
    ),
    ("harm", ("grade3plus_toxicity", "postoperative_mortality_90d", "treatment_days", "cost")),
)


NO_BAR = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One option's number on one outcome; `number` is empty when there is none, and `note` says why."""

    option: Option
    number: str = ""
    range: str = ""
    centre: str = ""
    bar: Markup = NO_BAR
    share: tuple[float, float, float, float, float] | None = None
    note: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outcome with what its head says."""

    outcome: str
    title: str
    months: float | None
    unit: str
    direction: str
    grade: Grade
    from_m0: bool
    given: str
    verdict: Verdict | None
    scale: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that answer one question."""

    title: str
    rows: tuple[Row, ...]


def ledger(options: tuple[Option, ...], comparisons: tuple[Comparison, ...], words: Words) -> tuple[Group, ...]:
    """Every outcome that at least one option has, in four groups; harms stand beside benefits."""
    groups = []
    for name, outcomes in GROUPS:
        rows = tuple(row for outcome in outcomes if (row := _row(outcome, options, comparisons, words)))
        if rows:
            groups.append(Group(title=words.label("group", name), rows=rows))
    return tuple(groups)


def title_of(outcome: str, months: float | None, words: Words) -> str:
    """An outcome's name with its time."""
    name = words.label("outcome", outcome)
    if months is None:
        return name
    return words.label("outcome", "at_months").format(outcome=name, time=words.horizon(months))


def _row(outcome: str, options: tuple[Option, ...], comparisons: tuple[Comparison, ...], words: Words) -> Row | None:
    outcomes = tuple(item.assessed.outcomes for item in options if item.assessed.outcomes)
    months = horizon_of(outcome, outcomes)
    estimates = {item.letter: estimate_at(item.assessed.outcomes, outcome, months) for item in options}
    known = [item for item in estimates.values() if item]
    if not known:
        return None
    kind = kind_of(outcome)
    top = _top(known, kind)
    return Row(
        outcome=outcome,
        title=title_of(outcome, months, words),
        months=months,
        unit=unit_of(kind, words),
        direction=words.label("good", "more" if more_is_better(outcome) else "fewer"),
        grade=max((item.grade for item in known), key=EVIDENCE_GRADES.index),
        from_m0=any(item.from_m0 for item in known),
        given=next((words.given(item.given) for item in known if item.given), ""),
        verdict=verdict(options, outcome, months, comparisons, words),
        scale="" if kind == "share" else words("options.scale", n=words.number(top)),
        cells=tuple(_cell(item, estimates[item.letter], kind, top, words) for item in options),
    )


def _top(known: list[Estimate], kind: Kind) -> float:
    """The end of the row's scale: 100 for shares, a round number above everything otherwise."""
    if kind == "share":
        return 100.0
    most = max(scaled(max(item.high, item.centre_high, item.mean), kind) for item in known)
    step = 10.0 ** math.floor(math.log10(max(most, 1)))
    return max(math.ceil(most / step) * step, 1.0)


def _cell(option: Option, estimate: Estimate | None, kind: Kind, top: float, words: Words) -> Cell:
    if estimate is None:
        note = words("options.na") if option.assessed.outcomes else words("options.no_outcomes")
        return Cell(option=option, note=note)
    if estimate.is_impossible:
        return Cell(option=option, note=words("options.organ_removed"))
    ends = (estimate.mean, estimate.low, estimate.high, estimate.centre_low, estimate.centre_high)
    mean, low, high, centre_low, centre_high = (scaled(value, kind) / top for value in ends)
    thin = (min(low, centre_low), max(high, centre_high))
    return Cell(
        option=option,
        number=told(estimate.mean, kind, words),
        range=told_range(estimate.low, estimate.high, kind, words),
        centre=told_range(estimate.centre_low, estimate.centre_high, kind, words),
        bar=interval_bar(option.css, mean=mean, low=low, high=high, thin=thin),
        share=(mean, low, high, *thin),
        estimate=estimate,
    )
