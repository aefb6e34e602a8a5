"""Which options stand side by side, and what each is called: letter, marker, line dash and colour."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pelvicrt.assessment import Assessed, Assessment
from pelvicrt.foundation import Status

MOST_COLUMNS = 4
LEAST_CHANCE = 0.05
OPEN: tuple[Status, ...] = ("recommended", "acceptable")
JUDGED: tuple[Status, ...] = ("conditional", "needs_information", "not_recommended")
PLAIN_IDENTITIES = 4
IDENTITIES = "abcde"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One candidate with its letter. `css` is its class name: a to d, and e for every further letter."""

    letter: str
    css: str
    assessed: Assessed
    is_column: bool

    @property
    def key(self) -> str:
        """The candidate's key."""
        return self.assessed.candidate.key

    @property
    def status(self) -> Status:
        """The final status, after weighing."""
        return self.assessed.ranked.status

    @property
    def chance(self) -> float | None:
        """The chance of being the best choice, when options were weighed."""
        return self.assessed.ranked.p_best


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The columns and the rest, each option with its letter."""

    columns: tuple[Option, ...]
    rest: tuple[Option, ...]

    @property
    def all(self) -> tuple[Option, ...]:
        """Every option, columns first."""
        return self.columns + self.rest

    def of(self, name: str) -> Option | None:
        """The option of that candidate key, or the first of that strategy."""
        exact = next((item for item in self.all if item.key == name), None)
        return exact or next((item for item in self.all if item.assessed.candidate.strategy == name), None)

    @property
    def by_chance(self) -> tuple[Option, ...]:
        """The weighed columns, likeliest to be best first."""
        weighed = [item for item in self.columns if item.chance is not None]
        return tuple(sorted(weighed, key=lambda item: -(item.chance or 0.0)))


def choose(assessment: Assessment, letters: Mapping[str, str] | None = None) -> Options:
    """At most four columns: the leader, open options likely enough to be best, others likely enough, remaining open.

    Letters follow the order of the assessment, not the ranking: a letter is a name. `letters` are those the options of
    this case already have, by candidate key: they are kept, and no letter is ever given to a second option.
    """
    order = {id(item): place for place, item in enumerate(assessment.strategies)}
    wanted = [item for item in assessment.strategies if _eligible(item, assessment)]
    ranked = sorted(
        wanted, key=lambda item: (_urgency(item, assessment), -(item.ranked.p_best or 0.0), order[id(item)])
    )
    chosen = sorted(ranked[:MOST_COLUMNS], key=lambda item: order[id(item)])
    shown = {id(item) for item in chosen}
    rest = [item for item in assessment.strategies if id(item) not in shown]
    kept = dict(letters or {})
    named = _lettered(chosen, kept, _free(kept, 0))
    others = _lettered(rest, kept | named, _free(kept | named, PLAIN_IDENTITIES))
    return Options(columns=_columns(chosen, named), rest=tuple(_beside(item, others) for item in rest))


def _eligible(item: Assessed, assessment: Assessment) -> bool:
    """Whether an option may be a column at all; an option that waits for the blocking fact may not."""
    status, chance = item.ranked.status, item.ranked.p_best
    if status in OPEN or item.candidate.key == assessment.advice.recommendation.strategy:
        return True
    if status == "conditional" and chance is None:
        return True
    return status in JUDGED and chance is not None and chance >= LEAST_CHANCE


def _urgency(item: Assessed, assessment: Assessment) -> int:
    """The leader always; then open and likely; then likely; then recommended and at last acceptable but unlikely."""
    if item.candidate.key == assessment.advice.recommendation.strategy:
        return 0
    likely = item.ranked.p_best is None or item.ranked.p_best >= LEAST_CHANCE
    if item.ranked.status in OPEN and likely:
        return 1
    if likely:
        return 2
    return 3 if item.ranked.status == "recommended" else 4


def _free(taken: Mapping[str, str], first: int) -> Iterator[str]:
    """Letters nobody has, from a place of the alphabet on; after Z come Z1, Z2 ..."""
    used = set(taken.values())
    more = (f"Z{number}" for number in itertools.count(1))
    return (letter for letter in itertools.chain(string.ascii_uppercase[first:], more) if letter not in used)


def _lettered(items: list[Assessed], kept: Mapping[str, str], free: Iterator[str]) -> dict[str, str]:
    """Each option's letter by its key: the one it has, else the next free one."""
    keys = [item.candidate.key for item in items]
    return {key: kept[key] if key in kept else next(free) for key in keys}


def _columns(chosen: list[Assessed], letters: Mapping[str, str]) -> tuple[Option, ...]:
    """The columns, each with a look of its own: that of its letter, else one no other column has."""
    found = [letters[item.candidate.key] for item in chosen]
    spare = (css for css in reversed(IDENTITIES) if css.upper() not in found)
    looks = [letter.lower() if letter.lower() in IDENTITIES else next(spare) for letter in found]
    return tuple(
        Option(letter=letter, css=css, assessed=item, is_column=True)
        for item, letter, css in zip(chosen, found, looks, strict=True)
    )


def _beside(item: Assessed, letters: Mapping[str, str]) -> Option:
    """An option outside the columns; only the first letters have a look of their own."""
    letter = letters[item.candidate.key]
    return Option(
        letter=letter, css=letter.lower() if letter.lower() in IDENTITIES else "e", assessed=item, is_column=False
    )
