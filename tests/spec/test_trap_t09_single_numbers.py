"""T9: one alpha/beta, or one complication number from other patients, gives a false ranking."""

import pytest

from pelvicrt.dose import complication_chances, complication_models, dose_summary
from pelvicrt.evidence import library
from pelvicrt.radiobiology import PhysicalBins


def test_both_tumour_alpha_beta_are_given_whatever_is_asked():
    found = dose_summary(total_gy=25, fractions=5, alpha_beta_gy=3)
    assert {"tumour_planning", "tumour_fitted"} <= {each.id for each in found.scenarios}


def test_late_tissue_is_given_at_three_and_five():
    found = dose_summary(total_gy=25, fractions=5)
    assert {3.0, 5.0} <= {each.alpha_beta_gy for each in found.scenarios}


def test_the_flip_between_25_in_5_and_30_in_10_is_said_when_30_in_10_is_known(tmp_path):
    from pelvicrt.evidence import Library
    from pelvicrt.evidence.load import LIBRARY

    (tmp_path / "parameters").symlink_to(LIBRARY / "parameters")
    (tmp_path / "regimens").mkdir()
    (tmp_path / "regimens" / "ten.yaml").write_text(
        "id: ten\nname: {en: ten, zh: ten}\nfamily: palliative\nintent: palliative\ntotal_gy: 30\nfractions: 10\n"
        "duration_days: 12\nevidence: [{source: pelvicrt-convention}]\ngrade: assumption\nmark: D\n"
        "valid_from: 2026-11-22\nchecked_on: 2026-11-22\n"
    )
    found = dose_summary(total_gy=25, fractions=5, evidence=Library(tmp_path))
    assert [each.text.en for each in found.warnings if each.kind == "order_flips"] == [
        "the order against 30 Gy in 10 depends on alpha/beta: lower at 10 Gy, higher at 5.06 Gy"
    ]


@pytest.mark.parametrize("model", complication_models(library()), ids=lambda m: f"{m.organ}-{m.endpoint.en}")
def test_every_complication_model_flags_population_and_fractionation(model):
    assert {"population", "fractionation"} <= {flag.kind for flag in model.flags}


@pytest.mark.parametrize("structure", ["Bladder", "Bowel_Small", "Femur_Head_L", "Rectum", "VB_L5+Sacrum"])
def test_every_complication_chance_has_a_band_around_it(structure):
    bins = PhysicalBins([30, 40, 45], [0.3, 0.4, 0.3], 25)
    assert all(
        each.low < each.value < each.high for each in complication_chances(library(), structure=structure, bins=bins)
    )


def test_a_band_without_published_interval_says_that_it_is_assumed():
    bins = PhysicalBins([40], [1], 25)
    found = complication_chances(library(), structure="Femur_Head_R", bins=bins)
    assert [each.flagged("assumed_spread") for each in found] == [True]


def test_a_rectum_model_from_prostate_patients_says_that_it_does_not_apply_here():
    (found,) = complication_chances(library(), structure="Rectum", bins=PhysicalBins([45], [1], 25))
    assert "not applicable to a rectum that bears the tumour" in " ".join(flag.text.en for flag in found.flags)
