"""What must radiotherapy planning know, and do the guidelines stand side by side with their disagreements?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.support.classify_facts import classified, facts

from pelvicrt.classify import synchronicity_views
from pelvicrt.foundation import UNKNOWN

CLEAR = {
    "patient.sex": "female",
    "patient.pregnancy": "none",
    "patient.prior_pelvic_rt": [],
    "patient.ibd": "none",
}


def effects(**changes: Any) -> dict[str, str]:
    return {item.id: item.effect for item in classified(facts(CLEAR, **changes)).cautions}


def test_nothing_to_know_gives_no_caution() -> None:
    assert effects() == {}


def test_pregnancy_blocks() -> None:
    assert effects(patient__pregnancy="pregnant") == {"pregnancy": "block"}


def test_unknown_pregnancy_of_a_woman_is_shown_as_unknown() -> None:
    assert effects(patient__pregnancy=None) == {"pregnancy_unknown": "unknown"}


@pytest.mark.parametrize("changes", [{"patient__sex": "male"}, {"patient__menopausal_status": "post"}])
def test_pregnancy_is_not_asked_where_it_cannot_be(changes: dict[str, str]) -> None:
    assert effects(patient__pregnancy=None, **changes) == {}


def test_an_old_pelvic_course_opens_only_the_reirradiation_path() -> None:
    course = [{"end_date": dt.date(2020, 1, 1)}]
    assert effects(patient__prior_pelvic_rt=course) == {"prior_pelvic_rt": "reirradiation"}


def test_a_pelvic_course_of_last_year_needs_the_team() -> None:
    course = [{"end_date": dt.date(2025, 10, 1)}]
    assert effects(patient__prior_pelvic_rt=course)["prior_pelvic_rt_recent"] == "mdt_block"


def test_unknown_earlier_radiotherapy_is_not_none() -> None:
    assert effects(patient__prior_pelvic_rt=None)["prior_pelvic_rt_unknown"] == "unknown"


def test_colitis_warns_and_does_not_block() -> None:
    assert effects(patient__ibd="ulcerative_colitis") == {"ibd": "warning"}


def test_fistulising_crohn_needs_the_team() -> None:
    found = effects(patient__ibd="crohn", patient__ibd_activity="fistulising")
    assert found == {"active_crohn": "mdt_block", "ibd": "warning"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"patient__hip_prosthesis": "left"}, {"hip_prosthesis": "planning"}),
        ({"patient__pelvic_kidney": True}, {"pelvic_kidney": "planning"}),
        ({"patient__fertility_wish": True}, {"fertility_wish": "planning"}),
        ({"patient__connective_tissue_disease": "scleroderma"}, {"scleroderma": "mdt_block"}),
        ({"patient__active_sepsis": True}, {"active_sepsis": "block"}),
    ],
)
def test_what_is_recorded_is_shown(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert effects(**changes) == expected


def test_an_obstruction_asks_where_to_place_the_stoma() -> None:
    found = effects(symptoms__perforation="none", symptoms__obstruction="complete")
    assert found == {"stoma_siting": "planning"}


TUMOUR = {
    "primary.ct": "T3b",
    "primary.cn": "N2a",
    "primary.mrf_mm": 4,
    "primary.emvi": "absent",
    "primary.distance_anal_verge_cm": 8,
    "primary.lateral_nodes": [],
    "primary.nodes_over_10mm": 1,
    "primary.tumour_deposits": 0,
    "primary.sphincter": "none",
}


def view_values(**changes: Any) -> dict[str, str]:
    return {item.guideline: item.value for item in classified(facts(TUMOUR, **changes)).guideline_views}


def remarks(**changes: Any) -> set[str]:
    return {reason.rule for reason in classified(facts(TUMOUR, **changes)).pelvis.reasons}


def test_systems_disagree_on_nodes_and_all_are_shown() -> None:
    found = view_values()
    assert {name for name, value in found.items() if value == "high"} == {
        "nccn-rectal-2026",
        "rapido-eligibility",
        "dutch-crc",
        "egypt-colorectal",
    }
    assert found["asco-larc-2024"] == "not_high"
    assert found["astro-rectal-2024"] == "low"


def test_high_by_nodes_alone_is_marked() -> None:
    assert {"PELVIS_HIGH", "PELVIS_HIGH_node_only"} <= remarks()


@pytest.mark.parametrize("other", [{"primary__ct": "T4a"}, {"primary__emvi": "present"}, {"primary__mrf_mm": 1}])
def test_high_by_nodes_and_more_is_not_marked_as_nodes_alone(other: dict[str, Any]) -> None:
    assert "PELVIS_HIGH_node_only" not in remarks(**other)


@pytest.mark.parametrize("unknown", [{"primary__emvi": None}, {"primary__mrf_mm": None}, {"primary__ct": None}])
def test_nodes_alone_is_not_claimed_while_another_feature_is_unknown(unknown: dict[str, Any]) -> None:
    assert "PELVIS_HIGH_node_only" not in remarks(**unknown)


def test_a_threatened_margin_is_remarked_where_cut_offs_differ() -> None:
    assert "pelvis.mrf_threatened" in remarks(primary__mrf_mm=1.5)


@pytest.mark.parametrize("clear", [1, 2])
def test_a_margin_on_the_cut_offs_is_not_in_between(clear: float) -> None:
    assert "pelvis.mrf_threatened" not in remarks(primary__mrf_mm=clear)


def test_a_guideline_from_memory_gives_no_view() -> None:
    assert "esmo-rectal-2017" not in view_values()


def test_a_second_hand_view_shows_its_mark() -> None:
    (nccn,) = [item for item in classified(TUMOUR).guideline_views if item.guideline == "nccn-rectal-2026"]
    assert nccn.marks == ("V2",)


@pytest.mark.parametrize(("low_height", "high_height"), [(4.9, 10.1)])
def test_omission_heights_of_two_editions_differ(low_height: float, high_height: float) -> None:
    tumour = {"primary__ct": "T3a", "primary__cn": "N0"}
    between = view_values(**tumour, primary__distance_anal_verge_cm=8)
    above = view_values(**tumour, primary__distance_anal_verge_cm=high_height)
    below = view_values(**tumour, primary__distance_anal_verge_cm=low_height)
    assert (between["astro-rectal-2020"], between["astro-rectal-2024"]) == ("not_low", "low")
    assert (above["astro-rectal-2020"], above["astro-rectal-2024"]) == ("low", "low")
    assert (below["astro-rectal-2020"], below["astro-rectal-2024"]) == ("not_low", "high")


def test_three_clocks_may_call_one_interval_three_names() -> None:
    days = {"derived.synchronicity_days": 400, "derived.liver_after_resection_days": 170}
    found = {item.guideline: item.value for item in synchronicity_views(lambda name: days.get(name, UNKNOWN))}
    assert found == {
        "synchronicity-china": "synchronous",
        "synchronicity-e-ahpba": "late_metachronous",
        "synchronicity-egoslim": "early_metachronous",
    }


def test_a_score_says_that_chemotherapy_voids_it() -> None:
    (fong,) = [score for score in classified(TUMOUR).scores if score.score == "fong-crs"]
    assert "chemotherapy" in fong.validity.en
    assert "ayez-2011-crs-neoadjuvant" in fong.sources
