"""What would it be worth to know more about this patient's choice? Every piece of knowledge in one unit.

The draws are those of `assess`: the same parameters and guesses under every option, weighed by the patient's wishes, in
quality-adjusted months. The outcome model is solved, not simulated life by life, so a draw has no noise of its own and
nothing is corrected for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import special

from pelvicrt.assessment import Assessment, gates_of
from pelvicrt.evidence import Design, Library, Measured, read_record
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import InvalidInput, Mark, MissingInformation, Problem, Text
from pelvicrt.recommend import Table, names_of, worth_of_examination
from pelvicrt.research.worth_words import NOTHING_TO_VALUE, group_name
from pelvicrt.simulate import SimulatedOutcomes
from pelvicrt.value import Decision, Estimate, Measure, decision, evppi_of_groups, evsi_by_size

SIZES = (0.5, 1.0, 2.0, 4.0)
"""Sizes at which a study is valued, as multiples of the planned one."""
PLANNED = 1.0
NOT_KNOWABLE = frozenset({"outcome.population"})
"""Groups that stand in for this patient's unknown facts, which are valued one by one instead."""
_QUANTILE = float(special.ndtri(0.975))  # number: the customary level of 95 %
"""Half the width of a 95 % interval in standard errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWorth:
    """Worth of knowing every parameter of one group exactly [quality-adjusted months]."""

    group: str
    name: Text
    parameters: tuple[str, ...]
    evppi: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyWorth:
    """Worth per patient of one study [quality-adjusted months], and of the same study at other sizes."""

    design: Design
    evsi: Estimate
    evppi: Estimate
    by_moments: float
    by_patients: tuple[tuple[int, Estimate], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWorth:
    """Worth of learning one fact of this patient; `examination` names one that can err, empty for the fact itself."""

    fact: str
    name: Text
    worth: Estimate
    examination: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The worth of knowing more, for one patient; groups, studies and facts stand highest first.

    `ranked` is False when a missing fact stops the ranking: the figures then suppose that the choice had to be made
    today. `population` is the number of patients who face the choice, when one was given.
    """

    case_id: str
    draws: int
    seed: int
    options: tuple[str, ...]
    ranked: bool
    names: Mapping[str, Text]
    decision: Decision
    groups: tuple[GroupWorth, ...]
    studies: tuple[StudyWorth, ...]
    facts: tuple[FactWorth, ...]
    population: int | None = None


def worth_of_knowing(
    assessment: Assessment,
    *,
    library: Library | None = None,
    designs: Iterable[Design] = (),
    population: int | None = None,
) -> Worth:
    """What parameters, studies and facts are worth in the choice of one assessment.

    Args:
        assessment: as `assess` returns it.
        library: the shipped one by default.
        designs: studies to value beside those of the library.
        population: patients who face the choice.

    Raises:
        MissingInformation: when no option can be weighed yet, naming the facts that stop it.
    """
    shelf = library or shipped_library()
    simulated = assessment.simulated
    options = tuple(item.candidate for item in assessment.strategies)
    if simulated is None:
        raise _nothing_to_value(assessment)
    table = Table.of(
        assessment.case,
        assessment.classification,
        options,
        simulated,
        shelf,
        gate_statuses=gates_of(assessment.case, options, shelf),
    )
    standing = table.standing(table.wishes)
    ranked = assessment.advice.recommendation.evpi_qalm is not None
    keys = tuple(standing.p_best) if ranked else _blind(assessment, table)
    utility = np.ascontiguousarray(table.utility[:, [table.values.keys.index(key) for key in keys]])
    return Worth(
        case_id=assessment.case.id,
        draws=assessment.draws,
        seed=assessment.seed,
        options=keys,
        ranked=ranked,
        names=names_of(options),
        decision=decision(utility),
        groups=_groups(utility, simulated, shelf),
        studies=_studies(utility, simulated, (*shelf.designs, *designs)),
        facts=(*_facts(assessment), *_examinations(table, shelf)),
        population=population,
    )


def _blind(assessment: Assessment, table: Table) -> tuple[str, ...]:
    """The options of a choice made without the fact that stops the ranking: those open today, else all that could be.

    In an emergency, or where it cannot be excluded, there is nothing to choose but to act or to find out.
    """
    status = {item.key: item.status for item in table.candidates}
    able = [key for key in table.values.keys if status[key] not in {"not_recommended", "contraindicated"}]
    today = [key for key in able if status[key] != "needs_information"]
    if assessment.classification.emergency.value != "none" or not able:
        raise _nothing_to_value(assessment)
    return tuple(today or able)


def _nothing_to_value(assessment: Assessment) -> MissingInformation:
    facts = [fact.fact for fact in assessment.advice.missing_information if fact.blocks or not fact.valued]
    return MissingInformation(NOTHING_TO_VALUE.fill(facts=", ".join(facts[:5])), facts=facts)


