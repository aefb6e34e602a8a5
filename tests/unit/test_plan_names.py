"""Are structure names read as what they are, proposed when near, and never guessed?"""

from __future__ import annotations

import pytest

from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput
from pelvicrt.plans.names_file import read_names, write_names
from pelvicrt.plans.naming import name_structures
from pelvicrt.plans.targets import read_target


def _one(name, **options):
    return name_structures([name], library=library(), **options)[0]


@pytest.mark.parametrize(
    ("name", "tg263"),
    [
        ("Bowel_Bag", "Bag_Bowel"),
        ("bowelbag", "Bag_Bowel"),
        ("Tarmsekk", "Bag_Bowel"),
        ("肠袋", "Bag_Bowel"),
        ("Small Bowel", "Bowel_Small"),
        ("Bowel loops, small", "Bowel_Small"),
        ("Tynntarm", "Bowel_Small"),
        ("Dünndarm", "Bowel_Small"),
        ("小肠", "Bowel_Small"),
        ("Blære", "Bladder"),
        ("Harnblase", "Bladder"),
        ("膀胱", "Bladder"),
        ("FemHead_Lt", "Femur_Head_L"),
        ("LFemoralHead", "Femur_Head_L"),
        ("L_Head_Femur", "Femur_Head_L"),
        ("LFH", "Femur_Head_L"),
        ("FemurHeadNeck_R", "Femur_Head_R"),
        ("vertebrae_L5", "VB_L5"),
        ("urinary_bladder", "Bladder"),
        ("Caput femoris v", "Femur_Head_L"),
        ("caput femoris h.", "Femur_Head_R"),
        ("Hüftkopf li", "Femur_Head_L"),
        ("Hüftkopf_re", "Femur_Head_R"),
        ("股骨头（右）", "Femur_Head_R"),
        ("左侧股骨头", "Femur_Head_L"),
        ("Left Femur", "Femur_L"),
        ("Collum femoris dx", "Femur_Neck_R"),
        ("Rektum", "Rectum"),
        ("Anal canal", "Canal_Anal"),
        ("BODY", "External"),
        ("LSBM", "VB_L5+Sacrum"),
        ("pelvic bone marrow", "BoneMarrow^Pelvis"),
        ("R_Int_Iliac_LN", "LN_Iliac_Int_R"),
        ("ptv", "PTV"),
        ("PTVp_50", "PTVp_5000"),
        ("PTV 50.4 Gy", "PTV_5040"),
        ("CTV45", "CTV_4500"),
        ("计划靶区", "PTV"),
    ],
)
def test_a_word_of_the_table_is_read(name, tg263):
    found = _one(name)

    assert (found.tg263, found.way) == (tg263, "synonym")


@pytest.mark.parametrize(
    "name", ["Femur_Head_L", "Bag_Bowel", "BoneMarrow^Pelvis", "PTV_5000", "CTVn", "GTVp1", "External"]
)
def test_a_standard_name_is_read_as_itself(name):
    found = _one(name)

    assert (found.tg263, found.way) == (name, "exact")


@pytest.mark.parametrize(
    ("name", "near"),
    [("Blader", "Bladder"), ("Femorl head left", "Femur_Head_L"), ("Rectm", "Rectum"), ("Sacurm", "Sacrum")],
)
def test_a_name_that_only_resembles_is_proposed_and_not_used(name, near):
    found = _one(name)

    assert (found.tg263, found.way, found.proposals[0].tg263) == (None, "proposed", near)


@pytest.mark.parametrize(
    "name",
    [
        "Femur_H",  # the right femur in Norwegian, its head elsewhere
        "hip_left",  # the hip bone to one segmenting tool, the joint or the head to others
        "PB",
        "AnoRectum",
        "Ovaries",
        "Femoral head",
        "Femoral heads",
        "双侧股骨头",
        "Bladder_L",
        "Bladder-PTV",
        "Bladder_PRV05",
        "Rectum~",
        "zPTV_ring",
        "_Bladder",
        "PTV_ring",
        "PTV-03",
        "Rectal tumour",
        "直肠肿瘤",
        "GTV_rectum",
        "CTVn_L",
        "PTV_50_4",  # 50.4 Gy, or 50 Gy and something else
        "PTV 25/5",
        "Lumbosacral plexus",
        "Proximal femur L",
        "Tumour bed",
        "couch",
    ],
)
def test_what_could_mean_two_things_or_none_is_neither_used_nor_proposed(name):
    found = _one(name)

    assert (found.tg263, found.way, found.proposals, found.kind) == (None, "unknown", (), "unknown")


