"""Which values of a fact tell the draws apart? Draws sorted by the value they assume, for the worth of learning it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def grouped(values: Sequence[object], *, most: int = 8) -> tuple[Ints, tuple[object, ...]]:
    """Group number of every draw and one value that stands for each group.

    Words and small counts keep their values; a continuous fact is cut at its quantiles and stands at group medians.

    >>> grouped(["present", "absent", "present"])[1]
    ('absent', 'present')
    """
    if all(map(_is_number, values)):
        return _grouped_numbers(values, most=most)
    distinct = sorted(set(values), key=lambda value: (str(type(value)), repr(value)))
    number = {value: i for i, value in enumerate(distinct)}
    return np.array([number[value] for value in values], dtype=np.int64), tuple(distinct)


def _grouped_numbers(values: Sequence[object], *, most: int) -> tuple[Ints, tuple[object, ...]]:
    numbers = np.array(values, dtype=np.float64)
    distinct, raw = np.unique(numbers, return_inverse=True)
    if len(distinct) > most:
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, most + 1)[1:-1]))
        raw = np.unique(np.searchsorted(edges, numbers, side="right"), return_inverse=True)[1]
    middles = [float(np.median(numbers[raw == group])) for group in range(int(raw.max()) + 1)]
    whole = all(isinstance(value, (int, np.integer)) for value in values)
    return raw.astype(np.int64), tuple(int(middle) if whole else middle for middle in middles)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
