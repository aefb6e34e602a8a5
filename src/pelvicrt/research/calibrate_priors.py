"""What is sampled in a calibration? Every uncertain parameter as a standard normal score of its prior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.evidence import Distribution, Library
from pelvicrt.foundation import Streams
from pelvicrt.research.predict import OUTCOME_CLASSES
from pelvicrt.simulate import evenly, model_parameters

Floats = npt.NDArray[np.float64]
_FARTHEST = 7.5  # number: normal score beyond which a double holds no more probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Columns of scores: first the parameters of the predictions, then the between-study SD of each outcome class.

    `constants` are parameters without spread; they are handed to the predictor and never sampled.
    """

    names: tuple[str, ...]
    priors: tuple[Distribution, ...]
    tau_priors: tuple[Distribution, ...]
    constants: Mapping[str, float]

    @property
    def size(self) -> int:
        """Number of scores of one member."""
        return len(self.priors) + len(self.tau_priors)

    @property
    def columns(self) -> tuple[str, ...]:
        """The parameter behind each score."""
        return (*self.names, *(f"between_centre.{kind}" for kind in OUTCOME_CLASSES))

    def start(self, members: int, streams: Streams, name: str) -> Floats:
        """Scores of evenly spread prior draws (members, size)."""
        columns = [evenly(streams, f"params/{name}/{item}", rows=members) for item in self.columns]
        return np.asarray(special.ndtri(np.stack(columns, axis=1)))

    def values(self, scores: Floats) -> dict[str, Floats]:
        """Parameter values (members,) by id, constants included, SDs left out."""
        found = {name: np.full(len(scores), value) for name, value in self.constants.items()}
        for place, (name, prior) in enumerate(zip(self.names, self.priors, strict=True)):
            found[name] = prior.at(_uniform(scores[:, place]))
        return found

    def tau(self, scores: Floats) -> Floats:
        """Between-study SDs (members, classes)."""
        first = len(self.priors)
        columns = [prior.at(_uniform(scores[:, first + place])) for place, prior in enumerate(self.tau_priors)]
        return np.stack(columns, axis=1)

    def value_of(self, place: int, scores: Floats) -> Floats:
        """Values of one column on its own scale."""
        return (*self.priors, *self.tau_priors)[place].at(_uniform(scores))


def read_priors(library: Library, names: Sequence[str]) -> Priors:
    """Priors of the named parameters and of the between-study SDs, from the library.

    Raises:
        KeyError: for a parameter the library does not have.
    """
    known = {name: item.spread.distribution() for name, item in model_parameters(library).items()}
    if missing := sorted(set(names) - set(known)):
        raise KeyError(f"no parameter {missing[0]!r} in the outcome model")
    wanted = {name: known[name] for name in names if not name.startswith("between_centre.")}
    return Priors(
        names=tuple(name for name, prior in wanted.items() if prior.family != "fixed"),
        priors=tuple(prior for prior in wanted.values() if prior.family != "fixed"),
        tau_priors=tuple(known[f"between_centre.{kind}"] for kind in OUTCOME_CLASSES),
        constants={name: prior.a for name, prior in wanted.items() if prior.family == "fixed"},
    )


def _uniform(scores: Floats) -> Floats:
    return np.asarray(special.ndtr(np.clip(scores, -_FARTHEST, _FARTHEST)))
