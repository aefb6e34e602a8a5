"""What stands around the pages of one case? Its line, its tabs, and whether it is signed or out of date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.mdt import Kept, changes, newest, stages, tables, version_of
from pelvicrt.report import case_line
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound

TABS: Final = {
    "facts": "case.read",
    "assessment": "case.read",
    "compare": "case.read",
    "decision": "case.read",
    "follow-up": "case.read",
    "history": "case.history",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a case."""

    name: str
    url: str
    here: bool


def case_frame(ask: Asking, case_id: str, tab: str) -> dict[str, Any]:
    """What `case.html.jinja` reads: `kept` (the newest version), `row`, `line`, `tabs`, `signed`, `newer_facts`.

    Raises:
        NotFound: when the store has no such case.
    """
    with ask.store.reading() as session:
        row = session.get(tables.CaseRow, case_id)
        if row is None:
            raise NotFound
        kept = newest(session, case_id)
        return {
            "case_id": case_id,
            "row": row,
            "kept": kept,
            "line": case_line(kept.case, ask.w),
            "tabs": [Tab(name, f"/cases/{case_id}/{name}", name == tab) for name in TABS if ask.may(TABS[name])],
            "signed": stages.newest_decision(session, case_id),
            "newer_facts": _newer_facts(session, kept, case_id),
        }


def _newer_facts(session: Session, kept: Kept, case_id: str) -> tuple[str, ...]:
    """The facts that changed since the newest assessment; none when there is no assessment."""
    rested_on = session.scalars(
        select(tables.AssessmentRow.case_version)
        .where(tables.AssessmentRow.case_id == case_id)
        .order_by(tables.AssessmentRow.number.desc())
        .limit(1)
    ).one_or_none()
    if rested_on is None or rested_on == kept.version:
        return ()
    return tuple(item.fact for item in changes(version_of(session, case_id, rested_on).case, kept.case))
