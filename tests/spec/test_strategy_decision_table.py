"""Does every gate and rule change the strategies' statuses as sections B and C of the specification say?"""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import decisions

from pelvicrt.classify import classify
from pelvicrt.evidence import library
from pelvicrt.foundation import CLASSIFICATION_VALUES, STATUSES

CELLS = [(row["id"], key, wanted) for row in decisions.ROWS for key, wanted in row["expect"].items()]
PREFERRED = [(row["id"], key) for row in decisions.ROWS for key in row.get("preferred", [])]
ASKED = [row for row in decisions.ROWS if "missing" in row]
NAMES = [row["id"] for row in decisions.ROWS]


@pytest.mark.parametrize(("row", "key", "wanted"), CELLS, ids=[f"{row}-{key}" for row, key, _ in CELLS])
def test_the_status_is_as_the_table_says(row: str, key: str, wanted: Any) -> None:
    allowed = set(wanted) if isinstance(wanted, list) else {wanted}
    assert allowed <= set(STATUSES)
    found = {plan.key: plan.status for plan in decisions.matching(row, key)}
    assert found, "the table names a plan that is not offered"
    assert set(found.values()) <= allowed, found


@pytest.mark.parametrize(("row", "key"), PREFERRED, ids=[f"{row}-{key}" for row, key in PREFERRED])
def test_the_preferred_plan_is_marked_with_a_sourced_reason(row: str, key: str) -> None:
    plans = decisions.matching(row, key)
    assert plans
    assert all(plan.preferred for plan in plans)
    assert all(any(r.direction == "for" and r.sources for r in plan.reasons) for plan in plans)


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row["id"])
def test_what_blocks_is_named_as_missing(row: dict[str, Any]) -> None:
    blocked = [plan for plan in decisions.plans(row["id"]) if plan.status == "needs_information"]
    asked = blocked or [plan for plan in decisions.plans(row["id"]) if plan.status == "conditional"]
    assert asked
    assert any(row["missing"] in plan.missing for plan in asked)


@pytest.mark.parametrize("name", NAMES)
def test_no_plan_is_closed_or_conditional_without_a_reason(name: str) -> None:
    silent = [
        plan.key
        for plan in decisions.plans(name)
        if plan.status != "acceptable" and not any(r.direction in {"against", "block"} for r in plan.reasons)
    ]
    assert not silent


@pytest.mark.parametrize("name", NAMES)
def test_only_open_plans_are_preferred(name: str) -> None:
    assert not [p.key for p in decisions.plans(name) if p.preferred and p.status not in {"acceptable", "conditional"}]


@pytest.mark.parametrize("row", decisions.ROWS, ids=NAMES)
def test_every_row_speaks_both_languages(row: dict[str, Any]) -> None:
    assert set(row["says"]) == {"en", "zh"}


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_calls_a_plan_recommended(name: str) -> None:
    """Weighing outcomes may raise an acceptable plan; the rules alone never do."""
    assert "recommended" not in {plan.status for plan in decisions.plans(name)}


@pytest.mark.parametrize("row", decisions.ROWS, ids=NAMES)
def test_the_classifier_gives_the_classes_the_row_states(row: dict[str, Any]) -> None:
    found = classify(decisions.patient(row), library())
    stated = {**decisions.BASE["classes"], **row.get("classes", {})}
    assert {kind: getattr(found, kind).value for kind in CLASSIFICATION_VALUES} == stated


def test_unknown_mismatch_repair_leaves_nothing_open_and_says_why() -> None:
    """Trap T1 and section B2."""
    plans = decisions.plans("mmr-unknown")
    assert not [plan.key for plan in plans if plan.status in {"acceptable", "recommended"}]
    assert all(any("ismatch repair" in reason.text.en for reason in plan.reasons) for plan in plans)


def test_the_age_of_a_fit_patient_changes_no_status() -> None:
    """Trap T17."""
    young, old = decisions.plans("base"), decisions.plans("old-but-fit")
    assert [(p.key, p.status) for p in young] == [(p.key, p.status) for p in old]
