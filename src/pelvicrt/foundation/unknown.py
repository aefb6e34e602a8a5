"""What is not known, and what can still be said: a value that refuses to be read as "no", and three-valued verdicts."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, TypeGuard, TypeVar

T = TypeVar("T")


class Unknown(enum.Enum):
    """The single value of a fact nobody has recorded; it has no truth value, so `if fact:` fails loudly."""

    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        """Refuse to be a yes or a no.

        Raises:
            TypeError: always; test with `is_known` first.
        """
        raise TypeError("an unknown fact is neither true nor false; test it with is_known() first")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN


def is_known(value: T | Unknown) -> TypeGuard[T]:
    """Whether a fact was recorded.

    >>> is_known(0), is_known(UNKNOWN)
    (True, False)
    """
    return value is not UNKNOWN


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, no or cannot say; when it cannot say, which facts would settle it.

    >>> Verdict(None, frozenset({"primary.emvi"}))
    Verdict(value=None, missing=frozenset({'primary.emvi'}))
    """

    value: bool | None
    missing: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.missing):
            raise ValueError("a verdict names missing facts exactly when it cannot say yes or no")

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has three values; compare .value with True, False or None")


YES: Final = Verdict(True)
NO: Final = Verdict(False)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene "and": one no settles it; otherwise every missing fact of the undecided parts is named.

    >>> all_of([Verdict(True), Verdict(None, frozenset({"a"}))]).missing
    frozenset({'a'})
    >>> all_of([Verdict(False), Verdict(None, frozenset({"a"}))])
    Verdict(value=False, missing=frozenset())
    """
    parts = list(verdicts)
    if any(part.value is False for part in parts):
        return NO
    missing = frozenset().union(*(part.missing for part in parts))
    return Verdict(None, missing) if missing else YES


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene "or": one yes settles it.

    >>> any_of([Verdict(True), Verdict(None, frozenset({"a"}))])
    Verdict(value=True, missing=frozenset())
    """
    return negate(all_of([negate(part) for part in verdicts]))


def negate(verdict: Verdict) -> Verdict:
    """Kleene "not".

    >>> negate(Verdict(True)).value
    False
    """
    return verdict if verdict.value is None else Verdict(not verdict.value)
