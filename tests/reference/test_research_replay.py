"""Do the replayed figures agree with closed forms, with the printed records, and with the laws of prediction?"""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from pelvicrt.evidence import library
from pelvicrt.research import read_cohorts_file, replay
from pelvicrt.research.calibrate_predictor import ClinicalPredictor
from pelvicrt.research.cohorts import cohorts_of
from pelvicrt.research.leave_out import Foreseen
from pelvicrt.research.replay import replay_parameters
from pelvicrt.research.replay_arms import replayable
from pelvicrt.research.replay_summary import calibration_slope, coverage, summary, to_json
from pelvicrt.simulate import model_parameters

replaying = importlib.import_module("pelvicrt.research.replay")
ROOT = Path(__file__).resolve().parents[2]
CALIBRATION = ROOT / "../shared/evidence/cohorts-calibration.yaml"
needs_shared = pytest.mark.skipif(
    not CALIBRATION.exists(), reason="the shared evidence files are not beside the project"
)

MADE_UP = [
    {
        "id": "made-up",
        "population": "resectable liver metastases",
        "n": 100,
        "strategies": {"scrt_chemo_surgery": 1.0},
        "virtual_cohort": {"liver.technical": "resectable"},
        "findings": [
            {"quantity": "treatment_completion", "value": 0.6},
            {"quantity": "overall_survival", "at_months": 36, "value": 0.5},
            {"quantity": "overall_survival", "at_months": 36, "subgroup": "completed_schedule", "value": 0.7},
            {"quantity": "overall_survival", "at_months": 36, "subgroup": "not_completed", "value": 0.3},
            {"quantity": "median_overall_survival_months", "value": 40},
        ],
    }
]


def _expected(raw: object, members: int = 12) -> tuple[ClinicalPredictor, np.ndarray]:
    predictor = ClinicalPredictor(replayable(cohorts_of(raw, "c.yaml"), library()).arms, library())
    parameters = replay_parameters(library(), draws=members, seed=3)
    return predictor, predictor.expected({name: parameters[name] for name in predictor.parameter_ids})


def test_completers_and_others_weighted_by_completion_give_everybody() -> None:
    _, found = _expected(MADE_UP)
    completion, everybody, done, rest = found[:, :4].T
    assert completion * done + (1.0 - completion) * rest == pytest.approx(everybody, abs=2e-3)


def test_the_median_is_where_half_are_alive() -> None:
    _, found = _expected(MADE_UP)
    assert np.all((found[:, 4] > 36.0) == (found[:, 1] > 0.5))


def test_a_mixture_of_strategies_is_the_mean_of_both() -> None:
    def os36(strategies: dict[str, float]) -> np.ndarray:
        return _expected([{**MADE_UP[0], "strategies": strategies}])[1][:, 1]

    mixed = os36({"scrt_chemo_surgery": 0.25, "no_rt_surgery": 0.75})
    alone = 0.25 * os36({"scrt_chemo_surgery": 1.0}) + 0.75 * os36({"no_rt_surgery": 1.0})
    assert mixed == pytest.approx(alone, abs=1e-12)


def test_regrowth_of_a_watched_series_follows_its_closed_form() -> None:
    raw = [
        {
            "id": "watched",
            "given": {"primary.watched": True},
            "virtual_cohort": {"metastases.present": False, "primary.ct": "T3"},
            "findings": [
                {"quantity": "local_regrowth", "at_months": 24, "value": 0.25, "ci95": [0.2, 0.3]},
                {"quantity": "local_regrowth", "at_months": 60, "value": 0.27, "ci95": [0.2, 0.3]},
            ],
        }
    ]
    predictor, found = _expected(raw)
    p = replay_parameters(library(), draws=12, seed=3)
    assert {"regrowth.median", "regrowth.shape"} <= set(predictor.parameter_ids)
    grown = [-np.expm1(-np.log(2.0) * (at / p["regrowth.median"]) ** p["regrowth.shape"]) for at in (24.0, 60.0)]
    assert found[:, 0] / found[:, 1] == pytest.approx(grown[0] / grown[1], rel=1e-9)


def test_a_series_of_cleared_patients_counts_from_clearance() -> None:
    given = {**MADE_UP[0], "given": {"liver.cleared": True}}
    given["findings"] = [{"quantity": "overall_survival", "at_months": at, "value": 0.5} for at in (1, 36)]
    _, found = _expected([given])
    assert np.all(found[:, 0] > 0.97)
    # Clearance takes some 5 to 12 months, so month 36 from there lies between months 40 and 50 from the first day.
    months = [{**given["findings"][0], "subgroup": "completed_schedule", "at_months": at} for at in (40, 50)]
    _, whole = _expected([{**MADE_UP[0], "findings": months}])
    assert np.all(whole[:, 0] > found[:, 1])
    assert np.all(found[:, 1] > whole[:, 1])


