"""How probabilities move to the logit scale and back."""

from typing import overload

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@overload
def logit(p: float) -> float: ...
@overload
def logit(p: Floats) -> Floats: ...
def logit(p: float | Floats) -> float | Floats:
    """Log-odds of a probability: ln(p / (1 - p)).

    >>> round(float(logit(0.75)), 6)
    1.098612
    """
    return np.log(p) - np.log1p(-p)


@overload
def expit(x: float) -> float: ...
@overload
def expit(x: Floats) -> Floats: ...
def expit(x: float | Floats) -> float | Floats:
    """Probability of a log-odds: 1 / (1 + exp(-x)).

    >>> float(expit(0.0))
    0.5
    """
    return 1.0 / (1.0 + np.exp(-x))
