"""Cutting, retrying, stopping and taking up long work."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from distributed import KilledWorker
from tests.support.compute_tasks import Once, Squares
from typer.testing import CliRunner

from pelvicrt.cli.app import app
from pelvicrt.compute import Checkpoint, Threads, Timed, executor_for, work
from pelvicrt.compute.cluster import MOST_SENT, _Sent, run_packed, stamp
from pelvicrt.compute.pace import LEAST_SECONDS, MOST_SECONDS, Pace
from pelvicrt.foundation import InvalidInput, UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_chunks_grow_until_they_take_at_least_a_second() -> None:
    pace, left, sizes = Pace(), 100_000, []
    for _ in range(8):
        sizes.append(pace.next_size(left=left, lanes=2))
        pace.saw(places=sizes[-1], seconds=sizes[-1] / 1000.0)
        left -= sizes[-1]
    assert LEAST_SECONDS <= sizes[-1] / 1000.0 <= MOST_SECONDS


def test_a_compilation_in_the_first_chunk_is_forgotten() -> None:
    pace = Pace()
    pace.saw(places=1, seconds=20.0)
    for _ in range(12):
        size = pace.next_size(left=100_000, lanes=2)
        pace.saw(places=size, seconds=size / 1000.0)
    assert pace.next_size(left=100_000, lanes=2) >= 1000 * LEAST_SECONDS


def test_no_chunk_takes_longer_than_ten_seconds() -> None:
    pace = Pace()
    pace.saw(places=10_000, seconds=10.0)
    assert pace.next_size(left=10_000_000, lanes=1) <= 1000 * MOST_SECONDS


def test_the_last_chunks_are_shared_between_the_lanes() -> None:
    pace = Pace()
    pace.saw(places=1000, seconds=1.0)
    assert pace.next_size(left=32_000, lanes=2) == 2000


def test_every_place_is_told_once(tmp_path) -> None:
    fractions = []
    found = work(Squares(size=40), chunk=3, folder=tmp_path / "c", told=fractions.append)
    assert found["square"].tolist() == [i * i for i in range(40)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_an_error_of_the_work_itself_is_not_tried_again(tmp_path) -> None:
    with pytest.raises(ValueError, match="place 5"):
        work(Squares(size=8, bad=5, log=str(tmp_path)), chunk=8)
    assert len(list(tmp_path.iterdir())) == 1


def test_want_of_memory_is_tried_again_once(tmp_path) -> None:
    task = Once(size=8, bad=5, error=MemoryError, mark=str(tmp_path / "mark"))
    assert work(task, chunk=2)["square"].tolist() == [i * i for i in range(8)]


def test_lasting_want_of_memory_is_told() -> None:
    with pytest.raises(MemoryError, match="place 5"):
        work(Squares(size=8, bad=5, error=MemoryError), chunk=2)


def test_what_was_finished_before_an_error_is_not_worked_out_again(tmp_path) -> None:
    folder, log = tmp_path / "kept", tmp_path / "log"
    log.mkdir()
    with Threads(1) as executor, pytest.raises(ValueError, match="place 6"):
        work(Squares(size=8, bad=6), executor=executor, chunk=2, folder=folder)
    work(Squares(size=8, log=str(log)), chunk=2, folder=folder)
    assert [path.name.split("-")[:2] for path in log.iterdir()] == [["6", "8"]]


def test_a_keyboard_interrupt_leaves_a_checkpoint_that_is_taken_up(tmp_path) -> None:
    def interrupt(fraction):
        if fraction >= 0.25:
            raise KeyboardInterrupt

    folder, seen = tmp_path / "kept", []
    with Threads(2) as executor, pytest.raises(KeyboardInterrupt):
        work(Squares(size=40, seconds=0.001), executor=executor, chunk=2, folder=folder, told=interrupt)
    assert work(Squares(size=40), folder=folder, told=seen.append)["square"].tolist() == [i * i for i in range(40)]
    assert 0.25 <= seen[0] < 1.0


def test_a_checkpoint_of_another_chunk_size_is_taken_up(tmp_path) -> None:
    with pytest.raises(ValueError, match="place 9"):
        work(Squares(size=12, bad=9), chunk=5, folder=tmp_path / "c")
    assert work(Squares(size=12), chunk=2, folder=tmp_path / "c")["square"].tolist() == [i * i for i in range(12)]


def test_the_checkpoint_of_another_run_is_refused_by_what_differs(tmp_path) -> None:
    work(Squares(size=4), folder=tmp_path / "c")
    with pytest.raises(InvalidInput, match=r"manifest.json: label: found 'squares'; expected an empty folder.*cubes"):
        work(Squares(size=4, label="cubes"), folder=tmp_path / "c")


def test_the_checkpoint_of_another_size_is_refused(tmp_path) -> None:
    work(Squares(size=4), folder=tmp_path / "c")
    with pytest.raises(InvalidInput, match=r"manifest.json: size: found '4'"):
        work(Squares(size=5), folder=tmp_path / "c")


def test_a_folder_of_something_else_is_left_alone(tmp_path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InvalidInput, match="expected an empty folder"):
        work(Squares(size=4), folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("text", ["", "[]", '{"about": 3}', "{}"])
def test_a_broken_manifest_is_refused(tmp_path, text) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InvalidInput, match="found no manifest; expected a manifest this program wrote"):
        work(Squares(size=4), folder=tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive"])
def test_a_damaged_chunk_is_worked_out_again(tmp_path, content) -> None:
    work(Squares(size=6), chunk=2, folder=tmp_path / "c")
    (tmp_path / "c" / "000000002-000000004.npz").write_bytes(content)
    assert work(Squares(size=6), folder=tmp_path / "c")["square"].tolist() == [i * i for i in range(6)]


def test_a_chunk_with_objects_in_it_is_never_unpickled(tmp_path) -> None:
    work(Squares(size=2), chunk=2, folder=tmp_path / "c")
    np.savez(tmp_path / "c" / "000000000-000000002.npz", square=np.array([os, os], dtype=object).astype(str))
    evil = np.empty(2, dtype=object)
    evil[:] = [print, print]
    np.savez(tmp_path / "c" / "000000000-000000002.npz", square=evil)
    assert Checkpoint(tmp_path / "c", Squares(size=2)).finished() == {}


def test_a_checkpoint_says_what_it_belongs_to(tmp_path) -> None:
    work(Squares(size=4), folder=tmp_path / "c")
    manifest = json.loads((tmp_path / "c" / "manifest.json").read_text())
    assert (manifest["schema"], manifest["task"], manifest["size"]) == ("pelvicrt.checkpoint/1", "squares", 4)


class DyingWorkers:
    """A client whose first `deaths` chunks kill their worker."""

    def __init__(self, deaths) -> None:
        self.deaths, self.sent = deaths, 0

    def submit(self, function, *arguments, pure):
        self.sent += 1
        return Remote(None if self.sent > self.deaths else KilledWorker("chunk", None, 3))


class Remote:
    def __init__(self, error) -> None:
        self.error = error

    def add_done_callback(self, function):
        function(self)

    def result(self):
        if self.error is not None:
            raise self.error
        return Timed({"x": 1}, 0.0)


def test_a_chunk_whose_worker_died_is_sent_again() -> None:
    client = DyingWorkers(MOST_SENT - 1)
    sent = _Sent(client, b"", 0, 1)
    sent.send()
    assert sent.future.result().block == {"x": 1}
    assert client.sent == MOST_SENT


def test_a_chunk_that_kills_every_worker_is_given_up() -> None:
    sent = _Sent(DyingWorkers(10**6), b"", 3, 7)
    sent.send()
    with pytest.raises(UsageError, match="places 3 to 6 were sent 5 times and killed their workers each time"):
        sent.future.result()


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(UsageError, match=r"a worker differs from this program \(numpy .* / 1.0\)"):
        run_packed(b"", 0, 1, {**stamp(), "numpy": "1.0"})


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch) -> None:
    monkeypatch.setattr("pelvicrt.compute.cluster.CONNECT_SECONDS", 1)
    with (
        pytest.raises(UsageError, match=r"no dask scheduler answers at tcp://127.0.0.1:9"),
        executor_for("tcp://127.0.0.1:9"),
    ):
        pass


@pytest.mark.parametrize("command", [["assess", "CASE"], ["simulate", "MODEL"], ["research", "population", "SPEC"]])
def test_every_command_with_a_scheduler_tells_that_none_answers(monkeypatch, command) -> None:
    monkeypatch.setattr("pelvicrt.compute.cluster.CONNECT_SECONDS", 0.2)
    files = {
        "CASE": "examples/example-1.yaml",
        "MODEL": "examples/models/illness-death.yaml",
        "SPEC": "examples/population/region.yaml",
    }
    words = [str(ROOT / files[word]) if word in files else word for word in command]
    done = CliRunner().invoke(app, [*words, "--scheduler", "tcp://127.0.0.1:9"])
    assert isinstance(done.exception, UsageError)
    assert "no dask scheduler answers" in str(done.exception)


@pytest.mark.parametrize("word", ["local:", "local:0", "local:x", "local:99999"])
def test_a_wrong_number_of_processes_is_told(word) -> None:
    with pytest.raises(UsageError, match="is no scheduler; write an address"), executor_for(word):
        pass


def test_without_the_extra_the_user_is_told_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'pelvicrt\[cluster\]'"), executor_for("local:2"):
        pass
