"""Which options may be named at all? Safety stands before any weighing, and no wish can lift it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.foundation import Reason, Status, is_known
from pelvicrt.recommend.thresholds import Thresholds
from pelvicrt.recommend.weigh import Entrant
from pelvicrt.recommend.words import CAPPED
from pelvicrt.strategies import Candidate

OPEN: frozenset[Status] = frozenset({"recommended", "acceptable", "conditional"})
MMR = "molecular.mmr"
ORGAN_WISH = "preferences.organ_preservation"
LIVER_CAN_BE_CLEARED = frozenset({"none", "upfront_local", "convertible"})

StopKind = Literal["emergency", "unknown_emergency", "unknown_mmr", "facts", "none_open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why nothing is named first, and the facts that would lift it."""

    kind: StopKind
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """The open options with what each may become; `stop` ends the ranking, `notes` explain caps by key."""

    entrants: tuple[Entrant, ...]
    stop: Stop | None
    notes: Mapping[str, tuple[Reason, ...]]


def gate(
    case: Case,
    classification: Classification,
    candidates: Sequence[Candidate],
    lines: Thresholds,
    *,
    statuses: Mapping[str, Status] | None = None,
) -> Gated:
    """The open options and what stands in the way; `statuses` overrides the candidates' own (what if).

    Contraindicated, not recommended and needs-information options never enter. With an emergency, an emergency that
    cannot be excluded, or an unknown mismatch repair status where it decides the first step, nobody leads.
    """
    status_of = {item.key: item.status for item in candidates} | dict(statuses or {})
    opened = [item for item in candidates if status_of[item.key] in OPEN]
    stop = _stop(classification, candidates, opened)
    capped = {item.key for item in opened if _watches(item) and not _may_watch(case, classification, lines)}
    entrants = tuple(
        Entrant(
            key=item.key,
            conditional=status_of[item.key] == "conditional",
            may_lead=stop is None and item.key not in capped and _mmr_allows(item, classification),
            preferred=item.preferred,
        )
        for item in opened
    )
    return Gated(entrants=entrants, stop=stop, notes={key: (_capped_reason(lines),) for key in sorted(capped)})


def _stop(classification: Classification, candidates: Sequence[Candidate], opened: Sequence[Candidate]) -> Stop | None:
    emergency = classification.emergency
    if emergency.value == "unknown":
        return Stop(kind="unknown_emergency", missing=emergency.missing)
    if emergency.value != "none":
        return Stop(kind="emergency")
    waiting = [item for item in candidates if item.status == "needs_information"]
    if classification.mmr.value == "unknown" and any(MMR in item.missing for item in waiting):
        return Stop(kind="unknown_mmr", missing=(MMR,))
    if opened:
        return None
    return Stop(kind="facts", missing=_most_named(waiting)) if waiting else Stop(kind="none_open")


def _most_named(waiting: Sequence[Candidate]) -> tuple[str, ...]:
    """Missing facts, the one that holds up most options first."""
    named = [fact for item in waiting for fact in item.missing]
    return tuple(sorted(set(named), key=lambda fact: (-named.count(fact), fact)))


def _mmr_allows(candidate: Candidate, classification: Classification) -> bool:
    return classification.mmr.value != "unknown" or candidate.intent == "palliative"


def _watches(candidate: Candidate) -> bool:
    """Whether rule J10 concerns this option: it was made for watch and wait after radiotherapy, not immunotherapy."""
    immunotherapy = any(step.kind == "immunotherapy" for step in candidate.steps)
    return candidate.organ_preservation_policy and (candidate.regimen is not None or not immunotherapy)


def _may_watch(case: Case, classification: Classification, lines: Thresholds) -> bool:
    """Rule J10: watch and wait stands first only on a strong stated wish and where the liver can be cleared."""
    if classification.liver.value not in LIVER_CAN_BE_CLEARED:
        return False
    wish, declined = case.preferences.organ_preservation, case.preferences.declines
    if is_known(declined) and "surgery" in declined:
        return True
    return is_known(wish) and wish >= lines.watch_and_wait_wish


def _capped_reason(lines: Thresholds) -> Reason:
    return Reason(
        rule="recommend.watch_and_wait_cap",
        text=CAPPED.fill(wish=f"{lines.watch_and_wait_wish:g}"),
        sources=("pelvicrt-convention", "dutch-ww-stage-iv-2022"),
        grade="expert",
        mark="D",
        direction="against",
        facts=(ORGAN_WISH,),
    )
