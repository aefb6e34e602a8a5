"""What stands beside the ledger: worth of missing facts, what would change the advice, wishes, icon arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from pelvicrt.case import Preferences
from pelvicrt.evidence import Regimen
from pelvicrt.foundation import UNKNOWN, Text, is_known
from pelvicrt.recommend import Convergence
from pelvicrt.report.calendar import dates_of
from pelvicrt.report.estimates import Estimate, estimate_at, horizon_of, told
from pelvicrt.report.ledger import title_of
from pelvicrt.report.options import Option
from pelvicrt.report.page import CLASSES, Page
from pelvicrt.report.words import Words
from pelvicrt.strategies import RegimenDose

ARRAYS = ("overall_survival", "organ_preservation", "all_sites_cleared")
STEPS = 11
TIE_SIGN = "≈"
_LIMITS = ("device", "average", "separate", "populations", "validation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """One unknown fact: what knowing it is worth and who can supply it. `width` is its bar, of 100."""

    label: str
    days: str
    chance: str
    who: str
    blocks: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One thing that would change the advice. `left` and `right` are shares 0..1 towards the leader and the other.

    `parameter` is the id of the assumption's record, if it is one.
    """

    what: str
    parameter: str
    against: str
    left: str
    left_said: str
    right: str
    right_said: str
    low_share: float
    high_share: float
    css: str
    flips: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StripCell:
    """Who leads at one step of one wish."""

    letter: str
    css: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One wish (`wish` its field, `name` its words) with its eleven steps."""

    wish: str
    name: str
    recorded: str
    cells: tuple[StripCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One option's dates in sentences, and what about them is late or impossible."""

    option: Option
    said: tuple[str, ...]
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """One option's icon array: numbers and their sentence."""

    option: Option
    estimate: Estimate
    said: str


def worth(page: Page) -> tuple[Worth, ...]:
    """The unknown facts, most valuable first."""
    w = page.words
    items = sorted(page.assessment.advice.missing_information, key=lambda item: (-item.value_qalm, item.fact))
    most = max((item.value_qalm for item in items), default=0.0)
    return tuple(
        Worth(
            label=item.label.say(w.lang),
            days=w(
                "missing.worth",
                n=page.days(item.value_qalm),
                low=page.days(item.value_low),
                high=page.days(item.value_high),
            ),
            chance=w("missing.chance", n=w.number(100 * item.chance_changes_advice)),
            who=_sentence(item.who, page),
            blocks=_blocked(item.blocks, page),
            width=round(100 * item.value_qalm / most, 1) if most > 0 else 0.0,
        )
        for item in items
    )


def swings(page: Page) -> tuple[Swing, ...]:
    """What would change the advice, widest swing first; left of the line the leader is better."""
    changes = page.assessment.advice.recommendation.would_change_it
    if page.leader is None:
        return ()
    reach = max((abs(end) for item in changes for end in (item.low_difference, item.high_difference)), default=0.0)
    made = []
    for item in sorted(changes, key=lambda c: -abs(c.low_difference - c.high_difference)):
        ends = sorted(
            ((item.low_difference, item.low_label), (item.high_difference, item.high_label)), key=lambda end: -end[0]
        )
        other = page.options.of(item.to)
        made.append(
            Swing(
                what=item.what.say(page.words.lang),
                parameter=item.parameter,
                against=page.words("missing.against", option=other.letter) if other else "",
                left=ends[0][1].say(page.words.lang),
                left_said=_difference(ends[0][0], page, other),
                right=ends[1][1].say(page.words.lang),
                right_said=_difference(ends[1][0], page, other),
                low_share=ends[0][0] / reach if reach else 0.0,
                high_share=ends[1][0] / reach if reach else 0.0,
                css=other.css if other else "e",
                flips=item.flips,
            )
        )
    return tuple(made)


def strips(page: Page) -> tuple[Strip, ...]:
    """Each wish with the option that would lead at each step; the recorded step is marked."""
    asked = [item.name for item in dataclasses.fields(Preferences)]
    found = page.assessment.advice.preference_strips
    return tuple(
        _strip(name, found[name], page) for name in (*asked, *sorted(set(found) - set(asked))) if name in found
    )


def strip_names(page: Page) -> tuple[Option, ...]:
    """The options that lead somewhere on a strip but are not among the columns."""
    keys = {key for steps in page.assessment.advice.preference_strips.values() for key in steps}
    return tuple(option for option in page.options.rest if option.key in keys)


def doses(page: Page) -> tuple[tuple[Regimen, RegimenDose], ...]:
    """What each schedule among the options means biologically, each schedule once."""
    found: dict[tuple[str, Text, float], tuple[Regimen, RegimenDose]] = {}
    for option in page.options.all:
        regimen = option.assessed.candidate.regimen
        for dose in option.assessed.candidate.radiobiology if regimen else ():
            assert regimen is not None
            found.setdefault((regimen.id, dose.scenario, dose.alpha_beta_gy), (regimen, dose))
    return tuple(found.values())


def stopping(page: Page) -> tuple[tuple[Option, tuple[str, ...]], ...]:
    """When each option should be stopped or changed."""
    return tuple(
        (option, tuple(rule.say(page.words.lang) for rule in option.assessed.candidate.stopping_rules))
        for option in page.options.columns
        if option.assessed.candidate.stopping_rules
    )


def plan_rows(page: Page) -> tuple[PlanRow, ...]:
    """The dated plan in sentences."""
    return tuple(plan_row(option, page) for option in page.options.columns)


