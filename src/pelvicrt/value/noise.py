"""What would the net benefits of the draws be without the noise of the simulation inside each draw?

With m lives simulated in a draw, its net benefit is a mean with a known covariance between options, N (paired luck
makes it small). The maximum over options picks up that noise, so that knowing everything looks too valuable. The draws
are therefore moved as little as possible until their covariance is what it would be without noise:

    S = covariance of the noisy draws = T + N,    T = S - N (negative eigenvalues set to 0)
    x -> mean + M (x - mean),    M = S^(-1/2) (S^(1/2) T S^(1/2))^(1/2) S^(-1/2)

M is the optimal transport from covariance S to T (Olkin and Pukelsheim 1982; Dowson and Landau 1982): exact when the
net benefits are normal, and the identity when there is no noise. Plain shrinkage, T S^(-1), would shrink too far: a
posterior mean varies less than the truth. Only contrasts between options count, so both steps live in an orthonormal
basis of contrasts, and a reordering of options or luck common to all changes nothing.

Net benefits that are not normal keep their shape only in part, so what is reported is corrected once more: `Quiet`
also holds the moved draws with fresh noise N added back (`again`). A statistic of the noisy draws less what that fresh
noise changed it by, f(noisy) - [f(again) - f(moved)], is free of what the move got wrong to first order.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from pelvicrt.foundation import Streams
from pelvicrt.value.estimate import Floats

_RANK = 1e-12
"""Eigenvalues below this share of the largest count as 0."""
_LUCK = 8_000
"""Pairs of fresh noise in all; enough that they add little to the standard error of a thousand draws."""
_LEAST_PAIRS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Net benefit without inner noise, (draws, options), and the noise's share of the variance between options.

    `again` (copies, draws, options) is `net_benefit` with fresh noise; with no noise it is empty.
    A `noise_share` near 1 says that the draws can hardly be told from noise: simulate more lives a draw.
    """

    net_benefit: Floats
    noise_share: float
    again: Floats


def without_noise(net_benefit: Floats, inner_covariance: Floats | None) -> Quiet:
    """The draws moved so that their covariance is that without inner noise; untouched when there is none.

    Args:
        net_benefit: (draws, options), each entry a mean over simulated lives.
        inner_covariance: covariance of those means between options, (options, options) or one a draw (draws, options,
            options); None when the draws carry no noise of their own, as those of a deterministic solver.

    Raises:
        ValueError: when a shape does not fit, a number is not finite or a variance is negative.

    >>> x = np.array([[0.0, 2.0], [0.0, -2.0]])
    >>> without_noise(x, np.array([[0.0, 0.0], [0.0, 6.0]])).net_benefit.round(6).tolist()
    [[0.5, 1.5], [-0.5, -1.5]]

    There the difference had variance 8, of which 6 is noise: it shrinks by the root of 2/8, from 2 to 1.
    """
    untouched = Quiet(net_benefit=net_benefit, noise_share=0.0, again=np.empty((0, *net_benefit.shape)))
    if inner_covariance is None:
        return untouched
    noise = _mean_noise(inner_covariance, net_benefit.shape)
    draws, options = net_benefit.shape
    if options < 2 or draws < 2 or not noise.any():
        return untouched
    # Options stand in the order of their means here, so that the order they are given in cannot move the fresh noise.
    order = np.argsort(net_benefit.mean(axis=0), kind="stable")
    basis = np.empty((options - 1, options))
    basis[:, order] = linalg.helmert(options)
    contrasts = net_benefit @ basis.T
    mean = contrasts.mean(axis=0)
    centred = contrasts - mean
    spread = centred.T @ centred / (draws - 1)
    noisy = basis @ noise @ basis.T
    moved = mean + centred @ transport(spread, _without_negative(spread - noisy)).T
    level = net_benefit.mean(axis=1, keepdims=True)
    total = float(np.trace(spread))
    share = min(1.0, float(np.trace(noisy)) / total) if total > 0 else 1.0
    quiet = level + moved @ basis
    return Quiet(net_benefit=quiet, noise_share=share, again=quiet + _fresh(noisy, draws) @ basis)


def transport(from_covariance: Floats, to_covariance: Floats) -> Floats:
    """The symmetric matrix M that moves least and gives M S M' = T wherever S varies.

    >>> transport(np.diag([4.0, 1.0]), np.diag([1.0, 1.0])).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """
    root, inverse_root = _roots(from_covariance)
    middle, _ = _roots(root @ to_covariance @ root)
    return np.asarray(inverse_root @ middle @ inverse_root)


def _fresh(noisy: Floats, draws: int) -> Floats:
    """Noise of the contrasts drawn anew, each copy with its mirror image, (copies, draws, contrasts)."""
    pairs = max(_LEAST_PAIRS, _LUCK // draws)
    drawn = _normals(pairs, draws, len(noisy)) @ _roots(noisy)[0]
    return np.concatenate([drawn, -drawn])


@functools.lru_cache(maxsize=4)
def _normals(pairs: int, draws: int, columns: int) -> Floats:
    """The same luck for everyone who asks, kept because the jackknife asks often."""
    uniforms = Streams(0).uniforms("luck/value/inner", rows=pairs * draws, columns=columns)
    return np.asarray(special.ndtri(uniforms)).reshape(pairs, draws, columns)


def _mean_noise(inner_covariance: Floats, shape: tuple[int, ...]) -> Floats:
    draws, options = shape
    given = np.asarray(inner_covariance, dtype=np.float64)
    if given.shape not in {(options, options), (draws, options, options)}:
        raise ValueError(
            f"inner_covariance must be {(options, options)} or {(draws, options, options)}; got {given.shape}"
        )
    if not np.isfinite(given).all() or (np.diagonal(given, axis1=-2, axis2=-1) < 0).any():
        raise ValueError("inner_covariance must be finite with no negative variance")
    mean = given.mean(axis=0) if given.ndim == 3 else given
    return np.asarray((mean + mean.T) / 2)


def _without_negative(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def _roots(matrix: Floats) -> tuple[Floats, Floats]:
    """The symmetric root of a covariance and its pseudo-inverse."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > _RANK * max(float(values.max(initial=0.0)), np.finfo(np.float64).tiny)
    roots = np.sqrt(np.where(kept, values, 0.0))
    inverse = np.where(kept, 1.0 / np.where(kept, roots, 1.0), 0.0)
    return np.asarray((vectors * roots) @ vectors.T), np.asarray((vectors * inverse) @ vectors.T)
