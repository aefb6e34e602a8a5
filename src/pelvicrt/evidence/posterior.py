"""Which joint draws of the model's parameters ship with a library, and from what were they made?"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence.records import STRICT
from pelvicrt.foundation import InvalidInput, Problem, Text

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a posterior was made: the draws can be made again from it, bit for bit on the same code.

    `prior_hash` is over the priors of `depends_on`, all parameters the predictions depended on; `parameters` are those
    whose joint draws are shipped, the others having kept their priors. `target_hash` is over the figures fitted,
    `draws_hash` over the file of draws.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    made_on: dt.date
    code_version: str
    model_id: str
    seed: int
    prior_hash: str
    target_hash: str
    draws_hash: str
    draws: int
    effective_size: float
    parameters: tuple[str, ...]
    depends_on: tuple[str, ...]
    settings: dict[str, Any]
    diagnostics: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Joint draws, shape (draws,) each, ordered so that the first n stand for all, with their recipe."""

    recipe: Recipe
    draws: Mapping[str, Floats]


def read_posterior(recipe: Recipe, path: Path) -> Posterior:
    """The draws of a recipe.

    Raises:
        InvalidInput: when the file is missing or is not the one the recipe names.
    """
    content = path.read_bytes() if path.is_file() else b""
    found = hash_of_draws(content)
    if found != recipe.draws_hash:
        expected = Text(
            f"the draws with hash {recipe.draws_hash}; calibrate again",
            f"哈希为 {recipe.draws_hash} 的抽样文件；请重新校准",
        )
        raise InvalidInput([Problem(file=path.name, field="(file)", found=found, expected=expected)])
    with np.load(path, allow_pickle=False) as table:
        rows = table["draws"].astype(np.float64)
    return Posterior(recipe=recipe, draws={name: rows[:, place] for place, name in enumerate(recipe.parameters)})


def hash_of_draws(content: bytes) -> str:
    """Twelve hex digits over a file of draws."""
    return hashlib.sha256(content).hexdigest()[:12]
