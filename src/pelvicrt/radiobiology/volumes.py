"""How does a dose-volume histogram become one dose? Bins first change to 2 Gy fractions, then are averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PhysicalBins:
    """A differential dose-volume histogram as planned: dose of each bin [Gy], its share of the volume, fractions.

    A volume may be given in any unit; it is kept as shares that sum to 1.
    """

    dose_gy: Floats
    volume_share: Floats
    fractions: int

    def __post_init__(self) -> None:
        _settle(self, self.dose_gy, self.volume_share)
        if self.fractions < 1:
            raise ValueError(f"a course has 1 fraction or more; got {self.fractions}")

    def in_two_gy_fractions(self, *, alpha_beta_gy: float) -> TwoGyBins:
        """Each bin in 2 Gy fractions: D_i (D_i / n + alpha/beta) / (2 + alpha/beta) [Gy].

        This stands before any average: the converted mean is not the mean of the converted bins.

        Raises:
            ValueError: an alpha/beta that is not above zero.

        >>> PhysicalBins([20.0], [1.0], 5).in_two_gy_fractions(alpha_beta_gy=3).dose_gy.tolist()
        [28.0]
        """
        if alpha_beta_gy <= 0:
            raise ValueError(f"alpha/beta must be above 0 Gy; got {alpha_beta_gy:g}")
        per_fraction_gy = self.dose_gy / self.fractions
        converted_gy = self.dose_gy * (per_fraction_gy + alpha_beta_gy) / (2 + alpha_beta_gy)
        return TwoGyBins(converted_gy, self.volume_share)


@dataclass(frozen=True, slots=True, eq=False)
class TwoGyBins:
    """A differential dose-volume histogram in 2 Gy fractions: the only form the volume models accept."""

    dose_gy: Floats
    volume_share: Floats

    def __post_init__(self) -> None:
        _settle(self, self.dose_gy, self.volume_share)

    def mean_gy(self) -> float:
        """Mean dose [Gy]."""
        return float(self.volume_share @ self.dose_gy)


def generalised_eud(bins: TwoGyBins, *, a: float) -> float:
    """Generalised equivalent uniform dose [Gy].

    gEUD = (sum v_i D_i^a)^(1/a); a = 1 is the mean, large a the maximum; a = 1 / n of the Lyman model.

    Raises:
        TypeError: physical bins; convert them first.
        ValueError: an exponent of zero, or one below zero with a bin of zero dose.

    >>> round(generalised_eud(TwoGyBins([10.0, 20.0, 40.0], [0.5, 0.3, 0.2]), a=2), 3)
    22.136
    """
    require_two_gy(bins)
    if a == 0:
        raise ValueError("the exponent a of an equivalent uniform dose must not be 0")
    highest_gy = float(bins.dose_gy.max())
    if highest_gy == 0:
        return 0.0
    if a < 0 and not bins.dose_gy[bins.volume_share > 0].all():
        raise ValueError("an exponent below 0 has no meaning when part of the volume receives no dose")
    inside = bins.volume_share > 0
    # Scaled by the highest dose so that large exponents do not overflow.
    relative = bins.dose_gy[inside] / highest_gy
    averaged = float(bins.volume_share[inside] @ relative**a)
    return float(highest_gy * averaged ** (1 / a))


def require_two_gy(bins: object) -> None:
    """Refuse a histogram that was not changed to 2 Gy fractions.

    Raises:
        TypeError: always for anything but `TwoGyBins`, naming the step that is missing.
    """
    if not isinstance(bins, TwoGyBins):
        raise TypeError(
            f"a volume model needs bins in 2 Gy fractions, found {type(bins).__name__}; "
            "call in_two_gy_fractions(alpha_beta_gy=...) on the planned bins first"
        )


def _settle(bins: PhysicalBins | TwoGyBins, dose_gy: object, volume: object) -> None:
    doses = np.array(dose_gy, dtype=np.float64)
    shares = np.array(volume, dtype=np.float64)
    if doses.ndim != 1 or doses.shape != shares.shape or doses.size == 0:
        raise ValueError("a histogram needs one dose and one volume for each bin, and at least one bin")
    if not (np.isfinite(doses).all() and np.isfinite(shares).all() and (doses >= 0).all() and (shares >= 0).all()):
        raise ValueError("doses and volumes of a histogram must be 0 or more")
    if shares.sum() <= 0:
        raise ValueError("a histogram needs a volume above 0")
    shares /= shares.sum()
    doses.flags.writeable = shares.flags.writeable = False
    object.__setattr__(bins, "dose_gy", doses)
    object.__setattr__(bins, "volume_share", shares)
