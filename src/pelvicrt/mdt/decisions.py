"""What did the team decide? A proposal is written, checked, signed by the chair; then only a new one replaces it.

Against a stop the chair's signature waits for a second person's. A signed document keeps all that was known and said:
choice and advice, why they differ, opinions with the dissent, conditions, questions, and the versions of everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import stages
from pelvicrt.mdt.checks import (
    AGAINST_STOP,
    CONDITIONS,
    DIFFERS,
    INSTEAD,
    POSITION,
    SUPERSEDES,
    Check,
    checks,
)
from pelvicrt.mdt.choices import NONE, Basis, basis_of, both, choice_name
from pelvicrt.mdt.judgements import judgements_of
from pelvicrt.mdt.opinions import Voice, current_round, open_round, voices
from pelvicrt.mdt.plan import make_plan
from pelvicrt.mdt.questions import questions_of
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, Decision, DecisionDraft, User

LONGEST: Final = 4000
_WRITTEN: Final = (
    "because", "instead", CONDITIONS, AGAINST_STOP, DIFFERS, SUPERSEDES, "told_by", "come_back_if"
)  # fmt: skip
NEEDS_NAMES: Final[Mapping[str, Text]] = {
    "because": Text("why the team chooses this", "选择理由"),
    INSTEAD: Text("what the team wants instead", "团队的做法"),
    CONDITIONS: Text("a condition", "条件"),
    AGAINST_STOP: Text("why the team goes against a stop", "不顾禁忌的理由"),
    DIFFERS: Text("why the choice differs from the advice", "与建议不同的理由"),
    SUPERSEDES: Text("why the earlier decision is replaced", "取代原决定的理由"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the chair writes: the option (or "none" and `instead`), and everything said about it."""

    option: str
    case_version: int
    assessment_number: int | None
    because: str = ""
    instead: str = ""
    conditions: str = ""
    against_stop: str = ""
    differs_because: str = ""
    superseded_because: str = ""
    told_by: str = ""
    come_back_if: str = ""
    positions: Mapping[str, str] = field(default_factory=dict)

    def written(self, needs: str) -> str:
        """What is written in a field a check asks for."""
        if needs.startswith(POSITION):
            return self.positions.get(needs.removeprefix(POSITION), "").strip()
        return str(getattr(self, needs)).strip()


def save_draft(writing: Writing, case_id: str, chair: User, proposal: Proposal) -> DecisionDraft:
    """Keeps a proposal unsigned, in place of an earlier draft; a chair's signature on that is withdrawn."""
    _check_lengths(case_id, proposal)
    draft = _kept_draft(writing, case_id, chair, proposal)
    writing.record("decision.draft", f"case/{case_id}")
    return draft


def draft_of(session: Session, case_id: str) -> tuple[DecisionDraft, Proposal] | None:
    """The decision being written, if there is one."""
    draft = session.get(DecisionDraft, case_id)
    return None if draft is None else (draft, Proposal(**draft.document))


def withdraw_draft(writing: Writing, case_id: str) -> None:
    """Throws the draft away, signed or not."""
    draft = writing.session.get(DecisionDraft, case_id)
    if draft is not None:
        writing.session.delete(draft)
        writing.record("decision.withdraw", f"case/{case_id}")


def sign(writing: Writing, case_id: str, chair: User, proposal: Proposal) -> Decision | None:
    """Signs a decision; against a stop it is kept for the second signature instead, and None is answered.

    Raises:
        InvalidInput: naming every check that forbids it and every field that must still be written.
        KeyError: when the store has no such case.
    """
    found = _checked(writing, case_id, proposal)
    if any(check.state == "stop" for check in found):
        draft = _kept_draft(writing, case_id, chair, proposal)
        draft.signed_at = writing.at
        writing.record("decision.sign_first", f"case/{case_id}")
        return None
    return _signed(writing, case_id, proposal, found, chair=chair, second=None)


