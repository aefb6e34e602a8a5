"""A region from the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from tests.support.population_specs import write_region
from typer.testing import CliRunner

from pelvicrt.cli.app import app

runner = CliRunner()


def run(*words):
    return runner.invoke(app, ["research", "population", *map(str, words)])


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    return write_region(tmp_path_factory.mktemp("region"), patients=4)


def test_json_on_stdout_is_only_json(spec) -> None:
    answer = json.loads(run(spec, "--format", "json").stdout)
    assert answer["schema"] == "pelvicrt.population_result/1"
    assert [policy["id"] for policy in answer["policies"]] == ["practice", "short_course", "advice"]


def test_the_page_says_outcomes_use_differences_and_speed(spec) -> None:
    text = run(spec).stdout
    for words in ("per 100 patients", "Used in a year", "Difference to: Practice as published", "policy a second"):
        assert words in text


def test_the_chinese_page_has_no_english_label(spec) -> None:
    text = run(spec, "--lang", "zh").stdout
    for words in ("每百名患者", "每年资源使用", "与“已发表的实际诊疗”之差"):
        assert words in text
    for words in ("Alive", "operations", "a year", "Used"):
        assert words not in text


def test_parquet_holds_every_draw(spec, tmp_path) -> None:
    path = tmp_path / "draws.parquet"
    assert run(spec, "--format", "parquet", "-o", path).exit_code == 0
    rows = pq.read_table(path).to_pylist()
    assert {row["policy"] for row in rows} == {"practice", "short_course", "advice"}
    assert {row["draw"] for row in rows} == set(range(12))


def test_a_file_is_written_whole(spec, tmp_path) -> None:
    assert run(spec, "-o", tmp_path / "page.txt").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["page.txt"]


def test_numbers_on_the_command_line_replace_those_of_the_file(spec) -> None:
    answer = json.loads(run(spec, "--format", "json", "--patients", 2, "--draws", 5, "--seed", 9).stdout)
    assert (answer["patients"], answer["draws"], answer["seed"]) == (2, 5, 9)


def test_a_bad_specification_ends_with_exit_code_3(tmp_path) -> None:
    path = write_region(tmp_path, patients="many")
    done = subprocess.run(
        [sys.executable, "-m", "pelvicrt.cli", "research", "population", str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert done.stderr == "region.yaml: patients: found many; expected a whole number from 1 to 1000000\n"
    assert done.stdout == ""
