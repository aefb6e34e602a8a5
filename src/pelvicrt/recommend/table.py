"""What is one ranking made from, so that wishes can be tried again without simulating again?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pelvicrt.case import Case, with_fact
from pelvicrt.classify import Classification
from pelvicrt.evidence import Library
from pelvicrt.foundation import Status, Text
from pelvicrt.recommend.changes import (
    assumption_changes,
    condition_changes,
    fact_changes,
    usable_wishes,
    wish_changes,
)
from pelvicrt.recommend.gates import Gated, gate
from pelvicrt.recommend.headline import Situation, rival_of
from pelvicrt.recommend.missing import GateStatuses, Question, missing_information
from pelvicrt.recommend.reasons import drivers
from pelvicrt.recommend.results import Change, Driver, MissingFact
from pelvicrt.recommend.thresholds import Thresholds, thresholds
from pelvicrt.recommend.weigh import Standing, stand
from pelvicrt.recommend.what_if import facts_in_rules, plainest
from pelvicrt.recommend.wishes import FULL_WISH, Floats, Values, only, stated, utilities, values_of
from pelvicrt.recommend.words import names_of
from pelvicrt.simulate import SimulatedOutcomes
from pelvicrt.strategies import Candidate

TIE = "tie"
NOBODY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything one ranking is made from, so that wishes can be tried again without simulating again."""

    case: Case
    classification: Classification
    candidates: tuple[Candidate, ...]
    simulated: SimulatedOutcomes
    library: Library
    lines: Thresholds
    values: Values
    wishes: Mapping[str, int]
    utility: Floats
    gated: Gated
    names: Mapping[str, Text]
    gates: GateStatuses
    tried: dict[tuple[str, int], Standing] = field(default_factory=dict, repr=False, compare=False)
    narrowed: dict[tuple[str, ...], Values] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        case: Case,
        classification: Classification,
        candidates: Sequence[Candidate],
        simulated: SimulatedOutcomes,
        library: Library,
        *,
        gate_statuses: GateStatuses | None,
    ) -> Table:
        """The table of one case."""
        lines, values, wishes = thresholds(library), values_of(simulated, library), stated(case.preferences)
        today: dict[str, Status] = {item.key: item.status for item in candidates}
        return cls(
            case=case,
            classification=classification,
            candidates=tuple(candidates),
            simulated=simulated,
            library=library,
            lines=lines,
            values=values,
            wishes=wishes,
            utility=utilities(values, wishes),
            gated=_simulated_only(gate(case, classification, candidates, lines), values),
            names=names_of(candidates),
            gates=gate_statuses or (lambda _fact, _value: today),
        )

    def columns(self, gated: Gated) -> Floats:
        """Utility of the open options, one column each."""
        return np.ascontiguousarray(
            self.utility[:, [self.values.keys.index(entrant.key) for entrant in gated.entrants]]
        )

    def contending(self, standing: Standing) -> Floats:
        """Utility of the options weighed against each other, one column each."""
        return np.ascontiguousarray(self.utility[:, [self.values.keys.index(key) for key in standing.p_best]])

    def standing(self, wishes: Mapping[str, int], gated: Gated | None = None) -> Standing:
        """Who leads under some wishes."""
        used = gated or self.gated
        keys = tuple(entrant.key for entrant in used.entrants)
        if keys not in self.narrowed:
            self.narrowed[keys] = only(self.values, keys)
        return stand(utilities(self.narrowed[keys], wishes), used.entrants, self.lines)

    def standing_at(self, wish: str, level: int) -> Standing:
        """Who would lead had one wish another level; gates that read the wish are asked again. Each is tried once."""
        if (wish, level) not in self.tried:
            self.tried[wish, level] = self._try(wish, level)
        return self.tried[wish, level]

    def _try(self, wish: str, level: int) -> Standing:
        fact = f"preferences.{wish}"
        case = with_fact(self.case, fact, level)
        plain = plainest(self.library, fact, level)
        statuses = self.gates(fact, plain) if fact in facts_in_rules(self.library) else None
        gated = gate(case, self.classification, self.candidates, self.lines, statuses=statuses)
        return self.standing({**self.wishes, wish: level}, _simulated_only(gated, self.values))

    def strips(self) -> dict[str, tuple[str, ...]]:
        """The leading option, or "tie", at each level 0 to 10 of each wish; empty when nothing can be ranked."""
        if self.gated.stop is not None or not self.gated.entrants:
            return {}
        levels = range(FULL_WISH + 1)
        return {
            wish: tuple(_strip_word(self.standing_at(wish, level)) for level in levels)
            for wish, _ in usable_wishes(self.values)
        }

    def situation(self, gated: Gated, standing: Standing) -> Situation:
        """What the headline is made from."""
        return Situation(
            standing=standing,
            entrants=gated.entrants,
            utility=self.columns(gated),
            stop=gated.stop,
            emergency=self.classification.emergency.value,
            mmr_known=self.classification.mmr.value != "unknown",
            names=self.names,
            wishes=self.wishes,
            lines=self.lines,
        )

    def drivers(self, standing: Standing) -> tuple[Driver, ...]:
        """Why the leader differs from the next."""
        rival = rival_of(standing)
        if standing.leader is None or rival is None:
            return ()
        return drivers(
            standing.leader,
            rival,
            values=self.values,
            wishes=self.wishes,
            simulated=self.simulated,
            names=self.names,
        )

    def changes(self, standing: Standing) -> tuple[Change, ...]:
        """What would change the advice: conditions, wishes and facts, then assumptions."""
        rival = rival_of(standing)
        if standing.leader is None or rival is None:
            return ()
        x, y = (self.utility[:, self.values.keys.index(key)] for key in (standing.leader, rival))
        bound = [entrant.key for entrant in self.gated.entrants if entrant.conditional]
        return (
            *condition_changes(standing, bound, self.names),
            *wish_changes(standing.leader, self.values, self.wishes, led_by=self.standing_at),
            *fact_changes(rival, x - y, self.simulated),
            *assumption_changes(rival, x - y, simulated=self.simulated, library=self.library),
        )

    def missing(self, standing: Standing) -> tuple[MissingFact, ...]:
        """The missing facts by worth."""
        assumed = {fact: drawn.tolist() for fact, drawn in self.simulated.assumed.items()}
        first = self.gated.stop.missing if self.gated.stop else ()
        return missing_information(self.question(standing), assumed=assumed, gates=self.gates, first=first)

    def question(self, standing: Standing) -> Question:
        """What the worth of facts is measured against."""
        return Question(
            keys=self.values.keys,
            utility=self.utility,
            candidates=self.candidates,
            lines=self.lines,
            leader=standing.leader,
            seed=self.simulated.seed,
            may_lead=frozenset(entrant.key for entrant in self.gated.entrants if entrant.may_lead),
        )


def _simulated_only(gated: Gated, values: Values) -> Gated:
    kept = tuple(entrant for entrant in gated.entrants if entrant.key in values.keys)
    return Gated(entrants=kept, stop=gated.stop, notes=gated.notes)


def _strip_word(standing: Standing) -> str:
    return TIE if standing.equipoise else standing.leader or NOBODY
