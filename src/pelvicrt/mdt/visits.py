"""What did a later visit find? Its findings make a new version of the case, which is then assessed anew.

The response of the primary is never entered as such: it is judged from the examinations, and what a missing one leaves
open stays open. Examinations are due by the rhythms of the library, the stricter winning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.case import Case, Facts
from pelvicrt.classify import Examinations, ResponseJudgement, judge_response, surveillance_schedule
from pelvicrt.foundation import UNKNOWN, InvalidInput, Problem, Text, Unknown
from pelvicrt.mdt import plan, stages
from pelvicrt.mdt.amending import amended, check_past
from pelvicrt.mdt.cases import EditConflict, Kept, merged, newest, save_case, version_of
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import User, Visit

KINDS: Final = ("restaging", "follow_up")
TESTS: Final = ("endoscopy", "pelvic_mri", "cea", "ct", "colonoscopy")
EXAMINATIONS: Final = ("endoscopy", "digital_examination", "mri_t2", "mri_dwi")
TIERS: Final = ("complete", "near_complete", "incomplete")
BIOPSIES: Final = ("negative", "tumour")
PRIMARY_WORDS: Final = ("partial", "stable", "progression")
"""What only a person can say of a primary whose response is not complete or nearly so."""
LIVER_WORDS: Final = ("complete", "partial", "stable", "progression")
FACTS: Final = ("labs.cea_ng_ml", "liver.lesion_count", "liver.largest_mm", "liver.technical", "liver.hpb_review_on")
"""What a visit may find anew beside the response; everything else is entered on the page of facts."""
LATE_AFTER_DAYS: Final = 28
"""An examination is late this long after it was due (ui.md 4.6: more than 4 weeks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a visit found. `seen` holds a tier by examination; what was not examined is not in it."""

    tests: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    biopsy: str | None = None
    primary: str | None = None
    liver: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One examination of the follow-up: when, and `state` done, late, next or planned."""

    test: str
    label: Text
    month: int
    due_on: dt.date
    state: str
    done_on: dt.date | None = None


def record_visit(
    writing: Writing, by: User, case_id: str, found: Findings, *, kind: str, on: dt.date, on_version: int
) -> Visit:
    """Keeps a visit and the version of the case it makes; a restaging also ends its step of the plan.

    Raises:
        InvalidInput: for a day to come, a word nobody offers, or a value no case can hold.
        EditConflict: when somebody changed one of these facts since `on_version`; nothing is written.
        KeyError: when the store has no such case or version.
    """
    _check(writing, case_id, found, kind=kind, on=on)
    base = version_of(writing.session, case_id, on_version).case
    judged = judgement(base, found, on=on)
    kept = _saved(writing, by, base, _case_after(base, found, judged, on=on), on_version=on_version, kind=kind)
    row = Visit(
        case_id=case_id,
        kind=kind,
        on=on,
        findings=_plain(found, judged),
        case_version=kept.version,
        author_id=by.id,
        at=writing.at,
    )
    writing.session.add(row)
    if kind == "restaging":
        _end_restaging_step(writing, case_id, on)
    stages.refresh(writing, case_id)
    writing.record("visit.add", f"case/{case_id}", visit=row.id, kind=kind, version=kept.version)
    return row


def judgement(case: Case, found: Findings, *, on: dt.date) -> ResponseJudgement:
    """What the examinations of a visit together say of the primary, on that day."""
    facts = Facts(amended(case, on=on))
    given, days = facts.get("derived.rt_given_so_far"), facts.get("derived.days_since_rt_end")
    mucinous = facts.get("primary.mucinous")
    return judge_response(
        Examinations(**found.seen, biopsy=found.biopsy or UNKNOWN),  # type: ignore[arg-type]
        rt_given=given if isinstance(given, bool) else UNKNOWN,
        days_since_rt_end=days if isinstance(days, int | float) else UNKNOWN,
        mucinous_baseline=UNKNOWN if isinstance(mucinous, Unknown) else mucinous == "present",
    )


def visits_of(session: Session, case_id: str) -> tuple[Visit, ...]:
    """Every visit of a case, oldest first."""
    return tuple(session.scalars(select(Visit).where(Visit.case_id == case_id).order_by(Visit.on, Visit.id)))


def surveillance(visits: tuple[Visit, ...], *, since: dt.date, today: dt.date) -> tuple[Due, ...]:
    """Every examination due from `since` on, each held against the visits; a visit counts for the nearest day due."""
    found: list[Due] = []
    schedule = surveillance_schedule(decided_on=since)
    for test in TESTS:
        due = [(visit.label, visit.month, visit.due_on) for visit in schedule if visit.test == test and visit.due_on]
        days = [visit.on for visit in visits if test in visit.findings["tests"] and visit.on >= since]
        found += _held(test, due, days, today)
    return tuple(sorted(found, key=lambda item: (item.due_on, TESTS.index(item.test))))


def _held(test: str, due: list[tuple[Text, int, dt.date]], days: list[dt.date], today: dt.date) -> Iterator[Due]:
    nearest = {min((when for _, _, when in due), key=lambda when: abs(when - day)): day for day in days if due}
    upcoming = False
    for label, month, when in due:
        state = "done" if when in nearest else "late" if (today - when).days > LATE_AFTER_DAYS else "planned"
        if state == "planned" and not upcoming:
            state, upcoming = "next", True
        yield Due(test=test, label=label, month=month, due_on=when, state=state, done_on=nearest.get(when))


def _check(writing: Writing, case_id: str, found: Findings, *, kind: str, on: dt.date) -> None:
    check_past(case_id, {"on": on}, at=writing.at)
    offered = [("kind", kind, KINDS), ("biopsy", found.biopsy, BIOPSIES), ("primary", found.primary, PRIMARY_WORDS)]
    offered += [("liver", found.liver, LIVER_WORDS)]
    offered += [("tests", test, TESTS) for test in found.tests]
    offered += [(name, tier, TIERS) for name, tier in found.seen.items()]
    offered += [("examination", name, EXAMINATIONS) for name in found.seen]
    offered += [("facts", name, FACTS) for name in found.facts]
    wrong = [(name, known) for name, word, known in offered if word is not None and word not in known]
    if wrong:
        raise InvalidInput([_not_offered(case_id, name, known) for name, known in wrong])


def _not_offered(case_id: str, name: str, known: tuple[str, ...]) -> Problem:
    expected = Text(f"one of {', '.join(known)}", f"{'、'.join(known)} 之一")
    return Problem(file=case_id, field=name, found="another word", expected=expected, found_zh="其他词")


def _case_after(case: Case, found: Findings, judged: ResponseJudgement, *, on: dt.date) -> Case:
    step: dict[str, Any] = {"step": "restage", "start": on.isoformat(), "end": on.isoformat()}
    word = _primary_word(found, judged)
    step |= {"response_primary": word} if word else {}
    step |= {"response_liver": found.liver} if found.liver else {}
    says_something = len(step) > len(("step", "start", "end"))
    return amended(case, on=on, facts=found.facts, step=step if says_something else None)


def _primary_word(found: Findings, judged: ResponseJudgement) -> str | None:
    """The response in the words of the contract; what the examinations leave open is not called complete."""
    if judged.value == "complete":
        return "complete"
    if judged.value in {"near_complete", "near_complete_discordant"}:
        return "near_complete"
    return found.primary


def _saved(writing: Writing, by: User, base: Case, case: Case, *, on_version: int, kind: str) -> Kept:
    """The next version; what others changed in between is kept when it does not clash."""
    now = newest(writing.session, case.id)
    if now.version != on_version:
        merge = merged(base, mine=case, theirs=now.case, on_version=now.version)
        if merge.clashes:
            raise EditConflict(merge)
        case = merge.case
    return save_case(writing, case, by, on_version=now.version, note=kind)


def _end_restaging_step(writing: Writing, case_id: str, on: dt.date) -> None:
    steps = plan.current_plan(writing.session, case_id)
    step = next((item for item in steps if not item.done), None)
    if step is not None and step.kind in stages.RESTAGING_STEPS:
        step.done, step.starts_on, step.ends_on = True, on, on
        plan.redate(writing, case_id)


def _plain(found: Findings, judged: ResponseJudgement) -> dict[str, Any]:
    return {
        "tests": list(found.tests),
        "seen": dict(found.seen),
        "biopsy": found.biopsy,
        "primary": found.primary,
        "liver": found.liver,
        "facts": sorted(found.facts),
        "note": found.note,
        "response": judged.value,
        "opens_watch_and_wait": judged.opens_watch_and_wait,
        "flags": list(judged.flags),
    }
