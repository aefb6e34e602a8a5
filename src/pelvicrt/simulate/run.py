"""What may happen to this patient under every candidate? The outcome model's one entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.evidence import Library
from pelvicrt.foundation import is_known
from pelvicrt.simulate.centre import Centres
from pelvicrt.simulate.draws import hash_of, model_parameters, sample_parameters
from pelvicrt.simulate.facts import Guesses, read_patient
from pelvicrt.simulate.later import Later, follow
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.mortality import DEFAULT_LIFE_TABLE, other_cause_survival
from pelvicrt.simulate.nodes import Plan
from pelvicrt.simulate.outcomes import Outcomes, Raw, at_horizons
from pelvicrt.simulate.pelvis import Irradiation, irradiation
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.start import Start, read_start
from pelvicrt.simulate.strength import Judge
from pelvicrt.simulate.tree import Course
from pelvicrt.strategies import Candidate

Floats = npt.NDArray[np.float64]
MODEL_ID = "pelvicrt-outcome-1"
HORIZON_MONTHS = 120
DRAWN_MONTHS = 60
DRAWN_CURVES = (
    "overall_survival",
    "progression_free_survival",
    "local_recurrence",
    "distant_progression",
    "organ_preservation",
    "all_sites_cleared",
)
_ALPHA_BETA = "radiobiology.alpha_beta.tumour_planning"
_NOTES = (
    "cost is left out: no cost table was given",
    "parameters are drawn independently; correlations of the prototype fit are not modelled",
    "local_regrowth counts months since the watch-and-wait decision, among those who entered it",
)


def simulate(
    case: Case,
    classification: Classification,
    candidates: Sequence[Candidate],
    library: Library,
    *,
    draws: int = 1000,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    life_table: str = DEFAULT_LIFE_TABLE,
    limited_access: bool = False,
    horizon_months: int = HORIZON_MONTHS,
    fixed: Mapping[str, float] | None = None,
) -> SimulatedOutcomes:
    """Outcomes of every candidate that is not contraindicated, under the same parameter draws and guesses.

    `life_table` names the background mortality (a table of the library, or "gompertz"); `limited_access` says that no
    biologic or later lines are available; `fixed` replaces parameters by constants. `progress` is called with the
    number of candidates done and the number of all. Time zero is the day of assessment; `life_months` and
    `quality_adjusted_months` are areas to `horizon_months` [months], not discounted.

    Raises:
        ValueError: when `draws` is below 1 or the horizon below 60 months.
        KeyError: for an unknown life table or parameter.
    """
    if draws < 1 or horizon_months < 60:
        raise ValueError(f"draws must be at least 1 and the horizon at least 60 months; got {draws}, {horizon_months}")
    parameters = sample_parameters(library, draws=draws, seed=seed, fixed=fixed)
    guesses = Guesses(parameters, draws=draws, seed=seed)
    patient = read_patient(case, classification, parameters, guesses)
    disease = Disease(parameters, patient, limited_access=limited_access)
    start = read_start(case)
    later = Later(disease, cells=horizon_months)
    months = np.arange(horizon_months + 1, dtype=np.float64)
    other = other_cause_survival(
        library, parameters, life_table=life_table, age=patient.age, male=patient.male, months=months
    )
    judge = Judge(parameters, model_parameters(library))
    centres = Centres(parameters, draws=draws, seed=seed)
    open_ones = [item for item in candidates if item.status != "contraindicated"]
    results: dict[str, CandidateOutcomes] = {}
    for done, candidate in enumerate(open_ones):
        plan = plan_of(candidate, case, classification, library, start)
        course = Course(plan, disease, start, cells=horizon_months)
        course.run()
        outcomes = Outcomes(course, follow(later, course), other)
        results[candidate.key] = _collect(candidate.key, outcomes, judge, centres)
        if progress is not None:
            progress(done + 1, len(open_ones))
    return SimulatedOutcomes(
        draws=draws,
        seed=seed,
        model_id=MODEL_ID,
        horizon_months=horizon_months,
        by_candidate=results,
        assumed=guesses.assumed,
        parameter_draws=parameters,
        parameter_hash=hash_of(parameters),
        notes=(*_NOTES, f"background mortality: {life_table}", *start.notes),
    )


def plan_of(candidate: Candidate, case: Case, classification: Classification, library: Library, start: Start) -> Plan:
    """What the interpreter needs of a candidate."""
    kinds = {step.kind for step in candidate.steps}
    rt = Irradiation()
    if kinds & {"short_course", "long_course", "palliative_rt", "consolidative_rt"}:
        alpha_beta = library.parameters[_ALPHA_BETA].spread.a
        rt = irradiation(_family(candidate, kinds, library), candidate.regimen, alpha_beta_gy=alpha_beta)
    declines = case.preferences.declines
    refuses = is_known(declines) and "surgery" in declines
    return Plan(
        steps=candidate.steps,
        rt=rt if start.rt_family == "none" else Irradiation(family=start.rt_family),
        rt_days=None if candidate.regimen is None else float(candidate.regimen.fractions),
        policy=candidate.organ_preservation_policy,
        surgery=classification.fitness.value != "unfit" and not refuses,
    )


def _family(candidate: Candidate, kinds: AbstractSet[str], library: Library) -> str:
    """Short or long course by step and schedule; a palliative schedule counts when it reaches the short-course dose."""
    if "long_course" in kinds:
        return "long"
    if "short_course" in kinds or candidate.regimen is None:
        return "short"
    if candidate.regimen.family == "long_course":
        return "long"
    alpha_beta = library.parameters[_ALPHA_BETA].spread.a
    dose = irradiation("short", candidate.regimen, alpha_beta_gy=alpha_beta).eqd2_gy
    usual = library.parameters["pcr.usual_eqd2.short_course"].spread.a
    return "short" if dose is not None and dose >= usual else "none"


def _collect(key: str, outcomes: Outcomes, judge: Judge, centres: Centres) -> CandidateOutcomes:
    timed = outcomes.timed()
    raws = [at_horizons(name, curve, outcomes.step) for name, curve in timed.items()]
    if outcomes.curves.entered_watch.any():
        given = "watch and wait entered; months since that decision"
        raws.append(at_horizons("local_regrowth", outcomes.regrowth_since_decision(), outcomes.step, given))
    raws += outcomes.untimed(timed)
    return CandidateOutcomes(
        candidate=key,
        outcomes=tuple(_dress(raw, judge, centres) for raw in raws),
        curves={name: timed[name][:, : DRAWN_MONTHS + 1].copy() for name in DRAWN_CURVES},
        death_by_cause={
            cause: curve[:, : DRAWN_MONTHS + 1].copy()
            for cause, curve in outcomes.death_by_cause(timed["overall_survival"]).items()
        },
    )


def _dress(raw: Raw, judge: Judge, centres: Centres) -> OutcomeDraws:
    values = raw.values if raw.values.ndim == 2 else raw.values[:, None]
    strength = judge.of(values)
    return OutcomeDraws(
        name=raw.name,
        at_months=raw.at_months,
        values=values,
        centre_values=centres.vary(raw.name, values),
        grade=strength.grade,
        from_m0=strength.from_m0,
        parameters=strength.parameters,
        sources=strength.sources,
        given=raw.given,
    )
