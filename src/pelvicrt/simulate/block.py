"""What do some of the draws give under every candidate? The draws are worked through in blocks, side by side.

Each draw is independent of all others, so a block gives the same bits whatever stands in the other blocks and however
many threads work: blocks are cut by a fixed size, never by the number of processors. A block is large enough that
what Python itself does for each plan, one thread at a time, weighs little beside the compiled work.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.compute import Executor, Threads, work
from pelvicrt.evidence import Library
from pelvicrt.simulate.draws import ParameterDraws
from pelvicrt.simulate.facts import Patient
from pelvicrt.simulate.later import Later, follow
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.mortality import other_cause_survival
from pelvicrt.simulate.nodes import Ledger, Plan
from pelvicrt.simulate.outcomes import Outcomes, Raw, at_horizons
from pelvicrt.simulate.start import Start
from pelvicrt.simulate.tree import Course

Floats = npt.NDArray[np.float64]
BLOCK_DRAWS = 250
_MOST_THREADS = 8
DRAWN_MONTHS = 60
DRAWN_CURVES = (
    "overall_survival",
    "progression_free_survival",
    "local_recurrence",
    "distant_progression",
    "organ_preservation",
    "all_sites_cleared",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that the candidates of one case share, over all draws."""

    plans: tuple[Plan, ...]
    library: Library
    parameters: ParameterDraws
    patient: Patient
    start: Start
    life_table: str
    limited_access: bool
    horizon_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one candidate gives in one block: outcomes, curves and deaths for drawing, and what is used a patient."""

    raws: tuple[Raw, ...]
    curves: Mapping[str, Floats]
    deaths: Mapping[str, Floats]
    used: Mapping[str, Floats]


def blocks_of(draws: int) -> list[slice]:
    """The draws cut into blocks.

    >>> blocks_of(400)
    [slice(0, 250, None), slice(250, 400, None)]
    """
    return [slice(first, min(first + BLOCK_DRAWS, draws)) for first in range(0, draws, BLOCK_DRAWS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """The blocks of one case as work that can be given away; `first_draw` is the first draw `setting` still holds."""

    setting: Setting
    draws: int
    first_draw: int = 0

    name = "assess"

    @property
    def size(self) -> int:
        return len(blocks_of(self.draws))

    def about(self) -> Mapping[str, str]:
        return {"draws": str(self.draws), "plans": str(len(self.setting.plans))}

    def only(self, first: int, last: int) -> _Blocks:
        blocks = blocks_of(self.draws)[first:last]
        rows = slice(blocks[0].start - self.first_draw, blocks[-1].stop - self.first_draw)
        kept = dataclasses.replace(
            self.setting,
            parameters={name: values[rows] for name, values in self.setting.parameters.items()},
            patient=self.setting.patient.rows(rows),
        )
        return dataclasses.replace(self, setting=kept, first_draw=blocks[0].start)

    def run(self, first: int, last: int) -> list[list[Part]]:
        blocks, before = blocks_of(self.draws)[first:last], self.first_draw
        return [parts_of_block(self.setting, slice(item.start - before, item.stop - before)) for item in blocks]

    def merge(self, blocks: Sequence[list[list[Part]]]) -> list[list[Part]]:
        return [part for block in blocks for part in block]


def work_through(
    setting: Setting,
    draws: int,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> list[list[Part]]:
    """The parts of every block in order; `told` hears the fraction done.

    `threads` of this process or `executor`, where the blocks run, only change the time.
    """
    task = _Blocks(setting=setting, draws=draws)
    if executor is not None:
        return work(task, executor=executor, chunk=1, told=told)
    with Threads(threads or min(task.size, os.cpu_count() or 1, _MOST_THREADS)) as own:
        return work(task, executor=own, chunk=1, told=told)


def parts_of_block(setting: Setting, block: slice) -> list[Part]:
    """What each plan gives in some of the draws."""
    parameters = {name: values[block] for name, values in setting.parameters.items()}
    patient = setting.patient.rows(block)
    disease = Disease(parameters, patient, limited_access=setting.limited_access)
    later = Later(disease, cells=setting.horizon_months)
    other = other_cause_survival(
        setting.library,
        parameters,
        life_table=setting.life_table,
        age=patient.age,
        male=patient.male,
        months=later.grid,
    )
    return [_part(plan, setting, later, other) for plan in setting.plans]


def _part(plan: Plan, setting: Setting, later: Later, other: Floats) -> Part:
    course = Course(plan, later.disease, setting.start, cells=setting.horizon_months)
    course.run()
    outcomes = Outcomes(course, follow(later, course), other)
    timed = outcomes.timed()
    survival = timed["overall_survival"]
    raws = [at_horizons(name, curve, outcomes.step) for name, curve in timed.items()]
    deaths = outcomes.death_by_cause(survival)
    return Part(
        raws=(*raws, outcomes.regrowth(), *outcomes.untimed(survival)),
        curves={name: timed[name][:, : DRAWN_MONTHS + 1].copy() for name in DRAWN_CURVES},
        deaths={cause: curve[:, : DRAWN_MONTHS + 1].copy() for cause, curve in deaths.items()},
        used=_used(course.ledger),
    )


def _used(ledger: Ledger) -> dict[str, Floats]:
    """What a patient uses up in the plan and the shared later course, rescue after progression left out."""
    return {
        "radiotherapy_courses": ledger.courses,
        "fractions": ledger.fractions,
        "liver_operations": ledger.liver_operations,
        "rectal_operations": ledger.rectal_operations,
        "stoma_operations": ledger.diverted,
        "bed_days": ledger.bed_days,
        "operative_deaths": ledger.died_of_operation,
    }
