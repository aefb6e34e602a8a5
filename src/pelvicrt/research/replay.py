"""How do published cohorts compare with what the model would have foreseen? Intervals, coverage, errors, sharpness.

The predictive interval of a figure holds three things: the parameters, the deviation of that study in its outcome class
(`between_centre.*`), and the luck of its patients at the number it had.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library
from pelvicrt.foundation import Streams, Text, UsageError
from pelvicrt.research.calibrate_cohorts import Arm, Reading, read_cohorts
from pelvicrt.research.calibrate_predictor import ClinicalPredictor
from pelvicrt.research.cohort_rules import Assumption
from pelvicrt.research.cohorts import Cohort
from pelvicrt.research.heterogeneity import Comparison
from pelvicrt.research.leave_out import Foreseen, foresee
from pelvicrt.research.predict import OUTCOME_CLASSES, Target, on_scale
from pelvicrt.research.replay_arms import Unanswered, replayable
from pelvicrt.simulate import COHORT_GROUP, evenly, model_parameters, sample_parameters, usable_posterior

Floats = npt.NDArray[np.float64]
Progress = Callable[[float], None]
_PROBE = "three-year survival of every arm"
_PROBE_MONTH = 36.0  # number: the month sharpness is stated at
_PROBE_PATIENTS = 100
_CHUNKS = 10
_NOTHING = Text("none of these cohorts prints a figure the model can answer", "这些队列没有模型可回答的数字")
_NO_COHORT = Text("no cohort {name} in this file; there are: {known}", "文件中没有队列 {name}；现有：{known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All figures beside their predictions, what was not replayed, what was assumed; `os36_width` is the sharpness."""

    cohorts: tuple[str, ...]
    found: tuple[Foreseen, ...]
    unanswered: tuple[Unanswered, ...]
    assumed: Mapping[str, tuple[Assumption, ...]]
    unused: Mapping[str, tuple[str, ...]]
    os36_width: float | None
    draws: int
    seed: int

    def of(self, cohort: str) -> tuple[Foreseen, ...]:
        """The figures of one cohort."""
        return tuple(item for item in self.found if item.target.cohort == cohort)


def replay(
    cohorts: Iterable[Cohort],
    library: Library,
    *,
    draws: int = 200,
    seed: int = 1,
    only: str | None = None,
    file: str = "cohorts",
    progress: Progress = lambda _: None,
) -> Replay:
    """The cohorts of a file replayed under the parameters of the library (calibrated ones where it holds them).

    The same cohorts, library, draws and seed give the same answer.

    Raises:
        InvalidInput: for a field or strategy that does not exist.
        UsageError: when `only` names no cohort, or nothing can be answered.
    """
    chosen = tuple(cohorts)
    if only is not None:
        known = ", ".join(item.id for item in chosen)
        chosen = tuple(item for item in chosen if item.id == only)
        if not chosen:
            raise UsageError(_NO_COHORT.fill(name=only, known=known))
    ready = replayable(chosen, library, file=file)
    if not ready.arms:
        raise UsageError(_NOTHING)
    found, width = replay_arms(ready.arms, library, draws=draws, seed=seed, progress=progress)
    return Replay(
        cohorts=ready.cohorts,
        found=found,
        unanswered=ready.unanswered,
        assumed=ready.assumed,
        unused=ready.unused,
        os36_width=width,
        draws=draws,
        seed=seed,
    )


def replay_shipped(
    library: Library, *, draws: int = 200, seed: int = 1, only: str | None = None, progress: Progress = lambda _: None
) -> Replay:
    """The cohorts of the calibration replayed, with the patients and plans the package ships for them (`cohorts.yaml`).

    Raises:
        UsageError: when `only` names none of them.
    """
    arms = read_cohorts(library)
    names = tuple(dict.fromkeys(arm.readings[0].target.cohort for arm in arms))
    if only is not None:
        arms = tuple(arm for arm in arms if arm.readings[0].target.cohort == only)
        if not arms:
            raise UsageError(_NO_COHORT.fill(name=only, known=", ".join(names)))
        names = (only,)
    found, width = replay_arms(arms, library, draws=draws, seed=seed, progress=progress)
    return Replay(
        cohorts=names, found=found, unanswered=(), assumed={}, unused={}, os36_width=width, draws=draws, seed=seed
    )


def replay_arms(
    arms: tuple[Arm, ...], library: Library, *, draws: int, seed: int, progress: Progress = lambda _: None
) -> tuple[tuple[Foreseen, ...], float | None]:
    """The figures of ready arms beside their predictions, and the median width of three-year survival of 100."""
    probed = tuple(_probed(arm) for arm in arms)
    predictor = ClinicalPredictor(probed, library)
    parameters = replay_parameters(library, draws=draws, seed=seed)
    natural = _in_chunks(predictor, {name: parameters[name] for name in predictor.parameter_ids}, draws, progress)
    tau = np.stack([parameters[f"between_centre.{kind}"] for kind in OUTCOME_CLASSES], axis=1)
    targets = predictor.targets
    comparison = Comparison(targets)
    predicted = np.stack([on_scale(natural[:, i], item.scale) for i, item in enumerate(targets)], axis=1)
    every = foresee(comparison, predicted, tau, streams=Streams(seed), name="cohort/replay")
    probes = [item.at_100 for item in every if item.target.quantity == _PROBE]
    return tuple(x for x in every if x.target.quantity != _PROBE), float(np.median(probes)) if probes else None


def _in_chunks(
    predictor: ClinicalPredictor, parameters: Mapping[str, Floats], draws: int, progress: Progress
) -> Floats:
    size, found = -(-draws // _CHUNKS), []
    for first in range(0, draws, size):
        part = {name: values[first : first + size] for name, values in parameters.items()}
        found.append(predictor.expected(part))
        progress(min((first + size) / draws, 1.0))
    return np.concatenate(found)


def replay_parameters(library: Library, *, draws: int, seed: int) -> dict[str, Floats]:
    """Draws of the model's parameters and of the terms of reporting and selection; calibrated where they are."""
    found = dict(sample_parameters(library, draws=draws, seed=seed))
    streams, posterior = Streams(seed), usable_posterior(library)
    joint: Mapping[str, Floats] = {} if posterior is None else posterior.draws
    for name, item in model_parameters(library).items():
        if item.group != COHORT_GROUP:
            continue
        # The same rows of the posterior as the model's own parameters, so that they stay together.
        prior = item.spread.distribution()
        luck = evenly(streams, f"params/{name}", rows=draws)
        found[name] = np.resize(joint[name], draws) if name in joint else prior.at(luck)
    return found


def _probed(arm: Arm) -> Arm:
    """The arm with three-year survival asked of it as well, for the sharpness of the predictions."""
    if arm.watched_weeks is not None or not arm.metastases:
        return arm
    target = Target(
        id=f"{arm.key}/probe",
        cohort=f"{arm.key}/probe",
        overlap_group="",
        quantity=_PROBE,
        arm="",
        subgroup="",
        at_months=_PROBE_MONTH,
        n=_PROBE_PATIENTS,
        outcome_class="os",
        scale="logit",
        observed=0.5,
        se_scale=0.2,  # number: about that of half of 100; only the width at 100 is read
        exact=None,
        score="no",
    )
    probe = Reading(target=target, figure="alive", at=_PROBE_MONTH, among="", after_clearance=False, follow_up=False)
    return dataclasses.replace(arm, readings=(*arm.readings, probe))
