"""Is a cohort file read as written, and refused by name where it cannot be?"""

from pathlib import Path

import pytest

from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput, UsageError
from pelvicrt.research import read_cohorts_file, replay
from pelvicrt.research.cohort_rules import has, settle
from pelvicrt.research.cohorts import cohorts_of
from pelvicrt.research.replay_arms import replayable
from pelvicrt.research.virtual import describe

STUDY = {
    "id": "made-up",
    "design": "single-arm phase II",
    "population": "rectal cancer with unresectable liver metastases",
    "strategy_tags": ["unresectable", "scrt", "chemo"],
    "n": 40,
    "arms": [{"name": "scrt", "n": 40, "treatment": "5 x 5 Gy then chemotherapy"}],
    "findings": [{"quantity": "median_overall_survival_months", "arm": "scrt", "value": 14}],
}


def _with(**changes: object) -> list[dict[str, object]]:
    return [{**STUDY, **changes}]


@pytest.mark.parametrize(
    ("changed", "field", "wanted"),
    [
        ({"id": 7}, "[0].id", "a name for the study"),
        ({"n": "many"}, "made-up.n", "a number"),
        ({"findings": "none"}, "made-up.findings", "a list"),
        ({"findings": [{"value": 0.3}]}, "made-up.findings[0].quantity", "a finding with a quantity"),
        (
            {"findings": [{"quantity": "pcr", "value": 1.4, "unit": "proportion"}]},
            "made-up.findings[0].value",
            "a proportion from 0 to 1",
        ),
        (
            {"findings": [{"quantity": "pcr", "numerator": 9, "denominator": 4}]},
            "made-up.findings[0].numerator",
            "at most the denominator, 4",
        ),
        ({"findings": [{"quantity": "pcr", "value": 0.2, "ci95": [0.5]}]}, "made-up.findings[0].ci95", "two numbers"),
        ({"findings": [{"quantity": "pcr", "value": 0.2, "score": "yes"}]}, "made-up.findings[0].score", "primary"),
        ({"strategies": {"interval": 0.7}}, "made-up.strategies", "shares that add up to 1"),
        ({"given": {"liver.gone": True}}, "made-up.given.liver.gone", "one of liver.cleared"),
        ({"virtual_cohort": ["x"]}, "made-up.virtual_cohort", "keys and values"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_write(changed: dict[str, object], field: str, wanted: str) -> None:
    with pytest.raises(InvalidInput) as told:
        cohorts_of(_with(**changed), "cohorts.yaml")
    problem = told.value.problems[0]
    assert problem.file == "cohorts.yaml"
    assert problem.field == field
    assert wanted in problem.expected.en
    assert problem.expected.zh != problem.expected.en


@pytest.mark.parametrize(
    ("changed", "field", "wanted"),
    [
        ({"virtual_cohort": {"patient.agee": 61}}, "made-up.virtual_cohort.patient.agee", "a field of a case file"),
        ({"virtual_cohort": {"patient.age": {"median": "old"}}}, "made-up.virtual_cohort.patient.age", "a number"),
        (
            {"virtual_cohort": {"liver.technical": {"fine": 1.0}}},
            "made-up.virtual_cohort.liver.technical",
            "borderline",
        ),
        ({"virtual_cohort": {"molecular.ras": {"mutant": 0.4}}}, "made-up.virtual_cohort.molecular.ras", "add up to 1"),
        ({"strategies": {"magic": 1.0}}, "made-up.strategies", "scrt_chemo_surgery"),
        ({"strategies": {"lcrt_tnt:LC-1": 1.0}}, "made-up.strategies", "a schedule of the library"),
    ],
)
def test_an_unknown_field_or_strategy_is_named(changed: dict[str, object], field: str, wanted: str) -> None:
    with pytest.raises(InvalidInput) as told:
        replayable(cohorts_of(_with(**changed), "c.yaml"), library(), file="c.yaml")
    problem = told.value.problems[0]
    assert problem.field == field
    assert wanted in problem.expected.en


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cohorts.yaml"
    path.write_text("just words\n")
    with pytest.raises(InvalidInput, match=r"cohorts.yaml: \(file\): found str; expected a list of study records"):
        read_cohorts_file(path)


def test_an_unknown_quantity_is_told_and_never_a_crash() -> None:
    findings = [*STUDY["findings"], {"quantity": "moon_phase", "arm": "scrt", "value": 0.3}]  # type: ignore[misc]
    ready = replayable(cohorts_of(_with(findings=findings), "c.yaml"), library())
    assert [item.because.en for item in ready.unanswered] == ["no outcome of the model has this name"]
    assert len(ready.arms[0].readings) == 1


def test_words_are_found_whole_at_their_beginning() -> None:
    assert not has(["resectable"], "unresectable")
    assert has(["5 x 5"], "given 5 x 5 gy")


def test_a_cohort_without_settings_says_what_was_taken() -> None:
    settled = settle(cohorts_of(_with(), "c.yaml")[0], "scrt")
    assert settled.strategies == {"palliative_rt:P-25": 1.0}
    assert {item.about for item in settled.assumed} == {"liver.technical", "strategies"}


def test_settings_of_the_file_are_not_overruled() -> None:
    changed = _with(virtual_cohort={"liver.technical": "resectable"}, strategies={"interval": 1.0})
    settled = settle(cohorts_of(changed, "c.yaml")[0], "scrt")
    assert settled.strategies == {"interval": 1.0}
    assert settled.assumed == []


def test_described_shares_reach_the_virtual_patients() -> None:
    said = describe(
        {
            "patient.age": {"mean": 70, "sd": 5},
            "liver.technical": {"resectable": 0.6, "borderline": 0.3, "unresectable": 0.1},
            "molecular.ras": {"mutant": 0.25, "wild_type": 0.75},
            "liver.lesion_count": 1,
            "liver.largest_mm": 10,
            "labs.cea_ng_ml": 5,
            "primary.cn": "N0",
            "primary.ct": "T4b",
        },
        library(),
    ).said
    assert said["liver"] == [0.6, 0.3, 0.1]
    assert said["crs"] == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert said["pelvis"] == [0.0, 0.0, 1.0]
    assert said["age"] == pytest.approx([70.0, 5.0], abs=0.05)
    assert said["ras"] == pytest.approx(0.25, abs=0.03)


def test_an_unknown_cohort_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no cohort other in this file; there are: made-up"):
        replay(cohorts_of(_with(), "c.yaml"), library(), only="other")


def test_figures_that_say_the_same_share_one_weight() -> None:
    findings = [
        {"quantity": "overall_survival", "at_months": 24, "value": 0.4},
        {"quantity": "overall_survival_crude", "at_months": 24, "value": 0.42},
        {"quantity": "overall_survival", "at_months": 12, "value": 0.7},
    ]
    ready = replayable(cohorts_of(_with(findings=findings), "c.yaml"), library())
    assert [item.target.weight for item in ready.arms[0].readings] == [0.5, 0.5, 1.0]


def test_an_interval_narrower_than_the_patients_allow_is_widened() -> None:
    finding = {"quantity": "overall_survival", "at_months": 24, "value": 0.5, "ci95": [0.48, 0.52]}
    ready = replayable(cohorts_of(_with(findings=[finding]), "c.yaml"), library())
    assert ready.arms[0].readings[0].target.se_scale == pytest.approx((1.0 / (40 * 0.25)) ** 0.5)


def test_a_count_at_the_median_follow_up_is_spread_over_follow_up() -> None:
    crude = {"quantity": "recurrence_any", "at_months": 30, "numerator": 10, "denominator": 20}
    follow_up = {"quantity": "median_follow_up_months", "value": 31}
    ready = replayable(cohorts_of(_with(findings=[crude, follow_up]), "c.yaml"), library())
    assert ready.arms[0].readings[0].follow_up
    ready = replayable(cohorts_of(_with(findings=[{**crude, "ci95": [0.3, 0.7]}, follow_up]), "c.yaml"), library())
    assert not ready.arms[0].readings[0].follow_up


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        ({"quantity": "median_overall_survival_months", "value": 0}, "a median that is no positive number of months"),
        ({"quantity": "pcr", "value": 56}, "no proportion from 0 to 1"),
        ({"quantity": "pcr", "value": 1.0}, "none or all of a number that is not printed"),
        ({"quantity": "overall_survival", "value": 0.4}, "no month is printed for it"),
        ({"quantity": "overall_survival", "value": 0.4, "at_months": 200}, "month 200 lies beyond the 120 months"),
        ({"quantity": "overall_survival", "value": 0.4, "at_months": 12, "subgroup": "women"}, "the subgroup women"),
        ({"quantity": "overall_survival"}, "no single value is printed"),
        ({"quantity": "organ_preservation", "value": 0.4, "at_months": 36}, "no plan of this arm holds radiotherapy"),
        ({"quantity": "salvage_surgery", "value": 0.9}, "only for series that start on watch and wait"),
    ],
)
def test_a_figure_that_cannot_be_answered_says_why(finding: dict[str, object], why: str) -> None:
    study = {"id": "other", "population": "liver metastases", "strategies": {"no_rt_surgery": 1}, "findings": [finding]}
    told = replayable(cohorts_of([study], "c.yaml"), library()).unanswered
    assert why in told[0].because.en
