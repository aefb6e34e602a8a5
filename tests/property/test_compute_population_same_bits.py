"""Does a region's result show how it was cut, where it ran, or what was killed? It must not, to the last bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.support.population_specs import raw_region, write_region

from pelvicrt.compute import Threads, work
from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput
from pelvicrt.research.population_reading import population_of
from pelvicrt.research.population_run import PopulationTask, run_population

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("sums", "patients", "classes", "plans", "notes", "tied")


def task_of(patients=16):
    asked = population_of(raw_region(patients=patients), file="region.yaml", library=library())
    return PopulationTask(population=asked, library_hash=library().hash)


@pytest.fixture(scope="module")
def whole():
    task = task_of()
    return task.run(0, task.size)


def same(found, whole) -> bool:
    return all(np.array_equal(found[name], whole[name]) for name in NAMES)


@pytest.mark.parametrize(("threads", "chunk"), [(1, 3), (2, 1), (2, None)])
def test_a_region_has_the_same_bits_for_any_chunk_and_threads(whole, threads, chunk) -> None:
    with Threads(threads) as executor:
        assert same(work(task_of(), executor=executor, chunk=chunk), whole)


def test_a_region_killed_as_a_whole_and_resumed_has_the_same_bits(tmp_path, whole) -> None:
    spec, kept = write_region(tmp_path, patients=16), tmp_path / "kept"
    command = [sys.executable, "-m", "pelvicrt.cli", "research", "population", str(spec), "--threads", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.Popen(
        [*command, "--checkpoint", str(kept)], env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    while not list(kept.glob("[0-9]*.npz")) and run.poll() is None:
        time.sleep(0.005)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(list(kept.glob("[0-9]*.npz"))) in (1, 2, 3)
    fractions = []
    found = run_population(task_of().population, folder=kept, told=fractions.append)
    assert same({name: getattr(found, name) for name in NAMES}, whole)
    assert fractions[0] > 0.0


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path) -> None:
    spec, kept = write_region(tmp_path, patients=200), tmp_path / "kept"
    command = [sys.executable, "-m", "pelvicrt.cli", "research", "population", str(spec), "--checkpoint", str(kept)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not list(kept.glob("[0-9]*.npz")) and run.poll() is None:
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)
    told, answer = run.communicate()[1], run.returncode
    assert (answer, told) == (130, f"stopped; finished parts are in {kept}: run the same command again to go on\n")


def test_the_checkpoint_of_another_region_is_refused(tmp_path) -> None:
    run_population(task_of(4).population, folder=tmp_path / "kept")
    with pytest.raises(InvalidInput, match=r"manifest.json: specification: found '[0-9a-f]{12}'; expected an empty"):
        run_population(task_of(8).population, folder=tmp_path / "kept")
