"""Which cases are there, where does each stand, and how does a new one begin?"""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from fastapi import Form
from starlette.responses import Response

from pelvicrt.foundation import InvalidInput
from pelvicrt.intake import SCHEMA, parse_case
from pelvicrt.mdt import add_case, case_list, stages
from pelvicrt.web.asking import Asking
from pelvicrt.web.routes import Ask, Pages

pages = Pages()

MISSING: Final = ("some", "none")
DUE: Final = ("late", "week", "month", "undated")
_LONGEST_SEARCH: Final = 64
Words = Annotated[str, Form(max_length=200)]


@pages.get("/cases", right="case.read")
def cases(ask: Ask) -> Response:
    """The list; asked for by htmx, its table alone."""
    wanted = _wanted(ask)
    with ask.store.reading() as session:
        found = case_list.find_cases(session, ask.user, wanted, today=ask.today)
    template = "cases_found.html.jinja" if ask.is_htmx else "cases.html.jinja"
    choices: dict[str, Any] = {"stages": stages.STAGES, "missing_choices": MISSING, "due_choices": DUE}
    return ask.page(template, found=found, wanted=wanted, narrowed=_narrowed(wanted), **choices)


@pages.get("/cases/new", right="case.add")
def new(ask: Ask) -> Response:
    """The form of a new case."""
    return _form(ask, {"id": "", "assessed_on": ask.today.isoformat()})


@pages.post("/cases/new", right="case.add")
def add(ask: Ask, id: Words = "", assessed_on: Words = "") -> Response:  # noqa: A002 -- the name in the contract
    """Begins a case in which every fact is still unknown."""
    written = {"id": id.strip(), "assessed_on": assessed_on.strip()}
    try:
        case = parse_case({"schema": SCHEMA, **written}, file="")
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            add_case(writing, case, ask.user, unit=ask.user.unit)
    except InvalidInput as refusal:
        return _form(ask, written, refusal)
    return ask.go(f"/cases/{case.id}/facts", said="cases.added")


def _form(ask: Asking, written: dict[str, str], refusal: InvalidInput | None = None) -> Response:
    problems = {problem.field: problem for problem in refusal.problems} if refusal else {}
    return ask.page("case_new.html.jinja", status=422 if problems else 200, written=written, problems=problems)


def _wanted(ask: Asking) -> case_list.Wanted:
    """What the address asks for; a word nobody offers asks for nothing."""
    query = ask.request.query_params
    page = query.get("page", "")
    return case_list.Wanted(
        words="".join(letter for letter in query.get("q", "") if letter.isprintable())[:_LONGEST_SEARCH],
        stage=_one_of(query.get("stage"), stages.STAGES),
        missing=cast("case_list.Missing", _one_of(query.get("missing"), MISSING)),
        due=cast("case_list.Due", _one_of(query.get("due"), DUE)),
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= 6 else 1,
    )


def _one_of(word: str | None, offered: tuple[str, ...]) -> str:
    return word if word in offered else ""


def _narrowed(wanted: case_list.Wanted) -> dict[str, str]:
    """What is looked for, as the address says it, without the page."""
    said = {"q": wanted.words, "stage": wanted.stage, "missing": wanted.missing, "due": wanted.due}
    return {name: value for name, value in said.items() if value}
