"""Does a result show how its work was cut, where it ran, or what was killed on the way? It must not, to the last bit."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.support.compute_tasks import lives_task
from tests.support.population_specs import raw_region

from pelvicrt.assessment import assess
from pelvicrt.compute import Threads, executor_for, work
from pelvicrt.engine import lives_statistics, solve
from pelvicrt.evidence import library
from pelvicrt.intake import load_case
from pelvicrt.research.population_reading import population_of
from pelvicrt.research.population_run import PopulationTask

ROOT = Path(__file__).resolve().parents[2]
DRAWS = 60


@pytest.fixture(scope="module")
def cluster():
    with executor_for("local:2") as executor:
        yield executor


@pytest.fixture(scope="module")
def whole():
    """The lives in one piece, without any executor."""
    task = lives_task(draws=DRAWS, lives=20)
    return lives_statistics(
        task.model, task.numbers, task.patients, task.rewards, seed=task.seed, lives=task.lives, threads=1
    ).result()


def same(found, whole):
    return all(np.array_equal(found[name], getattr(whole, name)) for name in ("rewards", "error"))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk", [None, 1, 7, 60])
def test_lives_have_the_same_bits_for_any_chunk_and_threads(whole, chunk, threads) -> None:
    with Threads(threads) as executor:
        assert same(work(lives_task(draws=DRAWS, lives=20), executor=executor, chunk=chunk), whole)


@pytest.mark.parametrize("lanes", [64, 256])
def test_lives_have_the_same_bits_for_any_lanes(whole, lanes) -> None:
    task = lives_task(draws=DRAWS, lives=20)
    found = lives_statistics(
        task.model, task.numbers, task.patients, task.rewards, seed=task.seed, lives=task.lives, lanes=lanes
    ).result()
    assert same({"rewards": found.rewards, "error": found.error}, whole)


@pytest.mark.parametrize("chunk", [1, 7])
def test_a_solved_model_has_the_same_bits_for_any_chunk(chunk) -> None:
    task = dataclasses.replace(lives_task(draws=20, patients=2, lives=1), lives=None, step=0.5)
    whole = solve(task.model, task.numbers, task.patients, task.rewards, step=0.5, average=True)
    assert same(work(task, chunk=chunk), whole)


def test_lives_have_the_same_bits_on_two_worker_processes(cluster, whole) -> None:
    assert same(work(lives_task(draws=DRAWS, lives=20), executor=cluster, chunk=5), whole)


def test_a_worker_killed_by_signal_mid_run_changes_no_bit(cluster, whole) -> None:
    before = cluster.client.run(os.getpid)
    killed = []

    def kill_one(fraction):
        if fraction >= 0.2 and not killed:
            killed.append(next(iter(before.values())))
            os.kill(killed[0], signal.SIGKILL)

    assert same(work(lives_task(draws=DRAWS, lives=20), executor=cluster, chunk=2, told=kill_one), whole)
    assert killed[0] not in cluster.client.run(os.getpid).values()


_RUN = """
import sys
from pathlib import Path
from pelvicrt.compute import Threads, work
from tests.support.compute_tasks import lives_task
with Threads(2) as executor:
    work(lives_task(draws=60, lives=20), executor=executor, chunk=2, folder=Path(sys.argv[1]))
"""


def test_a_run_killed_as_a_whole_and_resumed_has_the_same_bits(tmp_path, whole) -> None:
    folder = tmp_path / "kept"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    run = subprocess.Popen([sys.executable, "-c", _RUN, str(folder)], env=environment, start_new_session=True)
    while len(list(folder.glob("*.npz"))) < 4 and run.poll() is None:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    kept = sorted(path.name for path in folder.glob("[0-9]*.npz"))
    fractions = []
    found = work(lives_task(draws=DRAWS, lives=20), folder=folder, told=fractions.append)
    assert same(found, whole)
    assert fractions[0] >= 2 * len(kept) / DRAWS > 0.0


def every_array(assessment):
    for key, candidate in assessment.simulated.by_candidate.items():
        for item in candidate.outcomes:
            yield f"{key}/{item.name}", item.values
            yield f"{key}/{item.name}/centre", item.centre_values
        yield from ((f"{key}/curve/{name}", curve) for name, curve in candidate.curves.items())


@pytest.fixture(scope="module")
def case():
    return load_case(ROOT / "examples" / "example-1.yaml")


@pytest.fixture(scope="module")
def here(case):
    with Threads(1) as executor:
        return assess(case, draws=500, executor=executor)


def assert_same(found, here) -> None:
    mine, theirs = dict(every_array(here)), dict(every_array(found))
    assert mine.keys() == theirs.keys()
    assert not [name for name in mine if not np.array_equal(mine[name], theirs[name], equal_nan=True)]


def test_an_assessment_has_the_same_bits_on_two_threads(case, here) -> None:
    with Threads(2) as executor:
        assert_same(assess(case, draws=500, executor=executor), here)


def test_an_assessment_has_the_same_bits_on_two_worker_processes(cluster, case, here) -> None:
    assert_same(assess(case, draws=500, executor=cluster), here)


def test_a_region_has_the_same_bits_on_two_processes_one_of_them_killed(cluster) -> None:
    asked = population_of(raw_region(patients=16), file="region.yaml", library=library())
    task = PopulationTask(population=asked, library_hash=library().hash)
    whole, killed = task.run(0, task.size), []

    def kill_one(fraction):
        if fraction > 0.0 and not killed:
            killed.append(next(iter(cluster.client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    found = work(task, executor=cluster, chunk=1, told=kill_one)
    assert killed
    assert all(np.array_equal(found[name], whole[name]) for name in whole)
