"""Is a case the same after it was written down and read again, and do loader and JSON Schema agree?"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.case_strategies import cases

from pelvicrt.case import CONTRACT_FACTS, Case
from pelvicrt.foundation import InvalidInput
from pelvicrt.intake import case_schema, case_text, dump_case, load_case, parse_case, write_case

SCHEMA = case_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"

slowly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@slowly
@given(case=cases())
def test_plain_data_reads_back_to_an_equal_case(case: Case) -> None:
    assert parse_case(dump_case(case), file="f") == case


@slowly
@given(case=cases())
def test_yaml_text_reads_back_to_an_equal_case(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("round") / "case.yaml"
    write_case(case, path)
    assert load_case(path) == case
    assert [item.name for item in path.parent.iterdir()] == ["case.yaml"]


@slowly
@given(case=cases())
def test_json_text_reads_back_to_an_equal_case(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("round") / "case.json"
    path.write_text(json.dumps(dump_case(case), ensure_ascii=False), encoding="utf-8")
    assert load_case(path) == case


@slowly
@given(case=cases())
def test_every_case_written_down_fits_the_schema(case: Case) -> None:
    VALIDATOR.validate(dump_case(case))


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_example_fits_the_schema() -> None:
    data = yaml.load(EXAMPLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    typed = dump_case(load_case(EXAMPLE))
    VALIDATOR.validate(typed)
    assert set(data) == set(typed)


ANYTHING = st.one_of(
    st.sampled_from(
        [None, "unknown", True, False, [], {}, "none", "absent", [1], [6, "7"], "T3", "2026-01-01", [None], [{}]]
    ),
    st.integers(-5, 120),
    st.sampled_from([0.5, 1.5, 3.0, -0.1, 12.25, 1000.0]),
    st.text(max_size=5).filter(str.isprintable),
)


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(CONTRACT_FACTS)), value=ANYTHING)
def test_schema_and_loader_agree_on_any_value_of_any_field(name: str, value: Any) -> None:
    data = dump_case(load_case(EXAMPLE))
    section, _, inner = name.partition(".")
    if inner:
        data.setdefault(section, {})[inner] = copy.deepcopy(value)
    else:
        data[section] = copy.deepcopy(value)
    assert VALIDATOR.is_valid(data) == _loads(data)


def _loads(data: dict[str, Any]) -> bool:
    try:
        parse_case(data, file="f")
    except InvalidInput:
        return False
    return True


def test_units_stand_in_the_schema() -> None:
    age = SCHEMA["properties"]["patient"]["anyOf"][0]["properties"]["age"]
    assert "18 to 110 years" in age["description"]


def test_the_text_of_a_case_keeps_the_order_of_the_contract() -> None:
    keys = [line.partition(":")[0] for line in case_text(load_case(EXAMPLE)).splitlines() if line[0].isalpha()]
    assert keys[:4] == ["schema", "id", "assessed_on", "patient"]
