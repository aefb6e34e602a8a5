"""What does the team think and decide? Opinions, judgements, questions, checks before signing, signing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import Form, Query
from starlette.responses import Response

from pelvicrt.foundation import InvalidInput, Problem
from pelvicrt.mdt import Writing, checks, choices, decisions, judgements, newest, opinions, questions, tables
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.judging import values_in
from pelvicrt.web.routes import Ask, CaseId, Pages
from pelvicrt.web.team import checks_part, opinions_part, page_context

pages = Pages()
_PAGE: Final = "decision.html.jinja"
_STOP_POLLING: Final = 286
_POLLED: Final = dt.timedelta(minutes=20)
_WRITTEN: Final = (
    "because", "instead", "conditions", "against_stop", "differs_because", "superseded_because", "told_by",
    "come_back_if",
)  # fmt: skip
_Words = Annotated[str, Form()]


@pages.get("/cases/{case_id}/decision", right="case.read")
def decision(ask: Ask, case_id: CaseId, *, new: Annotated[bool, Query()] = False) -> Response:
    """The team's page: what is signed, or what is being worked on; `new` begins another round."""
    return ask.page(_PAGE, **page_context(ask, case_id, new=new))


@pages.get("/cases/{case_id}/decision/opinions", right="case.read")
def polled(
    ask: Ask,
    case_id: CaseId,
    since: Annotated[int, Query(ge=0)] = 0,
    in_round: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The opinions alone, asked for every few seconds; a page that is left open stops asking after a while.

    So does the page of a round that was ended by a signature, which says so.
    """
    if not ask.is_htmx:
        return ask.go(f"/cases/{case_id}/decision")
    part = opinions_part(ask, case_id, since=since)
    signed = part["heard"].number != in_round
    over = signed or ask.now.timestamp() - since > _POLLED.total_seconds()
    status = _STOP_POLLING if over else 200
    return ask.part("decision_opinions.html.jinja", status=status, **part | {"over": over, "ended": signed})


@pages.post("/cases/{case_id}/decision/opinion", right="opinion.give")
def give(
    ask: Ask, case_id: CaseId, *, option: _Words = "", firmness: Annotated[int, Form()] = 0, sentence: _Words = ""
) -> Response:
    """One's own opinion."""

    def act(writing: Writing, user: tables.User) -> None:
        opinions.give_opinion(writing, case_id, user, choice=option, firmness=firmness, sentence=sentence)

    return _write(ask, case_id, act, said="decision.said.opinion", place="opinions")


@pages.post("/cases/{case_id}/decision/open", right="round.open")
def open_round(ask: Ask, case_id: CaseId) -> Response:
    """Lets everybody see the opinions."""
    return _write(
        ask, case_id, lambda writing, _: opinions.open_round(writing, case_id), said="decision.said.opened",
        place="opinions",
    )  # fmt: skip


@pages.post("/cases/{case_id}/decision/judgement", right="judgement.give")
def judge(
    ask: Ask,
    case_id: CaseId,
    on_version: Annotated[int, Form()],
    reason: _Words = "",
    *,
    confirm: Annotated[bool, Form()] = False,
) -> Response:
    """A discipline's judgement: the facts it changes or confirms, or words alone."""

    def act(writing: Writing, user: tables.User) -> None:
        case = newest(writing.session, case_id).case
        judged = list(values_in(ask.form or {}, case, confirmed=confirm))
        version = on_version
        for fact, value in judged:
            row = judgements.judge(writing, case_id, user, reason=reason, fact=fact, value=value, on_version=version)
            version = row.case_version
        if not judged:
            judgements.judge(writing, case_id, user, reason=reason)

    return _write(ask, case_id, act, said="decision.said.judgement", place="judgements")


@pages.post("/cases/{case_id}/decision/question", right="question.ask")
def ask_question(
    ask: Ask,
    case_id: CaseId,
    owner: Annotated[int, Form()],
    asked: _Words = "",
    due_on: _Words = "",
) -> Response:
    """A question to somebody, with a day."""

    def act(writing: Writing, user: tables.User) -> None:
        questions.ask(
            writing,
            case_id,
            user,
            asked=asked,
            owner=writing.session.get(tables.User, owner) or user,
            due_on=_day(case_id, due_on),
        )

    return _write(ask, case_id, act, said="decision.said.question", place="questions")


@pages.post("/cases/{case_id}/decision/question/{question_id}", right="question.answer")
def answer(ask: Ask, case_id: CaseId, question_id: int, answer: _Words = "") -> Response:
    """The answer to a question."""

    def act(writing: Writing, user: tables.User) -> None:
        try:
            questions.answer(writing, case_id, question_id, user, answer)
        except KeyError as error:
            raise NotFound from error

    return _write(ask, case_id, act, said="decision.said.answer", place="questions")


@pages.post("/cases/{case_id}/decision", right="decision.sign")
def decide(
    ask: Ask,
    case_id: CaseId,
    option: _Words,
    case_version: Annotated[int, Form()],
    *,
    action: _Words = "check",
    assessment_number: _Words = "",
) -> Response:
    """The chair's form: checked without writing, kept as a draft, signed, or thrown away."""
    proposal = _proposal(ask, option, case_version, int(assessment_number) if assessment_number.isdigit() else None)
    if action == "check":
        return _checked(ask, case_id, proposal)
    acts: dict[str, tuple[Callable[[Writing, tables.User], Any], str]] = {
        "sign": (lambda writing, user: decisions.sign(writing, case_id, user, proposal), "signed"),
        "draft": (lambda writing, user: decisions.save_draft(writing, case_id, user, proposal), "draft"),
        "withdraw": (lambda writing, _: decisions.withdraw_draft(writing, case_id), "withdrawn"),
    }
    if action not in acts:
        raise NotFound
    act, said = acts[action]
    place = "signed" if action == "sign" else "sign"
    return _write(ask, case_id, act, said=f"decision.said.{said}", place=place, proposal=proposal)


@pages.post("/cases/{case_id}/decision/second", right="decision.second")
def second(ask: Ask, case_id: CaseId) -> Response:
    """The second signature against a stop."""
    return _write(
        ask, case_id, lambda writing, user: decisions.sign_second(writing, case_id, user), said="decision.said.signed",
        place="signed",
    )  # fmt: skip


def _write(
    ask: Asking,
    case_id: str,
    act: Callable[[Writing, tables.User], Any],
    *,
    said: str,
    place: str,
    proposal: decisions.Proposal | None = None,
) -> Response:
    """Writes and goes back to the page; when it is refused, the page comes back with all that was typed."""
    try:
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            done = act(writing, writing.session.get_one(tables.User, ask.user.id))
    except InvalidInput as error:
        typed = {} if proposal else dict((ask.form or {}).items())
        context = page_context(ask, case_id, new=True, proposal=proposal, problems=error.problems, typed=typed)
        return ask.page(_PAGE, status=422, **context)
    waits = said == "decision.said.signed" and done is None
    return ask.go(f"/cases/{case_id}/decision#{place}", said="decision.said.waits" if waits else said)


def _checked(ask: Asking, case_id: str, proposal: decisions.Proposal) -> Response:
    if not ask.is_htmx:
        return ask.page(_PAGE, **page_context(ask, case_id, new=True, proposal=proposal))
    with ask.store.reading() as session:
        part = checks_part(ask, session, case_id, choices.basis_of(session, case_id), proposal)
    return ask.part("decision_asked.html.jinja", **part)


def _proposal(ask: Asking, option: str, case_version: int, assessment: int | None) -> decisions.Proposal:
    form = {name: sent for name, sent in (ask.form or {}).items() if isinstance(sent, str)}
    positions = {
        name.removeprefix(checks.POSITION): sent for name, sent in form.items() if name.startswith(checks.POSITION)
    }
    written = {name: form.get(name, "") for name in _WRITTEN}
    return decisions.Proposal(
        option=option, case_version=case_version, assessment_number=assessment, positions=positions, **written
    )


def _day(case_id: str, sent: str) -> dt.date | None:
    if not sent:
        return None
    try:
        return dt.date.fromisoformat(sent)
    except ValueError as error:
        raise InvalidInput(
            [Problem(file=case_id, field="due_on", found=repr(sent[:20]), expected=questions.COMING)]
        ) from error
