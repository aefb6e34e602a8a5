"""What the value room refuses, and how it says so."""

from __future__ import annotations

import numpy as np
import pytest

from pelvicrt.value import Measure, cost_effectiveness, decision, evpi_from_halves, evppi, evsi, worth_of_test

X = np.array([[1.0, 2.0], [2.0, 1.0]])


def test_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match=r"net benefit must be \(draws, options\) with at least one of each"):
        decision(np.zeros((0, 3)))


def test_a_net_benefit_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="net benefit must be finite in every draw"):
        decision(np.array([[1.0, np.nan]]))


def test_a_covariance_of_other_options_is_refused() -> None:
    with pytest.raises(ValueError, match=r"inner_covariance must be \(2, 2\) or \(2, 2, 2\); got \(3, 3\)"):
        decision(X, inner_covariance=np.eye(3))


def test_a_negative_inner_variance_is_refused() -> None:
    with pytest.raises(ValueError, match="no negative variance"):
        decision(X, inner_covariance=-np.eye(2))


def test_halves_of_different_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the halves must have one shape; got \(2, 2\) and \(1, 2\)"):
        evpi_from_halves(X, X[:1])


def test_costs_of_other_options_are_refused() -> None:
    with pytest.raises(ValueError, match=r"effects and costs must have one shape"):
        cost_effectiveness(X, X[:, :1], willingness_to_pay=[1.0])


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(ValueError, match="willingness to pay must be one or more finite numbers from 0 on"):
        cost_effectiveness(X, X, willingness_to_pay=[-1.0])


def test_a_covariance_without_costs_is_refused_beside_costs() -> None:
    with pytest.raises(ValueError, match=r"inner_covariance must be \(4, 4\) or one such table a draw; got \(2, 2\)"):
        cost_effectiveness(X, X, willingness_to_pay=[1.0], inner_covariance=np.eye(2))


def test_too_few_draws_for_a_metamodel_are_refused() -> None:
    with pytest.raises(ValueError, match="a metamodel needs at least 20 draws of both; got 2"):
        evppi(X, X)


def test_parameters_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match=r"parameters must be a finite table \(draws, k\)"):
        evppi(X, np.array([[1.0], [np.inf]]))


def test_a_study_that_measures_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a study must measure something"):
        evsi(X, [])


def test_an_odds_ratio_without_its_reference_arm_is_refused() -> None:
    with pytest.raises(ValueError, match="x: an odds ratio needs the chance in its reference arm"):
        Measure(name="x", kind="odds_ratio", true=np.ones(3), n=10)


def test_a_study_without_patients_is_refused() -> None:
    with pytest.raises(ValueError, match="x: n must be above 0"):
        Measure(name="x", kind="mean", true=np.ones(3), n=0)


def test_a_test_whose_chances_do_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up to 1 for each value of the fact"):
        worth_of_test(X, np.array([0, 1]), shows=np.full((2, 2), 0.4), open_if=np.ones((2, 2), dtype=bool), now=0)
