"""How probable are the printed figures under a prediction, when centres differ and one study prints several?

Every study has a deviation u of its own in every outcome class, N(0, tau_class^2) on the logit (on the log for
medians), shared by all its figures of that class: ten figures of one study are then no ten independent witnesses.
u is integrated out exactly for figures with a normal error, and by Gauss-Hermite quadrature where a count is compared
by its binomial probability (none or all of n).
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.foundation import Streams, expit
from pelvicrt.research.predict import OUTCOME_CLASSES, Target, on_scale

Floats = npt.NDArray[np.float64]
_NODES, _NODE_WEIGHTS = np.polynomial.hermite.hermgauss(21)
_LEAST_TAU = 1e-6


def fitted(targets: Sequence[Target]) -> npt.NDArray[np.int64]:
    """The places of the targets a calibration fits: those scored as primary."""
    return np.array([place for place, item in enumerate(targets) if item.score == "primary"], dtype=np.int64)


def hash_of_targets(targets: Sequence[Target]) -> str:
    """Twelve hex digits over the figures, their errors and their weights.

    Numbers count to nine digits: the last ones of a logarithm differ between processors, and that is no other figure.
    """
    rows = (repr([_as_printed(value) for value in dataclasses.astuple(item)]) for item in targets)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _as_printed(value: object) -> object:
    return f"{value:.9g}" if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Block:
    """The figures of one study in one outcome class: places with a normal error, and places compared as counts."""

    cohort: str
    overlap_group: str
    outcome_class: int
    normal: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


class Comparison:
    """The observed figures on the scale of their errors, in blocks of study and class.

    All methods take predictions on that scale (see `predict.on_scale`), one column a target.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self.scales = tuple(item.scale for item in targets)
        self.observed = np.array([_observed(item) for item in targets])
        self.variance = np.array([_variance(item) for item in targets])
        self.weight = np.array([item.weight for item in targets])
        self.outcome_class = np.array([OUTCOME_CLASSES.index(item.outcome_class) for item in targets])
        self.blocks = _blocks(self.targets)

    def scaled(self, natural: Floats) -> Floats:
        """Predictions (members, targets) from the natural scale to the scale of the errors."""
        columns = [on_scale(natural[:, place], scale) for place, scale in enumerate(self.scales)]
        return np.stack(columns, axis=1) if columns else np.empty((len(natural), 0))

    def log_likelihood(self, predicted: Floats, tau: Floats, *, model_variance: Floats | float = 0.0) -> Floats:
        """Log-likelihood of each block (members, blocks) at predictions (members, targets) and SDs (members, classes).

        With residuals d, variances v, A = sum 1/v and B = sum d/v of one block, integrating u gives
        -1/2 [sum log(2 pi v) + log(1 + tau^2 A) + sum d^2/v - tau^2 B^2 / (1 + tau^2 A)].
        `model_variance` is added to every v (the error of an emulator).

        >>> one = Target(id="t", cohort="c", overlap_group="c", quantity="q", arm="", subgroup="", at_months=None, n=9,
        ...     outcome_class="os", scale="logit", observed=0.5, se_scale=0.6, exact=None, score="primary")
        >>> tau = np.full((1, 10), 0.8)
        >>> round(float(Comparison([one]).log_likelihood(np.array([[1.0]]), tau)[0, 0]), 4)
        -1.4189
        """
        variance = self.variance + model_variance
        return np.stack([self._block(block, predicted, tau, variance) for block in self.blocks], axis=1)

    def _block(self, block: Block, predicted: Floats, tau: Floats, variance: Floats) -> Floats:
        spread = np.maximum(tau[:, block.outcome_class], _LEAST_TAU) ** 2
        v = variance[block.normal]
        distance = self.observed[block.normal] - predicted[:, block.normal]
        precision, pull = (1.0 / v).sum(), (distance / v).sum(axis=1)
        shrink = spread / (1.0 + spread * precision)
        value = -0.5 * (
            np.log(2.0 * np.pi * v).sum()
            + np.log1p(spread * precision)
            + (distance**2 / v).sum(axis=1)
            - shrink * pull**2
        )
        if not len(block.counts):
            return np.asarray(value)
        deviation = (shrink * pull)[:, None] + np.sqrt(2.0 * shrink)[:, None] * _NODES
        inside = sum(self._count(place, predicted[:, [place]] + deviation) for place in block.counts)
        return np.asarray(value + special.logsumexp(inside, b=_NODE_WEIGHTS / np.sqrt(np.pi), axis=1))

    def _count(self, place: int, logits: Floats) -> Floats:
        """Weighted log binomial probability of the count printed."""
        exact = self.targets[place].exact
        assert exact is not None
        hits, n = exact
        ways = special.gammaln(n + 1) - special.gammaln(hits + 1) - special.gammaln(n - hits + 1)
        log_p = -np.logaddexp(0.0, -logits)
        log_q = -np.logaddexp(0.0, logits)
        return np.asarray(self.weight[place] * (ways + hits * log_p + (n - hits) * log_q))

    def covariance(self, tau: Floats) -> Floats:
        """Error covariance (targets, targets) at given SDs (classes,): own errors plus what studies share."""
        matrix = np.diag(self.variance)
        for block in self.blocks:
            places = np.concatenate([block.normal, block.counts])
            matrix[np.ix_(places, places)] += tau[block.outcome_class] ** 2
        return matrix

    def new_studies(
        self,
        predicted: Floats,
        tau: Floats,
        *,
        streams: Streams,
        name: str,
        repeats: int = 1,
        patients: int | None = None,
    ) -> Floats:
        """Figures that new studies of the same kind might print (draws x repeats, targets), on the scale of the errors.

        Each has its own deviation in every class. A proportion of n patients is drawn as a normal error with the
        printed standard error, carried to the predicted proportion; a count from its binomial, half a patient off 0
        and n. `patients` replaces the numbers of patients of all.
        """
        predicted, tau = np.repeat(predicted, repeats, axis=0), np.repeat(tau, repeats, axis=0)
        rows = len(predicted)
        shared = special.ndtri(streams.uniforms(f"{name}/shared", rows=rows, columns=len(self.blocks)))
        luck = streams.uniforms(f"{name}/luck", rows=rows, columns=len(self.targets))
        drawn = np.empty_like(predicted)
        for number, block in enumerate(self.blocks):
            deviation = tau[:, block.outcome_class] * shared[:, number]
            for place in (*block.normal, *block.counts):
                centre = predicted[:, place] + deviation
                drawn[:, place] = self._printed(int(place), centre, luck[:, place], patients)
        return drawn

    def with_figures(
        self, predicted: Floats, tau: Floats, *, model_variance: Floats | float, streams: Streams, name: str
    ) -> Comparison:
        """The same studies with figures made from one prediction (1, targets), errors as the likelihood has them."""
        shared = special.ndtri(streams.uniforms(f"{name}/shared", rows=1, columns=len(self.blocks)))[0]
        luck = streams.uniforms(f"{name}/luck", rows=1, columns=len(self.targets))[0]
        other = copy.copy(self)
        deviation = np.zeros(len(self.targets))
        for number, block in enumerate(self.blocks):
            deviation[np.concatenate([block.normal, block.counts])] = tau[0, block.outcome_class] * shared[number]
        other.observed = predicted[0] + deviation + np.sqrt(self.variance + model_variance) * special.ndtri(luck)
        other.targets = tuple(
            _counted(item, float(expit(predicted[0, place] + deviation[place])), luck[[place]])
            for place, item in enumerate(self.targets)
        )
        return other

    def _printed(self, place: int, centre: Floats, luck: Floats, patients: int | None) -> Floats:
        """What a study prints whose own true value is `centre`."""
        item = self.targets[place]
        if item.se_scale is None and item.exact is not None:
            n = patients or item.exact[1]
            return _half_off(_binomial(luck, n, expit(centre)), n)
        error = np.full(len(centre), np.sqrt(self.variance[place] * item.weight))
        if item.scale == "logit":
            # The standard error of a logit is that of the proportion over p (1 - p): it grows towards 0 and 1.
            printed = expit(np.array(self.observed[place]))
            error *= np.sqrt(printed * (1.0 - printed) / _information(centre))
        if patients is not None and item.n is not None:
            error *= np.sqrt(item.n / patients)
        return np.asarray(centre + error * special.ndtri(luck))


