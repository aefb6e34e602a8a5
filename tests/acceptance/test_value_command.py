"""What does a user get from `pelvicrt research value`: figures that keep their laws, both languages, plain refusals?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pelvicrt import assess, load_case
from pelvicrt.cli import main
from pelvicrt.research import Worth, load_design, render_worth, worth_of_knowing

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
OWN = """
id: own
name: {en: "My trial", zh: "自拟试验"}
question: {en: "Does radiotherapy pay?", zh: "放疗是否值得？"}
population: {en: "like this patient", zh: "与该患者相似"}
from_m0: false
patients: 600
endpoint: {en: "pelvic recurrence", zh: "盆腔复发"}
measures:
- {parameter: sys.progression.hr_resectable, likelihood: log_ratio, n: 300, between: between_centre.pfs}
evidence: []
mark: D
valid_from: 2026-11-01
checked_on: 2026-11-01
note: {en: "A study of our own.", zh: "自拟研究。"}
"""


@pytest.fixture(scope="module")
def worth(tmp_path_factory: pytest.TempPathFactory) -> Worth:
    own = tmp_path_factory.mktemp("designs") / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    open_case = tmp_path_factory.mktemp("case") / "open.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("ras: mutant, braf: wild_type, ", "")
    open_case.write_text(text, encoding="utf-8")
    assessment = assess(load_case(open_case), draws=200, seed=1)
    return worth_of_knowing(assessment, designs=[load_design(own)], population=1200)


@pytest.fixture(scope="module")
def answer(worth: Worth) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_worth(worth, "json"))
    return found


def test_every_part_has_a_value_with_its_standard_error(answer: dict[str, Any]) -> None:
    parts = [answer["evpi"], *answer["groups"], *answer["studies"], *answer["facts"]]
    assert all(part["value"] >= 0 and part["se"] >= 0 for part in parts)
    assert answer["schema"] == "pelvicrt.value/1"
    assert answer["groups"]
    assert answer["facts"]


def test_no_group_is_worth_more_than_everything_and_no_study_more_than_its_parameters(answer: dict[str, Any]) -> None:
    assert all(group["value"] <= answer["evpi"]["value"] + 1e-12 for group in answer["groups"])
    assert all(study["value"] <= study["at_most"] + 1e-12 for study in answer["studies"])


def test_a_larger_study_is_never_worth_less(answer: dict[str, Any]) -> None:
    for study in answer["studies"]:
        values = [size["value"] for size in study["by_patients"]]
        assert values == sorted(values)


def test_the_solver_has_no_inner_noise_and_the_answer_says_so(answer: dict[str, Any], worth: Worth) -> None:
    assert (answer["evpi"]["correction"], answer["evpi"]["correction_se"]) == (0.0, 0.0)
    assert "a draw has no noise of its own" in render_worth(worth, "text")


def test_the_figure_of_the_assessment_is_the_same(answer: dict[str, Any], worth: Worth) -> None:
    assert answer["evpi"]["value"] == worth.decision.expected_loss[worth.decision.best]


def test_a_population_scales_months_of_one_to_years_of_all(answer: dict[str, Any]) -> None:
    assert answer["evpi"]["population_qaly"] == pytest.approx(answer["evpi"]["value"] * 1200 / 12, rel=1e-12)


def test_a_study_of_ones_own_is_valued_beside_those_of_the_library(answer: dict[str, Any]) -> None:
    ids = {study["id"] for study in answer["studies"]}
    assert {"own", "star-trec", "aco-aro-aio-18-1", "sylmet", "nct02510378"} <= ids


def test_every_library_study_names_its_sources(answer: dict[str, Any]) -> None:
    assert all(study["sources"] for study in answer["studies"] if study["id"] != "own")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("format", ["text", "html", "svg"])
def test_both_languages_name_every_study_in_every_form(worth: Worth, format: str, lang: str) -> None:  # noqa: A002
    shown = render_worth(worth, format, lang)  # type: ignore[arg-type]
    assert {"en": "My trial", "zh": "自拟试验"}[lang] in shown


def test_the_page_stands_alone(worth: Worth) -> None:
    page = render_worth(worth, "html")
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pelvicrt", "research", "value", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        seen = capsys.readouterr()
        return int(stop.value.code or 0), seen.out, seen.err

    return call


def test_a_fact_that_stops_the_ranking_is_priced_with_the_examination_that_could_find_it(tmp_path: Path) -> None:
    case = tmp_path / "open.yaml"
    case.write_text(EXAMPLE.read_text(encoding="utf-8").replace("emvi: absent, ", ""), encoding="utf-8")
    found = worth_of_knowing(assess(load_case(case), draws=200, seed=1))
    priced = {(item.fact, item.examination) for item in found.facts}
    assert not found.ranked
    assert {("primary.emvi", ""), ("primary.emvi", "mri-emvi")} <= priced
    assert "No ranking yet" in render_worth(found, "text")


def test_a_design_with_an_unknown_parameter_is_refused_by_name(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN.replace("sys.progression.hr_resectable", "sys.nothing"), encoding="utf-8")
    code, out, err = run(str(EXAMPLE), "--design", str(own))
    assert (code, out) == (3, "")
    assert "own.yaml: measures.0.parameter: found 'sys.nothing'; expected a parameter of the library" in err


def test_a_case_with_nothing_to_weigh_names_the_facts_that_stop_it(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "schema: pelvicrt.case/1\nid: bare\nassessed_on: 2026-05-04\nprimary: {histology: adenocarcinoma}\n",
        encoding="utf-8",
    )
    code, out, err = run(str(case), "--draws", "100")
    assert (code, out) == (4, "")
    assert "no option can be weighed yet, so no knowledge can be priced; first settle: " in err


def test_a_file_appears_whole_and_json_stays_json(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    target = tmp_path / "value.json"
    code, out, _ = run(str(EXAMPLE), "--draws", "100", "--format", "json", "-o", str(target))
    assert (code, out) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["case_id"] == "example-1"
