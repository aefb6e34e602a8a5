"""What is advised: a leader or an honest tie, how sure, why, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.foundation import Reason, Status, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One candidate after weighing: final status, utility [quality-adjusted months], chance of being best, loss."""

    candidate: str
    status: Status
    utility_mean: float | None
    utility_low: float | None
    utility_high: float | None
    p_best: float | None
    expected_loss: float | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One thing that separates the leader from the next, in clinical words; `effect_qalm` is signed."""

    text: Text
    effect_qalm: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that would change the advice: what, to which candidate, difference at both ends [QALM].

    `parameter` is the record's id when it is an assumption of the evidence library.
    """

    what: Text
    to: str
    low_label: Text
    high_label: Text
    low_difference: float
    high_difference: float
    flips: bool
    kind: str
    parameter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The advice. `strategy` is the leader's candidate key, or None when nothing can be advised yet.

    `equipoise` is True when the leader is not clear; `alternatives` are then those it cannot be told apart from.
    """

    strategy: str | None
    equipoise: bool
    alternatives: tuple[str, ...]
    headline: Text
    explanation: Text
    drivers: tuple[Driver, ...]
    would_change_it: tuple[Change, ...]
    evpi_qalm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One outcome of candidate `a` minus `b`, from paired draws. `chance_a_better` knows which direction is good."""

    a: str
    b: str
    outcome: str
    at_months: float | None
    difference: float
    low: float
    high: float
    chance_a_better: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """One fact worth learning: expected gain [QALM], its chance of changing the advice, who can supply it and how.

    `valued` False means the model draws no value for this fact, so its worth was not computed (0 is then no claim).
    """

    fact: str
    label: Text
    value_qalm: float
    value_low: float
    value_high: float
    chance_changes_advice: float
    who: Text
    blocks: tuple[str, ...] = ()
    valued: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictCard:
    """A disagreement that touches this patient, with the advice under each position.

    `may_apply_missing` names the facts that would say whether it applies; empty when it does.
    """

    conflict: str
    question: Text
    behaviour: Text
    positions: tuple[tuple[Text, Text, Text, tuple[str, ...], str], ...]
    concerns: tuple[str, ...]
    patient_value: float | None
    disputed: tuple[float, float] | None
    unit: str
    thresholds: tuple[tuple[float, Text], ...] = ()
    may_apply_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """The largest moves of reported probabilities when the draws grew from `half` to all of them, each 0 to 1.

    `best_estimates` are means, `likely_ranges` the ends of ranges; `chances` of being best, or better on an outcome
    (the latter alone: `chances_better`).
    """

    half: int
    best_estimates: float
    likely_ranges: float
    chances: float
    chances_better: float

    @property
    def largest(self) -> float:
        """The largest of all."""
        return max(self.best_estimates, self.likely_ranges, self.chances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Everything recommend says."""

    ranked: tuple[Ranked, ...]
    recommendation: Recommendation
    comparisons: tuple[Comparison, ...]
    preference_strips: dict[str, tuple[str, ...]]
    missing_information: tuple[MissingFact, ...]
    conflicts: tuple[ConflictCard, ...]
    warnings: tuple[Text, ...] = ()
    convergence: Convergence | None = None
