"""Do dates, ranges, hard stops, conflicts and the days without systemic therapy come out as a clinician would count them?"""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.plan_builder import a_schedule, a_step, a_window

from pelvicrt.evidence import library
from pelvicrt.strategies import timeline

MONDAY = dt.date(2026, 5, 4)
RT = a_step("rt", "short_course", event="rt")
TME = a_step("tme", "tme", event="tme")
SHORT = a_schedule()
ZONE = a_window("zone", "rt.start", "tme.start", forbidden_days=(11, 17), hard=True)


def day(count: int) -> dt.date:
    return MONDAY + dt.timedelta(days=count)


def test_a_short_course_waits_for_monday() -> None:
    found = timeline([RT], SHORT, [], dt.date(2026, 5, 6))
    assert (found.steps[0].start, found.steps[0].end) == (dt.date(2026, 5, 11), dt.date(2026, 5, 15))


def test_28_fractions_from_a_monday_take_38_days() -> None:
    found = timeline([a_step("rt", "long_course", event="rt")], a_schedule("long_course", 28), [], MONDAY)
    assert (found.steps[0].end - found.steps[0].start).days + 1 == 38


def test_the_forbidden_zone_is_drawn_from_the_first_fraction() -> None:
    found = timeline([RT, TME], SHORT, [ZONE], MONDAY)
    assert found.steps[1].hard_stops[0][:2] == (day(11), day(17))


def test_t05_tme_on_day_14_from_the_start_of_short_course_is_impossible() -> None:
    """Trap T5, with the window of the library."""
    found = timeline([RT, TME], SHORT, [library().windows["scrt-tme-zone"]], MONDAY, {"rt": MONDAY, "tme": day(14)})
    assert not found.feasible
    assert {reason.rule for reason in found.conflict} == {"fixed.rt", "fixed.tme", "window.scrt-tme-zone"}


@pytest.mark.parametrize(("count", "open_"), [(10, True), (11, False), (17, False), (18, True)])
def test_the_zone_of_the_library_runs_from_day_11_to_day_17(count: int, open_: bool) -> None:
    zone = library().windows["scrt-tme-zone"]
    assert timeline([RT, TME], SHORT, [zone], MONDAY, {"rt": MONDAY, "tme": day(count)}).feasible is open_


@pytest.mark.parametrize(("count", "open_"), [(27, False), (28, True)])
def test_t06_an_operation_within_four_weeks_of_bevacizumab_is_impossible(count: int, open_: bool) -> None:
    """Trap T6, with the hard window of the library."""
    hard = library().windows["bevacizumab-surgery-hard"]
    drug = a_step("drug", "systemic", weeks=2, event="systemic", agents=("fluoropyrimidine", "bevacizumab"))
    last = day(13)
    fixed = {"drug": MONDAY, "tme": last + dt.timedelta(days=count)}
    assert timeline([drug, TME], None, [hard], MONDAY, fixed).feasible is open_


def test_six_weeks_after_bevacizumab_are_kept_when_nothing_is_fixed() -> None:
    windows = [library().windows["bevacizumab-surgery-hard"], library().windows["bevacizumab-surgery"]]
    drug = a_step("drug", "systemic", weeks=3, event="systemic", agents=("bevacizumab",))
    found = timeline([drug, a_step("liver", "liver_local", event="liver")], None, windows, MONDAY)
    assert (found.steps[1].start - found.steps[0].end).days == pytest.approx(42, abs=1)


def test_a_conflict_leaves_out_what_does_not_matter() -> None:
    extra = a_step("restage", "restage", event="restage")
    found = timeline([RT, TME, extra], SHORT, [ZONE], MONDAY, {"rt": MONDAY, "tme": day(14), "restage": day(60)})
    assert {reason.rule for reason in found.conflict} == {"fixed.rt", "fixed.tme", "window.zone"}


def test_steps_fixed_in_the_wrong_order_contradict_the_order() -> None:
    found = timeline([RT, TME], SHORT, [], MONDAY, {"rt": day(14), "tme": day(7)})
    assert {reason.rule for reason in found.conflict} == {"fixed.rt", "fixed.tme", "order.rt.tme"}


def test_a_step_given_before_the_assessment_keeps_its_date() -> None:
    late = a_window("late", "rt.end", "tme.start", min_days=28, preferred_days=(42, 42), max_days=56)
    found = timeline([RT, TME], SHORT, [late], MONDAY, {"rt": day(-21)})
    assert found.steps[0].start == day(-21)
    assert found.steps[1].start == day(-21 + 4 + 42)


def test_a_missed_soft_window_says_by_how_much_and_why() -> None:
    late = a_window("late", "rt.end", "tme.start", min_days=28, preferred_days=(42, 42), max_days=56)
    found = timeline([RT, TME], SHORT, [late], MONDAY, {"rt": MONDAY, "tme": day(4 + 50)})
    assert "late: 50 days, 8 outside the preferred 42 to 42" in found.deviations[0].text.en
    assert "50 天" in found.deviations[0].text.zh


def test_days_to_full_systemic_therapy_count_from_the_assessment() -> None:
    """Trap T2: the delay of each plan is stated."""
    chemo = a_step("chemo", "systemic", weeks=2, event="systemic")
    found = timeline([RT, a_step("wait", "wait", weeks=1), chemo], SHORT, [], MONDAY, {"chemo": day(14)})
    assert found.days_to_full_systemic == 14
    assert found.days_without_systemic == 14


def test_a_plan_without_systemic_therapy_has_no_day_of_it() -> None:
    assert timeline([RT], SHORT, [], MONDAY).days_to_full_systemic is None


def test_a_window_counts_from_the_nearest_earlier_step() -> None:
    first = a_step("one", "systemic", weeks=1, event="systemic")
    second = a_step("two", "systemic", weeks=1, event="systemic")
    rest = a_window("rest", "systemic.end", "tme.start", min_days=28, preferred_days=(28, 28))
    found = timeline([first, second, TME], None, [rest], MONDAY)
    assert (found.steps[2].start - found.steps[1].end).days in {28, 29}


def test_a_fixed_date_for_a_step_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="no step 'hip' in this plan; its steps are rt, tme"):
        timeline([RT, TME], SHORT, [], MONDAY, {"hip": MONDAY})
