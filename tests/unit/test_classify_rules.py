"""Does first match wins stay honest when a rule before the match cannot be decided?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pelvicrt.classify import dpyd_advice, surveillance_schedule
from pelvicrt.classify.findings import only_guideline
from pelvicrt.classify.rules import Facing, decide, reasons_of
from pelvicrt.evidence import Cited, Guideline, Library, Rule, Shelf, library
from pelvicrt.foundation import UNKNOWN, InternalError, InvalidInput, Text

DAY = dt.date(2026, 11, 22)


def rule(name: str, when: dict[str, Any], then: str) -> Rule:
    return Rule(
        id=name,
        when=when,
        then=then,
        text=Text(name, name),
        evidence=(Cited(source="pelvicrt-convention"),),
        grade="expert",
        mark="D",
    )


def guideline(*rules: Rule, otherwise: str | None = None, name: str = "made-up") -> Guideline:
    return Guideline(
        id=name,
        name=Text(name, name),
        question="pelvic_risk",
        population=Text("all", "全部"),
        from_m0=False,
        rules=rules,
        otherwise=otherwise,
        valid_from=DAY,
        checked_on=DAY,
    )


A = {"fact": "primary.emvi", "is": "present"}
B = {"fact": "primary.mrf_mm", "lt": 2}


def answer(made: Guideline, **known: Any) -> Any:
    given = {name.replace("__", "."): value for name, value in known.items()}
    return decide(made, Facing(lambda name: given.get(name, UNKNOWN)))


def test_an_undecided_rule_before_a_match_makes_it_unknown() -> None:
    found = answer(guideline(rule("first", A, "high"), rule("second", B, "low")), primary__mrf_mm=1)
    assert (found.value, found.missing) == ("unknown", ("primary.emvi",))


def test_an_undecided_rule_that_would_say_the_same_does_not_matter() -> None:
    found = answer(guideline(rule("first", A, "high"), rule("second", B, "high")), primary__mrf_mm=1)
    assert (found.value, found.missing) == ("high", ())


def test_an_undecided_rule_after_the_match_does_not_matter() -> None:
    made = guideline(rule("first", B, "high"), rule("second", A, "low"))
    assert answer(made, primary__mrf_mm=1).value == "high"


def test_an_undecided_rule_that_equals_the_remaining_value_does_not_matter() -> None:
    assert answer(guideline(rule("first", A, "low"), otherwise="low")).value == "low"


def test_no_rule_and_no_remaining_value_is_unknown() -> None:
    assert answer(guideline(rule("first", A, "high")), primary__emvi="absent").value == "unknown"


def test_a_rule_that_says_unknown_names_the_facts_that_made_it_hold() -> None:
    found = answer(guideline(rule("first", {"any": [A, B]}, "unknown")), primary__emvi="present", primary__mrf_mm=5)
    assert found.missing == ("primary.emvi",)


def test_known_lets_a_rule_pass_over_an_unrecorded_fact() -> None:
    when = {"all": [{"fact": "known.primary.emvi", "is": True}, A]}
    assert answer(guideline(rule("first", when, "high"), otherwise="low")).value == "low"


def test_a_remark_decides_nothing_and_names_what_it_misses() -> None:
    remark = rule("note", {"fact": "known.primary.emvi", "is": False}, "remark")
    found = answer(guideline(remark, otherwise="low"))
    assert (found.value, found.missing, [item.id for item in found.remarks]) == ("low", ("primary.emvi",), ["note"])


def test_a_rule_switched_off_is_not_asked() -> None:
    import dataclasses

    off = dataclasses.replace(rule("first", A, "high"), enabled=False)
    assert answer(guideline(off, otherwise="low"), primary__emvi="present").value == "low"


def test_a_derived_fact_is_missing_as_the_contract_facts_behind_it() -> None:
    found = answer(guideline(rule("first", {"fact": "derived.is_t4", "is": True}, "high"), otherwise="low"))
    assert found.missing == ("primary.ct",)


def test_the_reason_of_an_unknown_says_unknown_is_not_negative() -> None:
    made = guideline(rule("first", A, "high"), otherwise="low")
    (reason,) = reasons_of(made, answer(made))
    assert "Unknown, not negative: primary.emvi" in reason.text.en


class _TwoGuidelines(Library):
    """A library in which two files answer one question."""

    def shelf(self, kind: str) -> Shelf[Any]:
        twice = {name: guideline(otherwise="low", name=name) for name in ("one", "two")}
        return Shelf(kind, twice)


def test_two_guidelines_for_one_class_are_refused_by_name() -> None:
    with pytest.raises(InternalError, match="found one, two"):
        only_guideline(_TwoGuidelines(), "pelvic_risk")


def test_a_question_nobody_answers_is_refused() -> None:
    with pytest.raises(InternalError, match="found none"):
        only_guideline(library(), "no such question")


def test_a_rhythm_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match=r"found opra; expected one of .*surveillance-opra"):
        surveillance_schedule(rhythms=["opra"])


def test_dates_of_visits_follow_the_decision() -> None:
    first = surveillance_schedule(rhythms=["surveillance-opra"], decided_on=dt.date(2026, 1, 1))[0]
    assert (first.month, first.due_on) == (4, dt.date(2026, 5, 3))


def test_the_advice_of_a_wild_activity_score_names_its_source() -> None:
    assert dpyd_advice(lambda _name: 2.0).reasons[0].sources == ("cpic-dpyd-2017",)
