"""A case the team has decided on, for tests of what follows: people, facts, a real option with its dates, a signature."""

import datetime as dt
import functools
from pathlib import Path

from tests.support.databases import database_url

from pelvicrt.case import Case
from pelvicrt.classify import classify
from pelvicrt.evidence import library
from pelvicrt.intake import load_case
from pelvicrt.mdt import Store, add_case, add_person, person
from pelvicrt.mdt.tables import AssessmentRow, Decision
from pelvicrt.strategies import candidates

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
CHOSEN = "interval:SC-25-del"
ASSESSED_ON = dt.date(2026, 5, 4)
SIGNED_AT = dt.datetime(2026, 5, 4, 15, 40, tzinfo=dt.UTC)


@functools.cache
def patient() -> Case:
    return load_case(EXAMPLE)


@functools.cache
def options():
    """Every option of the worked case in the form of the contract, without outcomes."""
    case, known = patient(), library()
    return tuple(_option(item) for item in candidates(case, classify(case, known), known))


def _option(item):
    steps = [
        {"id": step.id, "kind": step.kind, "label": step.label.en, "weeks": step.weeks, "agents": list(step.agents)}
        for step in item.steps
    ]
    timeline = [
        {"step": step.step_id, "kind": step.kind, "start": step.start.isoformat(), "end": step.end.isoformat()}
        for step in item.timeline.steps
    ]
    regimen = item.regimen.id if item.regimen else None
    return {
        "id": item.strategy,
        "key": item.key,
        "regimen": regimen,
        "name": item.name.en,
        "status": item.status,
        "steps": steps,
        "timeline": timeline,
        "p_best": None,
    }


def document(**more):
    return {
        "case_id": "example-1",
        "strategies": list(options()),
        "recommendation": {"key": CHOSEN, "equipoise": False, "alternative_keys": []},
        "missing_information": [],
        "conflicts": [],
        "classification": {"emergency": {"value": "none"}},
        **more,
    }


def filled_store(kind, folder):
    """A store with a contributor, a chair, the worked case and its assessment."""
    store = Store(database_url(kind, folder))
    store.migrate()
    with store.writing("setup", at=SIGNED_AT - dt.timedelta(hours=6)) as writing:
        add_person(writing, login="lin", name="Lin", role="contributor", discipline="radiation_oncology")
        chair = add_person(writing, login="chen", name="Chen", role="chair", discipline="colorectal_surgery")
        add_case(writing, patient(), chair)
        assess(writing, 1)
    return store


def assess(writing, number, *, case_id="example-1", version=1, **more):
    chair = person(writing.session, "chen")
    writing.session.add(
        AssessmentRow(
            case_id=case_id,
            number=number,
            assessment_id=f"a{number}",
            case_version=version,
            document=document(**more),
            letters={CHOSEN: "A"},
            author_id=chair.id,
            at=writing.at,
        )
    )
    writing.record("assess", f"case/{case_id}", number=number)


def sign(writing, number=1, *, option=CHOSEN, assessment=1, version=1, case_id="example-1"):
    """A signed decision, without the checks that signing makes."""
    chair = person(writing.session, "chen")
    decision = Decision(
        case_id=case_id,
        number=number,
        case_version=version,
        assessment_number=assessment,
        option=option,
        document={},
        signed_by_id=chair.id,
        signed_at=writing.at,
    )
    writing.session.add(decision)
    writing.record("decision.sign", f"case/{case_id}", number=number)
    return decision
