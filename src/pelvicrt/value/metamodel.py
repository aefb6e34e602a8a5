"""What net benefit would be expected, knew one some of the parameters? A penalised regression on the draws.

Each parameter is turned into normal scores of its ranks, which loses nothing (any increasing transformation leaves what
is known the same) and tames heavy tails. The terms are Hermite polynomials of the scores, orthogonal under
independence: up to degree 5 alone and 3 in products for a few parameters, 3 and products of pairs for more, alone for
many (never more than a quarter of the draws, lest the fit follow the noise). A ridge, heavier the higher the degree, is
chosen for every column by leave-one-out prediction error; so is doing without the parameters altogether. A ridge
shrinks what it fits, and the luck left in a fit widens it again, so the fit is at last stretched to the spread of the
true expectation (see `_spread`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from pelvicrt.foundation import average_ranks
from pelvicrt.value.estimate import Floats

DEGREE = 3
DEGREE_OF_FEW = 5
ALL_PRODUCTS = 4
"""Parameters up to which products of three are tried."""
TERMS_PER_DRAW = 0.25
RIDGES = np.logspace(-4, 4, 17)
"""Ridges tried, in units of the number of draws."""
WORTHWHILE = 4.0
"""Residual variances by which the squared error must fall before the parameters are used at all (a chi-square of 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted expectations, (draws, columns), and those of each draw fitted without it."""

    fitted: Floats
    left_out: Floats


def fit(response: Floats, parameters: Floats) -> Fit:
    """E[response | parameters] for every column of `response`, (draws, columns), from `parameters` (draws, k).

    Raises:
        ValueError: when there are fewer than 20 draws or the rows do not match.

    >>> x = np.linspace(-1, 1, 200)
    >>> found = fit((3 * x)[:, None], x[:, None]).fitted[:, 0]
    >>> bool(np.abs(found - 3 * x).max() < 0.1)
    True
    """
    if len(response) != len(parameters) or len(response) < 20:
        raise ValueError(
            f"a metamodel needs at least 20 draws of both; got {len(response)} of the response and {len(parameters)} "
            "of the parameters"
        )
    terms = terms_of(parameters)
    mean = response.mean(axis=0)
    if terms.shape[1] == 0:
        constant = np.tile(mean, (len(response), 1))
        return Fit(fitted=constant, left_out=constant)
    left, size, _ = np.linalg.svd(terms, full_matrices=False)
    loadings = left.T @ (response - mean)
    columns = [_column(response[:, j], mean[j], left, size, loadings[:, j]) for j in range(response.shape[1])]
    return Fit(fitted=np.stack([c[0] for c in columns], axis=1), left_out=np.stack([c[1] for c in columns], axis=1))


def terms_of(parameters: Floats) -> Floats:
    """The terms, centred, (draws, terms), each shrunk by its degree so that one ridge weighs them all.

    >>> terms_of(np.ones((50, 2))).shape, terms_of(np.arange(100.0)[:, None]).shape
    ((50, 0), (100, 5))
    """
    draws = len(parameters)
    varying = parameters[:, np.ptp(parameters, axis=0) > 0] if parameters.shape[1] else parameters
    ranks = np.apply_along_axis(average_ranks, 0, varying) if varying.shape[1] else varying
    scores = special.ndtri((ranks - 0.5) / draws)
    powers = _hermite(scores)
    chosen = _chosen(scores.shape[1], most=int(draws * TERMS_PER_DRAW))
    columns = [np.prod([powers[degree, :, i] for i, degree in term], axis=0) / _degree(term) for term in chosen]
    if not columns:
        return np.empty((draws, 0))
    terms = np.stack(columns, axis=1)
    return np.asarray(terms - terms.mean(axis=0))


Term = tuple[tuple[int, int], ...]
"""Parameter and degree of each factor of a term."""


def _chosen(count: int, *, most: int) -> list[Term]:
    """The richest set of terms that is not too rich for the draws."""
    for terms in _sets(count):
        if len(terms) <= most:
            return terms
    return [((i, 1),) for i in range(min(count, most))]


def _sets(count: int) -> Iterator[list[Term]]:
    alone = _alone(count, DEGREE)
    pairs: list[Term] = [((i, 1), (j, 1)) for i, j in itertools.combinations(range(count), 2)]
    if count <= ALL_PRODUCTS:
        skewed: list[Term] = [((i, 2), (j, 1)) for i, j in itertools.permutations(range(count), 2)]
        triples: list[Term] = [((i, 1), (j, 1), (k, 1)) for i, j, k in itertools.combinations(range(count), 3)]
        yield _alone(count, DEGREE_OF_FEW) + pairs + skewed + triples
    yield alone + pairs
    yield alone
    yield _alone(count, 2)


def _alone(count: int, most: int) -> list[Term]:
    return [((i, degree),) for degree in range(1, most + 1) for i in range(count)]


def _degree(term: Term) -> int:
    return sum(degree for _, degree in term)


def _hermite(scores: Floats) -> Floats:
    """Hermite polynomials with unit variance under the normal, (degree, draws, parameters), from degree 0 on."""
    found = [np.ones_like(scores), scores]
    for n in range(1, DEGREE_OF_FEW):
        found.append((scores * found[n] - np.sqrt(n) * found[n - 1]) / np.sqrt(n + 1))
    return np.stack(found)


def _column(response: Floats, mean: float, left: Floats, size: Floats, loading: Floats) -> tuple[Floats, Floats]:
    """The fit of one column under the ridge with the least leave-one-out error, or its mean; then that left out."""
    draws = len(response)
    kept = size**2 / (size**2 + RIDGES[:, None] * draws)
    fitted = mean + (kept * loading) @ left.T
    leverage = np.minimum(1 / draws + kept @ (left**2).T, 1 - 1e-9)
    left_out = response - (response - fitted) / (1 - leverage)
    error = ((response - left_out) ** 2).sum(axis=1)
    best = int(error.argmin())
    least = (((response - mean) / (1 - 1 / draws)) ** 2).sum()
    if least - error[best] <= WORTHWHILE * error[best] / draws:
        return np.full(draws, mean), np.full(draws, mean)
    noise = ((response - fitted[best]) ** 2).sum() / max(draws - 1 - kept[best].sum(), 1.0)
    spread = _spread(response, left_out[best], noise=noise * (kept[best] ** 2).sum() / draws)
    seen = float(fitted[best].std())
    scale = spread / seen if seen > 0 else 0.0
    return mean + scale * (fitted[best] - mean), left_out[best]


def _spread(response: Floats, left_out: Floats, *, noise: float) -> float:
    """Standard deviation of the true expectation: a ridge shrinks it and the luck of the fit widens it again.

    With S the smoother, cov(response, left-out fit) = g'Sg / n has no luck in it and var(left-out fit) = g'SSg / n +
    noise; for a signal shrunk evenly the first squared over the second without noise is g'g / n.
    """
    shared = float(np.cov(response, left_out)[0, 1])
    own = float(left_out.var(ddof=1)) - noise
    return min(shared / np.sqrt(own), float(response.std())) if shared > 0 and own > 0 else 0.0
