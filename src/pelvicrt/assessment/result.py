"""What an assessment holds: the whole data path's answer for one case, ready to be shown or stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pelvicrt.assessment.plan import PlanToxicity
from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.foundation import Text
from pelvicrt.recommend import Advice, Ranked
from pelvicrt.simulate import CandidateOutcomes, SimulatedOutcomes
from pelvicrt.strategies import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One candidate with everything known about it; `plans` are the dose plans given that deliver its schedule."""

    candidate: Candidate
    outcomes: CandidateOutcomes | None
    ranked: Ranked
    plans: tuple[PlanToxicity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer for one case on one day."""

    id: str
    case: Case
    created_at: dt.datetime
    version: str
    library_hash: str
    evidence_date: dt.date
    model_id: str
    seed: int
    draws: int
    classification: Classification
    strategies: tuple[Assessed, ...]
    simulated: SimulatedOutcomes | None
    advice: Advice
    warnings: tuple[Text, ...]
    citations: tuple[str, ...]
    plans: tuple[PlanToxicity, ...] = ()
