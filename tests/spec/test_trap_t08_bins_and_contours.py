"""T8: a metric converted instead of the bins, or a bag limit applied to loops, passes a plan that should fail."""

import pytest

from pelvicrt.dose import applicable_limits
from pelvicrt.evidence import library
from pelvicrt.foundation import UsageError
from pelvicrt.radiobiology import PhysicalBins

PLANNED = PhysicalBins([5, 25], [0.5, 0.5], 5)


def test_the_converted_mean_is_not_the_mean_of_the_converted_bins():
    mean_gy = 15.0
    wrong_gy = mean_gy * (mean_gy / 5 + 3) / 5
    assert PLANNED.in_two_gy_fractions(alpha_beta_gy=3).mean_gy() == pytest.approx(22.0) != pytest.approx(wrong_gy)


def test_a_bag_limit_is_not_judged_on_loops():
    found = applicable_limits(library().limits["lcrt-pelvis"], structures={"Bowel_Small"})
    assert "Bag_Bowel" not in {row.structure for row in found.rows}


def test_a_loop_limit_is_not_judged_on_the_bag():
    found = applicable_limits(library().limits["lcrt-pelvis"], structures={"Bag_Bowel"})
    assert [(row.metric, row.limit) for row in found.rows] == [("V45Gy[cc]", 195)]


def test_the_reason_for_leaving_a_bag_limit_out_names_both_contours():
    found = applicable_limits(library().limits["lcrt-pelvis"], structures={"Bowel_Small"})
    reasons = {reason.en for row, reason in found.left_out if row.structure == "Bag_Bowel"}
    assert reasons == {"needs Bag_Bowel; Bowel_Small is contoured, and the two are never exchanged"}


def test_both_contours_together_are_refused():
    with pytest.raises(UsageError, match="Bag_Bowel and Bowel_Small are both contoured"):
        applicable_limits(library().limits["lcrt-pelvis"], structures={"Bag_Bowel", "Bowel_Small"})


def test_every_bowel_row_excludes_the_other_contour():
    rows = [row for each in library().limits for row in each.rows if row.structure in {"Bag_Bowel", "Bowel_Small"}]
    assert {(row.structure, row.exclusive_with) for row in rows} == {
        ("Bag_Bowel", "Bowel_Small"),
        ("Bowel_Small", "Bag_Bowel"),
    }


def test_a_limit_nobody_verified_is_never_judged():
    limits = library().limits["lcrt-pelvis"]
    found = applicable_limits(limits, structures={row.structure for row in limits.rows} - {"Bag_Bowel"})
    assert {row.mark for row in found.rows} <= {"V1", "V2", "V3", "D"}
