"""What is known of this patient? The page of facts: entered once, gaps left honestly, each field kept as it changes."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.responses import Response

from pelvicrt.case import CONTRACT_FACTS, label_of, word_label
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import EditConflict, Kept, entering, newest, origins, rights
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import Forbidden, NotFound
from pelvicrt.web.fact_fields import edits_in, fact_at, ident, say_value
from pelvicrt.web.facts_view import facts_view
from pelvicrt.web.frames import case_frame
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()


@pages.get("/cases/{case_id}/facts", right="case.read")
def facts(ask: Ask, case_id: CaseId) -> Response:
    """The facts as they stand; a field each for who may write them."""
    return _page(ask, case_id)


@pages.post("/cases/{case_id}/facts", right="case.edit")
def save(ask: Ask, case_id: CaseId) -> Response:
    """Keeps the whole form; two edits of one fact come back as the page on which a person chooses."""
    form = _form(ask)
    edits = edits_in(form)
    try:
        _enter(ask, case_id, edits)
    except EditConflict as conflict:
        return _merge_page(ask, case_id, form, conflict)
    except InvalidInput as error:
        return _page(ask, case_id, status=422, errors=_errors(ask, error), typed=edits)
    return ask.go(f"/cases/{case_id}/facts", said="facts.saved")


@pages.post("/cases/{case_id}/facts/one", right="case.edit")
def save_one(ask: Ask, case_id: CaseId) -> Response:
    """Keeps one fact as soon as it changes; answers its source line and what follows from it."""
    edits = edits_in(_form(ask))
    if len(edits) != 1:
        raise InvalidInput([_one_fact(len(edits))])
    name = next(iter(edits))
    try:
        _enter(ask, case_id, edits)
    except EditConflict as conflict:
        return _one(ask, case_id, name, status=409, conflict=conflict, typed=edits)
    except InvalidInput as error:
        return _one(ask, case_id, name, status=422, errors=_errors(ask, error) or {name: str(error)}, typed=edits)
    return _one(ask, case_id, name)


def _form(ask: Asking) -> FormData:
    if ask.form is None or not any(key.startswith("v:") for key in ask.form):
        raise InvalidInput([_one_fact(0)])
    return ask.form


def _enter(ask: Asking, case_id: str, edits: Mapping[str, entering.Edit]) -> Kept:
    """Writes the edits.

    Raises:
        Forbidden: when this person may not write one of these facts.
        NotFound: for a version the case never had.
    """
    if not all(rights.edits_fact(ask.user, name) for name in edits):
        raise Forbidden("case.add")
    try:
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            return entering.enter(writing, ask.user, case_id, edits)
    except KeyError as error:
        raise NotFound from error


def _page(
    ask: Asking,
    case_id: str,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, entering.Edit] | None = None,
) -> Response:
    frame = case_frame(ask, case_id, "facts")
    with ask.store.reading() as session:
        view = facts_view(ask, session, frame["kept"], errors=errors, typed=typed)
    return ask.page(
        "facts.html.jinja",
        status=status,
        **frame,
        view=view,
        reasons=origins.REASONS,
        errors=errors or {},
        ident=ident,
        word_label=word_label,
    )


def _one(
    ask: Asking,
    case_id: str,
    name: str,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    conflict: EditConflict | None = None,
    typed: Mapping[str, entering.Edit] | None = None,
) -> Response:
    with ask.store.reading() as session:
        view = facts_view(ask, session, newest(session, case_id), errors=errors, typed=typed)
    theirs = "" if conflict is None else say_value(CONTRACT_FACTS[name], conflict.merge.clashes[0].before, ask.w)
    return ask.part(
        "facts_one.html.jinja",
        status=status,
        case_id=case_id,
        view=view,
        f=view.one(name),
        reasons=origins.REASONS,
        theirs=theirs,
        clash_on=0 if conflict is None else conflict.merge.on_version,
        now=ask.now,
        ident=ident,
        word_label=word_label,
    )


def _errors(ask: Asking, error: InvalidInput) -> dict[str, str]:
    """What is wrong, by fact."""
    said: dict[str, str] = {}
    for problem in error.problems:
        name = fact_at(problem.field)
        inner = "" if name == problem.field or not name else f"{label_of(problem.field).say(ask.lang)}{ask.w.colon}"
        found = problem.found_zh or problem.found if ask.lang == "zh" else problem.found
        text = ask.w("facts.refused", found=found, expected=problem.expected.say(ask.lang))
        said.setdefault(name or problem.field, f"{inner}{text}")
    return said


def _merge_page(ask: Asking, case_id: str, form: FormData, conflict: EditConflict) -> Response:
    clashing = {item.fact for item in conflict.merge.clashes}
    newer = {f"v:{name}" for name in clashing}
    carried = [
        (key, str(conflict.merge.on_version) if key in newer else str(value))
        for key, value in form.multi_items()
        if key != "csrf" and not key.startswith("pick:")
    ]
    with ask.store.reading() as session:
        said = origins.origins(session, case_id)
    lines = [
        {
            "fact": item.fact,
            "theirs": say_value(CONTRACT_FACTS[item.fact], item.before, ask.w),
            "mine": say_value(CONTRACT_FACTS[item.fact], item.after, ask.w),
            "origin": said.get(item.fact),
        }
        for item in conflict.merge.clashes
    ]
    frame = case_frame(ask, case_id, "facts")
    return ask.page("facts_merge.html.jinja", status=409, **frame, lines=lines, carried=carried, ident=ident)


def _one_fact(n: int) -> Problem:
    expected = Text("a fact with the version it was changed on", "一项资料及其所依据的版本")
    return Problem(file="", field="v", found=str(n), expected=expected)
