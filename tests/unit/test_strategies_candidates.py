"""Do candidates carry the right schedules, doses, history and explanations?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time

import pytest
from tests.support import decisions

from pelvicrt.case import Case, TreatedStep, with_fact
from pelvicrt.classify import classify
from pelvicrt.evidence import Library, library
from pelvicrt.foundation import STRATEGY_IDS, UNKNOWN
from pelvicrt.strategies import Candidate, candidates, regimen_doses

BASE = decisions.ROWS[0]
DAY = decisions.DAY


def plans(case: Case, **named: str) -> dict[str, Candidate]:
    found = decisions.classes({**BASE, "classes": {**BASE["classes"], **named}})
    return {plan.key: plan for plan in candidates(case, found, library())}


def treated(*steps: TreatedStep) -> Case:
    return dataclasses.replace(decisions.patient(BASE), treated_so_far=steps)


def test_candidates_come_in_the_order_of_the_contract() -> None:
    order = list(dict.fromkeys(plan.strategy for plan in plans(decisions.patient(BASE)).values()))
    assert order == list(STRATEGY_IDS)


def test_a_disabled_schedule_is_not_offered(tmp_path) -> None:
    text = "enabled: false\n"
    source = library().folder
    copied = tmp_path / "library"
    _copy(source, copied)
    path = copied / "regimens" / "P-20.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    found = candidates(decisions.patient(BASE), decisions.classes(BASE), Library(copied))
    assert "palliative_rt:P-20" not in {plan.key for plan in found}


def test_a_new_strategy_is_one_new_file(tmp_path) -> None:
    copied = tmp_path / "library"
    _copy(library().folder, copied)
    old = (copied / "strategies" / "no_rt_surgery.yaml").read_text(encoding="utf-8")
    (copied / "strategies" / "my_plan.yaml").write_text(
        old.replace("id: no_rt_surgery", "id: my_plan", 1), encoding="utf-8"
    )
    found = candidates(decisions.patient(BASE), decisions.classes(BASE), Library(copied))
    assert found[-1].strategy == "my_plan"


def _copy(source, target) -> None:
    for path in source.rglob("*.yaml"):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())


def test_both_tumour_alpha_beta_are_always_shown() -> None:
    """Conflict J12: 25 Gy in 5 against 30 Gy in 10 changes order between 10 and 5.06 Gy."""
    short, ten = (regimen_doses(library().regimens[name], library()) for name in ("P-25", "P-30"))
    assert short[0].eqd2_gy == pytest.approx(31.25, abs=0.005)
    assert ten[0].eqd2_gy == pytest.approx(32.50, abs=0.005)
    assert short[1].eqd2_gy == pytest.approx(35.62, abs=0.005)
    assert ten[1].eqd2_gy == pytest.approx(34.25, abs=0.005)


@pytest.mark.parametrize(("name", "expected"), [("SC-25-del", 29.975), ("LC-50.4", 43.931), ("LC-50", 45.05)])
def test_time_corrected_doses_come_from_one_fit(name: str, expected: float) -> None:
    """Specification E4: alpha/beta 11.1, 0.15 Gy a day from day 0."""
    timed = [dose for dose in regimen_doses(library().regimens[name], library()) if dose.eqd2_time_corrected_gy]
    assert [dose.eqd2_time_corrected_gy for dose in timed] == [pytest.approx(expected, abs=0.001)]


def test_a_contact_boost_gets_no_dose_in_the_linear_quadratic_sense() -> None:
    """Trap T7: 90 Gy in 3 must never become 300 Gy."""
    assert regimen_doses(library().regimens["CXB"], library()) == ()


def test_a_boosted_schedule_lists_pelvis_and_tumour() -> None:
    doses = regimen_doses(library().regimens["LC-SIB-55"], library())
    assert [round(dose.eqd2_gy, 2) for dose in doses if dose.alpha_beta_gy == 10] == [44.25, 55.92]


@pytest.mark.parametrize(
    ("key", "low", "high"), [("scrt_chemo_surgery:SC-25-del", 11, 25), ("lcrt_tnt:LC-50.4", 45, 70)]
)
def test_every_plan_states_how_long_systemic_therapy_waits(key: str, low: int, high: int) -> None:
    """Trap T2."""
    plan = plans(decisions.patient(BASE))[key]
    said = [reason.text.en for reason in plan.reasons if reason.rule == "timeline.systemic_delay"]
    assert said == [
        f"Full-dose systemic therapy starts about {plan.timeline.days_to_full_systemic} days after the assessment"
    ]
    assert low <= plan.timeline.days_to_full_systemic <= high


def test_a_missing_dpyd_result_is_named_in_every_plan_with_a_fluoropyrimidine() -> None:
    """Trap T16: the result is asked for; nothing starts on a default."""
    case = with_fact(decisions.patient(BASE), "patient.dpyd_activity", UNKNOWN)
    found = plans(case)
    assert all("patient.dpyd_activity" in plan.missing for key, plan in found.items() if "chemo" in key or "tnt" in key)


def test_a_strong_wish_opens_no_gate() -> None:
    """Trap T17."""
    case = with_fact(decisions.patient(BASE), "symptoms.obstruction", "complete")
    case = with_fact(case, "preferences.organ_preservation", 10)
    assert {plan.status for plan in plans(case, emergency="decompress_first").values()} == {"contraindicated"}


def test_a_short_course_already_given_keeps_its_dates() -> None:
    given = TreatedStep(step="short_course", start=DAY - dt.timedelta(days=21), end=DAY - dt.timedelta(days=17))
    dated = plans(treated(given))["scrt_chemo_surgery:SC-25-del"].timeline
    assert (dated.steps[0].kind, dated.steps[0].start) == ("short_course", given.start)


def test_t06_bevacizumab_given_before_keeps_an_operation_away() -> None:
    """Trap T6 with a real history: 28 days hard from the last dose."""
    last = DAY - dt.timedelta(days=3)
    given = TreatedStep(
        step="systemic", start=DAY - dt.timedelta(days=60), end=last, agents=("capecitabine", "bevacizumab")
    )
    dated = plans(treated(given))["no_rt_surgery"].timeline
    liver = next(step for step in dated.steps if step.kind == "liver_local")
    assert (liver.start - last).days >= 28
    assert liver.hard_stops


def test_a_step_given_without_a_date_is_named_not_guessed() -> None:
    plan = plans(treated(TreatedStep(step="systemic")))["interval:SC-25-del"]
    assert "treated_so_far.1.start" in plan.missing
    assert any(reason.rule == "timeline.undated" for reason in plan.reasons)


def test_an_unfit_patient_gets_palliative_radiotherapy_alone() -> None:
    found = plans(decisions.patient(BASE), fitness="unfit", symptomatic="symptomatic")
    assert [step.kind for step in found["palliative_rt:P-8"].steps] == ["palliative_rt"]


def test_re_irradiation_is_offered_only_after_an_earlier_course() -> None:
    assert not [key for key in plans(decisions.patient(BASE)) if "RR-" in key]


def test_a_class_that_asks_for_nothing_still_names_itself() -> None:
    found = plans(decisions.patient(BASE), liver="unknown")
    assert "class.liver" in found["interval:SC-25-del"].missing


def test_one_candidate_takes_less_than_50_milliseconds() -> None:
    case, found = decisions.patient(BASE), classify(decisions.patient(BASE), library())
    candidates(case, found, library())
    begun = time.process_time()
    count = len(candidates(case, found, library()))
    assert (time.process_time() - begun) / count < 0.05
