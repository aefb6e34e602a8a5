"""The pages of meetings, follow-up and service, as a browser without script sees them."""

import datetime as dt
import re

import pytest
from icalendar import Calendar
from markupsafe import escape
from tests.support.follow_up import SIGNED_AT, filled_store, sign
from tests.support.web import Waiting, workspace

from pelvicrt.evidence import library
from pelvicrt.mdt import decisions, meetings, newest, plan, verify, visits
from pelvicrt.mdt.tables import CaseRow

NOW = SIGNED_AT + dt.timedelta(days=130)
PAGE = "/cases/example-1/follow-up"


@pytest.fixture
def site(tmp_path):
    store = filled_store("sqlite", tmp_path)
    with store.writing("chen", at=SIGNED_AT) as writing:
        plan.make_plan(writing, "example-1", sign(writing))
        meetings.plan_meeting(writing, on=NOW.date(), starts="14:00", title="Liver meeting")
    yield workspace(store, clock=lambda: NOW, assessor=Waiting())
    with store.reading() as session:
        assert verify(session).why is None
    store.close()


def steps_of(site):
    with site.store.reading() as session:
        return {step.window["step"]: step for step in plan.current_plan(session, "example-1")}


def test_one_click_puts_a_case_on_the_agenda_of_the_next_meeting(site):
    answer = site.client("coordinator").post("/cases/example-1/next-meeting")
    assert (answer.status_code, answer.headers["location"]) == (303, "/meetings/1?said=meetings.added")
    page = site.client("viewer").get("/meetings").text
    assert 'href="/cases/example-1/assessment">example-1</a>' in page
    assert "14:00" in page


def test_a_viewer_has_no_button_that_changes_an_agenda_and_may_not_post_one(site):
    site.client("coordinator").post("/cases/example-1/next-meeting")
    viewer = site.client("viewer")
    assert "/meetings/1/items/1/move" not in viewer.get("/meetings/1").text
    assert viewer.post("/meetings/1/items/1/move", data={"way": "later"}).status_code == 403


