"""What may happen to this patient under every candidate? The outcome model's one entry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.compute import Executor
from pelvicrt.evidence import Library, Regimen
from pelvicrt.foundation import is_known
from pelvicrt.simulate.block import Part, Setting, work_through
from pelvicrt.simulate.centre import Centres
from pelvicrt.simulate.draws import (
    ParameterDraws,
    calibration_note,
    hash_of,
    model_parameters,
    sample_parameters,
)
from pelvicrt.simulate.facts import Guesses, read_patient
from pelvicrt.simulate.mortality import DEFAULT_LIFE_TABLE
from pelvicrt.simulate.nodes import Plan
from pelvicrt.simulate.outcomes import Raw
from pelvicrt.simulate.pelvis import Irradiation, irradiation
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.start import Start, read_start
from pelvicrt.simulate.strength import Judge
from pelvicrt.strategies import Candidate

MODEL_ID = "pelvicrt-outcome-2"
HORIZON_MONTHS = 120
ALPHA_BETA = "radiobiology.alpha_beta.tumour_planning"
_NOTES = (
    "cost is left out: no cost table was given",
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
    executor: Executor | None = None,
) -> SimulatedOutcomes:
    """Outcomes of every candidate that is not contraindicated, under the same parameter draws and guesses.

    `life_table` names the background mortality (a table of the library, or "gompertz"); `limited_access` says that no
    biologic or later lines are available; `fixed` replaces parameters by constants; `executor` says where the work
    runs and changes nothing but time. `progress` is called with the number of candidates done and of all. Time zero is
    the day of assessment; `life_months` and `quality_adjusted_months` are areas to `horizon_months` [months], not
    discounted.

    Raises:
        ValueError: when `draws` is below 1 or the horizon below 60 months.
        KeyError: for an unknown life table or parameter.
    """
    if draws < 1 or horizon_months < 60:
        raise ValueError(f"draws must be at least 1 and the horizon at least 60 months; got {draws}, {horizon_months}")
    parameters = sample_parameters(library, draws=draws, seed=seed, fixed=fixed)
    guesses = Guesses(parameters, draws=draws, seed=seed)
    open_ones = [item for item in candidates if item.status != "contraindicated"]
    setting = setting_of(
        case,
        classification,
        open_ones,
        library,
        parameters=parameters,
        guesses=guesses,
        life_table=life_table,
        limited_access=limited_access,
        horizon_months=horizon_months,
    )
    parts = (
        work_through(setting, draws, executor=executor, told=_counted(progress, len(open_ones))) if open_ones else []
    )
    judge = Judge(parameters, model_parameters(library))
    centres = Centres(parameters, draws=draws, seed=seed)
    with ThreadPoolExecutor() as threads:
        # Taken out of the blocks as they are joined, so that nothing is held twice.
        joined = [
            threads.submit(_joined, item.key, [block.pop(0) for block in parts], judge, centres) for item in open_ones
        ]
    results = {item.key: one.result() for item, one in zip(open_ones, joined, strict=True)}
    return SimulatedOutcomes(
        draws=draws,
        seed=seed,
        model_id=MODEL_ID,
        horizon_months=horizon_months,
        by_candidate=results,
        assumed=guesses.assumed,
        parameter_draws=parameters,
        parameter_hash=hash_of(parameters),
        notes=(calibration_note(library), *_NOTES, f"background mortality: {life_table}"),
        starts_from=setting.start.notes,
    )


def setting_of(
    case: Case,
    classification: Classification,
    candidates: Sequence[Candidate],
    library: Library,
    *,
    parameters: ParameterDraws,
    guesses: Guesses,
    life_table: str = DEFAULT_LIFE_TABLE,
    limited_access: bool = False,
    horizon_months: int = HORIZON_MONTHS,
) -> Setting:
    """All that these candidates of one case share over the given draws; what had to be guessed stays in `guesses`."""
    start = read_start(case)
    return Setting(
        plans=tuple(plan_of(item, case, classification, library, start) for item in candidates),
        library=library,
        parameters=parameters,
        patient=read_patient(case, classification, parameters, guesses),
        start=start,
        life_table=life_table,
        limited_access=limited_access,
        horizon_months=horizon_months,
    )


def plan_of(candidate: Candidate, case: Case, classification: Classification, library: Library, start: Start) -> Plan:
    """What the interpreter needs of a candidate."""
    kinds = {step.kind for step in candidate.steps}
    rt = Irradiation()
    if kinds & {"short_course", "long_course", "palliative_rt", "consolidative_rt"}:
        alpha_beta = library.parameters[ALPHA_BETA].spread.a
        family = radiotherapy_family(candidate.regimen, kinds, library)
        rt = irradiation(family, candidate.regimen, alpha_beta_gy=alpha_beta)
    declines = case.preferences.declines
    refuses = is_known(declines) and "surgery" in declines
    return Plan(
        steps=candidate.steps,
        rt=rt if start.rt_family == "none" else Irradiation(family=start.rt_family),
        rt_days=None if candidate.regimen is None else float(candidate.regimen.fractions),
        policy=candidate.organ_preservation_policy,
        surgery=classification.fitness.value != "unfit" and not refuses,
    )


def radiotherapy_family(regimen: Regimen | None, kinds: AbstractSet[str], library: Library) -> str:
    """Short or long course by step and schedule; a palliative schedule counts when it reaches the short-course dose."""
    if "long_course" in kinds:
        return "long"
    if "short_course" in kinds or regimen is None:
        return "short"
    if regimen.family == "long_course":
        return "long"
    alpha_beta = library.parameters[ALPHA_BETA].spread.a
    dose = irradiation("short", regimen, alpha_beta_gy=alpha_beta).eqd2_gy
    usual = library.parameters["pcr.usual_eqd2.short_course"].spread.a
    return "short" if dose is not None and dose >= usual else "none"


def _counted(progress: Callable[[int, int], None] | None, of: int) -> Callable[[float], None]:
    """Turns a fraction done into candidates done, each number told once."""
    told = 0

    def count(fraction: float) -> None:
        nonlocal told
        while progress is not None and told < int(fraction * of):
            told += 1
            progress(told, of)

    return count


def _joined(key: str, parts: Sequence[Part], judge: Judge, centres: Centres) -> CandidateOutcomes:
    """One candidate from its blocks."""
    raws = [
        dataclasses.replace(pieces[0], values=np.concatenate([piece.values for piece in pieces]))
        for pieces in zip(*(part.raws for part in parts), strict=True)
        if any(piece.applies for piece in pieces)
    ]
    return CandidateOutcomes(
        candidate=key,
        outcomes=tuple(_dress(raw, judge, centres) for raw in raws),
        curves={name: np.concatenate([part.curves[name] for part in parts]) for name in parts[0].curves},
        death_by_cause={name: np.concatenate([part.deaths[name] for part in parts]) for name in parts[0].deaths},
    )


def _dress(raw: Raw, judge: Judge, centres: Centres) -> OutcomeDraws:
    strength = judge.of(raw.values)
    return OutcomeDraws(
        name=raw.name,
        at_months=raw.at_months,
        values=raw.values,
        centre_values=centres.vary(raw.name, raw.values),
        grade=strength.grade,
        from_m0=strength.from_m0,
        parameters=strength.parameters,
        sources=strength.sources,
        given=raw.given,
    )
