"""Is the generator Philox4x32-10, and are its uniforms uniform, open and independent?"""

import numpy as np
import pytest
from scipy import stats

from pelvicrt.engine.philox import key_of, one_uniform, philox_words, two_uniforms

# Random123 known-answer vectors of philox4x32-10: counter, key, output.
KNOWN = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN)
def test_the_published_vectors_come_out(counter, key, output) -> None:
    out = np.zeros(4, dtype=np.uint64)
    philox_words(np.array(counter, dtype=np.uint64), np.array(key, dtype=np.uint64), out)
    assert out.tolist() == output


def _pairs(count: int, *, seed: int = 1, draw: int = 0, step: int = 0):
    patients = np.arange(count, dtype=np.uint64)
    first, second = np.empty(count), np.empty(count)
    two_uniforms(patients, np.zeros(count, dtype=np.uint64), draw, step, key_of(seed), first, second)
    return first, second


def test_both_halves_are_uniform_open_and_unrelated() -> None:
    first, second = _pairs(200_000)
    for part in (first, second):
        assert part.min() > 0.0
        assert part.max() < 1.0
        assert stats.kstest(part, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / np.sqrt(len(first))


def test_the_same_counter_gives_the_same_luck_one_by_one() -> None:
    first, second = _pairs(50, draw=7, step=(3 << 16) + 5)
    key, life = key_of(1), np.uint64(0)
    assert [one_uniform(np.uint64(i), life, 7, (3 << 16) + 5, key, False) for i in range(50)] == first.tolist()
    assert [one_uniform(np.uint64(i), life, 7, (3 << 16) + 5, key, True) for i in range(50)] == second.tolist()


def test_another_draw_step_or_seed_is_unrelated_luck() -> None:
    base, _ = _pairs(20_000)
    for other in (_pairs(20_000, draw=1), _pairs(20_000, step=1), _pairs(20_000, seed=2)):
        assert abs(np.corrcoef(base, other[0])[0, 1]) < 4.0 / np.sqrt(20_000)


def test_a_seed_outside_64_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="not between 0 and 2\\^64"):
        key_of(-1)