def _groups(utility: np.ndarray, simulated: SimulatedOutcomes, shelf: Library) -> tuple[GroupWorth, ...]:
    members: dict[str, list[str]] = defaultdict(list)
    for parameter, draws in simulated.parameter_draws.items():
        group = shelf.parameters[parameter].group if parameter in shelf.parameters else ""
        if group and group not in NOT_KNOWABLE and np.ptp(draws) > 0:
            members[group].append(parameter)
    order = [parameter for group in members.values() for parameter in group]
    if not order:
        return ()
    draws = np.stack([simulated.parameter_draws[parameter] for parameter in order], axis=1)
    columns = {group: [order.index(parameter) for parameter in names] for group, names in members.items()}
    found = evppi_of_groups(utility, draws, columns)
    made = [
        GroupWorth(group=group, name=group_name(group), parameters=tuple(members[group]), evppi=found[group].evppi)
        for group in members
    ]
    return tuple(sorted(made, key=lambda item: (-item.evppi.value, item.group)))


def _studies(utility: np.ndarray, simulated: SimulatedOutcomes, designs: Sequence[Design]) -> tuple[StudyWorth, ...]:
    made = [_study(utility, simulated, design) for design in designs]
    return tuple(sorted(made, key=lambda item: (-item.evsi.value, item.design.id)))


def _study(utility: np.ndarray, simulated: SimulatedOutcomes, design: Design) -> StudyWorth:
    measures = [_measure(item, design.id, simulated) for item in design.measures]
    found = evsi_by_size(utility, measures, factors=SIZES, seed=simulated.seed)
    planned = found[SIZES.index(PLANNED)]
    return StudyWorth(
        design=design,
        evsi=planned.evsi,
        evppi=planned.evppi,
        by_moments=planned.by_moments,
        by_patients=tuple((round(design.patients * item.factor), item.evsi) for item in found),
    )


def _measure(item: Measured, study: str, simulated: SimulatedOutcomes) -> Measure:
    """What the study would show of the parameter as drawn; the spread between studies is the drawn one's size."""
    draws = simulated.parameter_draws
    true = draws[item.parameter]
    if item.against:
        true = _odds(true) / _odds(draws[item.against])
    return Measure(
        name=f"{study}/{item.parameter}",
        kind=item.likelihood,
        true=true,
        n=item.n,
        between=float(np.sqrt((draws[item.between] ** 2).mean())),
        reference=None if item.reference is None else np.full(len(true), item.reference),
    )


def _odds(chance: np.ndarray) -> np.ndarray:
    return np.asarray(chance / (1 - chance))


def _facts(assessment: Assessment) -> tuple[FactWorth, ...]:
    return tuple(
        FactWorth(
            fact=item.fact,
            name=item.label,
            worth=Estimate(value=item.value_qalm, standard_error=(item.value_high - item.value_low) / (2 * _QUANTILE)),
        )
        for item in assessment.advice.missing_information
        if item.valued
    )


def _examinations(table: Table, shelf: Library) -> tuple[FactWorth, ...]:
    """Examinations that can err, for the facts not known yet."""
    question = table.question(table.standing(table.wishes))
    assumed = table.simulated.assumed
    made = []
    for item in shelf.accuracies:
        if item.fact in assumed:
            worth = worth_of_examination(question, item.fact, assumed[item.fact].tolist(), table.gates, accuracy=item)
            kept = Estimate(value=max(0.0, worth.value), standard_error=worth.standard_error)
            made.append(FactWorth(fact=item.fact, name=item.name, worth=kept, examination=item.id, mark=item.mark))
    return tuple(made)


def load_design(path: Path) -> Design:
    """A study of the user's own, in the form of the library's.

    Raises:
        InvalidInput: naming file and key of what does not fit, or a parameter the library does not have.
    """
    try:
        made: Design = read_record(path, "designs")
    except OSError as error:
        expected = Text("a file that can be read", "可读取的文件")
        raise InvalidInput(
            [Problem(file=path.name, field="(file)", found=type(error).__name__, expected=expected)]
        ) from None
    known = shipped_library().parameters
    problems = [
        Problem(file=path.name, field=f"measures.{i}.{key}", found=repr(name), expected=_PARAMETER)
        for i, item in enumerate(made.measures)
        for key in ("parameter", "against", "between")
        if (name := getattr(item, key)) and name not in known
    ]
    if problems:
        raise InvalidInput(problems)
    return made


_PARAMETER = Text(
    "a parameter of the library; see pelvicrt evidence list parameters",
    "证据库中的参数；见 pelvicrt evidence list parameters",
)
