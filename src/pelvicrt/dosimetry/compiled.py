"""How are kernels compiled? On first use, kept on disk; they hold no lock, so structures may run side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "fastmath": {"contract"}}


def compiled(function: F) -> F:
    """Compile on first use and keep the result on disk."""
    return cast("F", numba.njit(**OPTIONS)(function))


def inlined(function: F) -> F:
    """Compile into whoever calls it."""
    return cast("F", numba.njit(forceinline=True, **OPTIONS)(function))
