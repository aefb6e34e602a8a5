"""How is a prognostic score counted when some items are unknown, and which scores are there?

A score is data: items with points, groups, where it is valid. Unknown items leave a range of totals; a single total is
given only when every possible answer leads to it. The folder `scores` is the registry: one file, one `SCORE`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pelvicrt.case import inputs_of
from pelvicrt.classify import scores
from pelvicrt.classify.results import ScoreResult
from pelvicrt.evidence import Example, FactValue, LookUp, holds, parse
from pelvicrt.foundation import UNKNOWN, Mark, Text, Unknown

MM_PER_CM: Final = 10


@dataclass(frozen=True, slots=True)
class Points:
    """Points given when a condition over the facts holds; the first that holds of an item counts."""

    when: dict[str, Any]
    points: float


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a score; no points when none of its conditions holds."""

    name: Text
    choices: tuple[Points, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A risk group: totals from `low` (included) up to `below` (not included)."""

    key: str
    label: Text
    low: float
    below: float


@dataclass(frozen=True, slots=True)
class Computed:
    """A number found from other facts by a formula, read by items under its name."""

    facts: tuple[str, ...]
    formula: Callable[..., float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One prognostic score. With `number`, its value is that computed number; otherwise the sum of its items.

    `beyond_case` names facts the score reads and a case cannot hold: they stay unknown, and the total a range.
    """

    id: str
    name: Text
    unit: str
    validity: Text
    groups: tuple[Group, ...]
    sources: tuple[str, ...]
    mark: Mark
    items: tuple[Item, ...] = ()
    number: str = ""
    computed: dict[str, Computed] = field(default_factory=dict)
    beyond_case: tuple[str, ...] = ()
    kind: Literal["prognostic", "instrument"] = "prognostic"


def tumour_burden(largest_mm: float, lesion_count: float) -> float:
    """Distance from the origin when size and number span a plane: sqrt(largest^2 + number^2) [1].

    Size in centimetres, as in the source; [@sasaki-2018-tbs], formula read in [@plato-crlm-scores, GAME].

    >>> tumour_burden(30, 4)
    5.0
    """
    return float(((largest_mm / MM_PER_CM) ** 2 + lesion_count**2) ** 0.5)


TUMOUR_BURDEN: Final = Computed(("liver.largest_mm", "liver.lesion_count"), tumour_burden)


def result_of(score: Score, look_up: LookUp) -> ScoreResult:
    """The score of one patient: its value, or the range still possible and the facts that would settle it.

    >>> from pelvicrt.classify.scores import fong
    >>> facts = {"primary.cn": "N1", "liver.lesion_count": 3}
    >>> found = result_of(fong.SCORE, lambda name: facts.get(name, UNKNOWN))
    >>> found.value, found.range, "labs.cea_ng_ml" in found.missing
    (None, (1.0, 5.0), True)
    """
    look = _with_computed(score, look_up)
    low, high, missing = _number(score, look) if score.number else _sum(score, look)
    group = _group_of(score, low, high)
    return ScoreResult(
        score=score.id,
        name=score.name,
        value=low if low == high else None,
        unit=score.unit,
        group=group.key if group else "unknown",
        group_label=group.label if group else Text("unknown", "未知"),
        missing=tuple(sorted(_contract(missing - set(score.beyond_case)))),
        validity=score.validity,
        sources=score.sources,
        mark=score.mark,
        range=None if low == high or low is None or high is None else (low, high),
    )


def _sum(score: Score, look_up: LookUp) -> tuple[float, float, set[str]]:
    spans = [_span(item, look_up) for item in score.items]
    missing = set().union(*(part[2] for part in spans))
    return float(sum(part[0] for part in spans)), float(sum(part[1] for part in spans)), missing


def _span(item: Item, look_up: LookUp) -> tuple[float, float, set[str]]:
    """Least and most points of one item over all worlds still possible, and what keeps them apart."""
    possible: list[float] = []
    missing: set[str] = set()
    for choice in item.choices:
        verdict = holds(parse(choice.when), look_up)
        if verdict.value is False:
            continue
        possible.append(choice.points)
        if verdict.value is True:
            break
        missing |= verdict.missing
    else:
        possible.append(0.0)
    return min(possible), max(possible), missing if min(possible) != max(possible) else set()


def _number(score: Score, look_up: LookUp) -> tuple[float | None, float | None, set[str]]:
    value = look_up(score.number)
    if isinstance(value, (int, float)):
        return float(value), float(value), set()
    return None, None, {fact for fact in score.computed[score.number].facts if look_up(fact) is UNKNOWN}


def _group_of(score: Score, low: float | None, high: float | None) -> Group | None:
    if low is None or high is None:
        return None
    return next((group for group in score.groups if group.low <= low and high < group.below), None)


def _with_computed(score: Score, look_up: LookUp) -> LookUp:
    def look(name: str) -> FactValue | Unknown:
        if name in score.beyond_case:
            return UNKNOWN
        if name not in score.computed:
            return look_up(name)
        recipe = score.computed[name]
        found = [look_up(fact) for fact in recipe.facts]
        return UNKNOWN if any(value is UNKNOWN for value in found) else recipe.formula(*found)

    return look


def _contract(names: set[str]) -> set[str]:
    plain = {fact for name in names for fact in _RECIPES.get(name, (name,))}
    return {fact for name in plain for fact in (inputs_of(name) if name.startswith("derived.") else (name,))}


_RECIPES: Final[dict[str, tuple[str, ...]]] = {"tumour_burden": TUMOUR_BURDEN.facts}


@functools.cache
def all_scores() -> dict[str, tuple[Score, tuple[Example, ...]]]:
    """Every score of the folder with its examples, by id, in name order.

    Raises:
        ValueError: when two files hold the same id.
    """
    found: dict[str, tuple[Score, tuple[Example, ...]]] = {}
    for module in sorted(pkgutil.iter_modules(scores.__path__), key=lambda item: item.name):
        loaded = importlib.import_module(f"{scores.__name__}.{module.name}")
        add_score(found, loaded.SCORE, loaded.EXAMPLES)
    return found


def add_score(found: dict[str, tuple[Score, tuple[Example, ...]]], score: Score, examples: tuple[Example, ...]) -> None:
    """Enter one score.

    Raises:
        ValueError: when its id is taken.
    """
    if score.id in found:
        raise ValueError(f"two score files hold the id {score.id!r}; an id is used once")
    found[score.id] = (score, examples)


def prognostic_scores(look_up: LookUp) -> tuple[ScoreResult, ...]:
    """Every prognostic score of one patient."""
    return tuple(result_of(score, look_up) for score, _ in all_scores().values() if score.kind == "prognostic")