def sign_second(writing: Writing, case_id: str, person: User) -> Decision:
    """Gives the second signature to the decision that waits for one.

    Raises:
        InvalidInput: when none waits, the person gave the first, or a check no longer allows it.
    """
    draft = writing.session.get(DecisionDraft, case_id)
    if draft is None or draft.signed_at is None:
        raise InvalidInput([Problem(file=case_id, field="second", found="none", expected=_WAITING, found_zh="无")])
    if draft.author_id == person.id:
        found, zh = "the same person", "同一人"
        raise InvalidInput([Problem(file=case_id, field="second", found=found, expected=_ANOTHER, found_zh=zh)])
    proposal = Proposal(**draft.document)
    found_now = _checked(writing, case_id, proposal)
    chair = writing.session.get_one(User, draft.author_id)
    return _signed(writing, case_id, proposal, found_now, chair=chair, second=person)


def decisions_of(session: Session, case_id: str) -> tuple[Decision, ...]:
    """Every signed decision of a case, newest first; only the first stands."""
    return tuple(session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.number.desc())))


def _checked(writing: Writing, case_id: str, proposal: Proposal) -> tuple[Check, ...]:
    """The checks as they stand now.

    Raises:
        InvalidInput: naming everything that keeps the proposal from being signed.
    """
    session = writing.session
    case, basis = session.get(CaseRow, case_id), basis_of(session, case_id)
    if case is None:
        raise KeyError(case_id)
    _check_lengths(case_id, proposal)
    seen = (proposal.case_version, proposal.assessment_number)
    if seen != (case.version, None if basis is None else basis.row.number):
        found, zh = "a change since this page was opened", "打开本页后已有变动"
        raise InvalidInput([Problem(file=case_id, field="version", found=found, expected=_LOOK, found_zh=zh)])
    if proposal.option != NONE and (basis is None or basis.choice(proposal.option) is None):
        raise InvalidInput([Problem(file=case_id, field="option", found=repr(proposal.option), expected=_AN_OPTION)])
    found_checks = checks(session, case_id, proposal.option, today=writing.at.date())
    problems = [_refused(case_id, check) for check in found_checks if check.state == "refused"]
    needed = dict.fromkeys(["because", *(check.needs for check in found_checks if check.needs)])
    problems += [_unwritten(case_id, needs) for needs in needed if not proposal.written(needs)]
    if problems:
        raise InvalidInput(problems)
    return found_checks


def _check_lengths(case_id: str, proposal: Proposal) -> None:
    written = {name: getattr(proposal, name) for name in _WRITTEN}
    written |= {f"{POSITION}{name}": said for name, said in proposal.positions.items()}
    long = [name for name, said in written.items() if len(said) > LONGEST]
    if long:
        raise InvalidInput(
            Problem(file=case_id, field=name, found=f"{len(written[name])}", expected=_SHORTER) for name in long
        )


def _refused(case_id: str, check: Check) -> Problem:
    return Problem(file=case_id, field=check.name, found="older facts", expected=check.text, found_zh="较旧的资料")


def _unwritten(case_id: str, needs: str) -> Problem:
    expected = NEEDS_NAMES.get(needs, _POSITION)
    return Problem(file=case_id, field=needs, found="nothing", expected=expected, found_zh="空白")


def _kept_draft(writing: Writing, case_id: str, chair: User, proposal: Proposal) -> DecisionDraft:
    draft = writing.session.get(DecisionDraft, case_id)
    if draft is None:
        draft = DecisionDraft(case_id=case_id)
        writing.session.add(draft)
    draft.document = dataclasses.asdict(proposal)
    draft.author_id, draft.at, draft.signed_at = chair.id, writing.at, None
    return draft


def _signed(
    writing: Writing, case_id: str, proposal: Proposal, found: Iterable[Check], *, chair: User, second: User | None
) -> Decision:
    session = writing.session
    number = current_round(session, case_id)
    basis = basis_of(session, case_id)
    open_round(writing, case_id)
    decision = Decision(
        case_id=case_id,
        number=number,
        case_version=proposal.case_version,
        assessment_number=proposal.assessment_number,
        option=proposal.option,
        document={
            **_written(proposal, basis, number),
            "checks": [_plain_check(check, proposal) for check in found],
            "opinions": [_opinion(voice, basis, proposal.option) for voice in voices(session, case_id, number)],
            "judgements": [_judgement(row, name) for row, name in judgements_of(session, case_id)],
            "questions": [_question(session, row) for row in questions_of(session, case_id)],
            "signed_by": _person(chair),
            "second_by": None if second is None else _person(second),
            "versions": _versions(proposal, basis),
        },
        signed_by_id=chair.id,
        second_by_id=None if second is None else second.id,
        signed_at=writing.at,
    )
    session.add(decision)
    draft = session.get(DecisionDraft, case_id)
    if draft is not None:
        session.delete(draft)
    stages.refresh(writing, case_id)
    writing.record("decision.sign", f"case/{case_id}", number=number, second=decision.second_by_id)
    make_plan(writing, case_id, decision)
    return decision


