"""What stands on the team's page? Opinions as this person may see them, judgements, questions, checks, the proposal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.foundation import Problem
from pelvicrt.mdt import checks, choices, decisions, judgements, opinions, questions, rights, tables
from pelvicrt.report import badge
from pelvicrt.web.asking import Asking
from pelvicrt.web.frames import case_frame
from pelvicrt.web.judging import controls, said_value
from pelvicrt.web.records import record_view

LOOKS: Final = {"done": "acc", "open": "unknown", "dispute": "dispute", "stop": "stop", "refused": "stop"}
_EXTRA: Final = ("conditions", "instead", "differs_because", "against_stop", "superseded_because")
_STATUSES: Final = (
    "recommended", "acceptable", "conditional", "needs_information", "not_recommended", "contraindicated",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One opinion as it is shown."""

    css: str
    badge: Markup | str
    name: str
    voice: opinions.Voice
    first: str
    older: bool


def page_context(
    ask: Asking,
    case_id: str,
    *,
    new: bool = False,
    proposal: decisions.Proposal | None = None,
    problems: Iterable[Problem] = (),
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything the page reads; `proposal` and `typed` are what somebody wrote and must not write again."""
    frame = case_frame(ask, case_id, "decision")
    with ask.store.reading() as session:
        signed = decisions.decisions_of(session, case_id)
        heard = opinions.heard(session, case_id, ask.user)
        basis = choices.basis_of(session, case_id)
        draft = decisions.draft_of(session, case_id)
        working = not signed or new or heard.given > 0 or draft is not None or proposal is not None
        shown = proposal or (draft[1] if draft else _first_proposal(basis, heard, frame["row"].version))
        return frame | {
            **opinions_part(ask, case_id, since=int(ask.now.timestamp())),
            "decisions": [record_view(session, item, ask.w) for item in signed],
            "working": working,
            "sections": _sections(ask, signed=bool(signed), working=working),
            "basis": basis,
            "advice": _advice(ask, basis),
            "groups": _grouped(ask, basis),
            "judged": _judged(ask, session, case_id),
            "controls": controls(frame["kept"].case, ask.user, ask.w),
            "questions": _questions(ask, session, case_id),
            "owners": _owners(session, frame["row"]),
            "draft": draft[0] if draft else None,
            "draft_by": session.get(tables.User, draft[0].author_id) if draft else None,
            "proposal": shown,
            **checks_part(ask, session, case_id, basis, shown),
            "problems": [_said(ask, item) for item in problems],
            "typed": defaultdict(str, typed or {}),
            "option_name": lambda key: _option_name(ask, basis, key),
        }


def opinions_part(ask: Asking, case_id: str, *, since: int) -> dict[str, Any]:
    """What the list of opinions reads."""
    with ask.store.reading() as session:
        heard = opinions.heard(session, case_id, ask.user)
        basis = choices.basis_of(session, case_id)
        version = session.get_one(tables.CaseRow, case_id).version
    return {
        "case_id": case_id,
        "since": since,
        "heard": heard,
        "cards": [_card(ask, basis, voice, version) for voice in heard.voices],
        "tally": _tally(ask, basis, heard),
        "heard_line": _heard_line(ask, heard),
        "over": False,
    }


def checks_part(
    ask: Asking, session: Session, case_id: str, basis: choices.Basis | None, proposal: decisions.Proposal
) -> dict[str, Any]:
    """The checks of the option in hand, and the fields they ask for."""
    known = proposal.option == choices.NONE or (basis is not None and basis.choice(proposal.option) is not None)
    option = proposal.option if known else choices.NONE
    found = checks.checks(session, case_id, option, today=ask.now.date())
    needed = {check.needs for check in found if check.needs}
    return {
        "case_id": case_id,
        "checks": found,
        "looks": LOOKS,
        "refused": any(check.state == "refused" for check in found),
        "stopped": any(check.state == "stop" for check in found),
        "extra": [name for name in _EXTRA if name in needed or name == "conditions"],
        "needed": needed,
        "disputes": [
            (check.needs, check.needs.removeprefix(checks.POSITION), check.text.say(ask.lang))
            for check in found
            if check.needs.startswith(checks.POSITION)
        ],
        "proposal": proposal,
    }


def _first_proposal(basis: choices.Basis | None, heard: opinions.Heard, version: int) -> decisions.Proposal:
    """What the form begins with: the choice of most people shown, else the advice."""
    counted = opinions.tally(heard.voices)
    option = counted[0][0] if counted else (basis.advised[0] if basis and basis.advised else choices.NONE)
    return decisions.Proposal(
        option=option, case_version=version, assessment_number=None if basis is None else basis.row.number
    )


def _sections(ask: Asking, *, signed: bool, working: bool) -> list[str]:
    found = ["signed"] if signed else []
    if working:
        found += ["opinions"] if ask.may("opinion.give") else []
    found += ["judgements", "questions"]
    if working and ask.may("opinion.give"):
        found.append("sign")
    return found


def _advice(ask: Asking, basis: choices.Basis | None) -> str:
    if basis is None:
        return ask.w("decision.advice.no_assessment")
    if not basis.advised:
        return ask.w("decision.advice.none")
    names = ask.w.join(_lettered(ask, basis, key) for key in basis.advised)
    return ask.w("decision.advice.tied" if len(basis.advised) > 1 else "decision.advice.lead", names=names)


def _lettered(ask: Asking, basis: choices.Basis | None, key: str) -> str:
    found = basis.choice(key) if basis else None
    letter = f"{found.letter} " if found and found.letter else ""
    return f"{letter}{choices.choice_name(basis, key).say(ask.lang)}"


def _option_name(ask: Asking, basis: choices.Basis | None, key: str) -> str:
    return choices.choice_name(basis, key).say(ask.lang)


def _grouped(ask: Asking, basis: choices.Basis | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The options for a list to choose from, by status."""
    found = []
    for status in _STATUSES:
        items = [item for item in (basis.choices if basis else ()) if item.status == status]
        if items:
            options = [(item.key, _lettered(ask, basis, item.key)) for item in items]
            found.append((ask.w.label("status", status), options))
    return found


def _card(ask: Asking, basis: choices.Basis | None, voice: opinions.Voice, version: int) -> Card:
    found = basis.choice(voice.choice) if basis else None
    drawn = badge(found.css, found.letter, ask.w("option", letter=found.letter)) if found and found.letter else ""
    return Card(
        css=found.css if found else "e",
        badge=drawn,
        name=_option_name(ask, basis, voice.choice),
        voice=voice,
        first=_lettered(ask, basis, voice.first_said) if voice.first_said else "",
        older=voice.case_version != version,
    )


def _heard_line(ask: Asking, heard: opinions.Heard) -> str:
    if not heard.silent:
        return ask.w("decision.opinions.all_heard")
    names = ask.w.join(ask.w(f"discipline.{name}") for name in heard.silent)
    return ask.w("decision.opinions.silent", names=names)


def _tally(ask: Asking, basis: choices.Basis | None, heard: opinions.Heard) -> list[dict[str, Any]]:
    rows = []
    for key, count in opinions.tally(heard.voices):
        found = basis.choice(key) if basis else None
        drawn = badge(found.css, found.letter, ask.w("option", letter=found.letter)) if found and found.letter else ""
        rows.append(
            {
                "css": found.css if found else "e",
                "badge": drawn,
                "name": _option_name(ask, basis, key),
                "count": count,
                "share": round(100 * count / heard.given),
            }
        )
    return rows


def _judged(ask: Asking, session: Session, case_id: str) -> list[dict[str, Any]]:
    return [
        {"row": row, "name": name, "value": said_value(row.value["value"], row.fact, ask.w) if row.fact else ""}
        for row, name in judgements.judgements_of(session, case_id)
    ]


def _questions(ask: Asking, session: Session, case_id: str) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "owner": session.get_one(tables.User, row.owner_id),
            "by": session.get(tables.User, row.answered_by_id) if row.answered_by_id else None,
            "late": questions.is_late(row, ask.today),
        }
        for row in questions.questions_of(session, case_id)
    ]


def _owners(session: Session, case: tables.CaseRow) -> list[tables.User]:
    """People a question can be given to."""
    people = session.scalars(select(tables.User).where(tables.User.active).order_by(tables.User.name))
    return [user for user in people if rights.may(user, "question.answer") and rights.sees(user, case)]


def _said(ask: Asking, problem: Problem) -> tuple[str, str]:
    """Where a field stands and what to write there."""
    field, w = problem.field, ask.w
    if field.startswith(checks.POSITION):
        return f"f-{field}", w("decision.problem.position", said=problem.expected.say(ask.lang))
    name = w(f"decision.field.{field}") if w.has(f"decision.field.{field}") else w.fact(field)
    return f"f-{field}", w("decision.problem.line", field=name, said=problem.expected.say(ask.lang))
