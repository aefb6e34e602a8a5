"""Dividing the draws among blocks and threads changes the time and nothing else."""

import numpy as np
import pytest
from tests.support.simulate_plans import SPECS, a_case, a_classification, built, candidate

from pelvicrt.evidence import library
from pelvicrt.foundation import UNKNOWN
from pelvicrt.simulate import block, simulate

PLANS = [built("interval", policy=True), candidate("io", *SPECS["immunotherapy_first"], policy=True)]
CASE = a_case(patient={"age": UNKNOWN}, molecular={"mmr": UNKNOWN})
CLASSES = a_classification(mmr="unknown")


def run(draws=150, **options):
    return simulate(CASE, CLASSES, PLANS, library(), draws=draws, seed=7, **options)


def same_bits(first, second, *, rows=None):
    for key, one in first.by_candidate.items():
        other = second.by_candidate[key]
        for mine in one.outcomes:
            theirs = other.outcome(mine.name)
            assert np.array_equal(mine.values[:rows], theirs.values[:rows]), (key, mine.name)
        for name, curve in one.curves.items():
            assert np.array_equal(curve[:rows], other.curves[name][:rows]), (key, name)


@pytest.fixture(scope="module")
def usual():
    return run()


@pytest.mark.parametrize("processors", [1, 3])
def test_number_of_threads_changes_no_bit(usual, processors, monkeypatch):
    monkeypatch.setattr(block.os, "cpu_count", lambda: processors)
    same_bits(usual, run())


@pytest.mark.parametrize("size", [1, 40, 500])
def test_size_of_a_block_changes_no_bit(size, monkeypatch):
    whole = run(60)
    monkeypatch.setattr(block, "BLOCK_DRAWS", size)
    same_bits(whole, run(60))


def test_draws_of_the_first_block_do_not_know_of_a_second(usual):
    same_bits(run(128), usual, rows=128)


def test_an_outcome_some_blocks_lack_is_kept_for_all_draws(monkeypatch):
    """One draw in twenty-five has mismatch repair deficiency and may respond to immunotherapy."""
    monkeypatch.setattr(block, "BLOCK_DRAWS", 1)
    one = run(60).by_candidate["io"]
    assert one.outcome("local_regrowth").values.shape[0] == 60
    assert 0 < (one.curves["organ_preservation"][:, 12] > 0).sum() < 60


def test_progress_counts_every_candidate_once():
    seen = []
    run(progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]
