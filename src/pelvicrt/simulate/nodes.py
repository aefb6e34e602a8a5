"""What are the nodes of a plan's tree? Branches of patients, where they land, and what a plan leaves behind."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Step
from pelvicrt.simulate.laws import CLASSES
from pelvicrt.simulate.pelvis import ClinicalResponse, Irradiation

Floats = npt.NDArray[np.float64]

IN_PLACE, RESECTED, RESPONDED = 0, 1, 2
_TRIPLETS = {"folfoxiri", "folfirinox", "mfolfirinox", "mfolfoxiri"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the interpreter needs of a candidate. `surgery` False means that no operation may be added."""

    steps: tuple[Step, ...]
    rt: Irradiation
    rt_days: float | None
    policy: bool
    surgery: bool = True

    @property
    def triplet(self) -> bool:
        """Whether any systemic step is a triplet."""
        return any(is_triplet(step) for step in self.steps)


def is_triplet(step: Step) -> bool:
    """Whether a step's agents are a triplet.

    >>> from pelvicrt.foundation import Text
    >>> is_triplet(Step(id="s", kind="systemic", label=Text("a", "甲"), agents=("mFOLFOXIRI",)))
    True
    """
    agents = {agent.lower() for agent in step.agents}
    return bool(agents & _TRIPLETS) or {"oxaliplatin", "irinotecan"} <= agents


@dataclass(slots=True, kw_only=True)
class Branch:
    """Patients who share a node: mass (draws, classes), and the time [months] each draw has reached."""

    mass: Floats
    time: Floats
    cleared: bool = False
    pelvis: int = IN_PLACE
    restaged: bool = False
    treatable: bool = True
    liver_at: Floats
    pelvis_at: Floats
    rt: Irradiation = field(default_factory=Irradiation)
    rt_end: Floats
    weeks: float = 0.0
    weeks_behind: float = 0.0
    weeks_since_rt: float = 0.0
    toxicity_free: Floats
    systemic_counted: bool = False
    operated: bool = False
    immunotherapy_since: Floats | None = None
    cured: Floats | None = None
    answer: ClinicalResponse | None = None

    def part(self, share: Floats | float) -> Branch:
        """The same node with a share (draws,) of its mass."""
        other = copy.copy(self)
        other.mass = self.mass * (share[:, None] if isinstance(share, np.ndarray) else share)
        return other


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Patients with all sites treated: `pelvis` RESECTED or RESPONDED, clocks of relapse and pelvis [months]."""

    branch: Branch

    @property
    def sojourn(self) -> Floats:
        """Time since the liver was cleared [months]."""
        return self.branch.time - self.branch.liver_at

    @property
    def since_pelvis(self) -> Floats:
        """Time since TME or the watch-and-wait decision [months]."""
        return self.branch.time - self.branch.pelvis_at


class ByPelvis(dict[int, Floats]):
    """Arrays by state of the pelvis, made of zeros when first asked for: most plans reach few of them."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def __missing__(self, place: int) -> Floats:
        self[place] = made = np.zeros(self.shape)
        return made


class Ledger:
    """Everything a plan leaves behind for the common later course; arrays (draws, ...) on the monthly grid.

    `resected_uncleared` holds (mass, time of TME [months]) of every group that leaves the plan with the primary removed
    and disease elsewhere: pelvic recurrence runs on each group's own clock. `resected_in_plan` holds the stretches of
    the plan spent without a primary: mass before and after, begin, end and time of TME. `watched` is the branch that
    keeps the rectum.
    """

    def __init__(self, draws: int, cells: int) -> None:
        classes = len(CLASSES)
        self.tree = np.zeros((3, draws, cells + 1))
        self.held = np.zeros((3, draws, cells + 1))
        self.level = ByPelvis(draws, classes, cells + 1)
        self.active = ByPelvis(draws, classes, cells)
        self.single = ByPelvis(draws, classes, cells)
        self.both = ByPelvis(draws, classes, cells)
        self.restart = ByPelvis(draws, classes, cells)
        self.rescued = np.zeros((draws, classes, cells))
        self.waiting = np.zeros((draws, cells + 1))
        self.first = np.zeros((draws, cells))
        self.operative_deaths = np.zeros((draws, cells + 1))
        self.cleared = np.zeros((draws, cells + 1))
        self.landings: list[Landing] = []
        self.resected_uncleared: list[tuple[Floats, Floats]] = []
        self.resected_in_plan: list[tuple[Floats, Floats, Floats, Floats, Floats]] = []
        self.toxicity = np.zeros(draws)
        self.days = np.zeros(draws)
        self.courses = np.zeros(draws)
        self.fractions = np.zeros(draws)
        self.bed_days = np.zeros(draws)
        self.liver_operations = np.zeros(draws)
        self.rectal_operations = np.zeros(draws)
        self.operated = np.zeros(draws)
        self.operations = np.zeros(draws)
        self.died_of_operation = np.zeros(draws)
        self.assessed = np.zeros(draws)
        self.responded = np.zeros(draws)
        self.tme = np.zeros(draws)
        self.tme_time = np.zeros(draws)
        self.pathological = np.zeros(draws)
        self.liver_done = np.zeros(draws)
        self.irradiated = np.zeros(draws)
        self.rt_time = np.zeros(draws)
        self.diverted = np.zeros(draws)
        self.diverted_at = np.zeros(draws)
        self.watched: Branch | None = None
        self.systemic_from: Floats | None = None
        self.pcr_overall = np.zeros(draws)
        self.pcr_operated = np.zeros(draws)
