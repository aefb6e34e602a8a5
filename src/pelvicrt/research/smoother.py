"""Where does the posterior roughly lie? An ensemble smoother with multiple data assimilation.

Emerick and Reynolds, Comput Geosci 2013;55:3-15: the same data are used `steps` times with their error covariance
inflated by `steps`, which for a linear model and normal prior gives the exact posterior. Correlations between a
parameter and a figure that an ensemble of this size shows by chance are set to zero. The result is a good place to
look from, not a posterior: it is followed by `calibrate_smc`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from pelvicrt.foundation import Streams

Floats = npt.NDArray[np.float64]
SCREEN = 2.2  # number: standard errors of a chance correlation, two-sided about 3 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Members (members, parameters) as standard normal scores, and their predictions (members, targets)."""

    scores: Floats
    predicted: Floats


def smooth(
    evaluate: Callable[[Floats], Floats],
    start: Floats,
    *,
    observed: Floats,
    covariance: Floats,
    steps: int,
    streams: Streams,
) -> tuple[Stage, ...]:
    """The ensemble after 0, 1, ... `steps` assimilations; `evaluate` gives predictions on the scale of the errors.

    For a linear prediction f = z and prior N(0, 1), one figure 1.0 with variance 1 gives mean 1/2 and variance 1/2:

    >>> z = special.ndtri((np.arange(4000)[:, None] + 0.5) / 4000)
    >>> end = smooth(lambda z: z, z, observed=np.ones(1), covariance=np.eye(1), steps=4, streams=Streams(1))[-1].scores
    >>> abs(float(end.mean()) - 0.5) < 0.03, abs(float(end.var()) - 0.5) < 0.04
    (True, True)
    """
    stages, scores = [], start
    root = linalg.cholesky(covariance, lower=True)
    for step in range(steps):
        predicted = evaluate(scores)
        stages.append(Stage(scores=scores, predicted=predicted))
        uniform = streams.uniforms(f"luck/smoother/{step}", rows=len(scores), columns=len(observed))
        perturbed = observed + np.sqrt(steps) * special.ndtri(uniform) @ root.T
        scores = scores + (perturbed - predicted) @ gain(scores, predicted, steps * covariance).T
    stages.append(Stage(scores=scores, predicted=evaluate(scores)))
    return tuple(stages)


def gain(scores: Floats, predicted: Floats, covariance: Floats) -> Floats:
    """The Kalman gain (parameters, targets) of an ensemble, chance correlations screened."""
    members = len(scores)
    z, f = scores - scores.mean(axis=0), predicted - predicted.mean(axis=0)
    cross, spread = z.T @ f / (members - 1), f.T @ f / (members - 1)
    size = np.outer(z.std(axis=0), f.std(axis=0))
    seen = np.abs(cross) > SCREEN / np.sqrt(members) * size
    return np.asarray(linalg.solve(spread + covariance, (cross * seen).T, assume_a="pos").T)
