"""Does the JSON of an assessment keep the contract, whatever the state of the case?"""

from __future__ import annotations

import dataclasses
import json

import jsonschema
import numpy as np
import pytest
from tests.support import assessment_builder as builder

from pelvicrt.foundation import OUTCOME_NAMES
from pelvicrt.report import json_schema, json_text, to_json

STATES = ("an_assessment", "one_option", "none_open", "blocked", "emergency", "palliative")
PROMISED = {
    "id", "case_id", "created_at", "version", "library_hash", "seed", "draws", "lang", "classification", "strategies",
    "recommendation", "comparisons", "preference_strips", "missing_information", "conflicts", "warnings", "citations",
}  # fmt: skip
OF_A_STRATEGY = {
    "id", "regimen", "status", "reasons", "missing", "steps", "timeline", "radiobiology", "outcomes", "utility",
    "p_best", "expected_loss",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_fits_the_schema(state: str, lang: str) -> None:
    jsonschema.validate(to_json(getattr(builder, state)(), lang), json_schema(), jsonschema.Draft202012Validator)


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_schema_refuses_a_probability_above_one() -> None:
    made = to_json(builder.an_assessment(), "en")
    made["strategies"][0]["outcomes"]["overall_survival"][0]["mean"] = 1.2
    with pytest.raises(jsonschema.ValidationError, match=r"1\.2 is greater than the maximum of 1"):
        jsonschema.validate(made, json_schema())


def test_all_promised_keys_are_there() -> None:
    assert set(to_json(builder.an_assessment(), "en")) >= PROMISED


def test_all_promised_keys_of_a_strategy_are_there() -> None:
    assert set(to_json(builder.an_assessment(), "en")["strategies"][0]) >= OF_A_STRATEGY


def test_outcomes_stand_in_the_order_of_the_contract() -> None:
    names = list(to_json(builder.an_assessment(), "en")["strategies"][0]["outcomes"])
    assert names == [name for name in OUTCOME_NAMES if name in names]


def test_the_mean_in_the_file_is_the_mean_of_the_draws_to_four_decimals() -> None:
    assessment = builder.an_assessment()
    draws = assessment.strategies[0].outcomes.outcome("overall_survival").values[:, 2]
    entry = to_json(assessment, "en")["strategies"][0]["outcomes"]["overall_survival"][2]
    expected = (sum(draws) / len(draws), *np.quantile(draws, [0.025, 0.975]))
    assert (entry["mean"], entry["low"], entry["high"]) == pytest.approx(expected, abs=0.00005001)


def test_the_same_assessment_gives_the_same_bytes() -> None:
    assert json_text(builder.an_assessment(), "zh") == json_text(builder.an_assessment(), "zh")


def test_the_order_of_preference_weights_does_not_matter() -> None:
    base = builder.an_assessment()
    turned = dict(reversed(base.advice.preference_strips.items()))
    other = dataclasses.replace(base, advice=dataclasses.replace(base.advice, preference_strips=turned))
    assert json_text(base) == json_text(other)


def test_what_is_not_a_number_becomes_null_and_the_file_stays_json() -> None:
    json.loads(json_text(builder.an_assessment()), parse_constant=pytest.fail)


def test_the_worth_of_a_fact_is_in_quality_adjusted_years() -> None:
    first = to_json(builder.an_assessment(), "en")["missing_information"][0]
    assert (first["value"], first["unit"]) == (pytest.approx(0.31 / 12, abs=0.00005), "qaly")


def test_both_languages_hold_the_same_numbers() -> None:
    outcomes = [[s["outcomes"] for s in to_json(builder.an_assessment(), lang)["strategies"]] for lang in ("en", "zh")]
    assert outcomes[0] == outcomes[1]
