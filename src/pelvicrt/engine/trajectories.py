"""What did each life go through? Every stay of every simulated life, written to a Parquet file as it is simulated.

The lives are those of `lives_statistics` with the same seed: same kernel, same luck. Rows come in the order draw,
patient, life, strategy, visit; a row group holds the lives of one tile of one draw, so memory stays bounded. A stay in
a state nothing leaves is a row only where that state earns something. The file is there completely or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pelvicrt.engine.lives import NO_TIMES, Run, run_of
from pelvicrt.engine.lives_memory import Trace
from pelvicrt.engine.model import Floats, Ints, Model, Numbers, Patients, Rewards

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

STAYS_A_LIFE = 8
ENDED_BY_HORIZON = "horizon"


def write_trajectories(
    path: Path,
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    seed: int,
    first_draw: int = 0,
    first_patient: int = 0,
    lives: int = 1,
) -> int:
    """Write columns patient, draw, life, strategy, visit, state, time_in, time_out, transition; returns the rows.

    Times are in the model's unit; `transition` is "horizon" where the stay lasted to the horizon.

    Raises:
        OSError: when the folder does not exist or cannot be written; nothing is left behind then.
        ValueError: as `lives_statistics`.
    """
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    run = run_of(
        model, numbers, patients, rewards, seed=seed, first_draw=first_draw, first_patient=first_patient, lives=lives,
        occupancy_times=NO_TIMES,
    )  # fmt: skip
    rows = 0
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        half_done = Path(folder) / path.name
        with pq.ParquetWriter(half_done, _schema()) as writer:
            for unit, labels, spans in _units(run):
                writer.write_table(_table(run, unit, labels, spans, model))
                rows += len(labels)
        half_done.replace(path)
    return rows


def _units(run: Run) -> Iterator[tuple[int, Ints, Floats]]:
    """Stays of one unit after the other, sorted; room for them grows when a unit needs more."""
    room = STAYS_A_LIFE * min(run.task.tile, run.task.total) * len(run.structure.allows)
    scratch = run.scratch()
    for unit in range(run.units):
        while True:
            trace = Trace(np.zeros(1, dtype=np.int64), np.zeros((room, 5), dtype=np.int64), np.zeros((room, 2)))
            run.some_units(unit, unit + 1, scratch, run.sums(), trace)
            used = int(trace.used[0])
            if used <= room:
                break
            room = used
        labels, spans = trace.labels[:used], trace.spans[:used]
        order = np.lexsort((labels[:, 2], labels[:, 1], labels[:, 0]))
        yield unit, labels[order], spans[order]


def _schema() -> pa.Schema:
    import pyarrow as pa

    word = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("patient", pa.int64()),
            ("draw", pa.int64()),
            ("life", pa.int64()),
            ("strategy", word),
            ("visit", pa.int32()),
            ("state", word),
            ("time_in", pa.float64()),
            ("time_out", pa.float64()),
            ("transition", word),
        ]
    )


def _table(run: Run, unit: int, labels: Ints, spans: Floats, model: Model) -> pa.Table:
    import pyarrow as pa

    def words(index: Ints, names: tuple[str, ...]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), list(names))

    whole, task = labels[:, 0], run.task
    ways = (*model.transitions, ENDED_BY_HORIZON)
    columns = [
        pa.array(task.first_patient + whole // task.lives),
        pa.array(np.full(len(whole), task.first_draw + unit // task.tiles)),
        pa.array(whole % task.lives),
        words(labels[:, 1], model.strategies),
        pa.array(labels[:, 2].astype(np.int32)),
        words(labels[:, 3], model.states),
        pa.array(spans[:, 0]),
        pa.array(spans[:, 1]),
        words(np.where(labels[:, 4] < 0, len(model.transitions), labels[:, 4]), ways),
    ]
    return pa.Table.from_arrays(columns, schema=_schema())
