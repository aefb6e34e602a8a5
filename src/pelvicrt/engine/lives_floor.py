"""What do random numbers, logs and exps cost by themselves? The kernels' own loops, and nothing else."""

from __future__ import annotations

import numpy as np

from pelvicrt.engine.logexp import exp_each
from pelvicrt.engine.philox import key_of, two_uniforms, unit_exponentials


def philox_speed(*, pairs: int, exponentials: int, length: int) -> None:
    """Draw `pairs` outputs with log(-log u) of both halves, and take so many exps, in loops of `length`."""
    lane, life = np.arange(length, dtype=np.uint64), np.zeros(length, dtype=np.uint64)
    u, v, e, f = (np.full(length, 0.5) for _ in range(4))
    key = key_of(1)
    for step in range(-(-pairs // length)):
        two_uniforms(lane, life, step, 0, key, u, v)
        unit_exponentials(u, e, f)
        unit_exponentials(v, e, f)
    for _ in range(-(-exponentials // length)):
        exp_each(f, e)
