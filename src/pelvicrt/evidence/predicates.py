"""Does a condition written as data hold for these facts? Three-valued, with eight operators and no language.

A condition is `{fact: NAME, OPERATOR: VALUE}` or `{all: [...]}` or `{any: [...]}`. Operators: `is`, `in`, `lt`, `le`,
`gt`, `ge`; with `all` and `any` that makes eight. "Not" is said by listing the other values. A fact that is a list
(for instance refusals) holds `is: x` when x is in it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pelvicrt.foundation import UNKNOWN, Unknown, Verdict, all_of, any_of

FactValue = str | int | float | bool | tuple[str, ...]
LookUp = Callable[[str], FactValue | Unknown]
Comparison = Literal["is", "in", "lt", "le", "gt", "ge"]

_ORDER: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One fact compared with one value."""

    fact: str
    comparison: Comparison
    value: FactValue


@dataclass(frozen=True, slots=True)
class Compound:
    """Several conditions of which all, or any, must hold."""

    joint: Literal["all", "any"]
    parts: tuple[Condition, ...]


Condition = Atom | Compound


def parse(raw: object) -> Condition:
    """A condition from its YAML form.

    Raises:
        ValueError: naming the part that is not one of the eight operators.

    >>> parse({"fact": "primary.mrf_mm", "lt": 2})
    Atom(fact='primary.mrf_mm', comparison='lt', value=2)
    """
    if not isinstance(raw, dict):
        raise ValueError(f"a condition is a mapping, found {type(raw).__name__}")  # noqa: TRY004 (bad data, not bad code)
    if set(raw) in ({"all"}, {"any"}):
        joint: Literal["all", "any"] = "all" if "all" in raw else "any"
        parts = raw[joint]
        if not isinstance(parts, list):
            raise ValueError(f"'{joint}' needs a list")
        return Compound(joint, tuple(parse(part) for part in parts))
    comparisons = set(raw) - {"fact"}
    if "fact" not in raw or len(comparisons) != 1 or not comparisons <= {"is", "in", *_ORDER}:
        raise ValueError(f"a condition has 'fact' and one of is, in, lt, le, gt, ge; found {sorted(raw)}")
    comparison = comparisons.pop()
    value = raw[comparison]
    if isinstance(value, list):
        value = tuple(value)
    return Atom(raw["fact"], comparison, value)


def facts_of(condition: Condition) -> frozenset[str]:
    """Every fact a condition reads."""
    if isinstance(condition, Atom):
        return frozenset({condition.fact})
    return frozenset().union(*(facts_of(part) for part in condition.parts))


def holds(condition: Condition, look_up: LookUp) -> Verdict:
    """Yes, no, or cannot say and which fact is missing.

    >>> facts = {"primary.emvi": "absent"}
    >>> look_up = lambda name: facts.get(name, UNKNOWN)
    >>> holds(parse({"any": [{"fact": "primary.emvi", "is": "present"}, {"fact": "primary.mrf_mm", "lt": 2}]}), look_up)
    Verdict(value=None, missing=frozenset({'primary.mrf_mm'}))
    """
    if isinstance(condition, Compound):
        verdicts = (holds(part, look_up) for part in condition.parts)
        return all_of(verdicts) if condition.joint == "all" else any_of(verdicts)
    found = look_up(condition.fact)
    if found is UNKNOWN:
        return Verdict(None, frozenset({condition.fact}))
    return Verdict(_compare(condition, found))


def _compare(atom: Atom, found: FactValue | Unknown) -> bool:
    if atom.comparison == "is":
        return atom.value in found if isinstance(found, tuple) else found == atom.value
    if atom.comparison == "in":
        allowed = atom.value if isinstance(atom.value, tuple) else (atom.value,)
        return bool(set(found) & set(allowed)) if isinstance(found, tuple) else found in allowed
    if not isinstance(found, (int, float)) or not isinstance(atom.value, (int, float)):
        raise TypeError(f"fact {atom.fact!r} is not a number, so '{atom.comparison}' has no meaning")
    return _ORDER[atom.comparison](found, atom.value)
