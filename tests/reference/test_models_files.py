"""Example model files against models built straight as arrays, closed forms and hand calculation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import integrate
from tests.support.engine_models import w1
from tests.support.model_files import a_file

from pelvicrt.engine import Family, law_of, model_hash, solve
from pelvicrt.evidence import library
from pelvicrt.models import build, read_model, simulate_file

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "models"


def _of(path: Path, **more: int):
    return build(path, read_model(path), **{"draws": 1, "seed": 1} | more)


@pytest.mark.parametrize("name", ["source", "targets", "family", "clock", "effect", "strategy_allows"])
def test_w1_from_its_file_has_the_structure_of_w1_built_directly(name: str) -> None:
    np.testing.assert_array_equal(getattr(_of(EXAMPLES / "w1.yaml").model, name), getattr(w1()[0], name))


@pytest.mark.parametrize("name", ["parameters", "effects", "strategy_effects", "shares", "cure"])
def test_w1_from_its_file_has_the_numbers_of_w1_built_directly(name: str) -> None:
    np.testing.assert_allclose(getattr(_of(EXAMPLES / "w1.yaml").numbers, name), getattr(w1()[1], name), rtol=1e-15)


def test_w1_from_its_file_has_the_result_of_w1_built_directly() -> None:
    run = simulate_file(EXAMPLES / "w1.yaml")
    np.testing.assert_allclose(run.rewards[0], solve(*w1(), step=0.0125).rewards[0, :, 0], rtol=1e-12)


def test_rates_by_year_become_rates_by_month(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        time_unit="month",
        horizon=120,
        discount={"qalys": 0.03, "cost": 0.03},
        transitions=[
            {"id": "death", "from": "well", "to": "dead", "family": "exponential", "parameters": {"rate": 0.2 / 12}}
        ],
        states={"well": {"utility": 0.8, "cost": 1000}, "dead": {}},
    )
    stay = (1 - np.exp(-0.23 * 10)) / 0.23
    expected = [(1 - np.exp(-2)) / 0.2, 0.8 * stay, 1000 * stay]
    np.testing.assert_allclose(simulate_file(path).rewards[0, 0], expected, rtol=1e-6)


def test_a_life_table_on_the_age_clock_gives_the_tables_own_survival(tmp_path: Path) -> None:
    death = {
        "id": "death",
        "from": "well",
        "to": "dead",
        "family": "life_table",
        "life_table": {"table": "un-2025-united-states", "sex": "male"},
    }
    path = a_file(
        tmp_path,
        horizon=20,
        step=0.05,
        covariates=["male"],
        transitions=[death],
        patients={"covariates": {"male": 1}, "age_years": 76, "start": {"state": "well"}},
    )
    table = library().life_tables["un-2025-united-states"]
    ages, rates = np.array(table.ages), np.array(table.male)

    def survival(years: float) -> float:
        upto = [np.sum(rates * np.clip(age - ages, 0, np.diff(ages, append=np.inf))) for age in (76 + years, 76)]
        return float(np.exp(upto[1] - upto[0]))

    expected = integrate.quad(survival, 0, 20, points=[4, 9, 14, 19])[0]
    assert simulate_file(path).rewards[0, 0, 0] == pytest.approx(expected, abs=2e-5)


def test_correlated_parameters_have_the_covariance_given(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        parameters={"a": 1, "b": 1},
        correlated=[{"parameters": ["a", "b"], "mean": [2, 3], "covariance": [[0.04, 0.03], [0.03, 0.09]]}],
        transitions=[
            {"id": "d", "from": "well", "to": "dead", "family": "weibull", "parameters": {"shape": "a", "scale": "b"}}
        ],
    )
    draws = _of(path, draws=20_000).numbers.parameters[:, 0]
    np.testing.assert_allclose(np.cov(draws.T), [[0.04, 0.03], [0.03, 0.09]], atol=4 * 0.09 * np.sqrt(2 / 20_000))


def test_a_distribution_is_drawn_with_its_own_spread(tmp_path: Path) -> None:
    rate = {"distribution": "lognormal", "a": 0.3, "b": 0.2}
    path = a_file(
        tmp_path,
        transitions=[{"id": "d", "from": "well", "to": "dead", "family": "exponential", "parameters": {"rate": rate}}],
    )
    logs = np.log(_of(path, draws=10_000).numbers.parameters[:, 0, 0])
    assert (logs.mean(), logs.std()) == (
        pytest.approx(np.log(0.3), abs=4 * 0.2 / 100),
        pytest.approx(0.2, abs=4 * 0.2 / np.sqrt(20_000)),
    )


def test_the_same_seed_gives_the_same_model() -> None:
    first, second = (_of(EXAMPLES / "illness-death.yaml", draws=7, patients=3) for _ in range(2))
    assert model_hash(first.numbers, first.patients) == model_hash(second.numbers, second.patients)


def test_another_seed_gives_other_numbers() -> None:
    first, second = (_of(EXAMPLES / "illness-death.yaml", draws=7, seed=seed) for seed in (1, 2))
    assert model_hash(first.numbers) != model_hash(second.numbers)


FAMILIES = {
    "exponential": ({"rate": 0.3}, [], Family.EXPONENTIAL),
    "weibull": ({"shape": 1.2, "scale": 3}, [], Family.WEIBULL),
    "gompertz": ({"shape": 0.1, "rate": 0.05}, [], Family.GOMPERTZ),
    "log_normal": ({"mu": 1.0, "sigma": 0.9}, [], Family.LOG_NORMAL),
    "log_logistic": ({"shape": 1.5, "scale": 4}, [], Family.LOG_LOGISTIC),
    "generalised_gamma": ({"mu": 1.0, "sigma": 0.7, "q": 0.5}, [], Family.GENERALISED_GAMMA),
    "piecewise_exponential": ({"rates": [0.5, 0.05, 0.2]}, [0, 1, 3], Family.PIECEWISE_EXPONENTIAL),
    "spline": ({"coefficients": [-1.2, 1.4, -0.06, 0.08]}, [-2, -0.5, 0.8, 3], Family.SPLINE),
    "fixed": ({"time": 2.5}, [], Family.FIXED),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_can_be_written_and_solved(name: str, tmp_path: Path) -> None:
    parameters, knots, family = FAMILIES[name]
    given = {"id": "d", "from": "well", "to": "dead", "family": name, "parameters": parameters, "knots": knots}
    path = a_file(tmp_path, transitions=[given])
    built = _of(path)
    law_hazard = _survival_integral(built)
    assert built.model.family[0] == family
    assert simulate_file(path).rewards[0, 0, 0] == pytest.approx(law_hazard, abs=1e-4)


def _survival_integral(built) -> float:
    law = law_of(built.model, built.numbers, built.patients, transition=0, strategy=0, patient=0, draws=slice(0, 1))
    return integrate.quad(lambda t: law.survivor(t).item(), 0, built.model.horizon, points=[1, 2.5, 3], limit=200)[0]


def test_a_cure_share_in_a_file_leaves_that_share_alive(tmp_path: Path) -> None:
    given = {
        "id": "d",
        "from": "well",
        "to": "dead",
        "family": "exponential",
        "parameters": {"rate": 0.5},
        "cure": 0.4,
    }
    expected = 0.4 * 10 + 0.6 * (1 - np.exp(-5)) / 0.5
    assert simulate_file(a_file(tmp_path, transitions=[given])).rewards[0, 0, 0] == pytest.approx(expected, abs=1e-4)


def test_a_treatment_clock_runs_on_through_a_state_that_does_not_restart_it(tmp_path: Path) -> None:
    weibull = {"family": "weibull", "parameters": {"shape": 2.0, "scale": 4.0}, "clock": "treatment", "to": "dead"}
    path = a_file(
        tmp_path,
        clocks={"treatment": {"restarts_at": ["well"]}},
        states={"well": {}, "ill": {}, "dead": {}},
        transitions=[
            {"id": "x", "from": "well", "to": "ill", "family": "exponential", "parameters": {"rate": 0.7}},
            {"id": "d", "from": "well", **weibull},
            {"id": "e", "from": "ill", **weibull},
        ],
    )
    expected = integrate.quad(lambda t: np.exp(-((t / 4) ** 2)), 0, 10)[0]
    assert simulate_file(path).rewards[0, 0, 0] == pytest.approx(expected, abs=1e-5)


def test_a_patient_with_sojourn_so_far_has_the_rest_of_the_curve(tmp_path: Path) -> None:
    given = {
        "id": "d",
        "from": "well",
        "to": "dead",
        "family": "weibull",
        "parameters": {"shape": 2.0, "scale": 4.0},
    }
    path = a_file(tmp_path, transitions=[given], patients={"start": {"state": "well", "sojourn": 3}})
    expected = integrate.quad(lambda t: np.exp(-((t / 4) ** 2) + (3 / 4) ** 2), 3, 13)[0]
    assert simulate_file(path).rewards[0, 0, 0] == pytest.approx(expected, abs=1e-5)


def test_a_strategy_guard_closes_a_transition_for_the_others(tmp_path: Path) -> None:
    death = {
        "id": "d",
        "from": "well",
        "to": "dead",
        "family": "exponential",
        "parameters": {"rate": 0.5},
        "only_for": ["a"],
    }
    path = a_file(tmp_path, transitions=[death], strategies={"a": {}, "b": {}})
    years = simulate_file(path).rewards[0, :, 0]
    np.testing.assert_allclose(years, [(1 - np.exp(-5)) / 0.5, 10.0], atol=1e-5)


def test_a_history_of_visits_reaches_the_engine(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        states={"well": {}, "ill": {}, "dead": {}},
        transitions=[
            {
                "id": "d",
                "from": "well",
                "to": "dead",
                "family": "exponential",
                "parameters": {"rate": 0.5},
                "visits": {"ill": {"least": 1, "most": 2}},
            }
        ],
        patients={"start": {"state": "well", "visits": {"ill": 1}}},
    )
    built = _of(path)
    assert (built.patients.visits.tolist(), built.model.visits_least.tolist(), built.model.visits_most.tolist()) == (
        [[1, 1, 0]],
        [[0, 1, 0]],
        [[-1, 2, -1]],
    )


def test_patients_and_draws_come_from_tables(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,x,start,sojourn,weight\np1,0,well,0,3\np2,1,well,2,1\n")
    (tmp_path / "draws.csv").write_text("draw,r\n1,0.1\n2,0.2\n")
    path = a_file(
        tmp_path,
        covariates=["x"],
        parameters={"r": 0.3},
        draws_file="draws.csv",
        patients={"file": "people.csv"},
        transitions=[
            {
                "id": "d",
                "from": "well",
                "to": "dead",
                "family": "exponential",
                "parameters": {"rate": "r"},
                "effect": "ph",
                "covariates": {"x": 0.7},
            }
        ],
    )
    rate = np.array([[0.1, 0.1 * np.exp(0.7)], [0.2, 0.2 * np.exp(0.7)]])
    expected = ((1 - np.exp(-10 * rate)) / rate) @ [0.75, 0.25]
    np.testing.assert_allclose(simulate_file(path).rewards[:, 0, 0], expected, atol=1e-5)


def test_a_state_is_worth_what_its_pieces_by_time_say(tmp_path: Path) -> None:
    pieces = [{"since": 0, "value": 0.5}, {"since": 1.5, "value": 0.9}]
    death = {"id": "d", "from": "well", "to": "dead", "family": "exponential", "parameters": {"rate": 0.3}}
    path = a_file(tmp_path, states={"well": {"utility": pieces}, "dead": {}}, transitions=[death])
    expected = (0.5 * (1 - np.exp(-0.45)) + 0.9 * (np.exp(-0.45) - np.exp(-3))) / 0.3
    assert simulate_file(path).rewards[0, 0, 1] == pytest.approx(expected, abs=1e-5)


def test_a_strategy_may_change_the_worth_of_a_state(tmp_path: Path) -> None:
    strategies = {"a": {}, "b": {"cost_at_start": 10, "states": {"well": {"cost": 5}}}}
    path = a_file(tmp_path, strategies=strategies, states={"well": {"cost": 2}, "dead": {}})
    years = (1 - np.exp(-2)) / 0.2
    np.testing.assert_allclose(simulate_file(path).rewards[0, :, 2], [2 * years, 10 + 5 * years], atol=1e-4)


def test_a_file_simulated_life_by_life_agrees_with_the_solver_in_every_reward() -> None:
    """Time-in-state pieces, one-off costs, starting costs, discounting, a life table and cure, in both engines."""
    path = EXAMPLES / "illness-death.yaml"
    solved = simulate_file(path, draws=20, patients=10, chosen="solver", seed=3)
    lived = simulate_file(path, draws=20, patients=10, chosen="montecarlo", seed=3)
    gap = np.abs(lived.rewards.mean(axis=0) - solved.rewards.mean(axis=0))
    assert (gap <= 4.0 * lived.error + solved.error).all(), (gap, lived.error)
    assert lived.engine == "montecarlo"
