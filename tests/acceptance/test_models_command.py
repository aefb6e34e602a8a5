"""`pelvicrt simulate` at the command line: the documented commands run, JSON keeps its contract, errors their codes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.support.model_files import a_file

from pelvicrt.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "simulate-a-model.md"
COMMANDS = re.findall(r"^pelvicrt (simulate .*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
EXAMPLE = str(ROOT / "examples" / "models" / "illness-death.yaml")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["pelvicrt", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        seen = capsys.readouterr()
        return int(stop.value.code or 0), seen.out, seen.err

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_a_documented_command_runs(run, command: str) -> None:
    code, out, _ = run(*command.split())
    assert (code, bool(out)) == (0, True)


def test_json_has_the_keys_of_the_contract(run) -> None:
    _, out, _ = run("simulate", EXAMPLE, "--draws", "30", "--patients", "2", "--format", "json")
    answer = json.loads(out)
    assert {"engine", "draws", "strategies", "voi", "seconds", "hash", "seed"} <= set(answer)
    assert [set(item) for item in answer["strategies"]] == [{"id", "life_years", "qalys", "cost"}] * 2
    assert {"mean", "se", "low", "high"} <= set(answer["strategies"][0]["cost"])


def test_perfect_information_is_worth_what_the_best_strategy_may_lose(run) -> None:
    _, out, _ = run("simulate", EXAMPLE, "--draws", "60", "--patients", "2", "--format", "json")
    voi = json.loads(out)["voi"]
    assert voi["evpi"] == pytest.approx(min(voi["expected_loss"].values()))


def test_the_same_command_gives_the_same_numbers(run) -> None:
    words = ("simulate", EXAMPLE, "--draws", "20", "--patients", "2", "--format", "json")
    first, second = (json.loads(run(*words)[1]) for _ in range(2))
    assert [first["strategies"], first["hash"]] == [second["strategies"], second["hash"]]


def test_chinese_is_chinese(run) -> None:
    _, out, _ = run("simulate", EXAMPLE, "--draws", "5", "--patients", "1", "--lang", "zh")
    assert "质量调整生命年" in out


def test_a_wrong_file_ends_with_code_3_and_no_output_file(run, tmp_path: Path) -> None:
    path, output = a_file(tmp_path, horizon=-1), tmp_path / "out.json"
    code, out, err = run("simulate", str(path), "-o", str(output))
    assert (code, out, output.exists()) == (3, "", False)
    assert "horizon: found -1; expected a number above 0" in err


def test_an_output_file_holds_the_answer(run, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    run("simulate", str(a_file(tmp_path)), "--format", "json", "-o", str(output))
    assert json.loads(output.read_text())["engine"] == "solver"


def test_an_output_in_no_folder_is_a_wrong_call(run, tmp_path: Path) -> None:
    code, _, _ = run("simulate", str(a_file(tmp_path)), "-o", str(tmp_path / "none" / "out.json"))
    assert code == 2


def test_no_model_is_a_wrong_call(run) -> None:
    assert run("simulate")[0] == 2


@pytest.mark.parametrize("name", ["illness-death.yaml", "w1.yaml"])
def test_examples_fit_the_printed_schema(run, name: str) -> None:
    schema = json.loads(run("simulate", "--schema")[1])
    content = yaml.safe_load((ROOT / "examples" / "models" / name).read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(content)), schema)
