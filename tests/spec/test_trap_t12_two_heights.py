"""T12: height above the anal verge and above the anorectal junction are two facts; neither is computed from the other."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pelvicrt.case import DERIVED_FACTS, Case, Facts, Primary, inputs_of, unknown_facts
from pelvicrt.foundation import UNKNOWN
from pelvicrt.intake import dump_case, parse_case

DAY = dt.date(2026, 5, 4)
VERGE, JUNCTION = "primary.distance_anal_verge_cm", "primary.distance_anorectal_junction_cm"


@given(height=st.floats(0, 20))
def test_t12_the_verge_height_never_fills_the_junction_height(height: float) -> None:
    facts = Facts(Case(id="a", assessed_on=DAY, primary=Primary(distance_anal_verge_cm=height)))
    assert facts.get(VERGE) == height
    assert facts.get(JUNCTION) is UNKNOWN


@given(height=st.floats(0, 20))
def test_t12_the_junction_height_never_fills_the_verge_height(height: float) -> None:
    facts = Facts(Case(id="a", assessed_on=DAY, primary=Primary(distance_anorectal_junction_cm=height)))
    assert facts.get(JUNCTION) == height
    assert facts.get(VERGE) is UNKNOWN


def test_t12_the_height_that_is_missing_is_named() -> None:
    case = Case(id="a", assessed_on=DAY, primary=Primary(distance_anorectal_junction_cm=3))
    assert VERGE in unknown_facts(case)
    assert JUNCTION not in unknown_facts(case)


def test_t12_no_derived_fact_reads_a_height() -> None:
    assert not [name for name in DERIVED_FACTS if {VERGE, JUNCTION} & set(inputs_of(name))]


def test_t12_writing_and_reading_a_case_keeps_the_missing_height_missing() -> None:
    case = Case(id="a", assessed_on=DAY, primary=Primary(distance_anal_verge_cm=6))
    assert parse_case(dump_case(case), file="f").primary.distance_anorectal_junction_cm is UNKNOWN
