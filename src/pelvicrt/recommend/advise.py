"""What to prefer: START HERE. Gates, then utilities under the patient's wishes, then who leads and what is said."""

from __future__ import annotations

from collections.abc import Sequence

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.evidence import Library
from pelvicrt.recommend.cautions import warnings
from pelvicrt.recommend.compare import COLUMNS, comparisons
from pelvicrt.recommend.convergence import convergence
from pelvicrt.recommend.disputes import conflict_cards
from pelvicrt.recommend.headline import explanation, headline
from pelvicrt.recommend.missing import GateStatuses
from pelvicrt.recommend.rank import rank
from pelvicrt.recommend.results import Advice, Recommendation
from pelvicrt.recommend.table import Table
from pelvicrt.recommend.weigh import Standing
from pelvicrt.simulate import SimulatedOutcomes
from pelvicrt.strategies import Candidate
from pelvicrt.value import decision


def recommend(
    case: Case,
    classification: Classification,
    candidates: Sequence[Candidate],
    simulated: SimulatedOutcomes,
    library: Library,
    *,
    gate_statuses: GateStatuses | None = None,
    before: Advice | None = None,
) -> Advice:
    """Advice for one patient: who leads and how surely, why, what would change it, what is worth finding out.

    `gate_statuses` says what status each option would have under a fact's value; without it, nothing reopens.
    `before` is advice for the same patient under other wishes: its conflict cards and priced facts are kept, so
    that wishes can be tried quickly (the worth of facts is then that of the wishes recorded).

    Raises:
        KeyError: when the library lacks a preference parameter or an option lacks life_months.
    """
    table = Table.of(case, classification, candidates, simulated, library, gate_statuses=gate_statuses)
    gated, standing = table.gated, table.standing(table.wishes)
    situation = table.situation(gated, standing)
    opened = _in_order(standing)
    compared = comparisons(opened, simulated, known=before.comparisons if before else ())
    return Advice(
        ranked=rank(candidates, gated, standing, table.values, table.utility),
        recommendation=Recommendation(
            strategy=standing.leader,
            equipoise=standing.equipoise,
            alternatives=standing.leading[1:],
            headline=headline(situation),
            explanation=explanation(situation),
            drivers=table.drivers(standing),
            would_change_it=table.changes(standing),
            evpi_qalm=decision(table.contending(standing)).evpi.value if gated.stop is None and opened else None,
        ),
        comparisons=compared,
        preference_strips=table.strips(),
        missing_information=before.missing_information if before else table.missing(standing),
        conflicts=before.conflicts if before else conflict_cards(case, classification, library),
        warnings=warnings(
            standing.leading or opened[:COLUMNS],
            opened,
            classification=classification,
            simulated=simulated,
            values=table.values,
            wishes=table.wishes,
        ),
        convergence=convergence(
            simulated,
            opened=opened,
            compared=compared,
            contending=table.contending(standing),
            before=before.convergence if before else None,
        ),
    )


def _in_order(standing: Standing) -> list[str]:
    rest = sorted((key for key in standing.mean if key not in standing.leading), key=lambda k: (-standing.mean[k], k))
    return [*standing.leading, *rest]
