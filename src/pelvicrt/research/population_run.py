"""How is a region run? Tiles of patients as work that can be cut, given away, kept and taken up again.

A tile's sums run over its patients in their order and tiles are of a size fixed by the number of patients alone, so the
result has the same bits however tiles are cut into chunks and wherever they run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pelvicrt.compute import Arrays, Executor, side_by_side, work
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import CLASSIFICATION_VALUES
from pelvicrt.research.population_patient import figures, live
from pelvicrt.research.population_spec import Population, plan_keys
from pelvicrt.simulate import MODEL_ID

Floats = npt.NDArray[np.float64]
MOST_TILES = 512
"""Tiles of a large region: bounds the memory of the result."""
LEAST_TILE = 4
CLASS_KINDS = ("liver", "pelvis", "fitness", "mmr")
CLASSES = tuple(f"{kind}: {value}" for kind in CLASS_KINDS for value in CLASSIFICATION_VALUES[kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationTask:
    """A region's patients, tile by tile. Blocks hold sums over the patients of each tile."""

    population: Population
    library_hash: str

    name = "population"

    @property
    def tile(self) -> int:
        """Patients of a tile."""
        return max(LEAST_TILE, -(-self.population.patients // MOST_TILES))

    @property
    def size(self) -> int:
        """The tiles."""
        return -(-self.population.patients // self.tile)

    def about(self) -> Mapping[str, str]:
        """Everything asked, by its hash and by what a reader knows it by; evidence and model."""
        asked = self.population
        return {
            "name": asked.name.en,
            "specification": asked.hash,
            "patients": str(asked.patients),
            "draws": str(asked.draws),
            "seed": str(asked.seed),
            "evidence": self.library_hash,
            "model": MODEL_ID,
        }

    def run(self, first: int, last: int) -> dict[str, np.ndarray]:
        """Sums of some tiles."""
        return side_by_side([self._tile(place) for place in range(first, last)])

    def merge(self, blocks: Sequence[Arrays]) -> dict[str, np.ndarray]:
        """Blocks side by side."""
        return side_by_side(blocks)

    def _tile(self, place: int) -> dict[str, np.ndarray]:
        asked = self.population
        policies, groups = len(asked.policies), len(asked.groups)
        keys = plan_keys(shipped_library())
        sums = np.zeros((1, policies, groups, len(figures(asked)), asked.draws))
        patients, classes = np.zeros((1, groups)), np.zeros((1, len(CLASSES)))
        plans, notes = np.zeros((1, policies, len(keys))), np.zeros((1, policies, 4))
        tied = np.zeros((1, 1))
        for number in range(place * self.tile, min((place + 1) * self.tile, asked.patients)):
            lived = live(asked, number)
            sums[0, :, lived.group] += lived.values
            patients[0, lived.group] += 1.0
            tied[0, 0] += lived.tied
            for kind, value in lived.classes.items():
                classes[0, CLASSES.index(f"{kind}: {value}")] += 1.0
            for row, chosen in enumerate(lived.chosen):
                notes[0, row] += (chosen.undelivered, chosen.unadvised, chosen.unjudged, chosen.against)
                for key, share in chosen.plans.items():
                    plans[0, row, keys.index(key)] += share
        return {
            "sums": sums, "patients": patients, "classes": classes, "plans": plans, "notes": notes, "tied": tied,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Regional:
    """What a run found: sums by tile (T, policies, groups, figures, draws) and counts by tile; how long it took."""

    population: Population
    library_hash: str
    sums: Floats
    patients: Floats
    classes: Floats
    plans: Floats
    notes: Floats
    tied: Floats
    seconds: float
    resumed: float

    def means(self, group: int | None = None) -> Floats:
        """(policies, figures, draws) per patient, of one group or of all."""
        if group is None:
            return np.asarray(self.sums.sum(axis=2).sum(axis=0) / self.patients.sum())
        return np.asarray(self.sums[:, :, group].sum(axis=0) / max(self.patients[:, group].sum(), 1.0))

    def sampling_error(self, weights: Floats | None = None) -> Floats:
        """(policies, figures) standard error for the number of virtual patients, from the tiles; nan for one tile.

        With `weights` (policies,), of that combination of the policies: (figures,).
        """
        by_tile = self.sums.sum(axis=2).mean(axis=-1)
        if weights is not None:
            by_tile = np.einsum("p,tpf->tf", weights, by_tile)
        sizes = self.patients.sum(axis=1)
        mean = by_tile.sum(axis=0) / sizes.sum()
        if len(sizes) < 2:
            return np.full(mean.shape, np.nan)
        shape = (-1,) + (1,) * mean.ndim
        rest = by_tile - sizes.reshape(shape) * mean
        return np.asarray(np.sqrt((rest**2).sum(axis=0) * len(sizes) / (len(sizes) - 1)) / sizes.sum())


def run_population(
    population: Population,
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> Regional:
    """Follow every patient of a region under every policy.

    All patients share the parameter draws, policies share everything: differences between policies are paired in
    every draw. `executor`, `folder` and interruptions change no bit of the result.

    Raises:
        InvalidInput: when the folder belongs to another run, or drawn fields of a patient contradict each other.
    """
    began, started = time.perf_counter(), list[float]()

    def heard(fraction: float) -> None:
        started.append(fraction)
        told(fraction)

    task = PopulationTask(population=population, library_hash=shipped_library().hash)
    found = work(task, executor=executor, folder=folder, told=heard)
    return Regional(
        population=population,
        library_hash=task.library_hash,
        **{name: np.asarray(found[name], dtype=np.float64) for name in _NAMES},
        seconds=time.perf_counter() - began,
        resumed=started[0],
    )


_NAMES = ("sums", "patients", "classes", "plans", "notes", "tied")
