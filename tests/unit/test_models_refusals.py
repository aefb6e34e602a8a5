"""What a model file is refused for: each message names file, field, what was found and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.model_files import a_file

from pelvicrt.engine import why_not_solvable
from pelvicrt.foundation import InvalidInput, UsageError
from pelvicrt.models import build, read_model, simulate_file

DEATH = {"id": "death", "from": "well", "to": "dead", "family": "exponential", "parameters": {"rate": 0.2}}


def _with(**change: Any) -> dict[str, Any]:
    return {"transitions": [DEATH | change]}


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "unknown_key": ({"horzon": 3}, "horzon: found key 'horzon'; expected one of schema, id.* did you mean horizon"),
    "unknown_inner_key": (_with(famly="weibull"), r"transitions.0.famly: found key 'famly'; .* did you mean family"),
    "unknown_state_key": ({"states": {"well": {"utilty": 1}, "dead": {}}}, r"states.well.utilty: .*mean utility"),
    "missing_key": ({"horizon": None}, r"horizon: found None; expected a number"),
    "negative_horizon": ({"horizon": -1}, "horizon: found -1; expected a number above 0"),
    "unknown_family": (_with(family="weibul"), r"transitions.0.family: found 'weibul'; .*did you mean weibull"),
    "unknown_state": (_with(to="ded"), r"transitions.death.to: found 'ded'; expected one of well, dead"),
    "unknown_from": (_with(**{"from": "wel"}), r"transitions.death.from: found 'wel'; .*did you mean well"),
    "unknown_clock": (_with(clock="agee"), r"transitions.death.clock: found 'agee'; expected one of reset"),
    "unknown_parameter": (_with(parameters={"rat": 1}), r"transitions.death.parameters.rat: .*one of rate"),
    "missing_parameter": (_with(parameters={}), r"transitions.death.parameters.rate: found nothing"),
    "unknown_name": (_with(parameters={"rate": "lambda_1"}), r"parameters.rate: found 'lambda_1'"),
    "list_for_number": (_with(parameters={"rate": [1, 2]}), r"rate: found \[…\]; expected one number"),
    "effect_not_told": (_with(strategies={"usual": 0.1}), r"transitions.death.effect: found nothing; expected effect"),
    "unknown_strategy": (_with(only_for=["new"]), r"transitions.death.only_for: found 'new'; expected one of usual"),
    "unknown_covariate": (_with(covariates={"age": 1}, effect="ph"), r"transitions.death.covariates.age"),
    "no_start": ({"patients": {}}, r"patients.start.state: found nothing; expected one of well, dead"),
    "value_and_distribution": (
        _with(parameters={"rate": {"value": 1, "distribution": "normal", "a": 1}}),
        "expected either value, or distribution with a and b",
    ),
    "no_such_distribution": (
        _with(parameters={"rate": {"distribution": "beta", "a": -1, "b": 2}}),
        r"rate: found beta\(-1.0, 2.0\)",
    ),
    "negative_rate": (_with(parameters={"rate": -1}), r"\(model\): .*parameter 1 of transition death is below 0"),
    "shares": (_with(to={"well": 0.3, "dead": 0.6}), "shares of transition death are not between 0 and 1 with sum 1"),
    "table_missing": (
        _with(family="life_table", parameters={}, life_table={"table": "un-2025-atlantis", "sex": "male"}),
        r"life_table.table: found 'un-2025-atlantis'; expected one of",
    ),
    "age_missing": (
        _with(family="life_table", parameters={}, life_table={"table": "un-2025-united-states", "sex": "male"}),
        r"patients.age_years: found nothing",
    ),
    "pieces": (
        {"states": {"well": {"utility": [{"since": 1, "value": 1}]}, "dead": {}}},
        "states.well: found pieces; expected pieces that begin since: 0",
    ),
    "reserved_clock": ({"clocks": {"age": {"restarts_at": []}}}, "clocks.age: found 'age'; expected a name other"),
    "twice": ({"transitions": [DEATH, DEATH]}, "transitions.death: found twice; expected an id used once"),
    "covariance": (
        {"parameters": {"a": 1}, "correlated": [{"parameters": ["a"], "mean": [1], "covariance": [[-1]]}]},
        r"correlated.1: .*without negative variance",
    ),
    "no_patients_file": ({"patients": {"file": "none.csv"}}, r"none.csv: \(file\): found FileNotFoundError"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_file_is_refused_by_name(name: str, tmp_path: Path) -> None:
    change, message = CASES[name]
    with pytest.raises(InvalidInput, match=message):
        simulate_file(a_file(tmp_path, **change))


@pytest.mark.parametrize("name", CASES)
def test_every_refusal_is_said_in_chinese_too(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate_file(a_file(tmp_path, **CASES[name][0]))
    assert all(re.search("[\u4e00-\u9fff]", problem.expected.zh) for problem in caught.value.problems)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = a_file(tmp_path, transitions=[DEATH | {"to": "ded", "clock": "agee"}], patients={})
    with pytest.raises(InvalidInput) as caught:
        simulate_file(path)
    assert [problem.field for problem in caught.value.problems] == [
        "transitions.death.to",
        "transitions.death.clock",
        "patients.start.state",
    ]


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    path.write_text(path.read_text() + "horizon: 3\n")
    with pytest.raises(InvalidInput, match="valid YAML, no key twice"):
        read_model(path)


def test_a_patient_table_with_a_word_for_a_number_names_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("x,start\n1,well\nold,well\n")
    path = a_file(tmp_path, covariates=["x"], patients={"file": "people.csv"})
    with pytest.raises(InvalidInput, match=r"people.csv: row 3.x: found 'old'; expected a number"):
        simulate_file(path)


def test_a_sex_that_is_neither_1_nor_0_has_no_life_table(tmp_path: Path) -> None:
    table = {"table": "un-2025-united-states", "sex": "male"}
    path = a_file(
        tmp_path,
        covariates=["m"],
        patients={"covariates": {"m": 0.5}, "age_years": 60, "start": {"state": "well"}},
        **_with(family="life_table", parameters={}, life_table=table | {"sex": "m"}),
    )
    with pytest.raises(InvalidInput, match=r"patients.covariates.m: .*1 \(men\) or 0 \(women\)"):
        simulate_file(path)


def test_asking_the_solver_for_a_model_with_visit_guards_says_why_not(tmp_path: Path) -> None:
    path = a_file(tmp_path, **_with(visits={"dead": {"most": 2}}))
    with pytest.raises(UsageError, match="transition death is guarded by the number of earlier visits"):
        simulate_file(path, chosen="solver")


def test_numbers_without_a_source_are_listed(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    assert build(path, read_model(path), draws=1, seed=1).unsourced == ("transitions.death.parameters.rate",)


def test_a_source_beside_a_transition_covers_its_numbers(tmp_path: Path) -> None:
    path = a_file(tmp_path, **_with(source="a trial, table 2"))
    built = build(path, read_model(path), draws=1, seed=1)
    assert built.sources == (("transitions.death.parameters.rate", "a trial, table 2"),)


def test_a_model_without_history_has_no_reason_to_simulate(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    built = build(path, read_model(path), draws=1, seed=1)
    assert why_not_solvable(built.model, built.patients, built.rewards) == ()
