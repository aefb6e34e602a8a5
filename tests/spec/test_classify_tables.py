"""Do the decision tables of the seven classes hold, row by row?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.classify_facts import classified

TABLES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "classify_tables.yaml").read_text(encoding="utf-8"))
ROWS = [(kind, row) for kind, table in TABLES.items() for row in table["rows"]]
IDS = [f"{kind}: {row['name']}" for kind, row in ROWS]


def given(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    known = {**TABLES[kind]["base"], **row["facts"]}
    return {name: value for name, value in known.items() if value is not None}


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=IDS)
def test_the_class_is_the_one_of_the_table(kind: str, row: dict[str, Any]) -> None:
    assert getattr(classified(given(kind, row)), kind).value == row["value"]


@pytest.mark.parametrize(("kind", "row"), [pair for pair in ROWS if "missing" in pair[1]])
def test_what_is_missing_is_named(kind: str, row: dict[str, Any]) -> None:
    assert set(row["missing"]) <= set(getattr(classified(given(kind, row)), kind).missing)


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=IDS)
def test_every_class_gives_a_reason_with_a_source(kind: str, row: dict[str, Any]) -> None:
    reasons = getattr(classified(given(kind, row)), kind).reasons
    assert reasons
    assert all(reason.sources for reason in reasons)


@pytest.mark.parametrize(("kind", "row"), [pair for pair in ROWS if pair[1]["value"] == "unknown"])
def test_an_unknown_class_never_comes_without_a_missing_fact(kind: str, row: dict[str, Any]) -> None:
    assert getattr(classified(given(kind, row)), kind).missing
