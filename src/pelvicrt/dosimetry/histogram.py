"""How much of a structure gets how much dose? A dose-volume histogram, physical or in 2 Gy fractions.

A histogram holds volume between edges of dose; within a bin volume is taken as evenly spread, so the cumulative curve
is straight between edges. Lowest, highest and mean dose are kept beside it, exact rather than read off bins.

Equal fractions change dose by a rising function of dose alone, D (D/n + alpha/beta) / (2 + alpha/beta). So the curve in
2 Gy fractions is the physical curve over edges moved by that function: nothing is deposited twice and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pelvicrt.radiobiology import PhysicalBins

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Histogram:
    """One dose-volume histogram.

    `edges_gy` (bins + 1) are the edges of the bins [Gy], `differential_cc` (bins) the volume within each [cc].
    `volume_cc` is the whole structure; `outside_cc` of it lies beyond the dose grid, has no dose and is in no bin.
    `mean_square_gy2` is the mean of dose squared, from which the mean in 2 Gy fractions follows exactly.
    `alpha_beta_gy` is None for physical dose.
    """

    edges_gy: Floats
    differential_cc: Floats
    volume_cc: float
    outside_cc: float
    min_gy: float
    max_gy: float
    mean_gy: float
    mean_square_gy2: float
    alpha_beta_gy: float | None = None

    @property
    def covered_cc(self) -> float:
        """Volume with a known dose [cc]: what percentages of volume refer to."""
        return self.volume_cc - self.outside_cc

    @property
    def bin_gy(self) -> float:
        """Width of the widest bin [Gy]; physical bins all have this width."""
        return float(np.diff(self.edges_gy).max())

    @property
    def dose_gy(self) -> Floats:
        """Dose at the middle of each bin [Gy]."""
        return (self.edges_gy[1:] + self.edges_gy[:-1]) / 2

    @cached_property
    def _at_least_cc(self) -> Floats:
        """Volume at or above each edge [cc], shape (bins + 1,)."""
        total = np.cumsum(self.differential_cc[::-1])[::-1]
        return np.append(total, 0.0)

    def cumulative_cc(self) -> Floats:
        """Volume that gets at least the dose of each edge [cc], shape (bins + 1,); the first is the covered volume."""
        return self._at_least_cc.copy()

    def volume_at_dose_cc(self, dose_gy: float) -> float:
        """Volume that gets at least this dose [cc].

        Dose of 0 and less is reached by all of the covered volume.
        """
        if dose_gy <= self.min_gy:
            return self.covered_cc
        if dose_gy > self.max_gy:
            return 0.0
        return float(np.interp(dose_gy, self.edges_gy, self._at_least_cc))

    def percent_at_dose(self, dose_gy: Floats) -> Floats:
        """Percent of the covered volume that gets at least each of these doses [Gy]; all of it at no dose.

        Raises:
            ValueError: nothing covered by dose.
        """
        if self.covered_cc <= 0:
            raise ValueError("no part of the structure has a dose")
        share = np.interp(dose_gy, self.edges_gy, self._at_least_cc, right=0.0) / self.covered_cc
        share = np.where(dose_gy <= self.min_gy, 1.0, np.where(dose_gy > self.max_gy, 0.0, share))
        return np.asarray(100.0 * share, dtype=np.float64)

    def dose_at_volume_gy(self, volume_cc: float) -> float:
        """The least dose in the hottest part of this volume [Gy]; of no volume the highest, of all the lowest dose.

        Raises:
            ValueError: a volume below 0 or above the covered one.
        """
        if not 0.0 <= volume_cc <= self.covered_cc * (1 + 1e-9):
            raise ValueError(f"a volume from 0 to {self.covered_cc:g} cc is covered by dose; got {volume_cc:g} cc")
        return float(np.clip(self._dose_at(volume_cc), self.min_gy, self.max_gy))

    def _dose_at(self, volume_cc: float) -> float:
        if volume_cc <= 0:
            return self.max_gy
        above = self._at_least_cc
        last = int(np.searchsorted(-above, -volume_cc, side="right")) - 1
        if last < 0 or last >= len(self.differential_cc):
            return self.min_gy if last < 0 else self.max_gy
        inside = self.differential_cc[last]
        share = (above[last] - volume_cc) / inside if inside > 0 else 0.0
        return float(self.edges_gy[last] + share * (self.edges_gy[last + 1] - self.edges_gy[last]))

    def generalised_eud_gy(self, a: float) -> float:
        """Generalised equivalent uniform dose [Gy]: (sum v_i D_i^a)^(1/a) over the bins.

        Over physical bins this ignores fractionation; volume models take `physical_bins` and convert them first.
        With an exponent below 0 any volume without dose makes it 0.

        Raises:
            ValueError: an exponent of 0, or nothing covered by dose.
        """
        filled = self.differential_cc > 0
        if a == 0:
            raise ValueError("the exponent a of an equivalent uniform dose must not be 0")
        if not filled.any():
            raise ValueError("no part of the structure has a dose")
        if self.max_gy == 0 or (a < 0 and self.min_gy == 0):
            return 0.0
        relative = np.clip(self.dose_gy[filled], self.min_gy, self.max_gy) / self.max_gy
        share = self.differential_cc[filled] / self.differential_cc.sum()
        return float(self.max_gy * float(share @ relative**a) ** (1 / a))

    def physical_bins(self, fractions: int) -> PhysicalBins:
        """The filled bins for the volume models of `radiobiology`, which convert them before any average.

        Raises:
            ValueError: a histogram that is not of physical dose, or nothing covered by dose.
        """
        if self.alpha_beta_gy is not None:
            raise ValueError("these bins are in 2 Gy fractions already; take those of physical dose")
        filled = self.differential_cc > 0
        return PhysicalBins(
            np.clip(self.dose_gy[filled], self.min_gy, self.max_gy), self.differential_cc[filled], fractions
        )

    def in_two_gy_fractions(self, *, fractions: int, alpha_beta_gy: float) -> Histogram:
        """The histogram in 2 Gy fractions: every edge moved, every volume kept; lowest, highest and mean exact.

        mean EQD2 = (mean of D^2 / n + alpha/beta mean D) / (2 + alpha/beta)                 [Gy]

        Raises:
            ValueError: a histogram that is not of physical dose, no fractions, alpha/beta not above 0.
        """
        if self.alpha_beta_gy is not None:
            raise ValueError("this histogram is in 2 Gy fractions already")
        check_fractionation(fractions, alpha_beta_gy)
        n, ratio = fractions, alpha_beta_gy
        ends = np.array([self.min_gy, self.max_gy])
        lowest, highest = in_two_gy(ends, fractions=n, alpha_beta_gy=ratio)
        # The mean square in 2 Gy fractions needs the fourth moment; bins give it well enough, and nothing reads it.
        edges = in_two_gy(self.edges_gy, fractions=n, alpha_beta_gy=ratio)
        middle = (edges[1:] + edges[:-1]) / 2
        total = self.differential_cc.sum()
        return Histogram(
            edges_gy=edges,
            differential_cc=self.differential_cc,
            volume_cc=self.volume_cc,
            outside_cc=self.outside_cc,
            min_gy=float(lowest),
            max_gy=float(highest),
            mean_gy=(self.mean_square_gy2 / n + ratio * self.mean_gy) / (2 + ratio),
            mean_square_gy2=float(self.differential_cc @ middle**2 / total) if total > 0 else 0.0,
            alpha_beta_gy=ratio,
        )


def in_two_gy(dose_gy: Floats, *, fractions: int, alpha_beta_gy: float) -> Floats:
    """Dose in 2 Gy fractions with the same effect [Gy]: D (D/n + alpha/beta) / (2 + alpha/beta).

    >>> in_two_gy(np.array([25.0]), fractions=5, alpha_beta_gy=10.0).tolist()
    [31.25]
    """
    return np.asarray(dose_gy * (dose_gy / fractions + alpha_beta_gy) / (2 + alpha_beta_gy))


def check_fractionation(fractions: int, alpha_beta_gy: float) -> None:
    """Refuse what has no biological dose.

    Raises:
        ValueError: no fractions, or an alpha/beta that is not above 0.
    """
    if fractions < 1:
        raise ValueError(f"a course has 1 fraction or more; got {fractions}")
    if not alpha_beta_gy > 0:
        raise ValueError(f"alpha/beta must be above 0 Gy; got {alpha_beta_gy:g}")
