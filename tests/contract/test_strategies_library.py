"""Does every schedule, window, gate and strategy of the library hold together, and do the doses recompute?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from pelvicrt.case import FACT_NAMES
from pelvicrt.evidence import Rule, facts_of, library, parse
from pelvicrt.foundation import CLASSIFICATION_VALUES, STRATEGY_IDS
from pelvicrt.radiobiology import bed, eqd2
from pelvicrt.strategies.calendar import treatment_days
from pelvicrt.strategies.events import events_of
from pelvicrt.strategies.tags import tags_of

LIBRARY = library()
REGIMENS = list(LIBRARY.regimens)
RULES: list[Rule] = [rule for shelf in (LIBRARY.gates, LIBRARY.strategies) for item in shelf for rule in item.rules]
EXAMPLES = [(regimen, example) for regimen in REGIMENS for example in regimen.examples]
PLAN_FACTS = {"plan.strategy", "plan.regimen", "plan.family", "plan.tags"}
FOLLOW_UP = {"immunotherapy_review", "liver_imaging", "second_look", "pve", "stoma", "prior_rt"}
"""Events that stand in follow-up or in what was already given, so no strategy's step raises them."""

PRINTED_EQD2 = {  # specification, section D and E4: alpha/beta 10, then 3; two decimals unless printed otherwise
    "LC-50.4": (49.56, 48.38),
    "LC-50": (50.00, 50.00),
    "LC-45": (44.25, 43.20),
    "LC-SIB-55": (55.92, 57.20),
    "LC-SIB-52.5": (52.94, 53.55),
    "LC-SEQ-54": (53.10, 51.84),
    "LC-60": (60.00, 60.00),
    "SC-25-imm": (31.25, 40.00),
    "SC-25-del": (31.25, 40.00),
    "SC-25-SIB-30": (40.00, 54.00),
    "SC-2.5bid": (26.04, 27.50),
    "SC-2.9bid": (31.18, 34.22),
    "P-25": (31.25, 40.00),
    "P-30": (32.50, 36.00),
    "P-39": (42.25, 46.80),
    "P-8": (12.00, 17.60),
    "P-20": (23.33, 28.00),
    "RR-1.5bid": (37.38, 35.10),
    "RR-1.2bid": (38.08, 34.27),
    "RR-1.3bid": (36.73, 33.54),
}


@pytest.mark.parametrize(("regimen", "example"), EXAMPLES, ids=lambda item: getattr(item, "id", ""))
def test_the_doses_written_with_a_schedule_recompute(regimen: Any, example: Any) -> None:
    each = (regimen.boost_total_gy or regimen.total_gy) / regimen.fractions
    how = {"dose_per_fraction_gy": each, "fractions": regimen.fractions, **example.given}
    assert bed(**how).value_gy == pytest.approx(example.expect["bed_gy"], abs=0.0051)
    assert eqd2(**how).value_gy == pytest.approx(example.expect["eqd2_gy"], abs=0.0051)


@pytest.mark.parametrize("name", PRINTED_EQD2)
def test_the_doses_agree_with_the_specification(name: str) -> None:
    written = {example.given["alpha_beta_gy"]: example.expect["eqd2_gy"] for example in LIBRARY.regimens[name].examples}
    assert (written[10], written[3]) == pytest.approx(PRINTED_EQD2[name], abs=0.0101)


@pytest.mark.parametrize("regimen", [r for r in REGIMENS if r.lq_valid], ids=lambda r: r.id)
def test_every_schedule_shows_all_three_alpha_beta(regimen: Any) -> None:
    assert {example.given["alpha_beta_gy"] for example in regimen.examples} == {10, 5.06, 3}


@pytest.mark.parametrize("name", ["CXB", "HDR-boost"])
def test_contact_and_point_doses_are_never_converted(name: str) -> None:
    """Trap T7."""
    regimen = LIBRARY.regimens[name]
    assert not regimen.lq_valid
    assert not regimen.examples


def test_t14_the_contact_boost_is_90_gy_not_the_misprint() -> None:
    """Trap T14: one page prints 990 Gy in 3."""
    assert (LIBRARY.regimens["CXB"].total_gy, LIBRARY.regimens["CXB"].fractions) == (90, 3)


@pytest.mark.parametrize("regimen", REGIMENS, ids=lambda r: r.id)
def test_t14_no_schedule_lies_outside_plausible_doses(regimen: Any) -> None:
    """Trap T14: the range validator."""
    highest = LIBRARY.parameters["radiobiology.plausible.total_dose_max"].spread.a
    assert 0 < regimen.total_gy <= highest


