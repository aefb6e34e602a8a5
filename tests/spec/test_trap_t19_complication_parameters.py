"""T19: complication parameters copied with slope and volume swapped, or with another endpoint, err tenfold."""

import pytest

from pelvicrt.dose import complication_models
from pelvicrt.evidence import library

# Whole-organ doses for 5 and 50 % at 5 years in the second, independent transcription of the 1991 table [Gy].
SECOND_TRANSCRIPTION = {"Bladder": (65, 80), "Femur_Head": (52, 65), "Bowel_Small": (40, 55)}
CLASSICAL = [
    model
    for model in complication_models(library())
    if "emami-1991" in model.sources and model.organ in SECOND_TRANSCRIPTION
]
NORMAL_QUANTILE_OF_5_PERCENT = 1.645


def whole_organ_td5_gy(td50_gy, slope):
    return td50_gy * (1 - NORMAL_QUANTILE_OF_5_PERCENT * slope)


def test_three_classical_models_are_checked():
    assert {model.organ for model in CLASSICAL} == set(SECOND_TRANSCRIPTION)


@pytest.mark.parametrize("model", CLASSICAL, ids=lambda m: m.organ)
def test_dose_for_half_agrees_with_the_second_transcription(model):
    assert model.td50_gy == SECOND_TRANSCRIPTION[model.organ][1]


@pytest.mark.parametrize("model", CLASSICAL, ids=lambda m: m.organ)
def test_slope_gives_the_five_percent_dose_of_the_second_transcription(model):
    found = whole_organ_td5_gy(model.td50_gy, model.m)
    assert found == pytest.approx(SECOND_TRANSCRIPTION[model.organ][0], abs=0.6)


@pytest.mark.parametrize(("organ", "wrong_gy"), [("Bladder", 14.2), ("Femur_Head", 38.3)])
def test_swapped_slope_and_volume_would_be_seen(organ, wrong_gy):
    model = next(each for each in CLASSICAL if each.organ == organ)
    swapped = whole_organ_td5_gy(model.td50_gy, model.n)
    assert swapped == pytest.approx(wrong_gy, abs=0.05) != pytest.approx(SECOND_TRANSCRIPTION[organ][0], abs=0.6)


@pytest.mark.parametrize("part", ["td50", "n", "m", "alpha_beta"])
def test_every_number_of_a_model_names_endpoint_population_and_source(part):
    found = [p for p in library().parameters if p.id.startswith("radiobiology.lkb.") and p.id.endswith(f".{part}")]
    assert found
    assert all(p.endpoint and p.population and p.evidence for p in found)


def test_all_numbers_of_one_model_share_endpoint_and_population():
    groups = {}
    for p in library().parameters:
        if p.group.startswith("radiobiology.lkb."):
            groups.setdefault(p.group, set()).add((p.endpoint, p.population, p.applies_to))
    assert {group: len(found) for group, found in groups.items() if len(found) != 1} == {}


def test_the_rectum_slope_of_the_conflicting_tool_is_not_shipped():
    rectum = complication_models(library(), structure="Rectum")
    assert [(model.n, model.m) for model in rectum] == [(0.09, 0.13)]


def test_the_conflicting_tool_is_cited_by_no_parameter():
    cited = {c.source for p in library().parameters for c in p.evidence if p.id.startswith("radiobiology.")}
    assert "second-open-tool-lkb" not in cited
