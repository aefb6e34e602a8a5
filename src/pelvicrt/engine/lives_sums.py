"""In which order are a tile's lives added? In stripes: life i of a tile joins stripe i modulo 64, by vectors.

A sum over lives one after another waits for itself at every addition. Sixty-four sums side by side do not, and the
compiler makes vectors of them without reordering anything: each stripe adds its lives in their order, and at the end
of the tile stripes are added in theirs. Blocks begin at multiples of 64 lives of the tile, so the order of additions
depends on a life's place in the tile alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_memory import STRIPES
from pelvicrt.engine.logexp import compiled, inlined

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def stripe_rows(strategies: int, rewards: int) -> int:
    """How many sums a unit keeps: of each strategy x and w x, and x y of each pair, for every reward."""
    return rewards * (2 * strategies + strategies * (strategies + 1) // 2)


@inlined
def clear_stripes(stripes: Floats) -> None:
    """All 0."""
    for k in range(stripes.shape[0]):
        stripes[k, :] = 0.0


@inlined
def add_stripes(
    count: int,
    strategies: int,
    patient: Ints,
    weight: Floats,
    weights: Floats,
    earned: Floats,
    weighted: Floats,
    stripes: Floats,
) -> None:
    """Add a block of `count` lives; `earned` (R, A n) by lanes; `weight` (n,) and `weighted` (A, n) are scratch.

    Lanes up to the next multiple of 64 weigh nothing.
    """
    stride = len(patient)
    whole = (count + STRIPES - 1) // STRIPES * STRIPES
    for i in range(count):
        weight[i] = weights[np.uintp(patient[i])]
    for i in range(count, whole):
        weight[i] = 0.0
    w, row = weight[:whole], 0
    for r in range(earned.shape[0]):
        for a in range(strategies):
            x = weighted[a, :whole]
            _times(w, earned[r, a * stride : a * stride + whole], x)
            _add(x, stripes[row])
            _add_product(w, x, stripes[row + 1])
            row += 2
            for b in range(a + 1):
                _add_product(x, weighted[b, :whole], stripes[row])
                row += 1


@inlined
def fold_stripes(stripes: Floats, weighted: Floats, second: Floats, products: Floats) -> None:
    """Stripes added up, in their order, into sums (A, R), (A, R) and (R, A, A)."""
    row = 0
    for r in range(products.shape[0]):
        for a in range(products.shape[1]):
            weighted[a, r] = _folded(stripes[row])
            second[a, r] = _folded(stripes[row + 1])
            row += 2
            for b in range(a + 1):
                products[r, a, b] = _folded(stripes[row])
                row += 1


@inlined
def _folded(stripe: Floats) -> float:
    total = 0.0
    for j in range(STRIPES):
        total += stripe[j]
    return total


@compiled
def _times(x: Floats, y: Floats, out: Floats) -> None:
    for i in range(len(out)):
        out[i] = x[i] * y[i]


@compiled
def _add(x: Floats, stripe: Floats) -> None:
    for start in range(0, len(x), STRIPES):
        part = x[start : start + STRIPES]
        for j in range(len(stripe)):
            stripe[j] += part[j]


@compiled
def _add_product(x: Floats, y: Floats, stripe: Floats) -> None:
    for start in range(0, len(x), STRIPES):
        one, other = x[start : start + STRIPES], y[start : start + STRIPES]
        for j in range(len(stripe)):
            stripe[j] += one[j] * other[j]
