"""The grade of an outcome: the weakest that carries a fair share of what moves it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from pelvicrt.evidence import library
from pelvicrt.foundation import EVIDENCE_GRADES, average_ranks
from pelvicrt.simulate.draws import model_parameters
from pelvicrt.simulate.strength import Judge, judged

ANY = library().parameters["relapse.cure"]


def record(grade, *, m0=False, name="a"):
    return replace(ANY, id=name, grade=grade, from_m0=m0)


def graded(*parts, share=0.25):
    """The strength behind (grade, explained variance) parts."""
    return judged([record(grade) for grade, _ in parts], [part for _, part in parts], weak_share=share)


@given(arrays.arrays(np.float64, st.integers(1, 40), elements=st.integers(-5, 5).map(float)))
def test_ranks_with_ties_are_those_of_scipy(values):
    assert average_ranks(values) == pytest.approx(stats.rankdata(values), abs=1e-12)


def test_an_assumption_of_little_weight_does_not_give_the_grade():
    assert graded(("randomised", 0.80), ("assumption", 0.05)).grade == "randomised"


def test_an_assumption_that_carries_a_quarter_gives_the_grade():
    assert graded(("randomised", 0.30), ("assumption", 0.10)).grade == "assumption"


def test_weak_grades_are_added_up_from_the_weakest():
    assert graded(("randomised", 0.60), ("indirect", 0.10), ("assumption", 0.10)).grade == "indirect"


def test_many_good_figures_of_little_weight_do_not_hide_a_heavy_assumption():
    assert graded(("assumption", 0.40), *[("randomised", 0.02)] * 20).grade == "assumption"


def test_an_outcome_nothing_moves_rests_on_assumption():
    assert graded().grade == "assumption"


@pytest.mark.parametrize(("part", "expected"), [(0.24, False), (0.26, True)])
def test_patients_without_metastases_are_named_from_a_quarter_on(part, expected):
    found = judged([record("cohort", m0=False), record("cohort", m0=True)], [1 - part, part], weak_share=0.25)
    assert found.from_m0 is expected


@given(
    st.lists(st.tuples(st.sampled_from(EVIDENCE_GRADES), st.floats(0.01, 1)), min_size=1, max_size=8),
    st.floats(0.05, 0.6),
    st.floats(0.05, 0.35),
)
def test_asking_for_a_larger_share_never_weakens_the_grade(parts, share, more):
    low, high = graded(*parts, share=share).grade, graded(*parts, share=share + more).grade
    assert EVIDENCE_GRADES.index(high) <= EVIDENCE_GRADES.index(low)


def judge_of(moves, *, draws=2000):
    rng = np.random.default_rng(4)
    columns = {name: rng.normal(size=draws) for name in ("relapse.cure", "relapse.median", "crs.large_mm")}
    outcome = sum(weight * columns[name] for name, weight in moves.items()) + 0.01 * rng.normal(size=draws)
    return Judge(columns, model_parameters(library())).of(outcome)


def test_parameters_that_matter_are_named_strongest_first():
    assert judge_of({"relapse.cure": 1.0, "relapse.median": 2.0}).parameters == ("relapse.median", "relapse.cure")


def test_a_parameter_within_chance_is_not_named():
    assert judge_of({"relapse.cure": 1.0}).parameters == ("relapse.cure",)


def test_an_outcome_that_never_varies_rests_on_assumption():
    columns = {"relapse.cure": np.linspace(0.1, 0.2, 50)}
    assert Judge(columns, model_parameters(library())).of(np.ones(50)).parameters == ()