def test_the_same_seed_gives_the_same_answer_and_other_figures_change_nothing() -> None:
    cohorts = cohorts_of(MADE_UP, "c.yaml")
    first, second = (to_json(replay(cohorts, library(), draws=20, seed=5)) for _ in range(2))
    assert first == second
    fewer = dataclasses.replace(cohorts[0], findings=cohorts[0].findings[:2])
    means = [x.expected for x in replay([fewer], library(), draws=20, seed=5).found]
    assert means == [x.expected for x in replay(cohorts, library(), draws=20, seed=5).found[:2]]


def test_more_patients_make_a_narrower_interval() -> None:
    def width(n: int) -> float:
        found = replay(cohorts_of([{**MADE_UP[0], "n": n}], "c.yaml"), library(), draws=40).found[1]
        return found.high95 - found.low95

    assert width(20) > width(100) > width(5000) > 0.05


def _made(observed: float, expected: float, rank: float) -> Foreseen:
    target = replayable(cohorts_of(MADE_UP, "c.yaml"), library()).arms[0].readings[1].target
    return Foreseen(
        target=dataclasses.replace(target, observed=observed),
        expected=expected,
        low95=0.1,
        low50=0.3,
        high50=0.5,
        high95=0.9,
        rank=rank,
        at_100=0.3,
    )


def test_coverage_and_errors_are_those_counted_by_hand() -> None:
    rows = [_made(0.5, 0.4, 0.6), _made(0.7, 0.8, 0.01), _made(0.3, 0.2, 0.9), _made(0.2, 0.3, 0.5)]
    found = coverage(rows)
    assert found["coverage95"] == 0.75
    assert found["coverage50"] == 0.5
    assert found["mae"] == {"os": pytest.approx(0.1)}
    assert found["signed_error"] == {"os": pytest.approx(0.0)}
    assert found["median_width95_proportions"] == 0.8


def test_the_slope_is_one_for_figures_on_the_line_and_half_when_half_as_spread() -> None:
    line = [_made(x, x, 0.5) for x in (0.2, 0.5, 0.9)]
    assert calibration_slope(line) == 1.0
    assert calibration_slope([_made(0.5 + (x - 0.5) / 2, x, 0.5) for x in (0.2, 0.5, 0.9)]) == 0.5
    assert calibration_slope(line[:2]) is None


@needs_shared
def test_the_library_holds_the_figures_of_the_shared_calibration_file() -> None:
    for record in yaml.safe_load(CALIBRATION.read_text()):
        study = library().studies[record["id"]]
        own = {(f.quantity, f.arm, f.subgroup, f.at_months): f for f in study.findings}
        for printed in record["findings"]:
            if "value" not in printed:
                continue
            key = (printed["quantity"], printed.get("arm", ""), printed.get("subgroup", ""), printed.get("at_months"))
            assert own[key].value == pytest.approx(printed["value"]), (record["id"], key)
            assert own[key].denominator == printed.get("denominator"), (record["id"], key)


@needs_shared
def test_the_calibration_cohorts_are_foreseen_from_their_words_alone() -> None:
    made = replay(read_cohorts_file(CALIBRATION), library(), draws=40)
    found = summary(made)
    assert len(made.cohorts) == 13
    assert found["findings"] >= 60
    assert found["coverage95"] >= 0.85
    assert found["mae_proportions"] <= 0.12
    assert found["median_width95_os36_n100"] <= 0.45


@needs_shared
@pytest.mark.parametrize("name", ["pelvic.yaml", "liver.yaml"])
def test_every_record_of_the_evidence_files_is_answered_or_told_why_not(name: str) -> None:
    cohorts = read_cohorts_file(CALIBRATION.parent / name)
    ready = replayable(cohorts, library())
    told = len(ready.unanswered) + sum(len(arm.readings) for arm in ready.arms)
    assert told == sum(len(item.findings) for item in cohorts)
    assert all(item.because.en and item.because.zh for item in ready.unanswered)


def test_every_parameter_of_a_prediction_is_one_of_the_model() -> None:
    predictor, _ = _expected(MADE_UP, members=1)
    assert set(predictor.parameter_ids) <= set(model_parameters(library()))


def test_terms_of_reporting_come_from_the_same_rows_of_the_posterior(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"bias.selected_trial": np.array([0.1, 0.2, 0.3])}
    monkeypatch.setattr(replaying, "usable_posterior", lambda _: SimpleNamespace(draws=rows))
    found = replay_parameters(library(), draws=5, seed=1)
    assert found["bias.selected_trial"].tolist() == [0.1, 0.2, 0.3, 0.1, 0.2]
    assert np.ptp(found["toxicity.or_registry"]) > 0.0
