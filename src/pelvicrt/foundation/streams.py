"""Where randomness comes from: one stateless stream per named decision, so that strategies share their luck."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Streams:
    """Named streams of one seed. Names start `params/`, `facts/`, `centre/`, `luck/` or `cohort/`."""

    seed: int

    def uniforms(self, decision: str, *, rows: int, columns: int = 1) -> npt.NDArray[np.float64]:
        """U(0, 1), shape (rows, columns), open at both ends; row i never depends on `rows`.

        >>> a = Streams(1).uniforms("params/x", rows=2)
        >>> b = Streams(1).uniforms("params/x", rows=5)
        >>> bool((a == b[:2]).all())
        True
        """
        digest = hashlib.blake2b(f"{self.seed}/{decision}".encode(), digest_size=16).digest()
        bits = np.random.Philox(key=int.from_bytes(digest, "little"))
        raw = np.random.Generator(bits).random((rows, columns))
        return np.clip(raw, 2.0**-54, 1.0 - 2.0**-53)
