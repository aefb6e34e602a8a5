"""Does every published case assess, with the course its team took among the candidates?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pelvicrt.assessment import Assessment, assess
from pelvicrt.intake import load_case

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "published"
COURSES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "courses.yaml").read_text(encoding="utf-8"))


@cache
def assessed(case_id: str) -> Assessment:
    return assess(load_case(FOLDER / f"{case_id}.yaml"), draws=100, seed=1)


def test_every_published_case_has_a_course() -> None:
    assert {row["case"] for row in COURSES} == {path.stem for path in FOLDER.glob("CR-*.yaml")}


@pytest.mark.parametrize("row", COURSES, ids=lambda row: row["case"])
def test_it_assesses_and_says_something_of_every_candidate(row: dict[str, Any]) -> None:
    answer = assessed(row["case"])
    assert answer.strategies
    assert all(item.candidate.reasons or item.candidate.missing for item in answer.strategies)


@pytest.mark.parametrize("row", [row for row in COURSES if row["in_scope"]], ids=lambda row: row["case"])
def test_the_course_the_team_took_is_among_the_candidates(row: dict[str, Any]) -> None:
    offered = {item.candidate.strategy for item in assessed(row["case"]).strategies}
    assert set(row["course"]) <= offered


@pytest.mark.parametrize("row", [row for row in COURSES if row["in_scope"]], ids=lambda row: row["case"])
def test_a_course_that_is_not_open_says_why_or_what_is_missing(row: dict[str, Any]) -> None:
    for item in assessed(row["case"]).strategies:
        if item.candidate.strategy in row["course"] and item.ranked.status not in {"recommended", "acceptable"}:
            assert item.candidate.missing or any(r.direction in {"against", "block"} for r in item.candidate.reasons)


@pytest.mark.parametrize("case_id", ["CR-019", "CR-023"])
def test_a_case_out_of_scope_is_told_so(case_id: str) -> None:
    said = " ".join(text.en for text in assessed(case_id).warnings)
    assert "scope" in said
