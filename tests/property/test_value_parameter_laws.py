"""Laws of the worth of parameters, studies and facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelvicrt.value import (
    Measure,
    decision,
    evppi,
    evppi_of_groups,
    evsi_by_size,
    worth_of_fact,
    worth_of_test,
)

SEEDS = st.integers(0, 10_000)
KINDS = st.sampled_from(["proportion", "log_ratio", "mean", "odds_ratio"])


def _problem(seed: int, draws: int = 200, options: int = 3, parameters: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    known = rng.standard_normal((draws, parameters))
    loads = rng.standard_normal((parameters, options)) * rng.uniform(0, 0.5)
    return known @ loads + rng.standard_normal((draws, options)) * rng.uniform(0.1, 1.0), known


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, chain=st.permutations(range(5)))
def test_more_parameters_are_never_worth_less(seed: int, chain: list[int]) -> None:
    net_benefit, known = _problem(seed)
    groups = {str(size): chain[:size] for size in range(1, 6)}
    found = evppi_of_groups(net_benefit, known, groups)
    values = [found[str(size)].evppi.value for size in range(1, 6)]
    assert values == sorted(values)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, options=st.integers(1, 5))
def test_parameters_are_worth_something_from_nothing_to_everything(seed: int, options: int) -> None:
    net_benefit, known = _problem(seed, options=options)
    found = evppi(net_benefit, known)
    assert 0.0 <= found.evppi.value <= decision(net_benefit).evpi.value + 1e-12


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_a_parameter_that_does_not_vary_is_worth_nothing(seed: int) -> None:
    net_benefit, _ = _problem(seed)
    found = evppi(net_benefit, np.full((200, 2), 3.0))
    assert (found.evppi.value, found.evppi.standard_error, found.fitted, found.left_out) == (0.0, 0.0, 0.0, 0.0)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_a_constant_added_to_the_known_parameters_adds_nothing(seed: int) -> None:
    net_benefit, known = _problem(seed)
    more = np.concatenate([known, np.ones((200, 1))], axis=1)
    assert evppi(net_benefit, more).evppi == evppi(net_benefit, known).evppi


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_an_increasing_transformation_of_a_parameter_changes_nothing(seed: int) -> None:
    net_benefit, known = _problem(seed)
    a, b = evppi(net_benefit, known).evppi, evppi(net_benefit, np.exp(known)).evppi
    assert b.value == pytest.approx(a.value, abs=1e-12)


def test_an_unused_parameter_is_seldom_worth_more_than_two_standard_errors() -> None:
    clearly = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        found = evppi(rng.standard_normal((300, 5)), rng.standard_normal((300, 2)))
        clearly += found.evppi.value > max(2 * found.evppi.standard_error, 0.02)
    assert clearly <= 10


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, kind=KINDS, between=st.floats(0, 0.5))
def test_a_larger_study_is_never_worth_less_nor_more_than_its_parameters(seed: int, kind: str, between: float) -> None:
    rng = np.random.default_rng(seed)
    score = rng.standard_normal(200)
    true = {"proportion": 1 / (1 + np.exp(-score)), "mean": score}.get(kind, np.exp(0.4 * score))
    reference = np.full(200, 0.3) if kind == "odds_ratio" else None
    net_benefit = np.stack([score * 0.3, rng.standard_normal(200) * 0.2], axis=1)
    measure = Measure(name="x", kind=kind, true=true, n=20, between=between, reference=reference)  # type: ignore[arg-type]
    found = evsi_by_size(net_benefit, [measure], factors=(0.5, 1, 10, 100))
    values = [item.evsi.value for item in found]
    assert values == sorted(values)
    assert values[-1] <= found[-1].evppi.value + 1e-12


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_test_that_never_errs_is_the_fact_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    utility, groups = rng.standard_normal((120, 3)), rng.integers(0, 3, 120)
    open_if = np.ones((3, 3), dtype=bool)
    exact = worth_of_test(utility, groups, shows=np.eye(3), open_if=open_if, now=0, seed=seed)
    assert exact == worth_of_fact(utility, groups, open_if=open_if, now=0, seed=seed)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, chance=st.floats(0, 1))
def test_a_test_that_says_the_same_whatever_is_true_is_never_clearly_worth_anything(seed: int, chance: float) -> None:
    rng = np.random.default_rng(seed)
    utility, groups = rng.standard_normal((200, 2)) + np.array([0.5, 0.0]), rng.integers(0, 2, 200)
    shows = np.array([[chance, 1 - chance], [chance, 1 - chance]])
    found = worth_of_test(utility, groups, shows=shows, open_if=np.ones((2, 2), dtype=bool), now=0)
    assert found.value <= 3 * found.standard_error + 1e-12
