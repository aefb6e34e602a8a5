"""Which values do the model's parameters take in each draw?

The parameters that the calibration moved are taken together, row by row, from the shipped posterior, which keeps their
correlations; the rest from their priors, each from its own stream. The rows of the posterior are ordered so that the
first n stand for all, and prior draws are spread evenly, so that more draws change little.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, Parameter, Posterior
from pelvicrt.foundation import Streams

Floats = npt.NDArray[np.float64]
ParameterDraws = Mapping[str, Floats]
GROUP = "outcome."
"""Parameters of the outcome model are those whose `group` starts with this."""
COHORT_GROUP = "outcome.bias"
"""Parameters of how studies report or select: part of replay and calibration, without meaning for one patient."""
STRATA = 100
"""Prior draws come in runs of so many, one from each hundredth of the distribution in random order."""


def model_parameters(library: Library) -> dict[str, Parameter]:
    """Every parameter of the outcome model, by id, those of cohorts included."""
    return {item.id: item for item in library.parameters if item.group.startswith(GROUP)}


def sample_parameters(
    library: Library, *, draws: int, seed: int, fixed: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Draws of every parameter of a patient: posterior rows where there are any, else evenly spread prior draws.

    Adding a parameter changes no other. Row i never depends on `draws`; beyond the last row the posterior starts again
    beside new prior draws. `fixed` replaces single parameters by a constant, for sensitivity analyses.

    Raises:
        KeyError: when `fixed` names no parameter of the model.
    """
    streams, fixed = Streams(seed), dict(fixed or {})
    known = {name: item for name, item in model_parameters(library).items() if item.group != COHORT_GROUP}
    if unknown := sorted(set(fixed) - set(known)):
        raise KeyError(f"no parameter {unknown[0]!r} in the outcome model")
    posterior = usable_posterior(library)
    joint: ParameterDraws = {} if posterior is None else posterior.draws

    def drawn(name: str, item: Parameter) -> Floats:
        if name in fixed:
            return np.full(draws, fixed[name])
        if name in joint:
            return np.resize(joint[name], draws)
        return item.spread.distribution().at(evenly(streams, f"params/{name}", rows=draws))

    return {name: drawn(name, item) for name, item in known.items()}


def evenly(streams: Streams, name: str, *, rows: int) -> Floats:
    """U(0, 1), shape (rows,), one in each hundredth among every run of a hundred; row i never depends on `rows`.

    >>> sorted((evenly(Streams(1), "params/x", rows=100) * 100).astype(int).tolist()) == list(range(100))
    True
    """
    runs = -(-rows // STRATA)
    luck = streams.uniforms(name, rows=runs * STRATA, columns=2)
    order = np.argsort(luck[:, 0].reshape(runs, STRATA), axis=1, kind="stable").ravel()
    return np.asarray((order[:rows] + luck[:rows, 1]) / STRATA)


def usable_posterior(library: Library) -> Posterior | None:
    """The shipped posterior, unless a prior it was made from has changed since."""
    posterior = library.posterior
    if posterior is None or posterior.recipe.prior_hash != prior_hash(library, posterior.recipe.depends_on):
        return None
    return posterior


def prior_hash(library: Library, names: Iterable[str]) -> str:
    """Twelve hex digits over the distributions of the named parameters."""
    known = model_parameters(library)
    lines = [f"{name} {known[name].spread if name in known else 'missing'}" for name in sorted(names)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def calibration_note(library: Library) -> str:
    """What a reader must know of the calibration behind the draws."""
    posterior = library.posterior
    if posterior is None:
        return "calibration: none; parameters are drawn independently from their priors"
    recipe = posterior.recipe
    if usable_posterior(library) is None:
        return (
            f"calibration {recipe.id} does not fit the priors of this library and is not used; "
            "parameters are drawn independently from their priors: recalibrate"
        )
    return (
        f"calibration {recipe.id} of {recipe.made_on}: {len(recipe.parameters)} parameters drawn jointly, "
        f"effective sample size {recipe.effective_size:.0f}; the others keep their priors"
    )


def hash_of(parameters: ParameterDraws) -> str:
    """Twelve hex digits over all draws."""
    digest = hashlib.sha256()
    for name in sorted(parameters):
        digest.update(name.encode())
        digest.update(parameters[name].tobytes())
    return digest.hexdigest()[:12]