@pytest.mark.parametrize("regimen", [r for r in REGIMENS if r.family != "brachytherapy"], ids=lambda r: r.id)
def test_the_length_written_is_that_of_a_monday_start(regimen: Any) -> None:
    assert regimen.duration_days == treatment_days(regimen.fractions, regimen.fractions_per_day, first_weekday=0)


@pytest.mark.parametrize("regimen", [r for r in REGIMENS if r.fractions_per_day > 1], ids=lambda r: r.id)
def test_two_fractions_a_day_are_six_hours_apart_at_least(regimen: Any) -> None:
    assert regimen.min_gap_hours >= 6


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_only_facts_that_exist(rule: Rule) -> None:
    classes = {f"class.{kind}" for kind in CLASSIFICATION_VALUES}
    assert facts_of(parse(rule.when)) <= set(FACT_NAMES) | classes | PLAN_FACTS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_compares_classes_with_values_they_can_have(rule: Rule) -> None:
    for kind, allowed in CLASSIFICATION_VALUES.items():
        for found in _values_of(rule.when, f"class.{kind}"):
            assert found in allowed


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_sources_that_exist(rule: Rule) -> None:
    assert rule.evidence
    assert all(LIBRARY.source_of(cited.source) for cited in rule.evidence)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.if_unknown == "covered"], ids=lambda rule: rule.id)
def test_a_rule_silent_on_the_unknown_says_who_speaks_for_it(rule: Rule) -> None:
    assert rule.note


def test_rule_ids_are_used_once() -> None:
    names = [rule.id for rule in RULES]
    assert len(names) == len(set(names))


def test_nothing_from_memory_drives_a_rule() -> None:
    drivers = [*RULES, *LIBRARY.regimens, *LIBRARY.windows]
    assert not [item.id for item in drivers if item.mark == "M" and item.enabled]


@pytest.mark.parametrize("item", [*REGIMENS, *LIBRARY.windows], ids=lambda item: item.id)
def test_schedules_and_windows_name_sources_that_exist(item: Any) -> None:
    assert all(LIBRARY.source_of(cited.source) for cited in item.evidence)


def test_the_thirteen_strategies_are_there() -> None:
    assert set(STRATEGY_IDS) <= {item.id for item in LIBRARY.strategies}


@pytest.mark.parametrize("window", list(LIBRARY.windows), ids=lambda window: window.id)
def test_a_window_speaks_about_events_that_happen(window: Any) -> None:
    raised = {event for s in LIBRARY.strategies for v in s.variants for step in v.steps for event in events_of(step)}
    assert {window.from_event.partition(".")[0], window.to_event.partition(".")[0]} <= raised | FOLLOW_UP


@pytest.mark.parametrize("window", list(LIBRARY.windows), ids=lambda window: window.id)
def test_a_window_is_ordered(window: Any) -> None:
    bounds = [window.min_days, *(window.preferred_days or ()), window.max_days]
    known = [bound for bound in bounds if bound is not None]
    assert known == sorted(known)


def test_only_the_agreed_windows_are_hard() -> None:
    hard = {window.id for window in LIBRARY.windows if window.hard}
    assert hard == {"scrt-tme-zone", "bevacizumab-surgery-hard", "surgery-bevacizumab-hard"}


def test_a_gate_speaks_about_tags_plans_can_have() -> None:
    known = {
        tag
        for s in LIBRARY.strategies
        for v in s.variants
        for tag in tags_of(s, v.steps, LIBRARY.regimens[v.regimen] if v.regimen else None)
    }
    assert {tag for gate in LIBRARY.gates for tag in gate.applies_to} <= known


def test_no_strategy_plans_concurrent_drugs_other_than_fluoropyrimidines() -> None:
    """Section D, rule 1: oxaliplatin, anti-EGFR or bevacizumab never run with long course outside a trial."""
    forbidden = re.compile("oxaliplatin|cetuximab|panitumumab|bevacizumab")
    assert not [r.id for r in REGIMENS if r.concurrent and forbidden.search(r.concurrent.en)]


def _values_of(raw: Any, fact: str) -> list[Any]:
    if "fact" not in raw:
        return [value for part in next(iter(raw.values())) for value in _values_of(part, fact)]
    if raw["fact"] != fact:
        return []
    return raw["in"] if "in" in raw else [raw["is"]]
