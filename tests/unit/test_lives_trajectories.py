"""Do written trajectories tell the same lives as the statistics, stay after stay, and come whole or not at all?"""

import numpy as np
import pyarrow.parquet as pq
import pytest

from pelvicrt.bench import w1
from pelvicrt.engine import lives_statistics, write_trajectories


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("lives") / "lives.parquet"
    rows = write_trajectories(path, *w1.whole(draws=3, patients=50), seed=5, first_draw=2)
    return path, rows, pq.read_table(path).to_pydict()


def test_years_alive_are_those_of_the_statistics(written) -> None:
    _path, _rows, table = written
    found = lives_statistics(*w1.whole(draws=3, patients=50), seed=5, first_draw=2)
    years = (np.array(table["time_out"]) - np.array(table["time_in"])).sum()
    assert years == pytest.approx(found.sums[..., 0].sum(), rel=1e-12)
    assert np.sum(np.array(table["transition"]) != "horizon") == found.transitions.sum()


def test_stays_follow_each_other_without_gaps(written) -> None:
    _path, rows, table = written
    assert rows == len(table["visit"])
    ends = {}
    for patient, draw, strategy, visit, came, left in zip(
        *(table[name] for name in ("patient", "draw", "strategy", "visit", "time_in", "time_out")), strict=True
    ):
        assert came == ends.get((patient, draw, strategy), 0.0)
        assert (visit == 0) == (came == 0.0)
        ends[patient, draw, strategy] = left
    assert {draw for _, draw, _ in ends} == {2, 3, 4}


def test_the_file_is_written_whole_and_nothing_else_is_left(written) -> None:
    path, _rows, _table = written
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    assert pq.ParquetFile(path).num_row_groups == 3


def test_a_missing_folder_is_an_error(tmp_path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_trajectories(tmp_path / "nowhere" / "x.parquet", *w1.whole(draws=1, patients=2), seed=1)