def _written(proposal: Proposal, basis: Basis | None, number: int) -> dict[str, Any]:
    choice = basis.choice(proposal.option) if basis else None
    name = choice_name(basis, proposal.option)
    unlisted = {"key": proposal.option, "letter": "", "name": both(name), "status": ""}
    advised = basis.advised if basis else ()
    return {
        "choice": choice.plain if choice else unlisted,
        "advice": [item.plain for key in advised if basis and (item := basis.choice(key))],
        "relation": _relation(proposal.option, advised),
        "supersedes": number - 1 or None,
        **{field_name: getattr(proposal, field_name).strip() for field_name in _WRITTEN},
        "positions": [
            {"conflict": name, "said": said.strip()} for name, said in proposal.positions.items() if said.strip()
        ],
    }


def _relation(option: str, advised: tuple[str, ...]) -> str:
    """How the choice stands to the advice: as_advised, among_equals, differs, or no_advice."""
    if not advised:
        return "no_advice"
    if option not in advised:
        return "differs"
    return "among_equals" if len(advised) > 1 else "as_advised"


def _plain_check(check: Check, proposal: Proposal) -> dict[str, Any]:
    written = proposal.written(check.needs) if check.needs else ""
    return {"name": check.name, "state": check.state, **both(check.text), "needs": check.needs, "written": written}


def _opinion(voice: Voice, basis: Basis | None, decided: str) -> dict[str, Any]:
    choice = basis.choice(voice.choice) if basis else None
    return {
        "name": voice.name,
        "discipline": voice.discipline,
        "choice": voice.choice,
        "letter": choice.letter if choice else "",
        "choice_name": both(choice_name(basis, voice.choice)),
        "first_said": voice.first_said,
        "firmness": voice.firmness,
        "sentence": voice.sentence,
        "case_version": voice.case_version,
        "at": voice.at.isoformat(),
        "dissent": voice.choice != decided,
    }


def _judgement(row: Any, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "discipline": row.discipline,
        "fact": row.fact,
        "value": row.value.get("value"),
        "reason": row.reason,
        "case_version": row.case_version,
        "at": row.at.isoformat(),
    }


def _question(session: Session, row: Any) -> dict[str, Any]:
    return {
        "asked": row.asked,
        "owner": session.get_one(User, row.owner_id).name,
        "due_on": None if row.due_on is None else row.due_on.isoformat(),
        "answer": row.answer,
        "answered_at": None if row.answered_at is None else row.answered_at.isoformat(),
    }


def _person(user: User) -> dict[str, str]:
    return {"name": user.name, "discipline": user.discipline, "role": user.role}


def _versions(proposal: Proposal, basis: Basis | None) -> dict[str, Any]:
    """Which facts, numbers and evidence the decision rests on."""
    told = {} if basis is None else basis.row.document
    kept = {name: told.get(name) for name in ("version", "library_hash", "evidence_date", "model_id", "seed", "draws")}
    return {
        "case_version": proposal.case_version,
        "assessment": proposal.assessment_number,
        "assessment_id": None if basis is None else basis.row.assessment_id,
        **kept,
    }


_AN_OPTION = Text("an option of the newest assessment, or none of them", "最新评估中的方案，或“均不选”")
_WAITING = Text("a decision that waits for a second signature", "等待第二签名的决定")
_ANOTHER = Text("a person other than the one who signed first", "与首位签署者不同的人员")
_LOOK = Text("facts and assessment as they stand; look at the page again", "当前的资料与评估；请重新查看页面")
_SHORTER = Text(f"at most {LONGEST} characters", f"至多 {LONGEST} 字")
_POSITION = Text("the position the team takes on what experts dispute", "团队在专家争议上的立场")
