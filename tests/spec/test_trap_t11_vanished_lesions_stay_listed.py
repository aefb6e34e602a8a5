"""T11: liver lesions that vanished on imaging are not dropped from the list."""

from __future__ import annotations

import datetime as dt

import pytest

from pelvicrt.case import Case, Facts, Liver, TreatedStep
from pelvicrt.classify import classify
from pelvicrt.foundation import is_known

DAY = dt.date(2026, 5, 4)


def cautions(**liver: object) -> set[str]:
    case = Case(id="t11", assessed_on=DAY, liver=Liver(**liver), treated_so_far=(TreatedStep(step="systemic"),))
    return {caution.id for caution in classify(case).cautions}


def test_t11_vanished_lesions_raise_a_caution_that_keeps_them_on_the_map() -> None:
    assert "vanished_lesions" in cautions(lesion_count=3, disappeared_lesions=2)


def test_t11_no_caution_when_it_is_recorded_that_none_vanished() -> None:
    assert "vanished_lesions" not in cautions(lesion_count=3, disappeared_lesions=0)


@pytest.mark.parametrize("vanished", [2])
def test_t11_a_liver_whose_lesions_all_vanished_is_not_called_free_of_metastases(vanished: int) -> None:
    case = Case(id="t11", assessed_on=DAY, liver=Liver(lesion_count=0, disappeared_lesions=vanished))
    present = Facts(case).get("derived.liver_present")
    assert not is_known(present) or present is True
    assert classify(case).liver.value != "none"
