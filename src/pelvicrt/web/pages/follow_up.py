"""Where is this patient now, what is late, and what was really given? The plan, deliveries, visits, and their forms.

A form that cannot be taken comes back as it was filled in, with what to mend at its head; nothing is lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from starlette.responses import Response

from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import calendars, deliveries, newest, plan, tables, visits
from pelvicrt.web import assessing
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.frames import case_frame
from pelvicrt.web.plan_chart import chart
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()

_NUMBERS: Final = frozenset({"labs.cea_ng_ml", "liver.lesion_count", "liver.largest_mm"})
TECHNICAL: Final = ("resectable", "resectable_with_ablation", "borderline", "unresectable")


@pages.get("/cases/{case_id}/follow-up", right="case.read")
def follow_up(ask: Ask, case_id: CaseId) -> Response:
    """The page."""
    return _page(ask, case_id)


@pages.get("/cases/{case_id}/follow-up.ics", right="case.read")
def as_calendar(ask: Ask, case_id: CaseId) -> Response:
    """The steps to come for a calendar; ids only."""
    with ask.store.reading() as session:
        steps = plan.current_plan(session, case_id)
    data = calendars.plan_file(case_id, steps, now=ask.now, lang=ask.lang)
    named = {"Content-Disposition": 'attachment; filename="plan.ics"'}
    return Response(data, media_type="text/calendar; charset=utf-8", headers=named)


@pages.post("/cases/{case_id}/plan/{step_id}", right="follow_up.record")
def book(ask: Ask, case_id: CaseId, step_id: int) -> Response:
    """Books a step, or frees it, and says who sees to it and when to remind."""
    form = _form(ask)
    try:
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            broken = plan.book(
                writing,
                case_id,
                step_id,
                on=_date(form, "on"),
                remind_days=int(_number(form, "remind_days") or 0),
                owner=_owner(writing.session, form.get("owner", "")),
            )
    except KeyError as error:
        raise NotFound from error
    except InvalidInput as error:
        return _page(ask, case_id, wrong=error, form={"part": f"step-{step_id}", **form})
    return ask.go(f"/cases/{case_id}/follow-up#plan", said="follow_up.broken" if broken else "follow_up.booked")


@pages.post("/cases/{case_id}/plan/{step_id}/left-out", right="follow_up.record")
def leave_out(ask: Ask, case_id: CaseId, step_id: int) -> Response:
    """Says that a step will not be given, and why."""
    form = _form(ask)
    try:
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            by, why = _self(writing.session, ask), form.get("why", "")
            deliveries.leave_out(writing, by, case_id, step_id, on=ask.today, why=why)
    except KeyError as error:
        raise NotFound from error
    except InvalidInput as error:
        return _page(ask, case_id, wrong=error, form={"part": f"step-{step_id}", **form})
    return ask.go(f"/cases/{case_id}/follow-up#plan", said="follow_up.left_out_said")


@pages.post("/cases/{case_id}/deliveries", right="follow_up.record")
def deliver(ask: Ask, case_id: CaseId) -> Response:
    """Keeps what was really given."""
    form = _form(ask)
    try:
        given = deliveries.Given(
            kind=form.get("kind", ""),
            began_on=_needed(case_id, "began_on", _date(form, "began_on")),
            ended_on=_date(form, "ended_on"),
            dose_gy=_number(form, "dose_gy"),
            fractions=_whole(form, "fractions"),
            cycles=_whole(form, "cycles"),
            agents=tuple(word.strip() for word in form.get("agents", "").replace("，", ",").split(",") if word.strip()),
        )
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            deliveries.record_delivery(
                writing,
                _self(writing.session, ask),
                case_id,
                given,
                step_id=_whole(form, "step"),
                deviation=form.get("deviation", ""),
                replaces=_whole(form, "replaces"),
            )
    except KeyError as error:
        raise NotFound from error
    except InvalidInput as error:
        return _page(ask, case_id, wrong=error, form={"part": "delivery", **form})
    return ask.go(f"/cases/{case_id}/follow-up#given", said="follow_up.delivered")


@pages.post("/cases/{case_id}/visits", right="follow_up.record")
def visit(ask: Ask, case_id: CaseId) -> Response:
    """Keeps a visit; a restaging goes on to the assessment, which is made anew from what it found."""
    form = _form(ask)
    kind = form.get("kind", "")
    try:
        found = visits.Findings(
            tests=tuple(name for name in visits.TESTS if form.get(f"test-{name}")),
            seen={name: tier for name in visits.EXAMINATIONS if (tier := form.get(name))},
            biopsy=form.get("biopsy") or None,
            primary=form.get("primary") or None,
            liver=form.get("liver") or None,
            facts={name: _fact(form, name) for name in visits.FACTS if form.get(name)},
            note=form.get("note", "").strip(),
        )
        with ask.store.writing(ask.user.login, at=ask.now) as writing:
            visits.record_visit(
                writing,
                _self(writing.session, ask),
                case_id,
                found,
                kind=kind,
                on=_needed(case_id, "on", _date(form, "on")),
                on_version=_whole(form, "on_version") or newest(writing.session, case_id).version,
            )
    except KeyError as error:
        raise NotFound from error
    except InvalidInput as error:
        return _page(ask, case_id, wrong=error, form={"part": "visit", **form})
    if kind != "restaging":
        return ask.go(f"/cases/{case_id}/follow-up#visits", said="follow_up.visited_follow_up")
    assessing.begin(ask, case_id)
    return ask.go(f"/cases/{case_id}/assessment", said="follow_up.visited_restaging")


def _page(
    ask: Asking, case_id: str, *, wrong: InvalidInput | None = None, form: Mapping[str, str] | None = None
) -> Response:
    frame = case_frame(ask, case_id, "follow-up")
    with ask.store.reading() as session:
        steps = plan.current_plan(session, case_id)
        given = deliveries.standing(session, case_id)
        seen = visits.visits_of(session, case_id)
        people = session.scalars(select(tables.User).where(tables.User.active).order_by(tables.User.name)).all()
    since = _since(steps, given)
    due = () if since is None else visits.surveillance(seen, since=since, today=ask.today)
    states = {step.id: _state(step, given, ask.today) for step in steps}
    chosen = ask.request.query_params.get("step", "")
    return ask.page(
        "follow_up.html.jinja",
        status=200 if wrong is None else 422,
        **frame,
        steps=steps,
        states=states,
        late_ids={name for name, state in states.items() if state == "late"},
        iso=dt.date.fromisoformat,
        picture=chart(steps, ask.w, today=ask.today),
        given=given,
        of_step={step.id: step for step in steps},
        chosen=next((step for step in steps if str(step.id) == chosen), None),
        visits=tuple(reversed(seen)),
        due=due,
        since=since,
        grid=_grid(due),
        comes_back=_comes_back(frame["signed"], ask),
        people=people,
        names={person.id: person.name for person in people},
        problems=() if wrong is None else tuple(_lines(wrong, ask)),
        form=form or {},
        kinds=deliveries.KINDS,
        examinations=visits.EXAMINATIONS,
        tiers=visits.TIERS,
        tests=visits.TESTS,
        technical=TECHNICAL,
        primary_words=visits.PRIMARY_WORDS,
        liver_words=visits.LIVER_WORDS,
        biopsies=visits.BIOPSIES,
        next_step=next((step for step in steps if not step.done), None),
    )


def _grid(due: Sequence[visits.Due]) -> dict[str, Any]:
    """Every examination due as a table: months across, tests down, each cell what became of it (None: not due)."""
    months = sorted({item.month for item in due})
    held = {(item.test, item.month): item for item in due}
    names = {item.test: item.label for item in due}
    return {
        "months": months,
        "rows": [(label, [held.get((test, month)) for month in months]) for test, label in names.items()],
    }


def _comes_back(signed: tables.Decision | None, ask: Asking) -> list[str]:
    """When treatment stops and the case comes back: what the team wrote, then the rules of the chosen strategy."""
    if signed is None:
        return []
    written = signed.document.get("come_back_if", "")
    strategy = signed.option.partition(":")[0]
    known = library().strategies
    rules = known[strategy].stopping_rules if strategy in known else ()
    return [*([written] if written else []), *(rule.say(ask.lang) for rule in rules)]


def _lines(wrong: InvalidInput, ask: Asking) -> list[str]:
    """What to mend; the id of the case already stands at the head of the page."""
    said = [problem.say(ask.lang) for problem in wrong.problems]
    return [line.partition(": " if ask.lang == "en" else "：")[2] for line in said]


def _state(step: tables.PlanStep, given: Sequence[tables.Delivery], today: dt.date) -> str:
    """done, left_out, under_way, broken (a booking breaks a rule), late, booked or planned."""
    rows = [row for row in given if row.plan_step_id == step.id]
    if any(row.given.get("left_out") for row in rows):
        return "left_out"
    if step.done:
        return "done"
    if rows:
        return "under_way"
    if step.window["breaks"]:
        return "broken"
    if step.starts_on < today:
        return "late"
    return "booked" if step.window["booked"] else "planned"


def _since(steps: Sequence[tables.PlanStep], given: Sequence[tables.Delivery]) -> dt.date | None:
    """Since when the rhythm of follow-up counts: the last day of treatment, once the whole plan is over."""
    if not steps or not all(step.done for step in steps):
        return None
    return max([step.ends_on for step in steps] + [row.ended_on for row in given if row.ended_on])


def _form(ask: Asking) -> dict[str, str]:
    """The fields of a form as text, each at most a page long."""
    fields = {} if ask.form is None else dict(ask.form.items())
    return {name: value for name, value in fields.items() if isinstance(value, str) and name != "csrf"}


def _self(session: Any, ask: Asking) -> tables.User:
    found: tables.User = session.get_one(tables.User, ask.user.id)
    return found


def _owner(session: Any, text: str) -> tables.User | None:
    found: tables.User | None = session.get(tables.User, int(text)) if text.isdecimal() else None
    return found


def _date(form: Mapping[str, str], name: str) -> dt.date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput([_unlike(name, _DAY)]) from error


def _number(form: Mapping[str, str], name: str) -> float | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInput([_unlike(name, _NUMBER)]) from error


def _whole(form: Mapping[str, str], name: str) -> int | None:
    found = _number(form, name)
    if found is None:
        return None
    if not found.is_integer():
        raise InvalidInput([_unlike(name, _WHOLE)])
    return int(found)


def _fact(form: Mapping[str, str], name: str) -> float | str | None:
    if name not in _NUMBERS:
        return form[name]
    found = _number(form, name)
    return int(found) if found is not None and found.is_integer() else found


def _needed(case_id: str, name: str, day: dt.date | None) -> dt.date:
    if day is None:
        raise InvalidInput([Problem(file=case_id, field=name, found="nothing", expected=_DAY, found_zh="空")])
    return day


def _unlike(name: str, expected: Text) -> Problem:
    return Problem(file="-", field=name, found="other words", expected=expected, found_zh="其他文字")


_DAY = Text("a day like 2026-05-04", "如 2026-05-04 的日期")
_NUMBER = Text("a number", "数字")
_WHOLE = Text("a whole number", "整数")