def test_a_paired_name_without_a_side_asks_for_the_side():
    assert "confirm the left or the right" in _one("Femoral head").said.say("en")


def test_a_confirmed_name_is_used():
    found = _one("Blader", confirmed={"Blader": "Bladder"})

    assert (found.tg263, found.way, found.kind) == ("Bladder", "confirmed", "organ")


def test_a_structure_the_user_leaves_out_is_not_used():
    found = _one("Bladder", confirmed={"Bladder": "none"})

    assert (found.tg263, found.way) == (None, "left_out")


def test_two_structures_of_one_name_are_both_left_until_one_is_confirmed():
    first, second = name_structures(["Bladder", "Blære"], library=library())

    assert (first.tg263, second.tg263) == (None, None)
    assert first.said.say("en") == "Blære reads as Bladder too: neither is used until one is confirmed"
    assert first.said.say("zh") == "Blære 也读作 Bladder：确认其一之前均不使用"


def test_confirming_one_of_two_lets_it_be_used_and_the_other_not():
    first, second = name_structures(["Rectum", "Rektum"], library=library(), confirmed={"Rektum": "Rectum"})

    assert (first.tg263, second.tg263) == (None, "Rectum")


def test_two_structures_spelt_alike_are_not_used_even_when_confirmed():
    first, second = name_structures(["Bladder", "Bladder"], library=library(), confirmed={"Bladder": "Bladder"})

    assert (first.tg263, second.tg263) == (None, None)


def test_a_confirmed_name_nobody_knows_is_refused_with_near_ones():
    with pytest.raises(InvalidInput, match=r"found 'Femur_Hed_L'; expected .* near: .*Femur_Head_L") as caught:
        _one("x", confirmed={"x": "Femur_Hed_L"})
    assert "相近" in caught.value.message.zh


def test_confirming_the_other_side_is_refused():
    with pytest.raises(InvalidInput, match=r"structure's own name states \(left\)"):
        _one("Hofteledd venstre", confirmed={"Hofteledd venstre": "Femur_Head_R"})


def test_one_name_confirmed_for_two_structures_is_refused():
    with pytest.raises(InvalidInput, match="confirmed for one structure only; A has it"):
        name_structures(["A", "B"], library=library(), confirmed={"A": "Bladder", "B": "Bladder"})


def test_the_dose_of_a_target_is_read_in_gy():
    assert (_one("PTV_5040").dose_in_name_gy, _one("CTV45").dose_in_name_gy, _one("PTV").dose_in_name_gy) == (
        50.4,
        45.0,
        None,
    )


@pytest.mark.parametrize("name", ["PTV_10", "PTV-45", "PTV_25x5", "CTV_E_46", "PTV_120"])
def test_a_number_that_may_be_no_dose_is_not_read_as_one(name):
    assert read_target(name).read < 1


def test_the_names_file_written_and_read_back_changes_nothing(tmp_path):
    names = ["Bladder", 'odd: "name" #1', "Blader", "on", "12", "膀胱壁", "Femoral head left"]
    named = name_structures(names, library=library())
    path = tmp_path / "names.yaml"

    write_names(path, named)

    assert name_structures(names, library=library(), confirmed=read_names(path)) == named


def test_the_names_file_shows_proposals_as_comments(tmp_path):
    path = tmp_path / "names.yaml"

    write_names(path, name_structures(["Blader"], library=library()))

    assert '  "Blader":  # Bladder (85.7 %) · only resembles' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names: [Bladder]", "names.yaml: names: found list; expected structure names in quotes"),
        ("other: {}", "found other; expected one key, names"),
        ("names: {A: 5}", r"names\.A: found 5; expected a TG-263 name, none, or nothing"),
        ("names: {A: Blader}", r"names\.A: found 'Blader'; expected .*Bladder"),
        ("names: {A: Bladder, A: Rectum}", "found ConstructorError; expected valid YAML in which no name stands twice"),
        ("names: {A: Bladder, B: Bladder}", "confirmed for one structure only"),
    ],
)
def test_a_names_file_that_cannot_be_meant_is_refused(tmp_path, text, message):
    path = tmp_path / "names.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=message):
        read_names(path)


def test_a_names_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="expected a names file that can be read"):
        read_names(tmp_path / "none.yaml")
