"""Laws of reading names: no side changes, nothing near is used, every spelling stands for one structure."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelvicrt.evidence import library
from pelvicrt.plans.naming import known_name, name_structures
from pelvicrt.plans.reading_names import side_of

SPELLINGS = sorted(
    (record.tg263, record.paired, word)
    for record in library().structures
    for listed, word in record.spellings
    if listed not in ("left", "right")
)
SIDES = {
    "L": ("_L", " left", " Lt", "左", "_venstre", " links"),
    "R": ("_R", " right", " Rt", "右", "_høyre", " rechts"),
}
PAIRED = [item for item in SPELLINGS if item[1]]


def _one(name):
    return name_structures([name], library=library())[0]


def test_every_spelling_is_read_as_its_own_structure():
    wrong = [
        (word, found.tg263)
        for tg263, paired, word in SPELLINGS
        for found in [_one(f"{word}_R" if paired else word)]
        if found.tg263 != (f"{tg263}_R" if paired else tg263)
    ]

    assert wrong == []


@pytest.mark.parametrize(("side", "mark"), [(side, mark) for side, marks in SIDES.items() for mark in marks])
def test_a_side_is_kept_in_every_language(side, mark):
    wrong = [
        (word, _one(word + mark).tg263) for tg263, _, word in PAIRED if _one(word + mark).tg263 != f"{tg263}_{side}"
    ]

    assert wrong == []


@settings(max_examples=300, deadline=None)
@given(
    item=st.sampled_from(SPELLINGS),
    mark=st.sampled_from(["", *itertools.chain(*SIDES.values())]),
    place=st.integers(0, 30),
    letter=st.sampled_from("abeilnorst_ "),
    change=st.sampled_from(["insert", "replace", "drop", "swap"]),
)
def test_a_misspelt_name_is_never_proposed_for_the_other_side(item, mark, place, letter, change):
    word = item[2]
    at = place % len(word)
    typed = {
        "insert": word[:at] + letter + word[at:],
        "replace": word[:at] + letter + word[at + 1 :],
        "drop": word[:at] + word[at + 1 :],
        "swap": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[change]
    found = _one(typed + mark)

    for name in [each.tg263 for each in found.proposals] + ([found.tg263] if found.tg263 else []):
        if side_of(typed + mark) is not None:
            assert side_of(name) == side_of(typed + mark)
        elif known_name(name, library()) != "target" and not name.endswith(("_L", "_R")):
            assert side_of(name) is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_answered_and_only_sure_names_are_used(name):
    found = _one(name)

    assert (found.tg263 is None) == (found.way in ("proposed", "unknown", "doubly"))
    assert found.tg263 is None or known_name(found.tg263, library()) == found.kind


KEPT_APART = [
    ("Bag_Bowel", "Bowel_Small"),
    ("Bag_Bowel", "Spc_Bowel"),
    ("Bowel_Small", "Bowel_Large"),
    ("Bowel", "Bowel_Small"),
    ("Femur_L", "Femur_Head_L"),
    ("Femur_Neck_L", "Femur_Head_L"),
    ("Femur_Head_L", "Femur_Head_R"),
    ("Rectum", "Mesorectum"),
    ("Rectum", "Canal_Anal"),
    ("Bladder", "Bladder_Wall"),
    ("Sacrum", "SacralPlex"),
    ("VB_S1", "VB_S2"),
    ("VB_L5", "VB_L5+Sacrum"),
    ("Bone_Ilium_L", "Ileum"),
    ("BoneMarrow", "BoneMarrow_Act"),
    ("LN_Iliac_Int_L", "LN_Iliac_Ext_L"),
    ("Uterus", "Ureter_L"),
    ("Vagina", "Vulva"),
    ("Peritoneum", "Perineum"),
    ("Prostate", "ProstateBed"),
]


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_neighbours_are_never_read_or_proposed_for_each_other(one, other):
    base, away = one.removesuffix("_L"), other
    spelt = [f"{word}_L" if paired else word for tg263, paired, word in SPELLINGS if tg263 == base]
    readings = [_one(word) for word in spelt]

    assert away not in {found.tg263 for found in readings} | {
        each.tg263 for found in readings for each in found.proposals
    }
