"""Does a dose plan's estimate of harm reach the strategies it belongs to, in every form, and change nothing unsaid?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from pelvicrt.assessment import NOT_CHANGED, PlanHarm, PlanToxicity, assess, reweigh
from pelvicrt.dose import complication_chances
from pelvicrt.evidence import library
from pelvicrt.foundation import Text
from pelvicrt.intake import load_case
from pelvicrt.radiobiology import PhysicalBins
from pelvicrt.report import json_schema, to_html, to_json, to_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "example-1.yaml"
DRAWS = 60


def a_plan(label="LCRT", *, dose_gy=50.0, fractions=25, prescribed_gy=(50.0,), **more):
    bins = PhysicalBins(np.array([0.6 * dose_gy]), np.array([1.0]), fractions)
    harms = tuple(
        PlanHarm(structure="Bladder", name=Text("urinary bladder", "膀胱"), estimate=estimate)
        for estimate in complication_chances(library(), structure="Bladder", bins=bins)
    )
    return PlanToxicity(label=label, fractions=fractions, prescribed_gy=prescribed_gy, harms=harms, **more)


@pytest.fixture(scope="module")
def case():
    return load_case(EXAMPLE)


@pytest.fixture(scope="module")
def plain(case):
    return assess(case, draws=DRAWS, seed=3)


@pytest.fixture(scope="module")
def planned(case):
    plans = (
        a_plan(bowel_bag_v45_cc=212.4),
        a_plan("SCRT", dose_gy=25.0, fractions=5, prescribed_gy=(25.0,)),
        a_plan("odd", fractions=17, prescribed_gy=(34.0,)),
    )
    return assess(case, draws=DRAWS, seed=3, plans=plans)


def test_a_plan_stands_with_every_strategy_of_its_fractions_and_dose_and_no_other(planned):
    found = {
        (item.candidate.regimen.total_gy, item.candidate.regimen.fractions)
        for item in planned.strategies
        if "SCRT" in [plan.label for plan in item.plans]
    }

    assert found == {(25, 5)}
    assert all(not item.plans for item in planned.strategies if item.candidate.regimen is None)


@pytest.mark.parametrize(
    ("plan", "regimen", "fits"),
    [
        ((25, (50.0,)), "LC-50", True),
        ((25, (50.0,)), "LC-45", False),
        ((25, (45.0, 50.0)), "LC-50", False),
        ((25, (45.0, 52.5)), "LC-SIB-52.5", True),
        ((25, (45.0, 48.0, 52.5)), "LC-SIB-52.5", True),
        ((25, (45.0,)), "LC-SIB-52.5", False),
        ((28, (50.4,)), "LC-50.4", True),
        ((25, ()), "LC-45", True),
        ((None, (50.0,)), "LC-50", False),
        ((3, (90.0,)), "HDR-boost", False),
    ],
)
def test_a_plan_fits_a_schedule_by_fractions_and_prescriptions(plan, regimen, fits):
    made = PlanToxicity(label="p", harms=(), fractions=plan[0], prescribed_gy=plan[1])

    assert made.fits(library().regimens[regimen]) is fits


def test_a_plan_that_fits_no_strategy_is_named_in_a_warning(planned):
    said = [text.en for text in planned.warnings if "odd" in text.en]

    assert said == [
        "Plan odd (34 Gy in 17 fractions) delivers the schedule of no strategy here: its estimates stand with none."
    ]


def test_a_plan_without_a_prescription_says_that_only_its_fractions_were_compared(case):
    found = assess(case, draws=DRAWS, seed=3, plans=(a_plan(prescribed_gy=()),))

    assert any("states no prescription" in text.en for text in found.warnings)


def test_no_simulated_number_changes_with_a_plan(plain, planned):
    for name, before in plain.simulated.by_candidate.items():
        after = planned.simulated.by_candidate[name]
        assert [item.values.tolist() for item in after.outcomes] == [item.values.tolist() for item in before.outcomes]
    assert planned.advice == plain.advice


def test_an_assessment_with_a_plan_has_an_id_of_its_own(plain, planned):
    assert planned.id != plain.id


def test_wishes_tried_again_keep_the_plans(case, planned):
    again = reweigh(planned, dataclasses.replace(case.preferences, organ_preservation=2))

    assert again.plans == planned.plans
    assert any(item.plans for item in again.strategies)


def test_the_sources_of_a_plans_models_are_cited(planned):
    wanted = {source for plan in planned.plans for harm in plan.harms for source in harm.estimate.sources}

    assert wanted | {"robertson-diarrhea-2010"} <= set(planned.citations)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_data_hold_band_flags_and_which_number_was_not_changed(planned, lang):
    made = to_json(planned, lang)
    jsonschema.validate(made, json_schema(), jsonschema.Draft202012Validator)
    harm = next(item for item in made["strategies"] if "plans" in item)["plans"][0]["complications"][0]

    assert 0 <= harm["low"] <= harm["value"] <= harm["high"] <= 1
    assert harm["flags"]
    assert made["plans"]["not_changed"]["outcome"] == "grade3plus_toxicity"
    assert made["plans"]["not_changed"]["why"] == NOT_CHANGED.say(lang)


def test_an_assessment_without_plans_reads_as_before(plain):
    made = to_json(plain)

    assert "plans" not in made
    assert all("plans" not in item for item in made["strategies"])


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "What the dose plans say of harm"), ("zh", "放疗计划所示的并发症风险")]
)
@pytest.mark.parametrize("write", [to_text, to_html])
def test_text_and_page_show_the_plans_and_what_they_did_not_change(planned, write, lang, title):
    said = " ".join(write(planned, lang).split())

    assert title in said
    assert NOT_CHANGED.say(lang)[:40] in said
    assert "212" in said


@pytest.mark.parametrize("write", [to_text, to_html])
def test_a_report_without_plans_says_nothing_of_them(plain, write):
    assert "What the dose plans say" not in write(plain, "en")
