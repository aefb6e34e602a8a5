"""Which values do the model's parameters take in each draw?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, Parameter
from pelvicrt.foundation import Streams

Floats = npt.NDArray[np.float64]
ParameterDraws = Mapping[str, Floats]
GROUP = "outcome."
"""Parameters of the outcome model are those whose `group` starts with this."""


def model_parameters(library: Library) -> dict[str, Parameter]:
    """Every parameter of the outcome model, by id."""
    return {item.id: item for item in library.parameters if item.group.startswith(GROUP)}


def sample_parameters(
    library: Library, *, draws: int, seed: int, fixed: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Draws of every parameter, each from its own stream, so that adding one changes no other.

    `fixed` replaces single parameters by a constant, for sensitivity analyses. Parameters are drawn independently:
    correlations of the fit are not modelled.

    Raises:
        KeyError: when `fixed` names no parameter of the model.
    """
    streams, fixed = Streams(seed), dict(fixed or {})
    known = model_parameters(library)
    if unknown := sorted(set(fixed) - set(known)):
        raise KeyError(f"no parameter {unknown[0]!r} in the outcome model")
    return {
        name: np.full(draws, fixed[name])
        if name in fixed
        else item.spread.distribution().at(streams.uniforms(f"params/{name}", rows=draws)[:, 0])
        for name, item in known.items()
    }


def hash_of(parameters: ParameterDraws) -> str:
    """Twelve hex digits over all draws."""
    digest = hashlib.sha256()
    for name in sorted(parameters):
        digest.update(name.encode())
        digest.update(parameters[name].tobytes())
    return digest.hexdigest()[:12]
