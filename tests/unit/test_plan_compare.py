"""Are two plans compared in biological terms, by the same questions and the same draws, and is every reversal said?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.support.treatment_plans import box_plan

from pelvicrt.evidence import library
from pelvicrt.plans import compare, comparison_json, comparison_text, evaluate

SHAPE = {"PTV": [1.0, 1.0], "Bladder": [0.2, 0.6, 1.0], "Bowel_Small": [0.1, 0.3, 0.9]}


def _plan(total_gy, fractions, label="PLAN", template=None, **shape):
    doses = {name: [total_gy * share for share in shares] for name, shares in {**SHAPE, **shape}.items()}
    limits = None if template is None else library().limits[template]
    return evaluate(box_plan(doses, fractions=fractions, label=label), template=limits, prescription=total_gy)


def _of(comparison, name):
    return next(item for item in comparison.structures if item.structure == name)


@pytest.fixture(scope="module")
def reversal():
    """Equal physical shape, 30 Gy in 5 against 45 Gy in 25."""
    return compare(_plan(30, 5, "SCRT"), _plan(45, 25, "LCRT"))


def test_equal_shapes_rank_one_way_in_physical_dose_and_the_other_in_2_gy_fractions(reversal) -> None:
    bowel = _of(reversal, "Bladder")
    assert bowel.physical.lower == "a"
    assert [pair.lower for pair in bowel.eqd2] == ["b"]
    assert bowel.flips == (3.0,)


def test_the_reversal_of_a_target_depends_on_alpha_beta_and_is_said(reversal) -> None:
    target = _of(reversal, "PTV")
    assert [round(pair.mean_a_gy, 2) for pair in target.eqd2] == [40.0, 47.0]
    assert [round(pair.mean_b_gy, 2) for pair in target.eqd2] == [44.25, 43.73]
    assert target.flips == (5.06,)
    assert any("depends on alpha/beta (10, 5.06 Gy)" in text.en for text in reversal.flips)
    assert any("取决于 α/β" in text.zh for text in reversal.flips)


def test_a_reversal_names_the_plan_that_is_lower_in_physical_dose(reversal) -> None:
    said = next(text.en for text in reversal.flips if text.en.startswith("Bladder"))
    assert "in physical dose A (SCRT) is the lower" in said


def test_25_in_5_against_50_in_25_of_equal_shape_never_turns_round() -> None:
    assert compare(_plan(25, 5), _plan(50, 25)).flips == ()


def test_a_plan_compared_with_itself_differs_in_nothing() -> None:
    plan = _plan(25, 5, template="scrt-derived")
    found = compare(plan, plan)
    assert all(
        np.all(pair.difference_percent == 0) for item in found.structures for pair in (item.physical, *item.eqd2)
    )
    assert {(item.difference, item.low, item.high) for item in found.complications} == {(0.0, 0.0, 0.0)}
    assert (found.gains_of_a, found.gains_of_b, found.flips) == ((), (), ())


def test_exchanging_the_plans_turns_every_sign() -> None:
    a, b = _plan(25, 5), _plan(50, 25)
    forth, back = compare(a, b), compare(b, a)
    for one, other in zip(forth.complications, back.complications, strict=True):
        assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
    assert forth.gains_of_a == back.gains_of_b


def test_chances_are_subtracted_draw_by_draw() -> None:
    a, b = _plan(25, 5), _plan(50, 25)
    for item in compare(a, b).complications:
        paired = item.b.drawn_chances - item.a.drawn_chances
        assert item.low <= np.quantile(paired, 0.025) + 1e-12
        assert item.high >= np.quantile(paired, 0.975) - 1e-12
        shuffled = np.random.default_rng(1).permutation(item.b.drawn_chances) - item.a.drawn_chances
        if item.difference > 0.01:
            assert item.high - item.low < np.ptp(np.quantile(shuffled, [0.025, 0.975]))


def test_curves_run_from_all_of_the_volume_to_none_and_share_one_axis() -> None:
    for item in compare(_plan(25, 5), _plan(50, 25)).structures:
        for pair in (item.physical, *item.eqd2):
            assert (pair.a_percent[0], pair.b_percent[0]) == (100, 100)
            assert np.all(np.diff(pair.a_percent) <= 1e-9)
            assert np.all(np.diff(pair.b_percent) <= 1e-9)
            assert pair.dose_gy[-1] == pytest.approx(
                max(
                    figures.histogram.max_gy
                    for side in (item.a, item.b)
                    for figures in (side.physical, *side.eqd2)
                    if figures.alpha_beta_gy == pair.alpha_beta_gy
                )
            )


def test_limits_that_ask_the_same_in_other_fractions_stand_side_by_side() -> None:
    found = compare(_plan(25, 5, template="scrt-derived"), _plan(50, 25, template="lcrt-pelvis"))
    pairs = {
        (row.a.limit.metric, row.b.limit.metric) for row in found.constraints if row.a is not None and row.b is not None
    }
    assert {("V23.7Gy[%]", "V40Gy[%]"), ("V26.2Gy[%]", "V45Gy[%]"), ("V10.6Gy[cc]", "V15Gy[cc]")} <= pairs
    assert ("V12.7Gy[cc]", "V15Gy[cc]") not in pairs


def test_no_row_of_either_template_is_lost() -> None:
    a, b = _plan(25, 5, template="scrt-derived"), _plan(50, 25, template="lcrt-pelvis")
    rows = compare(a, b).constraints
    assert [row.a for row in rows if row.a is not None] == list(a.constraints)
    assert sorted(id(row.b) for row in rows if row.b is not None) == sorted(map(id, b.constraints))


def test_a_limit_kept_by_one_and_broken_by_the_other_is_a_gain() -> None:
    hot = _plan(50, 25, template="lcrt-pelvis")
    cool = _plan(50, 25, template="lcrt-pelvis", Bladder=[0.2, 0.3, 0.4])
    found = compare(cool, hot)
    assert any(text.en.startswith("Bladder: V45Gy[%] is kept") for text in found.gains_of_a)
    assert not any("is kept" in text.en for text in found.gains_of_b)


def test_fewer_fractions_are_a_gain_and_sparing_the_rectum_is_none() -> None:
    found = compare(_plan(25, 5, Rectum=[1.0]), _plan(50, 25, Rectum=[1.0]))
    assert found.gains_of_a[0].en == "5 fractions instead of 25"
    assert not any("Rectum" in text.en for text in (*found.gains_of_a, *found.gains_of_b))


def test_a_lone_target_is_paired_by_its_kind() -> None:
    a = evaluate(box_plan({"PTV": 25}, fractions=5), template=None)
    b = evaluate(box_plan({"PTV_5000": 50}, fractions=25), template=None)
    assert [item.structure for item in compare(a, b).structures] == ["PTV"]


def test_targets_that_cannot_be_told_apart_are_not_compared() -> None:
    a = evaluate(box_plan({"PTV": 25}, fractions=5), template=None)
    b = evaluate(box_plan({"PTV_4500": 45, "PTV_5000": 50}, fractions=25), template=None)
    found = compare(a, b)
    assert (found.structures, found.only_in_a, found.only_in_b) == ((), ("PTV",), ("PTV_4500", "PTV_5000"))


def test_without_fractions_only_physical_dose_is_compared_and_that_is_said() -> None:
    a = evaluate(box_plan({"Bladder": 20}, fractions=None), template=None)
    b = evaluate(box_plan({"Bladder": 20}, fractions=25), template=None)
    found = compare(a, b)
    assert _of(found, "Bladder").eqd2 == ()
    assert "no_fractions" in [notice.code for notice in found.notices]


def test_another_frame_of_reference_is_no_obstacle_but_is_said() -> None:
    a = _plan(25, 5)
    b = dataclasses.replace(_plan(50, 25), frame_of_reference_uid="9.9")
    assert "only you know" in compare(a, b).notices[0].text.en


def test_another_volume_of_an_organ_is_said() -> None:
    found = compare(_plan(25, 5), _plan(25, 5, Bladder=[0.2, 0.6]))
    assert [notice.about for notice in found.notices if notice.code == "other_volume"] == ["Bladder"]


def test_data_and_text_say_the_same_in_both_languages(reversal) -> None:
    data = comparison_json(reversal, "en")
    assert data["flips"] == [text.en for text in reversal.flips]
    assert next(row for row in data["structures"] if row["structure"] == "Bladder")["flips_at_alpha_beta_gy"] == [3.0]
    assert "Where fractionation turns the order round" in comparison_text(reversal, "en")
    assert "应以后者为准" in comparison_text(reversal, "zh")
