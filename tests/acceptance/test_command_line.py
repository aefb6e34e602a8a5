"""What does a user see at the command line: answers, exit codes, clean JSON, nothing half-written?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pelvicrt.cli import main

EXAMPLE = str(Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml")


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["pelvicrt", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        seen = capsys.readouterr()
        return Ran(int(stop.value.code or 0), seen.out, seen.err)

    return call


def test_assess_prints_an_answer(run: Run) -> None:
    said = run("assess", EXAMPLE, "--draws", "100")
    assert said.code == 0
    assert "of 100" in said.out


def test_settling_from_more_draws_than_it_ends_at_is_refused(run: Run) -> None:
    said = run("assess", EXAMPLE, "--settle", "--draws", "16001")
    assert said.code == 2
    assert "16,000" in said.err


def test_assess_in_chinese_prints_chinese(run: Run) -> None:
    said = run("assess", EXAMPLE, "--draws", "100", "--lang", "zh")
    assert "每 100" in said.out or "100 位" in said.out


def test_json_on_stdout_is_only_json(run: Run) -> None:
    said = run("assess", EXAMPLE, "--draws", "100", "--format", "json")
    assert json.loads(said.out)["schema"] == "pelvicrt.assessment/1"


def test_the_same_seed_gives_the_same_bytes_apart_from_the_time(run: Run) -> None:
    first, second = (run("assess", EXAMPLE, "--draws", "100", "--format", "json").out for _ in range(2))
    a, b = json.loads(first), json.loads(second)
    a.pop("created_at")
    b.pop("created_at")
    assert json.dumps(a) == json.dumps(b)


def test_a_missing_file_is_invalid_input_named_by_path(run: Run) -> None:
    said = run("assess", "no-such-case.yaml")
    assert said.code == 3
    assert "no-such-case.yaml" in said.err


def test_a_wrong_option_is_a_usage_error(run: Run) -> None:
    assert run("assess", EXAMPLE, "--format", "docx").code == 2


def test_a_pdf_needs_a_file_name(run: Run) -> None:
    said = run("assess", EXAMPLE, "--format", "pdf")
    assert said.code == 2
    assert "-o report.pdf" in said.err


def test_a_bad_case_writes_nothing(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: pelvicrt.case/1\nid: x\nassessed_on: 2026-05-04\npatient: {age: old}\n", encoding="utf-8")
    target = tmp_path / "report.html"
    said = run("assess", str(bad), "--format", "html", "-o", str(target))
    assert said.code == 3
    assert "patient.age" in said.err
    assert list(tmp_path.iterdir()) == [bad]


def test_errors_speak_chinese_when_asked(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: pelvicrt.case/1\nid: x\nassessed_on: 2026-05-04\npatient: {age: old}\n", encoding="utf-8")
    assert "应填写" in run("assess", str(bad), "--lang", "zh").err


def test_dose_answers_the_worked_number(run: Run) -> None:
    said = run("dose", "--total", "25", "--fractions", "5", "--alpha-beta", "10", "--format", "json")
    answer = json.loads(said.out)
    assert (answer["bed_gy"], answer["eqd2_gy"]) == (pytest.approx(37.5), pytest.approx(31.25))


@pytest.mark.parametrize(
    "words",
    [
        ("assess",),
        ("case", "check"),
        ("case", "schema"),
        ("case", "template"),
        ("case", "import"),
        ("dose",),
        ("evidence", "list"),
        ("evidence", "show"),
        ("evidence", "check"),
        ("bench",),
        ("research", "value"),
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words, "--help")
    assert said.code == 0
    assert "Example: pelvicrt" in said.out


def test_the_evidence_library_is_sound(run: Run) -> None:
    said = run("evidence", "check")
    assert said.code == 0, said.err


def test_a_record_can_be_shown(run: Run) -> None:
    assert "25" in run("evidence", "show", "SC-25-del").out


def test_a_case_check_names_what_is_missing(run: Run, tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.yaml"
    sparse.write_text("schema: pelvicrt.case/1\nid: sparse\nassessed_on: 2026-05-04\n", encoding="utf-8")
    assert "molecular.mmr" in run("case", "check", str(sparse)).out


def test_preferences_of_a_file_replace_those_of_the_case(run: Run, tmp_path: Path) -> None:
    wishes = tmp_path / "wishes.yaml"
    wishes.write_text("organ_preservation: 0\navoid_stoma: 0\nlow_treatment_burden: 10\n", encoding="utf-8")
    base = ("assess", EXAMPLE, "--draws", "100", "--format", "json")
    plain, wished = run(*base), run(*base, "--preferences", str(wishes))
    assert wished.code == 0
    assert json.loads(plain.out)["strategies"] != json.loads(wished.out)["strategies"]
