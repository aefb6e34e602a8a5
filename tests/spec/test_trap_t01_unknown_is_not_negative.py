"""T1: an unknown MRF, EMVI or MMR is not negative; no rule may read silence as "no"."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.case_strategies import values_of

from pelvicrt.case import CONTRACT_FACTS, DERIVED_FACTS, Case, Facts, Primary, inputs_of, with_fact
from pelvicrt.evidence import holds, parse
from pelvicrt.foundation import UNKNOWN

EMPTY = Case(id="empty", assessed_on=dt.date(2026, 5, 4))
RULES = [
    ({"fact": "primary.mrf_mm", "lt": 2}, "primary.mrf_mm"),
    ({"fact": "primary.mrf_mm", "ge": 2}, "primary.mrf_mm"),
    ({"fact": "primary.emvi", "is": "absent"}, "primary.emvi"),
    ({"fact": "primary.emvi", "is": "present"}, "primary.emvi"),
    ({"fact": "molecular.mmr", "is": "proficient"}, "molecular.mmr"),
    ({"fact": "molecular.mmr", "is": "deficient"}, "molecular.mmr"),
    ({"fact": "preferences.declines", "is": "surgery"}, "preferences.declines"),
]


@pytest.mark.parametrize(("rule", "missing"), RULES, ids=str)
def test_t01_a_rule_on_an_unrecorded_fact_is_undecided_and_names_it(rule: dict[str, object], missing: str) -> None:
    verdict = holds(parse(rule), Facts(EMPTY).get)
    assert verdict.value is None
    assert verdict.missing == {missing}


@pytest.mark.parametrize("name", [name for name, spec in CONTRACT_FACTS.items() if spec.kind != "records"])
def test_t01_every_unrecorded_fact_is_unknown(name: str) -> None:
    assert Facts(EMPTY).get(name) is UNKNOWN


@pytest.mark.parametrize("name", DERIVED_FACTS)
def test_t01_nothing_is_derived_from_an_empty_case(name: str) -> None:
    assert Facts(EMPTY).get(name) is UNKNOWN


@pytest.mark.parametrize("fact", ["primary.emvi", "molecular.mmr", "symptoms.bleeding"])
def test_t01_an_unknown_fact_has_no_truth_value(fact: str) -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Facts(EMPTY).get(fact))


@pytest.mark.parametrize("group", ["T3ab", "T3cd"])
def test_t01_t3_without_substage_leaves_substage_rules_undecided(group: str) -> None:
    case = Case(id="a", assessed_on=dt.date(2026, 5, 4), primary=Primary(ct="T3"))
    verdict = holds(parse({"fact": "derived.ct_group", "in": [group, "T1"]}), Facts(case).get)
    assert verdict.value is None


@st.composite
def a_case_with_inputs_of(draw: st.DrawFn, fact: str) -> Case:
    case = EMPTY
    for name in inputs_of(fact):
        case = with_fact(case, name, draw(values_of(CONTRACT_FACTS[name])))
    return case


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(fact=st.sampled_from([fact for fact in DERIVED_FACTS if "at_least" not in fact]), data=st.data())
def test_t01_forgetting_an_input_makes_an_answer_unknown_never_another(fact: str, data: st.DataObject) -> None:
    case = data.draw(a_case_with_inputs_of(fact))
    forgotten = data.draw(st.sampled_from(inputs_of(fact)))
    less, full = Facts(with_fact(case, forgotten, UNKNOWN)).get(fact), Facts(case).get(fact)
    assert less is UNKNOWN or full is UNKNOWN or less == full
