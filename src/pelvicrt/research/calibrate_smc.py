"""Which parameter sets does the likelihood leave? Tempered sequential Monte Carlo, moved by elliptical slices.

The prior is a standard normal in every score, so an elliptical slice (Murray, Adams and MacKay, AISTATS 2010) keeps any
power of the likelihood times the prior without a step length to tune, however many parameters the data say nothing of;
plain importance sampling from such a prior keeps a handful of members. A slice turns a few parameters at a time: all
at once could turn only by small angles, and what the data say nothing of would stay where resampling left it. The
power rises from 0 to 1 so that the effective sample size never falls below a share of the particles (Del Moral, Doucet
and Jasra, JRSS B 2006;68:411-436).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.foundation import Streams

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
LogLikelihood = Callable[[Floats], Floats]
KEPT = 0.6  # number: share of the particles that must stay effective at each rise, as in Del Moral's examples
_MOST_SHRINKS = 60
BLOCK = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Particles:
    """Equally weighted scores (particles, parameters), their log-likelihood, and the powers passed on the way."""

    scores: Floats
    log_likelihood: Floats
    powers: tuple[float, ...]


def temper(
    start: Floats, likelihood: LogLikelihood, *, streams: Streams, name: str, sweeps: int = 1, last_sweeps: int = 4
) -> Particles:
    """Particles from prior draws `start` to the posterior; a sweep moves every parameter once.

    Prior N(0, 1), one figure 2 with variance 1: the posterior is N(1, 1/2).

    >>> z = special.ndtri(Streams(3).uniforms("luck/start", rows=4000))
    >>> end = temper(z, lambda z: -0.5 * (z[:, 0] - 2.0) ** 2, streams=Streams(3), name="doc").scores
    >>> abs(float(end.mean()) - 1.0) < 0.05, abs(float(end.var()) - 0.5) < 0.05
    (True, True)
    """
    scores, value, power, powers = start, likelihood(start), 0.0, [0.0]
    while power < 1.0:
        rise = _rise(value, 1.0 - power)
        power = min(1.0, power + rise)
        powers.append(power)
        label = f"luck/{name}/{len(powers)}"
        chosen = resample(_normalised(rise * value), luck=float(streams.uniforms(f"{label}/resample", rows=1)[0, 0]))
        scores, value = scores[chosen], value[chosen]
        for sweep in range(last_sweeps if power >= 1.0 else sweeps):
            for block in _blocks(scores.shape[1], streams, f"{label}/{sweep}"):
                scores, value = slice_move(
                    scores, value, likelihood, power, columns=block, streams=streams, name=f"{label}/{sweep}/{block[0]}"
                )
    return Particles(scores=scores, log_likelihood=value, powers=tuple(powers))


def slice_move(
    scores: Floats,
    value: Floats,
    likelihood: LogLikelihood,
    power: float,
    *,
    columns: Places,
    streams: Streams,
    name: str,
) -> tuple[Floats, Floats]:
    """One elliptical slice of some columns for every particle; a particle that finds no new place stays."""
    count = len(scores)
    other = special.ndtri(streams.uniforms(f"{name}/ellipse", rows=count, columns=len(columns)))
    luck = streams.uniforms(f"{name}/slice", rows=count, columns=_MOST_SHRINKS + 2)
    level = power * value + np.log(luck[:, 0])
    angle = 2.0 * np.pi * luck[:, 1]
    low, high = angle - 2.0 * np.pi, angle.copy()
    new_scores, new_value = scores.copy(), value.copy()
    active = np.arange(count)
    for shrink in range(_MOST_SHRINKS):
        turn = angle[active, None]
        proposed = scores[active]
        proposed[:, columns] = proposed[:, columns] * np.cos(turn) + other[active] * np.sin(turn)
        found = likelihood(proposed)
        good = power * found > level[active]
        new_scores[active[good]], new_value[active[good]] = proposed[good], found[good]
        active = active[~good]
        if not len(active):
            break
        below = angle[active] < 0.0
        low[active[below]], high[active[~below]] = angle[active[below]], angle[active[~below]]
        angle[active] = low[active] + (high[active] - low[active]) * luck[active, shrink + 2]
    return new_scores, new_value


def _blocks(size: int, streams: Streams, name: str) -> list[Places]:
    """All columns in random order, cut into blocks of at most BLOCK."""
    order = np.argsort(streams.uniforms(f"{name}/blocks", rows=size)[:, 0], kind="stable")
    return [order[first : first + BLOCK] for first in range(0, size, BLOCK)]


def effective_size(log_weights: Floats) -> float:
    """One over the sum of squared normalised weights.

    >>> effective_size(np.zeros(8))
    8.0
    """
    return float(1.0 / (_normalised(log_weights) ** 2).sum())


def resample(weights: Floats, *, luck: float, size: int | None = None) -> Places:
    """Places drawn systematically in proportion to normalised weights.

    >>> resample(np.array([0.5, 0.5, 0.0]), luck=0.5, size=2).tolist()
    [0, 1]
    """
    count = size or len(weights)
    ladder = (np.arange(count) + luck) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), ladder), len(weights) - 1)


def _normalised(log_weights: Floats) -> Floats:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def _rise(value: Floats, most: float) -> float:
    """The largest rise of the power that keeps enough particles effective, by bisection."""
    if effective_size(most * value) >= KEPT * len(value):
        return most
    low, high = 0.0, most
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective_size(middle * value) >= KEPT * len(value) else (low, middle)
    return low
