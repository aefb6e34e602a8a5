"""What would it be worth to know some of the parameters exactly? Expected value of partial perfect information.

    EVPPI(phi) = E_phi[max_a E(NB a | phi)] - max_a E(NB a)

E(NB a | phi) is carried by `metamodel` (Strong, Oakley and Brennan 2014), fitted to the gains over the option that is
best today, and stretched there so that it varies as much as the true expectation does: the luck of a fit makes the
largest of its values look too good, the penalty that tames that luck makes it look too poor. Two figures then stand
either side of the truth:

    fitted    mean of the largest fitted gain: a little high where options are many and close, because a maximum over
              many fits still finds luck
    left out  each draw's own gain under the choice made by a fit without that draw: a little low, because such a
              choice errs; no luck can raise it

The value is their mean, kept between 0 and the value of perfect information. The standard error is that of the left-out
gains, the influence function of this quantity. Noise inside the draws averages out in the regression and needs no
correction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pelvicrt.value.decide import checked
from pelvicrt.value.estimate import Estimate, Floats, of_mean
from pelvicrt.value.metamodel import fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """EVPPI, and the two figures it lies between; `left_out` may come out below 0."""

    evppi: Estimate
    fitted: float
    left_out: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Expected gain over today's best option given some knowledge, (draws, options), fitted and left out."""

    over: int
    own: Floats
    fitted: Floats
    left_out: Floats

    @classmethod
    def of(cls, net_benefit: Floats, known: Floats) -> Gains:
        """The gains of each draw `net_benefit` (draws, options) given what is `known` (draws, k)."""
        best = int(net_benefit.mean(axis=0).argmax())
        own = net_benefit - net_benefit[:, [best]]
        others = [a for a in range(own.shape[1]) if a != best]
        fitted, left_out = np.zeros_like(own), np.zeros_like(own)
        if others:
            found = fit(own[:, others], known)
            fitted[:, others], left_out[:, others] = found.fitted, found.left_out
        return cls(over=best, own=own, fitted=fitted, left_out=left_out)

    @property
    def paid(self) -> Floats:
        """Each draw's own gain under the choice made without it, (draws,)."""
        return np.asarray(self.own[np.arange(len(self.own)), self.left_out.argmax(axis=1)])


def evppi(net_benefit: Floats, parameters: Floats, *, evpi: float | None = None) -> Partial:
    """Worth of knowing `parameters`, (draws, k), in a decision on `net_benefit`, (draws, options).

    Args:
        net_benefit: paired draws; noise inside the draws is allowed.
        parameters: the draws of what would be known.
        evpi: the value of perfect information when the draws are noisy; that of the draws as they are by default.

    Raises:
        ValueError: when the rows do not match, a number is not finite or there are fewer than 20 draws.

    >>> x = np.linspace(-1, 1, 400)
    >>> found = evppi(np.stack([x, np.zeros(400)], axis=1), x[:, None])
    >>> round(found.evppi.value, 2)  # all is known: a quarter, as E max(x, 0) of a uniform x
    0.25
    """
    given, known = checked(net_benefit), np.asarray(parameters, dtype=np.float64)
    if known.ndim != 2 or not np.isfinite(known).all():
        raise ValueError(f"parameters must be a finite table (draws, k); got shape {known.shape}")
    most = float(given.max(axis=1).mean() - given.mean(axis=0).max()) if evpi is None else evpi
    gains = Gains.of(given, known)
    paid = of_mean(gains.paid)
    plain = of_mean(gains.fitted.max(axis=1))
    # Where no choice ever changes left out, the spread of the fitted gains is all there is to judge the error by.
    error = max(paid.standard_error, plain.standard_error)
    middle = (plain.value + max(paid.value, 0.0)) / 2
    return Partial(
        evppi=Estimate(value=min(middle, most), standard_error=error), fitted=plain.value, left_out=paid.value
    )


def evppi_of_groups(
    net_benefit: Floats, parameters: Floats, groups: Mapping[str, Sequence[int]], *, evpi: float | None = None
) -> dict[str, Partial]:
    """EVPPI of each named group of columns of `parameters`; a group is never worth less than one it contains.

    More knowledge cannot be worth less, but two estimates can lie that way by their errors; the larger group then takes
    the value and error of the smaller.

    Raises:
        ValueError: as `evppi`.
        IndexError: when a group names a column that is not there.

    >>> x = np.linspace(-1, 1, 400)
    >>> known = np.stack([x, x**2], axis=1)
    >>> found = evppi_of_groups(np.stack([x, 0 * x], axis=1), known, {"a": [0], "b": [0, 1]})
    >>> found["b"].evppi.value >= found["a"].evppi.value
    True
    """
    found = {name: evppi(net_benefit, parameters[:, list(columns)], evpi=evpi) for name, columns in groups.items()}
    held = {name: frozenset(columns) for name, columns in groups.items()}
    return {
        name: max((found[other] for other in held if held[other] <= held[name]), key=lambda item: item.evppi.value)
        for name in groups
    }
