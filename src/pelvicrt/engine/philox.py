"""Which luck has a patient? Philox4x32-10 keyed by seed and counted by patient, draw, visit, transition and life.

The generator has no state: its 128-bit output is a bijection of a 128-bit counter under a 64-bit key (Salmon, Moraes,
Dror, Shaw, SC11, doi 10.1145/2063384.2063405). The key is the seed. The counter's four 32-bit words are

    (patient, draw, visit * 2^16 + pair, life)

visit counts the states entered before, `pair` = transition // 2: the two 64-bit halves of one output serve the two
transitions of a pair. Branches of a transition draw from pairs with the highest bit set. The strategy is NOT in the
counter: the same patient under another strategy meets the same luck as long as his course is the same.

Uniforms take the upper 52 bits k of a half as (k + 1/2) / 2^52: open at both ends, symmetric, never 0 or 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.logexp import Word, compiled, double_of, inlined, log_of

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

MULTIPLY_0, MULTIPLY_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
BUMP_0, BUMP_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ROUNDS = 10
ONE_BITS = np.uint64(0x3FF0000000000000)
SURPLUS_BITS = np.uint64(12)
BEFORE_ONE = 1.0 - 2.0**-53
MOST_VISITS = 1 << 16
MOST_TRANSITIONS = 1 << 16
BRANCH_PAIR = 1 << 15


@inlined
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Ten rounds on four 32-bit words held in 64-bit registers."""
    for _ in range(ROUNDS):
        a = MULTIPLY_0 * c0
        b = MULTIPLY_1 * c2
        c0, c1, c2, c3 = (b >> HALF) ^ c1 ^ k0, b & LOW, (a >> HALF) ^ c3 ^ k1, a & LOW
        k0 = (k0 + BUMP_0) & LOW
        k1 = (k1 + BUMP_1) & LOW
    return c0, c1, c2, c3


@inlined
def uniform_of(high: Word, low: Word) -> float:
    """(k + 1/2) / 2^52 with k the upper 52 bits of the two words."""
    word = (high << HALF) | low
    return double_of((word >> SURPLUS_BITS) | ONE_BITS) - BEFORE_ONE


@compiled
def two_uniforms(patient: Words, life: Words, draw: int, step: int, key: Words, first: Floats, second: Floats) -> None:
    """Both uniforms of one (draw, visit and pair) for many lives."""
    k0, k1, d, s = key[0], key[1], np.uint64(draw), np.uint64(step)
    for i in range(len(patient)):
        a, b, c, e = philox(patient[i], d, s, life[i], k0, k1)
        first[i] = uniform_of(a, b)
        second[i] = uniform_of(c, e)


@compiled
def one_uniform(patient: Word, life: Word, draw: int, step: int, key: Words, second: bool) -> float:
    """One uniform of one life."""
    a, b, c, e = philox(patient, np.uint64(draw), np.uint64(step), life, key[0], key[1])
    return uniform_of(c, e) if second else uniform_of(a, b)


@compiled
def unit_exponentials(uniform: Floats, exponential: Floats, logarithm: Floats) -> None:
    """E = -log u and log E."""
    for i in range(len(uniform)):
        e = -log_of(uniform[i])
        exponential[i] = e
        logarithm[i] = log_of(e)


@compiled
def philox_words(counter: Words, key: Words, out: Words) -> None:
    """The four 32-bit output words of one counter and key, for checking against published vectors."""
    out[0], out[1], out[2], out[3] = philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1])


def key_of(seed: int) -> Words:
    """The key of a seed in 0..2^64 - 1: its lower and upper 32 bits.

    >>> key_of(2**32 + 5).tolist()
    [5, 1]
    """
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"seed {seed} is not between 0 and 2^64 - 1")
    return np.array([seed & 0xFFFFFFFF, seed >> 32], dtype=np.uint64)
