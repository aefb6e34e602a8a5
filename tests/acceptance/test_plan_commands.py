"""What does a physicist see who gives plans to the command line? The demonstration, verdicts, names, errors, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

from pelvicrt.cli import main

SHARED = Path(__file__).resolve().parents[2] / "../shared/dicom"


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["pelvicrt", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        seen = capsys.readouterr()
        return Ran(int(stop.value.code or 0), seen.out, seen.err)

    return call


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pelvicrt.dicom import write_demo_plans

    folder = tmp_path_factory.mktemp("plans")
    write_demo_plans(folder)
    return folder


def test_the_demonstration_is_written_and_can_be_evaluated_at_once(run: Run, tmp_path: Path) -> None:
    assert run("plan", "demo", "-o", tmp_path / "plans").code == 0
    said = run("plan", "evaluate", tmp_path / "plans" / "lcrt", "--template", "lcrt")
    assert said.code == 0
    assert "goals missed: 1" in said.out
    assert "not a medical device" in said.out


def test_the_json_has_the_keys_of_the_contract(run: Run, demo: Path) -> None:
    found = json.loads(run("plan", "evaluate", demo / "scrt", "--template", "scrt", "--format", "json").out)
    assert {"plan", "fractions", "structures", "constraints", "ntcp", "warnings"} <= set(found)
    structure = next(item for item in found["structures"] if item["tg263"] == "PTV")
    assert {"name", "tg263", "volume_cc", "mean_gy", "min_gy", "max_gy", "metrics", "eqd2", "warnings"} <= set(
        structure
    )
    assert set(structure["metrics"]) >= {"D98%", "D95%", "D50%", "D2%", "D0.03cc"}
    assert {"alpha_beta_gy", "mean_gy", "metrics"} <= set(structure["eqd2"])
    constraint = found["constraints"][0]
    assert {"structure", "metric", "limit", "value", "met", "source", "mark"} <= set(constraint)


def test_the_prescription_reads_as_its_equivalent_dose(run: Run, demo: Path) -> None:
    found = json.loads(run("plan", "evaluate", demo / "scrt", "--format", "json").out)
    target = next(item for item in found["structures"] if item["tg263"] == "PTV")
    assert target["metrics"]["D50%"] == pytest.approx(25, abs=0.1)
    assert [item["alpha_beta_gy"] for item in target["eqd2_all"]] == [10, 5.06]
    assert target["eqd2"]["metrics"]["D50%"] == pytest.approx(31.25, abs=0.2)


def test_two_runs_give_the_same_bytes(run: Run, demo: Path) -> None:
    first, second = (run("plan", "evaluate", demo / "sib", "--format", "json").out for _ in range(2))
    assert first == second


def test_without_a_template_the_limits_of_the_number_of_fractions_are_used_and_named(run: Run, demo: Path) -> None:
    found = json.loads(run("plan", "evaluate", demo / "sib", "--format", "json").out)
    assert found["template"]["id"] == "lcrt-pelvis"


def test_a_template_for_another_number_of_fractions_is_a_usage_error(run: Run, demo: Path) -> None:
    said = run("plan", "evaluate", demo / "lcrt", "--template", "scrt")
    assert (said.code, said.out) == (2, "")
    assert "made for 5 fractions and the plan has 25" in said.err


def test_chinese_is_chinese_throughout(run: Run, demo: Path) -> None:
    said = run("plan", "evaluate", demo / "scrt", "--lang", "zh").out
    assert "未经验证" in said
    assert "不是治疗计划质量保证工具" in said
    assert "cannot be judged" not in said


def test_a_folder_without_a_plan_is_refused_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    said = run("plan", "evaluate", tmp_path, "--format", "json", "-o", target)
    assert said.code == 3
    assert not target.exists()
    assert "Traceback" not in said.err


def test_an_answer_that_cannot_be_written_leaves_the_old_one(run: Run, demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")
    assert run("plan", "evaluate", demo / "lcrt", "--template", "scrt", "--format", "json", "-o", target).code == 2
    assert target.read_text() == "old"


def test_names_are_written_to_be_confirmed_and_given_back(run: Run, demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    assert run("plan", "names", demo / "scrt", "-o", path).code == 0
    path.write_text(path.read_text().replace('"Bladder": "Bladder"', '"Bladder": none'))
    said = run("plan", "evaluate", demo / "scrt", "--names", path, "--format", "json")
    found = json.loads(said.out)
    bladder = next(item for item in found["structures"] if item["name"] == "Bladder")
    assert (bladder["tg263"], bladder["read"]["way"]) == (None, "left_out")
    assert not any(item["structure"] == "Bladder" for item in found["ntcp"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_and_a_document_are_written_whole_for_one_plan_and_for_two(
    run: Run, demo: Path, tmp_path: Path, lang: str
) -> None:
    asked = (("evaluate", demo / "scrt"), ("compare", demo / "scrt", demo / "lcrt"))
    for words in asked:
        page, document = tmp_path / "plan.html", tmp_path / "plan.pdf"
        assert run("plan", *words, "--format", "html", "--lang", lang, "-o", page).code == 0
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        assert run("plan", *words, "--format", "pdf", "--lang", lang, "-o", document).code == 0
        assert document.read_bytes().startswith(b"%PDF")


def test_a_document_needs_a_file(run: Run, demo: Path) -> None:
    assert run("plan", "evaluate", demo / "scrt", "--format", "pdf").code == 2


def test_a_structured_report_holds_the_measured_values(run: Run, demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    assert run("plan", "evaluate", demo / "scrt", "--format", "sr", "-o", path).code == 0
    report = pydicom.dcmread(path)
    assert report.Modality == "SR"
    assert "31.2" in str(report)


def test_a_structured_report_needs_a_file(run: Run, demo: Path) -> None:
    said = run("plan", "evaluate", demo / "scrt", "--format", "sr")
    assert said.code == 2
    assert "-o FILE" in said.err


def test_two_regimens_are_compared_with_gains_limits_and_chances(run: Run, demo: Path) -> None:
    said = run("plan", "compare", demo / "scrt", demo / "lcrt")
    assert said.code == 0
    assert "5 fractions instead of 25" in said.out
    assert "not a medical device" in said.out
    chinese = run("plan", "compare", demo / "scrt", demo / "lcrt", "--lang", "zh").out
    assert "5 次照射，而非 25 次" in chinese


def test_a_comparison_as_data_holds_both_plans_and_their_curves_on_one_axis(run: Run, demo: Path) -> None:
    found = json.loads(run("plan", "compare", demo / "scrt", demo / "lcrt", "--format", "json").out)
    assert (found["a"]["fractions"], found["b"]["fractions"]) == (5, 25)
    bladder = next(item for item in found["structures"] if item["structure"] == "Bladder")
    curves = bladder["eqd2"][0]["curves"]
    assert len(curves["dose_gy"]) == len(curves["a_percent"]) == len(curves["b_percent"])
    harm = next(item for item in found["ntcp"] if item["structure"] == "Bladder")
    assert harm["low"] <= harm["difference"] <= harm["high"]


def test_the_reversal_of_the_documentation_is_what_the_command_line_answers(run: Run, tmp_path: Path) -> None:
    from pelvicrt.dicom import DemoPlan, write_demo_plan

    for name, fractions, dose_gy in (("a", 5, 30), ("b", 25, 45)):
        (tmp_path / name).mkdir()
        write_demo_plan(tmp_path / name, DemoPlan(label=name.upper(), fractions=fractions, dose_gy=dose_gy))
    found = json.loads(run("plan", "compare", tmp_path / "a", tmp_path / "b", "--format", "json").out)
    sacrum = next(item for item in found["structures"] if item["structure"] == "Sacrum")
    assert sacrum["physical"]["mean_gy"] == pytest.approx([17.8, 26.7], abs=0.05)
    assert sacrum["eqd2"][0]["mean_gy"] == pytest.approx([25.2, 22.5], abs=0.05)
    assert sacrum["flips_at_alpha_beta_gy"] == [3.0]


def test_a_comparison_with_a_wrong_template_writes_nothing(run: Run, demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "comparison.json"
    words = ("--template-a", "lcrt", "--format", "json", "-o", target)
    said = run("plan", "compare", demo / "scrt", demo / "lcrt", *words)
    assert (said.code, target.exists()) == (2, False)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="third-party plans are not beside this checkout")
def test_a_plan_of_other_people_is_evaluated_and_says_which_names_it_does_not_know(run: Run) -> None:
    found = json.loads(run("plan", "evaluate", SHARED / "breast_dicompyler", "--format", "json").out)
    ways = {item["name"]: item["read"]["way"] for item in found["structures"]}
    assert (ways["BODY"], ways["Heart"]) == ("synonym", "unknown")
    assert found["template"] is None
    assert next(item for item in found["structures"] if item["name"] == "Heart")["eqd2"] is None


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="third-party plans are not beside this checkout")
def test_two_doses_on_one_set_of_structures_are_evaluated_one_by_one(run: Run) -> None:
    folder = SHARED / "pelvis_synthetic"
    refused = run("plan", "evaluate", folder)
    assert refused.code == 3
    label = next(word.strip(",") for word in refused.err.split() if word.startswith("dose-"))
    said = run(
        "plan", "evaluate", folder, "--plan", label, "--fractions", "5", "--template", "scrt", "--format", "json"
    )
    assert json.loads(said.out)["fractions"] == 5
