"""What the value room refuses, and how it says so."""

from __future__ import annotations

import numpy as np
import pytest

from pelvicrt.value import cost_effectiveness, decision, evpi_from_halves

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
