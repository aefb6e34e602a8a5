"""T17: age is no exclusion; the same patient is classed the same at any age."""

from __future__ import annotations

import pytest
from tests.support.classify_facts import classified

from pelvicrt.evidence import facts_of, library, parse

FIT = {"patient.ecog": 0, "patient.clinical_frailty_scale": 2, "patient.asa": 2}


@pytest.mark.parametrize("age", [19, 60, 75, 89, 99])
def test_a_fit_patient_is_fit_at_any_age(age: int) -> None:
    assert classified({**FIT, "patient.age": age}).fitness.value == "fit"


@pytest.mark.parametrize("age", [19, 99])
def test_an_unassessed_patient_is_unknown_at_any_age(age: int) -> None:
    assert classified({"patient.age": age}).fitness.value == "unknown"


def test_no_classification_rule_reads_age() -> None:
    read = {name for item in library().guidelines for rule in item.rules for name in facts_of(parse(rule.when))}
    assert "patient.age" not in read