def _binomial(luck: Floats, n: int, chance: Floats) -> Floats:
    """Counts by the inverse distribution function."""
    levels = special.bdtr(np.arange(n + 1), n, chance[:, None])
    return np.asarray((levels < luck[:, None]).sum(axis=1), dtype=np.float64)


def _counted(item: Target, chance: float, luck: Floats) -> Target:
    """The target with a count drawn anew, where its count is what is compared."""
    if item.se_scale is not None or item.exact is None:
        return item
    n = item.exact[1]
    return dataclasses.replace(item, exact=(int(_binomial(luck, n, np.array([chance]))[0]), n))


def _information(logits: Floats) -> Floats:
    """P (1 - p), kept off zero."""
    p = expit(logits)
    return np.asarray(np.maximum(p * (1.0 - p), 1e-3))  # number: p = .001, where a count would stand instead


def _half_off(hits: Floats | float, n: int) -> Floats:
    return np.asarray(np.log((hits + 0.5) / (n - hits + 0.5)))


def _observed(item: Target) -> float:
    if item.se_scale is None and item.exact is not None:
        return float(_half_off(item.exact[0], item.exact[1]))
    return float(on_scale(np.array([item.observed]), item.scale)[0])


def _variance(item: Target) -> float:
    """Own variance on the scale; a count's is that of its logit with half a patient added on both sides."""
    if item.se_scale is not None:
        return item.se_scale**2 / item.weight
    if item.exact is None:
        raise ValueError(f"target {item.id} has neither a standard error nor a count")
    hits, n = item.exact
    return (1.0 / (hits + 0.5) + 1.0 / (n - hits + 0.5)) / item.weight


def _blocks(targets: Sequence[Target]) -> tuple[Block, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for place, item in enumerate(targets):
        found.setdefault((item.cohort, item.outcome_class), []).append(place)
    return tuple(
        Block(
            cohort=cohort,
            overlap_group=targets[places[0]].overlap_group,
            outcome_class=OUTCOME_CLASSES.index(kind),
            normal=np.array([p for p in places if targets[p].se_scale is not None], dtype=np.int64),
            counts=np.array([p for p in places if targets[p].se_scale is None], dtype=np.int64),
        )
        for (cohort, kind), places in found.items()
    )
