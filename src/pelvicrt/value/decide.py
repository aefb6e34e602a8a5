"""Which option is best on what is known, how surely, and what would it be worth to know everything?

With NB[d, a] the net benefit of option a in draw d:

    EVPI            = E_d[max_a NB] - max_a E_d[NB]
    expected loss a = E_d[max_a NB] - E_d[NB a];  the best option's expected loss is the EVPI
    P(best) a       = share of draws in which a is the best, draws with equals being split

Noise inside the draws is taken out first (see `noise`), and what that changed is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pelvicrt.value.estimate import Estimate, Floats, Ints, jackknife_error, of_mean
from pelvicrt.value.noise import Quiet, without_noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision between A options. Arrays have shape (A,), in the order of the columns given.

    `evpi` is corrected for inner noise: `evpi_uncorrected` is the plain figure and `correction` what was taken off it;
    it is 0 with standard error 0 when there was no inner noise. `noise_share` is the noise's share of the
    variance between options, 0 to 1. The standard error of `evpi` covers the number of draws and, when there was
    noise, the correction.
    """

    best: int
    mean: Floats
    evpi: Estimate
    evpi_uncorrected: float
    correction: Estimate
    noise_share: float
    p_best: Floats
    expected_loss: Floats


def decision(net_benefit: Floats, *, inner_covariance: Floats | None = None) -> Decision:
    """The decision on paired draws of net benefit, (draws, options).

    Args:
        net_benefit: each row one parameter draw, the same row for every option.
        inner_covariance: see `without_noise`; None for draws without noise of their own.

    Raises:
        ValueError: when there is no draw or no option, a number is not finite, or the covariance does not fit.

    >>> found = decision(np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> found.best, found.evpi.value, found.p_best.tolist(), found.expected_loss.tolist()
    (1, 0.5, [0.5, 0.5], [1.0, 0.5])
    """
    given = checked(net_benefit)
    quiet = without_noise(given, inner_covariance)
    mean = given.mean(axis=0)
    best = int(mean.argmax())
    plain = _perfect(given, best)
    noisy = quiet.noise_share > 0
    correction = _inflation(given, quiet) if noisy else 0.0
    error, error_of_correction = _errors(given, inner_covariance) if noisy else (plain.standard_error, 0.0)
    return Decision(
        best=best,
        mean=mean,
        evpi=Estimate(value=plain.value - correction, standard_error=error),
        evpi_uncorrected=plain.value,
        correction=Estimate(value=correction, standard_error=error_of_correction),
        noise_share=quiet.noise_share,
        p_best=_quiet_chances(given, quiet) if noisy else chance_best(given),
        expected_loss=expected_losses(given) - correction,
    )


def evpi_from_halves(first: Floats, second: Floats) -> float:
    """EVPI from two independent inner halves of every draw, without knowing their covariance.

    Choosing on one half and paying out on the other falls short of the truth by about twice what the plain figure on
    the mean of the halves exceeds it (second-order expansion round the ties), so (2 plain + crossed) / 3 is free of
    the first-order bias. Good for small noise; `decision` with a covariance serves any size of it.

    Raises:
        ValueError: when the halves differ in shape, are empty or not finite.

    >>> x = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> evpi_from_halves(x, x)
    0.5
    """
    if first.shape != second.shape:
        raise ValueError(f"the halves must have one shape; got {first.shape} and {second.shape}")
    a, b = checked(first), checked(second)
    rows, both = np.arange(len(a)), (a + b) / 2
    crossed = (b[rows, a.argmax(axis=1)].mean() + a[rows, b.argmax(axis=1)].mean()) / 2
    return float((2 * both.max(axis=1).mean() + crossed) / 3 - both.mean(axis=0).max())


def chance_best(net_benefit: Floats) -> Floats:
    """Share of draws in which each option is the best; draws with equals are split between them.

    >>> chance_best(np.array([[1.0, 2.0], [3.0, 3.0]])).tolist()
    [0.25, 0.75]
    """
    best = net_benefit == net_benefit.max(axis=1, keepdims=True)
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))


def expected_losses(net_benefit: Floats) -> Floats:
    """Mean shortfall of each option behind the best of its draw.

    >>> expected_losses(np.array([[1.0, 2.0], [3.0, 3.0]])).tolist()
    [0.5, 0.0]
    """
    return np.asarray((net_benefit.max(axis=1, keepdims=True) - net_benefit).mean(axis=0))


def checked(net_benefit: Floats) -> Floats:
    """The draws as floats.

    Raises:
        ValueError: when they are not a table with a draw and an option, or not finite.
    """
    given = np.asarray(net_benefit, dtype=np.float64)
    if given.ndim != 2 or 0 in given.shape:
        raise ValueError(f"net benefit must be (draws, options) with at least one of each; got shape {given.shape}")
    if not np.isfinite(given).all():
        raise ValueError("net benefit must be finite in every draw")
    return given


def _perfect(net_benefit: Floats, best: int) -> Estimate:
    return of_mean(net_benefit.max(axis=1) - net_benefit[:, best])


def _inflation(given: Floats, quiet: Quiet) -> float:
    """How much higher noise makes the mean of the best; never more than the whole value of information."""
    rise = float(quiet.again.max(axis=2).mean() - quiet.net_benefit.max(axis=1).mean())
    return min(rise, float(given.max(axis=1).mean() - given.mean(axis=0).max()))


def _quiet_chances(given: Floats, quiet: Quiet) -> Floats:
    """Chances of being best less what noise changes them by, brought back to chances."""
    blurred = chance_best(quiet.again.reshape(-1, given.shape[1]))
    raw = np.maximum(chance_best(given) - (blurred - chance_best(quiet.net_benefit)), 0.0)
    return np.asarray(raw / raw.sum())


def _errors(net_benefit: Floats, inner_covariance: Floats | None) -> tuple[float, float]:
    """Standard errors of the corrected EVPI and of the correction, the correction being worked out anew each time."""

    def both(rows: Ints) -> Floats:
        part = net_benefit[rows]
        inner = inner_covariance
        if inner is not None and inner.ndim == 3:
            inner = inner[rows]
        plain = float(part.max(axis=1).mean() - part.mean(axis=0).max())
        correction = _inflation(part, without_noise(part, inner))
        return np.array([plain - correction, correction])

    errors = jackknife_error(both, draws=len(net_benefit))
    return float(errors[0]), float(errors[1])
