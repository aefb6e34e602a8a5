"""Which distribution does one transition follow, for one strategy and one patient, in every draw?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.engine.families import Law
from pelvicrt.engine.model import Effect, Family, Model, Numbers, Patients

Floats = npt.NDArray[np.float64]
ONE_NUMBER = {Family.EXPONENTIAL: 1, Family.FIXED: 1, Family.NEVER: 0, Family.GENERALISED_GAMMA: 3}


def own_copy(values: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """A copy of one's own, in C order and free to be written.

    A checked model's arrays may only be read, those that came back from another process may be written; a kernel would
    be compiled once for each kind, which takes a minute.
    """
    return np.array(values, dtype=dtype, order="C")


def parameter_count(family: Family, knots: Floats) -> int:
    """How many numbers a family has; a spline and a piecewise law have as many as knots.

    >>> parameter_count(Family.WEIBULL, np.array([]))
    2
    """
    if family in {Family.SPLINE, Family.PIECEWISE_EXPONENTIAL}:
        return len(knots)
    return ONE_NUMBER.get(family, 2)


def law_of(
    model: Model, numbers: Numbers, patients: Patients, *, transition: int, strategy: int, patient: int, draws: slice
) -> Law:
    """The law of a transition; its parameters have shape (draws, 1, P), so that readings go on the second axis."""
    x = patients.covariates[patient]
    eta = numbers.effects[draws, transition] @ x + numbers.strategy_effects[draws, transition, strategy]
    family = Family(int(model.family[transition]))
    cure = None
    if model.has_cure[transition]:
        cure = cure_share(numbers.cure[draws, transition], numbers.cure_effects[draws, transition] @ x)[:, None]
    return Law(
        family=family,
        parameters=numbers.parameters[draws, transition][:, None, :],
        knots=model.knots[transition],
        effect=Effect(int(model.effect[transition])),
        eta=eta[:, None],
        cure=cure,
    )


def cure_share(share: Floats, shift: Floats) -> Floats:
    """The cure share after a shift of its logit; 0 and 1 stay what they are.

    >>> float(cure_share(np.array([0.5]), np.array([np.log(3.0)]))[0].round(12))
    0.75
    """
    return np.asarray(special.expit(special.logit(share) + shift))
