"""The plan of a case, or a meeting, as a calendar file other programs read. Case ids only, never a patient's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from icalendar import Alarm, Calendar, Event

from pelvicrt.foundation import VERSION, Language, Text
from pelvicrt.mdt.tables import Meeting, PlanStep

_DAY: Final = dt.timedelta(days=1)
_HOST: Final = "pelvicrt"


def plan_file(case_id: str, steps: Sequence[PlanStep], *, now: dt.datetime, lang: Language) -> bytes:
    """Every step still to come as a day or a span of days with its reminder; windows stand in the description."""
    calendar = _calendar()
    for step in (item for item in steps if not item.done):
        event = Event()
        event.add("uid", f"{case_id}-{step.decision}-{step.window['step']}@{_HOST}")
        event.add("dtstamp", now.astimezone(dt.UTC))
        event.add("dtstart", step.starts_on)
        event.add("dtend", step.ends_on + _DAY)  # the end of a day-long event is the day after it
        event.add("summary", f"{case_id}: {step.label[lang]}")
        event.add("transp", "TRANSPARENT")
        if said := "\n".join(_said(step.window, lang)):
            event.add("description", said)
        event.add_component(_alarm(f"{case_id}: {step.label[lang]}", step.remind_days))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def meeting_file(meeting: Meeting, *, minutes: int, now: dt.datetime) -> bytes:
    """A meeting at its hour by the clock on the wall, whatever the zone, as long as its agenda."""
    starts = dt.datetime.combine(meeting.on, dt.time.fromisoformat(meeting.starts))
    event = Event()
    event.add("uid", f"meeting-{meeting.id}@{_HOST}")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + dt.timedelta(minutes=minutes))
    event.add("summary", meeting.title)
    if meeting.place:
        event.add("location", meeting.place)
    calendar = _calendar()
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//pelvicrt {VERSION}//")
    calendar.add("version", "2.0")
    return calendar


def _alarm(said: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", said)
    alarm.add("trigger", -_DAY * days)
    return alarm


def _said(window: dict[str, Any], lang: Language) -> list[str]:
    lines = []
    for key, text in (("window", _WINDOW), ("preferred", _PREFERRED)):
        if window[key] is not None:
            first, last = window[key]
            lines.append(text.fill(first=first, last=last).say(lang))
    stops = window["hard_stops"]
    return [*lines, *(_STOP.fill(first=it["start"], last=it["end"]).say(lang) + it["why"][lang] for it in stops)]


_WINDOW = Text("Allowed start: {first} to {last}", "允许开始时间：{first}～{last}")
_PREFERRED = Text("Preferred: {first} to {last}", "最佳时间：{first}～{last}")
_STOP = Text("Not from {first} to {last}: ", "{first}～{last} 禁行：")
