"""A team around an assessed case, for tests of opinions, judgements, questions and decisions. On both databases."""

import datetime as dt
import functools
from pathlib import Path

from tests.support.databases import database_url

from pelvicrt.assessment import assess
from pelvicrt.case import with_fact
from pelvicrt.intake import load_case
from pelvicrt.mdt import Store, add_case, add_person, person
from pelvicrt.mdt.tables import AssessmentRow
from pelvicrt.report import to_json

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
CASE = "example-1"
AT = dt.datetime(2026, 5, 4, 14, 0, tzinfo=dt.UTC)
ADVISED = "watch_and_wait:SC-25-del"
EQUAL = "watch_and_wait:LC-50.4"
OTHER = "lcrt_tnt:LC-50.4"
DISPUTED = "no_rt_surgery"
LETTERS = {ADVISED: "A", EQUAL: "B", OTHER: "C", DISPUTED: "D", "liver_first:SC-25-del": "E"}
PEOPLE = {
    "chen": ("chair", "colorectal_surgery"),
    "lin": ("contributor", "radiation_oncology"),
    "hu": ("contributor", "liver_surgery"),
    "rao": ("contributor", "radiology"),
    "mei": ("contributor", "medical_oncology"),
    "kos": ("contributor", "coordination"),
    "vera": ("viewer", "nursing"),
}


@functools.cache
def patient():
    return load_case(EXAMPLE)


@functools.cache
def _assessed(changes):
    case = patient()
    for fact, value in changes:
        case = with_fact(case, fact, value)
    return to_json(assess(case, draws=40, seed=1))


def document(**changes):
    """The real assessment of the worked case, with some of its facts changed; few draws, so that it is quick."""
    return _assessed(tuple(changes.items()))


def team_store(kind, folder):
    """A store with the team, the worked case and its assessment."""
    store = Store(database_url(kind, folder))
    store.migrate()
    with store.writing("setup", at=AT - dt.timedelta(hours=6)) as writing:
        for login, (role, discipline) in PEOPLE.items():
            add_person(writing, login=login, name=login.title(), role=role, discipline=discipline)
        add_case(writing, patient(), person(writing.session, "chen"))
    add_assessment(store, document())
    return store


def add_assessment(store, made, *, version=1, number=1, at=AT):
    with store.writing("chen", at=at) as writing:
        row = AssessmentRow(
            case_id=CASE,
            number=number,
            assessment_id=made["id"],
            case_version=version,
            document=made,
            letters=LETTERS,
            author_id=person(writing.session, "chen").id,
            at=writing.at,
        )
        writing.session.add(row)
        writing.record("assess", f"case/{CASE}", number=number)


def does(store, login, act, *more, at=AT, **how):
    """Lets one person do something that writes, in a transaction of its own."""
    with store.writing(login, at=at) as writing:
        return act(writing, CASE, person(writing.session, login), *more, **how)
