"""Does a check name every missing fact and what waits for it?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pelvicrt.case import FACT_NAMES, Case, LateralNode, unknown_facts, with_fact
from pelvicrt.foundation import STRATEGY_IDS, UNKNOWN
from pelvicrt.intake import CaseCheck, check_case, load_case

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"


@pytest.fixture(scope="module")
def without_two() -> tuple[Case, CaseCheck]:
    case = load_case(EXAMPLE)
    for fact in ("molecular.mmr", "primary.emvi"):
        case = with_fact(case, fact, UNKNOWN)
    case = with_fact(case, "primary.lateral_nodes", (LateralNode(side="left"),))
    return case, check_case(case)


def test_every_missing_fact_is_named_once(without_two: tuple[Case, CaseCheck]) -> None:
    case, check = without_two
    names = [item.fact for item in check.missing]
    assert sorted(names) == sorted(unknown_facts(case))


def test_mismatch_repair_holds_up_its_class_and_the_curative_strategies(without_two: tuple[Case, CaseCheck]) -> None:
    first = next(item for item in without_two[1].missing if item.fact == "molecular.mmr")
    assert "mmr" in first.blocks_classes
    assert {"scrt_chemo_surgery", "liver_first", "immunotherapy_first"} <= set(first.blocks_strategies)


def test_missing_emvi_is_essential(without_two: tuple[Case, CaseCheck]) -> None:
    emvi = next(item for item in without_two[1].missing if item.fact == "primary.emvi")
    assert emvi.essential
    assert "pelvis" in emvi.blocks_classes


def test_a_fact_no_rule_reads_is_useful_only(without_two: tuple[Case, CaseCheck]) -> None:
    travel = next(item for item in without_two[1].useful if item.fact == "preferences.travel_km")
    assert travel.read_by == ()


def test_what_holds_up_most_comes_first(without_two: tuple[Case, CaseCheck]) -> None:
    counts = [len(item.blocks_strategies) for item in without_two[1].missing]
    assert counts == sorted(counts, reverse=True)


def test_blocked_strategies_are_strategies(without_two: tuple[Case, CaseCheck]) -> None:
    blocked = {strategy for item in without_two[1].missing for strategy in item.blocks_strategies}
    assert blocked <= set(STRATEGY_IDS)


def test_the_supplier_of_emvi_is_radiology(without_two: tuple[Case, CaseCheck]) -> None:
    emvi = next(item for item in without_two[1].missing if item.fact == "primary.emvi")
    assert "radiology" in emvi.supplier.en


def test_an_empty_case_misses_every_fact() -> None:
    check = check_case(Case(id="a", assessed_on=dt.date(2026, 5, 4)))
    assert check.recorded == 0
    assert len(check.missing) == len([name for name in FACT_NAMES if not name.startswith("derived.")])


@pytest.mark.parametrize(("lang", "words"), [("en", "waiting for it"), ("zh", "错配修复状态")])
def test_the_check_reads_as_lines_in_both_languages(lang: Any, words: str, without_two: tuple[Case, CaseCheck]) -> None:
    assert any("molecular.mmr" in line and words in line for line in without_two[1].lines(lang))
