"""Do the wishes of a separate file replace those they name, and only those?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pelvicrt.case import Case
from pelvicrt.foundation import UNKNOWN, InvalidInput
from pelvicrt.intake import load_case, load_preferences

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"


@pytest.fixture
def case() -> Case:
    read = load_case(EXAMPLE)
    return dataclasses.replace(read, preferences=dataclasses.replace(read.preferences, declines=("surgery",)))


def wishes(folder: Path, text: str) -> Path:
    path = folder / "wishes.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["avoid_stoma: 10\n", "preferences:\n  avoid_stoma: 10\n"])
def test_a_wish_named_in_the_file_replaces_the_one_of_the_case(text: str, case: Case, tmp_path: Path) -> None:
    assert load_preferences(wishes(tmp_path, text), case).preferences.avoid_stoma == 10


def test_a_refusal_the_file_does_not_name_is_kept(case: Case, tmp_path: Path) -> None:
    assert load_preferences(wishes(tmp_path, "avoid_stoma: 10\n"), case).preferences.declines == ("surgery",)


def test_a_wish_can_be_made_unknown(case: Case, tmp_path: Path) -> None:
    assert load_preferences(wishes(tmp_path, "avoid_stoma: unknown\n"), case).preferences.avoid_stoma is UNKNOWN


@pytest.mark.parametrize("text", ["avoid_stoma: 11\n", "avoid_stomas: 1\n", "- 1\n", "unknown\n"])
def test_a_wish_that_cannot_be_is_refused(text: str, case: Case, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="preferences"):
        load_preferences(wishes(tmp_path, text), case)
