"""What was read once is kept, and never outlives the files it was read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelvicrt.evidence.kept import kept


def _file(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _never() -> str:
    pytest.fail("read again")


def test_unchanged_files_are_not_read_again(tmp_path: Path) -> None:
    path = _file(tmp_path, "one")
    kept("x", [path], lambda: "records", folder=tmp_path)
    assert kept("x", [path], _never, folder=tmp_path) == "records"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    kept("x", [_file(tmp_path, "one")], lambda: "old", folder=tmp_path)
    assert kept("x", [_file(tmp_path, "two")], lambda: "new", folder=tmp_path) == "new"


def test_what_older_files_left_is_taken_away(tmp_path: Path) -> None:
    for text in ("one", "two"):
        kept("x", [_file(tmp_path, text)], lambda: "any", folder=tmp_path)
    assert len(list(tmp_path.glob("library-x-*.pickle"))) == 1


def test_a_damaged_store_is_read_past(tmp_path: Path) -> None:
    path = _file(tmp_path, "one")
    kept("x", [path], lambda: "records", folder=tmp_path)
    next(tmp_path.glob("*.pickle")).write_bytes(b"\x80")
    assert kept("x", [path], lambda: "again", folder=tmp_path) == "again"


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = _file(tmp_path, "one")
    assert kept("x", [blocked], lambda: "records", folder=blocked) == "records"
