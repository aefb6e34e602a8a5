"""START HERE. A case is classified, its strategies listed, their outcomes simulated, the advice weighed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from pelvicrt.assessment.citations import cited_by, evidence_date
from pelvicrt.assessment.identity import identity
from pelvicrt.assessment.plan import PlanToxicity, plan_warnings, plans_for
from pelvicrt.assessment.result import Assessed, Assessment
from pelvicrt.assessment.what_if import gates_of, judged, judged_anew
from pelvicrt.case import Case, Preferences
from pelvicrt.classify import classify
from pelvicrt.compute import Executor
from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import VERSION, Text, UsageError
from pelvicrt.recommend import WISH_FIELDS, Advice, recommend
from pelvicrt.simulate import SimulatedOutcomes, simulate
from pelvicrt.strategies import Candidate, candidates

Progress = Callable[[float], None]


def assess(
    case: Case,
    *,
    draws: int = 1000,
    seed: int = 1,
    progress: Progress | None = None,
    library: Library | None = None,
    executor: Executor | None = None,
    plans: Sequence[PlanToxicity] = (),
) -> Assessment:
    """The assessment of one case: classified, strategies listed, outcomes simulated, advice weighed.

    `progress` is told the fraction done, 0 to 1. The same case, seed, draws and library give the same assessment,
    creation time apart, wherever `executor` lets the work run (default: threads of this process). Dose plans stand
    with the strategies whose schedule they deliver and change no simulated number (see `plan.py`).

    Raises:
        InvalidInput: when a record of the library does not fit its schema.
    """
    shelf = library or shipped_library()
    classification = classify(case, shelf)
    options = candidates(case, classification, shelf)
    told = _fraction(progress)
    outcomes = simulate(case, classification, options, shelf, draws=draws, seed=seed, progress=told, executor=executor)
    advice = recommend(case, classification, options, outcomes, shelf, gate_statuses=gates_of(case, options, shelf))
    unsigned = Assessment(
        id=identity(case, shelf, draws=draws, seed=seed, plans=tuple(plans)),
        case=case,
        created_at=dt.datetime.now(dt.UTC),
        version=VERSION,
        library_hash=shelf.hash,
        evidence_date=evidence_date(shelf),
        model_id=outcomes.model_id,
        seed=seed,
        draws=draws,
        classification=classification,
        strategies=together(options, outcomes, advice, plans),
        simulated=outcomes,
        advice=advice,
        warnings=(*outcomes.starts_from, *advice.warnings, *plan_warnings(options, plans)),
        citations=(),
        plans=tuple(plans),
    )
    return dataclasses.replace(unsigned, citations=cited_by(unsigned))


def _fraction(progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, of: progress(done / of)


def together(
    options: tuple[Candidate, ...], outcomes: SimulatedOutcomes, advice: Advice, plans: Sequence[PlanToxicity] = ()
) -> tuple[Assessed, ...]:
    """Each option with its outcomes, its place and the plans that deliver it, in the order of the ranking."""
    by_key: Mapping[str, Candidate] = {item.key: item for item in options}
    return tuple(
        Assessed(
            candidate=by_key[item.candidate],
            outcomes=outcomes.by_candidate.get(item.candidate),
            ranked=item,
            plans=plans_for(by_key[item.candidate], plans),
        )
        for item in advice.ranked
    )


def reweigh(assessment: Assessment, preferences: Preferences, *, library: Library | None = None) -> Assessment:
    """The same assessment under other wishes (0 to 10), without simulating again.

    Gates that read a wish are asked again; conflict cards and the worth of missing facts stay those of `assessment`.

    Raises:
        UsageError: when something other than a wish was changed, which needs a new assessment.
    """
    shelf, before = library or shipped_library(), assessment.case.preferences
    kept = {name: getattr(before, name) for name in WISH_FIELDS}
    if dataclasses.replace(preferences, **kept) != before or assessment.simulated is None:
        raise UsageError(
            Text(
                "only the wishes from 0 to 10 can be tried without a new assessment; run assess for anything else",
                "只有 0～10 的意愿可直接重新权衡；其他改动请重新评估",
            )
        )
    case = dataclasses.replace(assessment.case, preferences=preferences)
    was, now = judged(assessment.case, shelf), judged(case, shelf)
    options = tuple(
        judged_anew(item.candidate, before=was[item.candidate.key], now=now[item.candidate.key])
        for item in assessment.strategies
    )
    advice = recommend(
        case,
        assessment.classification,
        options,
        assessment.simulated,
        shelf,
        gate_statuses=gates_of(case, options, shelf),
        before=assessment.advice,
    )
    weighed = dataclasses.replace(
        assessment,
        id=identity(case, shelf, draws=assessment.draws, seed=assessment.seed, plans=assessment.plans),
        case=case,
        strategies=together(options, assessment.simulated, advice, assessment.plans),
        advice=advice,
        warnings=(*assessment.simulated.starts_from, *advice.warnings, *plan_warnings(options, assessment.plans)),
    )
    return dataclasses.replace(weighed, citations=cited_by(weighed))
