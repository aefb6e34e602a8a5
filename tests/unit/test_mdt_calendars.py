"""The calendar file of a plan, read back by the library that other programs use."""

import datetime as dt

import pytest
from icalendar import Calendar
from tests.support.follow_up import SIGNED_AT, filled_store, sign

from pelvicrt.mdt import calendars, plan
from pelvicrt.mdt.tables import Meeting


@pytest.fixture
def steps(tmp_path):
    store = filled_store("sqlite", tmp_path)
    with store.writing("chen", at=SIGNED_AT) as writing:
        made = plan.make_plan(writing, "example-1", sign(writing))
    store.close()
    return made


def events(data):
    return Calendar.from_ical(data).walk("VEVENT")


def test_every_step_to_come_is_a_span_of_days_with_its_reminder(steps):
    steps[0].done = True
    read = events(calendars.plan_file("example-1", steps, now=SIGNED_AT, lang="en"))
    assert [(item["dtstart"].dt, item["dtend"].dt - dt.timedelta(days=1)) for item in read] == [
        (step.starts_on, step.ends_on) for step in steps[1:]
    ]
    reminders = [item.walk("VALARM")[0]["trigger"].dt for item in read]
    assert reminders == [-dt.timedelta(days=step.remind_days) for step in steps[1:]]


def test_a_step_keeps_its_name_when_its_day_moves_so_that_calendars_update_it(steps):
    before = [item["uid"] for item in events(calendars.plan_file("example-1", steps, now=SIGNED_AT, lang="en"))]
    for step in steps:
        step.starts_on += dt.timedelta(days=7)
    later = SIGNED_AT + dt.timedelta(days=1)
    after = events(calendars.plan_file("example-1", steps, now=later, lang="en"))
    assert [item["uid"] for item in after] == before
    assert len(set(before)) == len(before)


def test_windows_and_hard_stops_are_told_in_the_language_asked_for(steps):
    told = {
        lang: events(calendars.plan_file("example-1", steps, now=SIGNED_AT, lang=lang))[-1]["description"]
        for lang in ("en", "zh")
    }
    assert "Not from " in told["en"]
    assert "最多" in told["zh"]
    assert "Allowed" not in told["zh"]


def test_a_meeting_has_its_hour_by_the_clock_on_the_wall():
    meeting = Meeting(id=3, on=dt.date(2026, 5, 6), starts="14:00", title="Liver meeting", place="Room 2")
    (event,) = events(calendars.meeting_file(meeting, minutes=35, now=SIGNED_AT))
    assert (event["dtstart"].dt, event["dtend"].dt) == (
        dt.datetime(2026, 5, 6, 14, 0),  # noqa: DTZ001 -- floating on purpose
        dt.datetime(2026, 5, 6, 14, 35),  # noqa: DTZ001
    )
    assert str(event["location"]) == "Room 2"
