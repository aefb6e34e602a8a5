"""Why may a radiobiological number not be taken at face value? Typed flags that travel with the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pelvicrt.foundation import Text

FlagKind = Literal[
    "organ",
    "endpoint",
    "population",
    "fractionation",
    "dose_range",
    "assumed_spread",
    "large_fraction",
    "no_spatial_dose",
    "no_recovery",
    "dose_metric",
]


@dataclass(frozen=True, slots=True)
class Flag:
    """One way in which a result reaches beyond the data behind it."""

    kind: FlagKind
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEstimate:
    """A probability with its parameter band and the flags under which it may be read. Probabilities 0..1."""

    value: float
    low: float
    high: float
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.high <= 1.0 or not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a probability and its band lie in 0..1; got {self.value}, {self.low} to {self.high}")

    def flagged(self, kind: FlagKind) -> bool:
        """Whether a flag of that kind is set.

        >>> DoseEstimate(value=0.1, low=0.05, high=0.2).flagged("organ")
        False
        """
        return any(flag.kind == kind for flag in self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class NtcpEstimate(DoseEstimate):
    """The chance of one complication, with the endpoint and population its model was fitted to."""

    endpoint: Text
    population: Text
    equivalent_uniform_dose_gy: float
    alpha_beta_gy: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEstimate(DoseEstimate):
    """The chance of one grade of tumour regression in the resected specimen.

    It says nothing of local control or survival: in the randomised trial of the same group a boost gave more response
    and no better control [@appelt-2014, abstract].
    """

    endpoint: Text
    dose_gy: float
    dose_metric: Literal["physical", "eqd2"]
    sources: tuple[str, ...]
