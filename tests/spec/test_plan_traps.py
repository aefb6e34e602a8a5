"""Traps of the clinical specification (T7, T8, T18, T19, T20) set for a whole plan rather than for a formula."""

from __future__ import annotations

import pytest
from tests.support.treatment_plans import box_plan

from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput
from pelvicrt.plans import evaluate, evaluation_json, evaluation_text, sum_plans

SCRT = library().limits["scrt-derived"]
LCRT = library().limits["lcrt-pelvis"]


def _row(found, structure, metric):
    return next(item for item in found.constraints if item.limit.structure == structure and item.limit.metric == metric)


def test_t7_a_contact_boost_of_large_fractions_gets_no_biological_dose_and_no_chance() -> None:
    found = evaluate(box_plan({"GTVp": 90, "Bladder": 60}, fractions=3), template=None)
    assert not any(item.eqd2 for item in found.structures)
    assert (found.complications, found.responses) == ((), ())
    assert {notice.code for item in found.structures for notice in item.warnings} == {"large_fraction"}


def test_t7_fractions_above_the_comfortable_range_are_flagged_but_converted() -> None:
    found = evaluate(box_plan({"GTVp": 35}, fractions=5), template=None).structure("GTVp")
    assert found.eqd2
    assert [notice.code for notice in found.warnings] == ["large_fraction"]


def test_t7_courses_of_different_frames_are_not_summed() -> None:
    import dataclasses

    first = box_plan({"Bladder": 45}, fractions=25)
    second = dataclasses.replace(box_plan({"Bladder": 25}, fractions=5), frame_of_reference_uid="9.9")
    with pytest.raises(InvalidInput, match="frame"):
        sum_plans(first, second)


def test_t8_metrics_come_from_converted_bins_not_from_a_converted_metric() -> None:
    found = evaluate(box_plan({"Bladder": [5, 25]}, fractions=5), template=None).structure("Bladder")
    bins = [dose * (dose / 5 + 3) / 5 for dose in (5, 25)]
    assert found.eqd2[0].histogram.mean_gy == pytest.approx(sum(bins) / 2, abs=0.01)
    assert found.eqd2[0].histogram.mean_gy != pytest.approx(15 * (15 / 5 + 3) / 5, abs=1)


def test_t8_the_limit_of_the_bag_is_never_put_to_the_loops() -> None:
    found = evaluate(box_plan({"Bowel_Small": 50}, fractions=25), template=LCRT)
    bag = _row(found, "Bag_Bowel", "V45Gy[cc]")
    assert (bag.standing, bag.value) == ("cannot_be_judged", None)
    assert "never exchanged" in bag.why.en


def test_t8_bag_and_loops_drawn_together_are_both_left_open_until_one_is_left_out() -> None:
    plan = box_plan({"Bowel_Small": 10, "Bag_Bowel": 10}, fractions=25)
    both = evaluate(plan, template=LCRT)
    assert _row(both, "Bag_Bowel", "V45Gy[cc]").standing == "cannot_be_judged"
    assert _row(both, "Bowel_Small", "V15Gy[cc]").standing == "cannot_be_judged"
    one = evaluate(plan, template=LCRT, names={"Bag_Bowel": ""})
    assert _row(one, "Bowel_Small", "V15Gy[cc]").standing == "met"


@pytest.mark.parametrize("drawn", ["Femur_L", "Femoral heads", "Blader", "Rectal tumour"])
def test_t8_a_name_that_is_only_like_another_is_judged_by_no_limit(drawn) -> None:
    found = evaluate(box_plan({drawn: 60}, fractions=25), template=LCRT)
    assert {item.standing for item in found.constraints} == {"cannot_be_judged"}


def test_t8_two_structures_that_claim_one_name_are_both_left_open_with_the_reason() -> None:
    found = evaluate(box_plan({"Bladder": 10, "Blase": 60}, fractions=25), template=LCRT)
    row = _row(found, "Bladder", "V40Gy[%]")
    assert row.standing == "cannot_be_judged"
    assert "neither is used" in row.why.en


def test_t18_no_licensed_text_and_no_identifier_reaches_the_answer() -> None:
    found = evaluate(box_plan({"Bladder": 20, "PTV": 25}, fractions=5), template=SCRT)
    said = evaluation_text(found) + str(evaluation_json(found))
    assert "NCCN" not in said
    assert "1.2.3" not in said


def test_t19_every_chance_carries_endpoint_population_ratio_and_source() -> None:
    found = evaluate(box_plan({"Bladder": 20, "Femur_Head_L": 10, "Bowel_Small": 15}, fractions=5), template=None)
    assert found.complications
    for item in evaluation_json(found)["ntcp"]:
        assert item["endpoint"]
        assert item["population"]
        assert item["alpha_beta_gy"] > 0
        assert item["sources"]
        assert {"population", "fractionation"} <= {flag["kind"] for flag in item["flags"]}


def test_t19_a_model_of_prostate_patients_is_withheld_from_the_rectum_that_bears_the_tumour() -> None:
    found = evaluate(box_plan({"Rectum": 50}, fractions=25), template=None)
    assert found.complications == ()
    assert [item.structure for item in found.not_known if item.code == "complication"] == ["Rectum"]


def test_t20_a_chance_is_fed_with_dose_in_2_gy_fractions() -> None:
    short = evaluate(box_plan({"Bowel_Small": 25}, fractions=5), template=None).complications[0].estimate
    long = evaluate(box_plan({"Bowel_Small": 40}, fractions=20), template=None).complications[0].estimate
    assert short.equivalent_uniform_dose_gy == pytest.approx(40, abs=0.01)
    assert short.value == pytest.approx(long.value, abs=1e-6)


def test_t20_long_course_limits_are_not_put_to_five_fractions() -> None:
    from pelvicrt.foundation import UsageError

    with pytest.raises(UsageError, match="the same dose means something else"):
        evaluate(box_plan({"Bladder": 20}, fractions=5), template=LCRT)


def test_what_is_not_known_is_said_aloud() -> None:
    found = evaluate(box_plan({"GTVp": 25}, fractions=5), template=None)
    assert {"tumour_control", "relative_seriality", "acute_bowel"} <= {item.code for item in found.not_known}
    assert "chance of tumour control" in evaluation_text(found)
