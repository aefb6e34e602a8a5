"""What dose does a structure get? Its histograms, physical and in 2 Gy fractions, and what a reader must know of them.

How it is done stands in `kernel.py` (lines and ramps), `slabs.py` (thickness of planes), `areas.py` (exact areas),
`extremes.py` (exact lowest and highest dose) and `edges.py` (the skin).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.areas import measure_planes
from pelvicrt.dosimetry.contours import Contours, contours_of
from pelvicrt.dosimetry.edges import filled_at_edge
from pelvicrt.dosimetry.extremes import HIGHEST, LOWEST, STEEP, WALKED, row_bounds, search
from pelvicrt.dosimetry.grid import DoseGrid
from pelvicrt.dosimetry.histogram import Histogram, check_fractionation
from pelvicrt.dosimetry.kernel import COVERED, MOMENT, OUTSIDE, SQUARE, Grid, Scratch, Slab, deposit
from pelvicrt.dosimetry.lines import most_crossings
from pelvicrt.dosimetry.notices import Notice
from pelvicrt.dosimetry.options import Sampling
from pelvicrt.dosimetry.said import said_of_contours, said_of_nothing, said_of_skin, said_of_volume
from pelvicrt.dosimetry.slabs import Slabs, slabs_of, usual_spacing_mm
from pelvicrt.dosimetry.structure import Structure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STANDARD = Sampling()
FINEST_BINS_GY = 0.01
MOST_BINS = 100_000
LEAST_BINS = 2_000
SKIN_SHARE = 0.05


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StructureDose:
    """The histograms of one structure: physical, and in 2 Gy fractions by alpha/beta [Gy]; course in `fractions`."""

    structure: str
    physical: Histogram
    fractions: int | None
    eqd2: Mapping[float, Histogram]
    warnings: tuple[Notice, ...]


def dose_volume(
    grid: DoseGrid,
    structure: Structure,
    *,
    fractions: int | None = None,
    alpha_betas_gy: Iterable[float] = (),
    sampling: Sampling = STANDARD,
) -> StructureDose:
    """The dose of one structure: see `dose_volumes`.

    >>> square = np.array([[2, 2], [8, 2], [8, 8], [2, 8]], dtype=float)
    >>> from pelvicrt.dosimetry.structure import ContourPlane
    >>> box = Structure(name="box", planes=tuple(ContourPlane(z, (square,)) for z in (3.0, 5.0, 7.0)))
    >>> axis = np.arange(0.0, 11.0)
    >>> rising = np.broadcast_to(axis, (11, 11, 11))
    >>> found = dose_volume(DoseGrid(dose_gy=rising, x_mm=axis, y_mm=axis, z_mm=axis), box).physical
    >>> round(found.volume_cc, 6), round(found.mean_gy, 6), round(found.dose_at_volume_gy(0.108), 6)
    (0.216, 5.0, 5.0)
    """
    return dose_volumes(grid, (structure,), fractions=fractions, alpha_betas_gy=alpha_betas_gy, sampling=sampling)[0]


def dose_volumes(
    grid: DoseGrid,
    structures: Sequence[Structure],
    *,
    fractions: int | None = None,
    alpha_betas_gy: Iterable[float] = (),
    sampling: Sampling = STANDARD,
    threads: int = 1,
    advance: Callable[[], None] | None = None,
) -> tuple[StructureDose, ...]:
    """The dose of each structure, in their order; the same bits for any number of threads.

    `alpha_betas_gy` asks for histograms in 2 Gy fractions, which need `fractions`. `advance` is called after each
    structure. A structure without a closed contour gets an empty histogram and a notice.

    Raises:
        ValueError: an alpha/beta without fractions or not above 0, fewer than one fraction or thread.
    """
    ratios = tuple(alpha_betas_gy)
    if ratios and fractions is None:
        raise ValueError("dose in 2 Gy fractions needs the number of fractions")
    for ratio in ratios:
        check_fractionation(fractions or 0, ratio)
    if threads < 1:
        raise ValueError(f"one thread or more; got {threads}")
    course = _Course(grid, structures, sampling)

    def one(structure: Structure) -> StructureDose:
        physical, notices = course.histogram(structure)
        if advance is not None:
            advance()
        eqd2 = {ratio: physical.in_two_gy_fractions(fractions=fractions or 0, alpha_beta_gy=ratio) for ratio in ratios}
        return StructureDose(
            structure=structure.name,
            physical=physical,
            fractions=fractions,
            eqd2=eqd2,
            warnings=notices,
        )

    if threads == 1:
        return tuple(one(structure) for structure in structures)
    with ThreadPoolExecutor(threads) as pool:
        return tuple(pool.map(one, structures))


class _Doses(NamedTuple):
    """A dose grid as compiled code reads it, and the bounds of its rows."""

    grid: Grid
    bounds: npt.NDArray[np.float32]


class _Drawn(NamedTuple):
    """A structure as compiled code reads it, and the memory it works in."""

    contours: Contours
    slab: Slab
    scratch: Scratch


class _Course:
    """What all structures of a plan share: the grid, its filled twin when one reaches the skin, bins, spacing."""

    def __init__(self, grid: DoseGrid, structures: Sequence[Structure], sampling: Sampling) -> None:
        self.grid = grid
        self.sampling = sampling
        self.highest_gy = grid.highest_gy
        self.bin_gy = _bin_gy(self.highest_gy)
        usual = usual_spacing_mm(structures)
        self.assumed_thickness_mm = float(np.median(np.diff(grid.z_mm))) if usual is None else usual
        self.kept = _doses(grid)
        self._filled: _Doses | None = None

    def filled(self) -> _Doses:
        if self._filled is None:
            self._filled = _doses(filled_at_edge(self.grid))
        return self._filled

    def histogram(self, structure: Structure) -> tuple[Histogram, tuple[Notice, ...]]:
        name = structure.name
        slabs = slabs_of(structure, gaps=self.sampling.gaps, assumed_thickness_mm=self.assumed_thickness_mm)
        contours = contours_of(structure)
        notices = [*slabs.notices]
        slab, flags = _slab(contours, slabs, self.sampling)
        if _volume_mm3(slab) <= 0:
            return _nothing(self.bin_gy), (*notices, *said_of_contours(structure, flags), said_of_nothing(name))
        notices.extend(said_of_contours(structure, flags))
        drawn = _Drawn(contours, slab, _scratch(contours, slab, self.kept.grid))
        doses, extremes = self._searched(drawn, notices, name)
        histogram = _histogram(doses.grid, drawn, extremes, self.bin_gy)
        notices.extend(said_of_volume(histogram, self.grid.voxel_cc, name))
        return histogram, tuple(notices)

    def _searched(self, drawn: _Drawn, notices: list[Notice], name: str) -> tuple[_Doses, Floats]:
        """The dose to use and its extremes; both change when the structure reaches the skin."""
        found = np.empty(4)
        _search(self.kept, drawn, self.highest_gy, found)
        reaches = found[WALKED] > 0 and found[STEEP] > SKIN_SHARE * found[WALKED]
        if reaches and self.sampling.edge == "keep":
            notices.append(said_of_skin(name, filled=False))
        if self.sampling.edge == "keep" or (self.sampling.edge == "auto" and not reaches):
            return self.kept, found
        notices.append(said_of_skin(name, filled=True))
        filled = self.filled()
        _search(filled, drawn, self.highest_gy, found)
        return filled, found


def _doses(grid: DoseGrid) -> _Doses:
    # Arrays that may not be written are another type to the compiler; one compilation serves all.
    compiled = Grid(
        grid.dose_gy if grid.dose_gy.flags.writeable else grid.dose_gy.copy(),
        float(grid.x_mm[0]),
        float(grid.x_mm[-1] - grid.x_mm[0]) / (len(grid.x_mm) - 1),
        float(grid.y_mm[0]),
        float(grid.y_mm[-1] - grid.y_mm[0]) / (len(grid.y_mm) - 1),
        grid.z_mm,
    )
    bounds = np.empty((*grid.dose_gy.shape[:2], 2), dtype=np.float32)
    row_bounds(compiled, bounds)
    return _Doses(compiled, bounds)


def _bin_gy(highest_gy: float) -> float:
    """0.01 Gy; finer for a low dose, so that there are 2,000 bins or more, and wider beyond 1,000 Gy.

    >>> _bin_gy(60.0), _bin_gy(1.5)
    (0.01, 0.0001)
    """
    if highest_gy <= 0:
        return FINEST_BINS_GY
    width = min(FINEST_BINS_GY, 10.0 ** np.floor(np.log10(highest_gy / LEAST_BINS)))
    return float(max(width, highest_gy / MOST_BINS))


def _slab(contours: Contours, slabs: Slabs, sampling: Sampling) -> tuple[Slab, Ints]:
    planes = len(slabs.lower_mm)
    area, flags = np.zeros(planes), np.zeros(planes, dtype=np.int64)
    measure_planes(contours, area, flags)
    side = (contours.high - contours.low) * (slabs.upper_mm - slabs.lower_mm)
    share = side / side.sum() if planes and side.sum() > 0 else side
    lines = np.maximum(np.ceil(share * sampling.lines), sampling.least_per_plane).astype(np.int64)
    return Slab(area, slabs.lower_mm, slabs.upper_mm, lines), flags


def _volume_mm3(slab: Slab) -> float:
    return float(slab.area @ (slab.upper - slab.lower))


def _scratch(contours: Contours, slab: Slab, grid: Grid) -> Scratch:
    rows, columns = grid.dose.shape[1:]
    most = most_crossings(contours, slab.lines, grid.dy, rows)
    return Scratch(
        np.empty(max(int(slab.lines.max()), rows) + 2, dtype=np.int64), np.empty(most + 2), np.empty(columns)
    )


def _search(doses: _Doses, drawn: _Drawn, highest_gy: float, found: Floats) -> None:
    search(doses.grid, drawn.contours, drawn.slab, doses.bounds, highest_gy, drawn.scratch, found)


def _histogram(grid: Grid, drawn: _Drawn, extremes: Floats, bin_gy: float) -> Histogram:
    contours, slab, scratch = drawn
    volume_mm3 = _volume_mm3(slab)
    bins = int(max(float(extremes[HIGHEST]), 0.0) / bin_gy) + 2 if np.isfinite(extremes[HIGHEST]) else 2
    second, sums = np.zeros(bins + 4), np.zeros(4)
    deposit(grid, contours, slab, 1 / bin_gy, scratch, second, sums)
    content = np.cumsum(second)
    inside = np.maximum(content[1 : bins + 1], 0.0)
    inside[0] += max(content[0], 0.0)
    covered, total = float(sums[COVERED]), float(inside.sum())
    known = covered > 0 and total > 0
    scale = volume_mm3 / (covered + float(sums[OUTSIDE]))
    lowest, highest = float(extremes[LOWEST]), float(extremes[HIGHEST])
    mean = float(np.clip(float(sums[MOMENT]) / covered * bin_gy, lowest, highest)) if known else np.nan
    square = max(float(sums[SQUARE]) / covered * bin_gy**2, mean**2) if known else np.nan
    return Histogram(
        edges_gy=np.arange(bins + 1, dtype=np.float64) * bin_gy,
        differential_cc=inside * (covered / total * scale / 1000) if known else inside,
        volume_cc=volume_mm3 / 1000,
        outside_cc=float(sums[OUTSIDE]) * scale / 1000 if known else volume_mm3 / 1000,
        min_gy=lowest if known else np.nan,
        max_gy=highest if known else np.nan,
        mean_gy=mean,
        mean_square_gy2=square,
    )


def _nothing(bin_gy: float) -> Histogram:
    return Histogram(
        edges_gy=np.array([0.0, bin_gy]),
        differential_cc=np.zeros(1),
        volume_cc=0.0,
        outside_cc=0.0,
        min_gy=np.nan,
        max_gy=np.nan,
        mean_gy=np.nan,
        mean_square_gy2=np.nan,
    )
