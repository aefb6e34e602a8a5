"""T20: a complication model fed with the physical dose of a short course gives a chance far too low."""

import pytest

from pelvicrt.dose import complication_chances, complication_models
from pelvicrt.evidence import library
from pelvicrt.radiobiology import PhysicalBins, generalised_eud, lkb, relative_seriality

UNIFORM = PhysicalBins([20.0], [1.0], 5)


def test_twenty_gy_in_five_reaches_the_model_as_twenty_eight():
    found = complication_chances(library(), structure="Bowel_Small", bins=UNIFORM)
    assert [each.equivalent_uniform_dose_gy for each in found] == pytest.approx([28.0])


def test_a_loop_covered_by_the_short_course_volume_stands_at_the_classical_five_percent():
    covered = PhysicalBins([25.0], [1.0], 5)
    (found,) = complication_chances(library(), structure="Bowel_Small", bins=covered)
    assert found.value == pytest.approx(0.05, abs=0.006)


def test_the_physical_dose_would_have_given_far_less():
    model = next(iter(complication_models(library(), structure="Bowel_Small")))
    (found,) = complication_chances(library(), structure="Bowel_Small", bins=PhysicalBins([25.0], [1.0], 5))
    assert found.value > 50 * lkb(25.0, td50_gy=model.td50_gy, m=model.m)


def test_an_equivalent_uniform_dose_of_physical_bins_is_refused():
    with pytest.raises(TypeError, match="needs bins in 2 Gy fractions, found PhysicalBins; call in_two_gy_fractions"):
        generalised_eud(UNIFORM, a=8)


def test_seriality_of_physical_bins_is_refused():
    with pytest.raises(TypeError, match="needs bins in 2 Gy fractions, found PhysicalBins"):
        relative_seriality(UNIFORM, d50_gy=55, gamma=2, s=1)


def test_a_model_refuses_physical_bins():
    model = next(iter(complication_models(library(), structure="Bowel_Small")))
    with pytest.raises(TypeError, match="needs bins in 2 Gy fractions"):
        model.estimate(UNIFORM)


def test_large_fractions_are_flagged_on_the_chance():
    (found,) = complication_chances(library(), structure="Femur_Head_L", bins=PhysicalBins([8.0], [1.0], 1))
    assert found.flagged("large_fraction")


def test_a_structure_without_model_has_no_chance():
    assert complication_chances(library(), structure="PenileBulb", bins=UNIFORM) == ()
