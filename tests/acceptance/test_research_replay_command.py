"""Does `pelvicrt research replay` keep its contract at the command line?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "cohorts.yaml"
KEYS = {
    "quantity", "arm", "subgroup", "at_months", "n", "observed", "mean", "low50", "high50", "low95", "high95",
    "inside50", "inside95",
}  # fmt: skip


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pelvicrt.cli", "research", "replay", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_json_has_the_keys_of_the_contract_and_nothing_else_on_stdout() -> None:
    done = _run(str(EXAMPLE), "--format", "json", "--draws", "20")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [item["id"] for item in found["cohorts"]] == ["example-short-course-first"]
    for finding in found["cohorts"][0]["findings"]:
        assert set(finding) >= KEYS
        assert finding["low95"] <= finding["low50"] <= finding["high50"] <= finding["high95"]
    assert {"coverage95", "coverage50", "mae", "signed_error", "calibration_slope"} <= set(found["summary"])


def test_both_languages_tell_every_figure_and_what_was_not_replayed() -> None:
    english = _run(str(EXAMPLE), "--draws", "20")
    chinese = _run(str(EXAMPLE), "--draws", "20", "--lang", "zh")
    assert "resection of all sites" in english.stdout
    assert "Not replayed" in english.stdout
    assert "全部病灶切除" in chinese.stdout
    assert "未复演" in chinese.stdout
    assert english.stderr == chinese.stderr == ""


def test_a_page_and_a_picture_are_written_whole(tmp_path: Path) -> None:
    page, picture = tmp_path / "replay.html", tmp_path / "replay.svg"
    assert _run(str(EXAMPLE), "--draws", "20", "--format", "html", "-o", str(page)).returncode == 0
    assert _run(str(EXAMPLE), "--draws", "20", "--format", "svg", "-o", str(picture)).returncode == 0
    assert page.read_text().startswith("<!doctype html>")
    assert "http://" not in page.read_text().replace("http://www.w3.org/", "")
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")


def test_a_malformed_file_ends_with_3_and_writes_nothing(tmp_path: Path) -> None:
    cohorts, page = tmp_path / "c.yaml", tmp_path / "out.html"
    cohorts.write_text("- {id: a, n: ten, findings: []}\n")
    done = _run(str(cohorts), "--format", "html", "-o", str(page))
    assert done.returncode == 3
    assert "c.yaml: a.n: found 'ten'; expected a number" in done.stderr
    assert not page.exists()
    chinese = _run(str(cohorts), "--lang", "zh")
    assert "应填写数字" in chinese.stderr


def test_a_cohort_that_is_not_there_is_a_usage_error() -> None:
    done = _run(str(EXAMPLE), "--cohort", "other")
    assert done.returncode == 2
    assert "example-short-course-first" in done.stderr


def test_without_a_file_the_calibration_cohorts_are_replayed() -> None:
    done = _run("--cohort", "butte-2012-mskcc", "--draws", "20", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["cohorts"][0]["findings"]) == 4
