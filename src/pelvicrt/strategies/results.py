"""What a candidate plan is: a strategy with one schedule, its status before outcomes are weighed, and its dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pelvicrt.evidence import Regimen, Step
from pelvicrt.foundation import Reason, Status, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedStep:
    """One step on the calendar. `window` is the allowed range of its start, `preferred` the best part of it.

    `hard_stops` are closed date ranges in which this step may not happen, with the reason.
    """

    step_id: str
    kind: str
    label: Text
    start: dt.date
    end: dt.date
    window: tuple[dt.date, dt.date] | None = None
    preferred: tuple[dt.date, dt.date] | None = None
    hard_stops: tuple[tuple[dt.date, dt.date, Text], ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Dates of all steps under the timing windows.

    `feasible` False means hard stops contradict each other; `conflict` is then the smallest set of reasons that do.
    `deviations` are soft windows not kept, each with its cost in days and why.
    """

    feasible: bool
    steps: tuple[DatedStep, ...] = ()
    deviations: tuple[Reason, ...] = ()
    conflict: tuple[Reason, ...] = ()
    days_without_systemic: int = 0
    days_to_full_systemic: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenDose:
    """What a schedule means biologically, under every scenario shown (both tumour alpha/beta always)."""

    scenario: Text
    alpha_beta_gy: float
    bed_gy: float
    eqd2_gy: float
    eqd2_time_corrected_gy: float | None
    parameter: str
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One strategy with one schedule.

    `status` here comes from rules alone: acceptable, conditional, not_recommended, contraindicated or
    needs_information. Weighing outcomes may later raise acceptable to recommended, never past a gate.
    `preferred` says that a source prefers it in this situation.
    """

    strategy: str
    regimen: Regimen | None
    name: Text
    summary: Text
    intent: Literal["curative", "disease_control", "palliative"]
    organ_preservation_policy: bool
    status: Status
    preferred: bool
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    steps: tuple[Step, ...]
    timeline: Timeline
    radiobiology: tuple[RegimenDose, ...]
    benefits: tuple[Text, ...] = ()
    harms: tuple[Text, ...] = ()
    stopping_rules: tuple[Text, ...] = ()

    @property
    def key(self) -> str:
        """A name unique among the candidates: strategy, or strategy and schedule.

        It names an option in comparisons and random streams are never keyed by it.
        """
        return f"{self.strategy}:{self.regimen.id}" if self.regimen else self.strategy
