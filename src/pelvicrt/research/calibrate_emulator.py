"""What would the model predict here, in microseconds? A quadratic regression of every figure on the parameters.

Figures are regressed on the scale of their errors, on all parameters linearly and on the squares and products of those
that matter most for the figure. Its error is judged on members left out of the fit and is added to the variance of the
likelihood while the emulator is used; the last draws are evaluated by the model itself and reweighted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
MATTERING = 14
"""So many parameters of a figure enter with squares and products: 105 terms."""
_FOLDS = 5
_RIDGE = 1e-6
_FARTHEST = 14.0  # number: on the logit, a probability of one in a million


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """f(z) = constant + linear z + products; `pairs` (terms, 2) are columns of z, `error` the held-out SD a figure."""

    centre: Floats
    constant: Floats
    linear: Floats
    pairs: Places
    quadratic: Floats
    error: Floats
    explained: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Predictions (members, targets) on the scale of the errors."""
        z = scores - self.centre
        products = z[:, self.pairs[:, 0]] * z[:, self.pairs[:, 1]]
        value = self.constant + z @ self.linear + products @ self.quadratic
        return np.asarray(np.clip(value, -_FARTHEST, _FARTHEST))


def fit_emulator(scores: Floats, predicted: Floats, *, mattering: int = MATTERING) -> Emulator:
    """The emulator of members (members, parameters) with known predictions (members, targets).

    `error` is the SD of what is left over on each fifth of the members when it is left out of the fit; `explained` is
    one minus its variance over that of the figure.

    >>> z = np.random.default_rng(1).normal(size=(400, 3))
    >>> fit = fit_emulator(z, (z[:, :1] + z[:, :1] * z[:, 1:2]), mattering=3)
    >>> bool(fit.error[0] < 1e-4), fit(np.array([[1.0, 2.0, 0.0]])).round(3).tolist()
    (True, [[3.0]])
    """
    centre = scores.mean(axis=0)
    z = scores - centre
    linear_only = _solve(np.column_stack([np.ones(len(z)), z]), predicted)[1:]
    chosen = [_pairs_of(linear_only[:, target] * z.std(axis=0), mattering) for target in range(predicted.shape[1])]
    pairs = np.unique(np.concatenate(chosen), axis=0)
    products = z[:, pairs[:, 0]] * z[:, pairs[:, 1]]
    place = {tuple(pair): number for number, pair in enumerate(pairs.tolist())}
    count = z.shape[1]
    constant, linear = np.empty(len(chosen)), np.empty((count, len(chosen)))
    quadratic, error = np.zeros((len(pairs), len(chosen))), np.empty(len(chosen))
    for target, own in enumerate(chosen):
        terms = [place[tuple(pair)] for pair in own.tolist()]
        table = np.column_stack([np.ones(len(z)), z, products[:, terms]])
        error[target] = _held_out(table, predicted[:, target])
        found = _solve(table, predicted[:, target])
        constant[target], linear[:, target] = found[0], found[1 : count + 1]
        quadratic[terms, target] = found[count + 1 :]
    return Emulator(
        centre=centre,
        constant=constant,
        linear=linear,
        pairs=pairs,
        quadratic=quadratic,
        error=error,
        explained=1.0 - error**2 / np.maximum(predicted.var(axis=0), 1e-12),
    )


def _pairs_of(effect: Floats, mattering: int) -> Places:
    """All squares and products of the parameters with the largest linear effect."""
    strongest = np.sort(np.argsort(-np.abs(effect), kind="stable")[:mattering])
    first, second = np.triu_indices(len(strongest))
    return np.stack([strongest[first], strongest[second]], axis=1)


def _solve(table: Floats, values: Floats) -> Floats:
    normal = table.T @ table
    normal[np.diag_indices_from(normal)] += _RIDGE * len(table)
    return np.asarray(linalg.solve(normal, table.T @ values, assume_a="pos"))


def _held_out(table: Floats, values: Floats) -> float:
    """SD of the residuals, each from a fit that did not see it."""
    fold = np.arange(len(table)) % _FOLDS
    residual = np.empty(len(table))
    for number in range(_FOLDS):
        out = fold == number
        residual[out] = values[out] - table[out] @ _solve(table[~out], values[~out])
    return float(np.sqrt((residual**2).mean()))