def arrays(page: Page) -> tuple[tuple[str, tuple[Array, ...]], ...]:
    """Icon arrays of the outcomes at least one column has."""
    found = []
    for outcome in ARRAYS:
        outcomes = tuple(item.assessed.outcomes for item in page.options.columns if item.assessed.outcomes)
        months = horizon_of(outcome, outcomes)
        title = title_of(outcome, months, page.words)
        row = tuple(
            Array(option=option, estimate=estimate, said=_array_sentence(estimate, title, page))
            for option in page.options.columns
            if (estimate := estimate_at(option.assessed.outcomes, outcome, months)) is not None
            and not estimate.is_impossible
        )
        if row:
            found.append((page.words("hundred.row", outcome=title), row))
    return tuple(found)


def asked_facts(page: Page) -> tuple[str, ...]:
    """Facts that a class or an option still asks for and that are not already in the list of tests."""
    listed = {item.fact for item in page.assessment.advice.missing_information}
    asked: list[str] = []
    for name in CLASSES:
        asked += getattr(page.assessment.classification, name).missing
    for option in page.options.all:
        asked += option.assessed.candidate.missing
    return tuple(fact for fact in dict.fromkeys(asked) if fact not in listed)


def made_line(page: Page) -> str:
    """Which versions made this report, so that it can be made again."""
    item, w = page.assessment, page.words
    return w(
        "limits.made",
        version=item.version,
        model=item.model_id,
        library=item.library_hash,
        evidence=w.date(item.evidence_date),
        seed=item.seed,
        draws=w.number(item.draws),
        when=w.moment(item.created_at),
    )


def limits(page: Page) -> tuple[str, ...]:
    """What the numbers cannot say, and how far they would move with fewer draws."""
    w, found = page.words, page.assessment.advice.convergence
    fixed = tuple(w(f"limits.{key}") for key in _LIMITS)
    return fixed if found is None else (*fixed, convergence_line(found, page.assessment.draws, w))


def convergence_line(found: Convergence, draws: int, words: Words) -> str:
    """How far the reported probabilities moved while the last half of the draws was added."""
    moves = {"estimates": found.best_estimates, "ends": found.likely_ranges, "chances": found.chances}
    said = {name: words.number(100 * move, 1) for name, move in moves.items()}
    return words("limits.convergence", half=words.number(found.half), draws=words.number(draws), **said)


def warnings(page: Page) -> tuple[str, ...]:
    """Every warning once."""
    found = (*page.assessment.warnings, *page.assessment.advice.warnings)
    return tuple(text.say(page.words.lang) for text in dict.fromkeys(found))


def _strip(name: str, steps: tuple[str, ...], page: Page) -> Strip:
    wish = getattr(page.assessment.case.preferences, name, UNKNOWN)
    w = page.words
    cells = []
    for step, key in enumerate(steps[:STEPS]):
        option = None if key == "tie" else page.options.of(key)
        cells.append(
            StripCell(
                letter=option.letter if option else TIE_SIGN,
                css=option.css if option else "tie",
                here=is_known(wish) and wish == step,
            )
        )
    recorded = w("weights.recorded", n=wish) if is_known(wish) else w("weights.not_recorded")
    return Strip(wish=name, name=w.label("weight", name), recorded=recorded, cells=tuple(cells))


def plan_row(option: Option, page: Page) -> PlanRow:
    """One option's dates, and what about them is late or impossible."""
    timeline, w = option.assessed.candidate.timeline, page.words
    said = dates_of(option, w)
    if timeline.steps:
        said.append(w("time.without_systemic", n=timeline.days_without_systemic))
        if timeline.days_to_full_systemic is not None:
            said.append(w("time.to_full", n=timeline.days_to_full_systemic))
    else:
        said.append(w("time.plan_none"))
    stops = [w("time.deviation", why=item.text.say(w.lang)) for item in timeline.deviations]
    if not timeline.feasible:
        why = w.join(item.text.say(w.lang) for item in timeline.conflict)
        stops.append(w("time.infeasible") + (f"{w.colon}{why}" if why else ""))
    return PlanRow(option=option, said=tuple(said), stops=tuple(stops))


def _array_sentence(estimate: Estimate, title: str, page: Page) -> str:
    w = page.words
    name = title if w.lang == "zh" else title[:1].lower() + title[1:]
    return w(
        "hundred.sentence",
        n=told(estimate.mean, "share", w),
        outcome=name,
        low=told(estimate.low, "share", w),
        high=told(estimate.high, "share", w),
    )


def _blocked(keys: tuple[str, ...], page: Page) -> str:
    names = tuple(dict.fromkeys(_names(keys, page)))
    return page.words("missing.blocks", options=page.words.join(names)) if names else ""


def _names(keys: tuple[str, ...], page: Page) -> Iterator[str]:
    """Letters of the options a key or strategy names, names of classes; what is no part of this case is left out."""
    for key in keys:
        option = page.options.of(key)
        if option or page.words.fact(key) != key:
            yield option.letter if option else page.words.fact(key)


def _sentence(text: Text, page: Page) -> str:
    """A text with its full stop."""
    said, stop = text.say(page.words.lang), "。" if page.words.lang == "zh" else "."
    return said if said.endswith((stop, ".", "。")) else said + stop


def _difference(value: float, page: Page, other: Option | None) -> str:
    leads = page.leader if value >= 0 else other
    assert page.leader is not None
    return page.words("missing.days_for", n=page.days(abs(value)), letter=(leads or page.leader).letter)
