"""T18: no licensed guideline or questionnaire text stands in the repository, and a pasted one is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pelvicrt.evidence import check_library, library
from pelvicrt.evidence.licence import copied, restricted_ids

ROOT = Path(__file__).resolve().parents[2]


def test_t18_sources_with_restricted_texts_are_known_as_such() -> None:
    restricted = restricted_ids(dict(library().sources.by_id))
    assert {"nccn-rectal-2026", "eortc-qlq-c30-manual"} <= restricted


def test_t18_no_record_of_the_library_copies() -> None:
    assert not [problem for problem in check_library(library()) if "words" in problem.expected.en]


@pytest.mark.parametrize("guideline", ["nccn-rectal-2026"])
def test_t18_a_long_pasted_passage_on_a_restricted_source_is_refused(guideline: str) -> None:
    record = library().guidelines[guideline]
    rule = record.rules[0]
    pasted = dataclasses.replace(rule.text, en="word " * 400)
    tampered = dataclasses.replace(record, rules=(dataclasses.replace(rule, text=pasted), *record.rules[1:]))
    assert list(copied(tampered, restricted={guideline}))


def test_t18_no_questionnaire_items_are_shipped() -> None:
    """EORTC item texts begin with the same few words in every language edition; none may stand in a data file."""
    signs = ("during the past week", "do you have any trouble")
    found = [
        path.name
        for path in (ROOT / "src").rglob("*.yaml")
        if any(sign in path.read_text(encoding="utf-8").lower() for sign in signs) and path.name != "plausible.yaml"
    ]
    assert not found