def test_the_buttons_of_an_agenda_answer_a_fragment_to_htmx_and_a_page_to_all_others(site):
    chair = site.client("chair")
    chair.post("/meetings/1/cases", data={"case": "example-1"})
    plain = chair.post("/meetings/1/items/1/move", data={"way": "earlier"})
    assert plain.headers["location"].startswith("/meetings/1?said=meetings.moved")
    part = chair.post("/meetings/1/items/1/move", data={"way": "earlier"}, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="agenda">')
    assert 'hx-swap-oob="true">Order changed.' in part


def test_a_case_of_another_unit_keeps_its_time_on_the_agenda_and_shows_nothing_else(site):
    site.client("chair").post("/meetings/1/cases", data={"case": "example-1"})
    with site.store.writing("setup") as writing:
        writing.session.get(CaseRow, "example-1").unit = "north"
        writing.record("case.unit", "case/example-1")
    page = site.client("viewer").get("/meetings/1").text
    assert "A case of another unit" in page
    assert "example-1" not in page


def test_a_meeting_is_planned_changed_started_and_closed_by_forms_alone(site):
    chair = site.client("chair")
    planned = {"on": NOW.date().isoformat(), "starts": "08:30", "title": "North", "place": "Room 4"}
    assert chair.post("/meetings", data=planned).headers["location"].startswith("/meetings/2")
    chair.post("/meetings/2/cases", data={"case": "example-1", "question": "Stoma?"})
    chair.post("/meetings/2/items/1", data={"question": "Stent?", "minutes": "9"})
    assert "Stent?" in chair.get("/meetings/2").text
    assert chair.post("/meetings/2/start").headers["location"] == "/cases/example-1/assessment"
    assert site.service.assessor.begun == []  # its assessment is of the newest facts
    assert chair.post("/meetings/2/close").status_code == 303
    refused = chair.post("/meetings/2/items/1/withdraw", data={"why": "late"})
    assert (refused.status_code, "a meeting that is not closed" in refused.text) == (422, True)
    assert chair.get("/meetings/9").status_code == 404


def test_a_plan_is_a_calendar_file_without_words_about_the_patient(site):
    answer = site.client("viewer").get(f"{PAGE}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert next(str(item["summary"]) for item in events) == "example-1: Systemic therapy, 12 weeks"
    assert len(events) == len(steps_of(site))


def test_what_was_given_is_kept_and_a_difference_comes_back_with_all_that_was_typed(site):
    lin, step = site.client("contributor"), steps_of(site)["systemic"]
    form = {"step": step.id, "kind": "systemic", "began_on": "2026-05-04", "ended_on": "2026-06-30", "cycles": "4"}
    refused = lin.post("/cases/example-1/deliveries", data=form)
    assert refused.status_code == 422
    assert "8 weeks instead of 12" in refused.text
    assert 'value="2026-06-30"' in refused.text
    assert re.search(r'name="cycles"[^>]*value="4"', refused.text)
    kept = lin.post("/cases/example-1/deliveries", data=form | {"deviation": "neuropathy"})
    assert kept.headers["location"] == f"{PAGE}?said=follow_up.delivered#given"
    page = lin.get(PAGE).text
    assert ("neuropathy" in page, "4 cycles" in page) == (True, True)
    assert steps_of(site)["systemic"].done


def test_a_restaging_makes_a_new_version_of_the_facts_and_has_it_assessed(site):
    form = {"kind": "restaging", "on": "2026-08-03", "labs.cea_ng_ml": "4.5", "liver": "partial", "test-ct": "1"}
    answer = site.client("contributor").post("/cases/example-1/visits", data=form)
    assert answer.headers["location"] == "/cases/example-1/assessment?said=follow_up.visited_restaging"
    with site.store.reading() as session:
        case = newest(session, "example-1").case
        row = visits.visits_of(session, "example-1")[0]
    assert (case.labs.cea_ng_ml, case.assessed_on.isoformat()) == (4.5, "2026-08-03")
    assert (row.findings["tests"], row.case_version) == (["ct"], 2)
    assert site.service.assessor.begun == ["example-1"]


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("visits", {"kind": "restaging", "on": "yesterday"}, "on: found other words; expected a day like 2026-05-04"),
        ("visits", {"kind": "restaging", "on": "2026-08-03", "labs.cea_ng_ml": "x"}, "expected a number"),
        ("deliveries", {"kind": "stoma"}, "began_on: found nothing"),
        ("deliveries", {"kind": "magic", "began_on": "2026-08-03", "deviation": "x"}, "kind: found"),
        ("deliveries", {"kind": "stoma", "began_on": "2026-08-03", "fractions": "1.5"}, "expected a whole number"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(site, path, form, said):
    answer = site.client("contributor").post(f"/cases/example-1/{path}", data=form)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")


def test_a_step_is_booked_and_left_out_from_its_row(site):
    lin, steps = site.client("contributor"), steps_of(site)
    form = {"on": "2027-03-01", "remind_days": "14", "owner": ""}
    assert "follow_up.booked" in lin.post(f"/cases/example-1/plan/{steps['tme'].id}", data=form).headers["location"]
    assert (steps_of(site)["tme"].starts_on, steps_of(site)["tme"].remind_days) == (dt.date(2027, 3, 1), 14)
    url = f"/cases/example-1/plan/{steps['liver'].id}/left-out"
    assert lin.post(url, data={"why": " "}).status_code == 422
    assert lin.post(url, data={"why": "vanished"}).status_code == 303
    assert lin.post("/cases/example-1/plan/999", data=form).status_code == 404


def test_a_script_in_a_note_or_a_reason_is_shown_as_words(site):
    lin, evil = site.client("contributor"), "<script>alert(1)</script>"
    form = {"kind": "follow_up", "on": "2026-08-03", "note": evil}
    lin.post("/cases/example-1/visits", data=form)
    lin.post("/cases/example-1/deliveries", data={"kind": "stoma", "began_on": "2026-08-03", "deviation": evil})
    page = lin.get(PAGE).text
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert evil not in page


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
@pytest.mark.parametrize("url", ["/meetings", PAGE, "/service", "/service?since=nonsense"])
def test_every_page_of_what_follows_is_whole_in_both_languages(site, lang, url):
    site.client("chair").post("/cases/example-1/next-meeting")
    answer = site.client("chair", lang=lang).get(url)
    assert answer.status_code == 200
    assert f'<html lang="{lang}"' in answer.text
    assert not re.search(
        r"(meetings|follow_up|service)\.[a-z_]+", re.sub(r'(href|action|hx-post)="[^"]*"', "", answer.text)
    )


def test_the_service_counts_the_decision_as_the_option_that_led(site):
    page = site.client("viewer").get("/service").text
    assert "1 of 1 decisions took the option that led or was in a tie" in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_after_the_plan_examinations_by_month_and_what_brings_the_case_back_are_shown(site, lang):
    lin = site.client("contributor", lang=lang)
    for step in steps_of(site).values():
        assert lin.post(f"/cases/example-1/plan/{step.id}/left-out", data={"why": "given elsewhere"}).status_code == 303
    page = lin.get(PAGE).text
    grid = page[page.index('class="tbl rhythm"') :].partition("</table>")[0]
    assert ("Examinations by month" if lang == "en" else "各月检查") in grid
    assert grid.count('<th scope="row">') >= 3
    assert ("due next" if lang == "en" else "下一次") in grid
    with site.store.reading() as session:
        strategy = decisions.decisions_of(session, "example-1")[0].option.partition(":")[0]
    for rule in library().strategies[strategy].stopping_rules:
        assert str(escape(rule.say(lang))) in page
