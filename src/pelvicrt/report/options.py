"""Which options stand side by side, and what each is called: letter, marker, line dash and colour."""

from __future__ import annotations

import string
from dataclasses import dataclass

from pelvicrt.assessment import Assessed, Assessment
from pelvicrt.foundation import Status

MOST_COLUMNS = 4
LEAST_CHANCE = 0.05
OPEN: tuple[Status, ...] = ("recommended", "acceptable")
JUDGED: tuple[Status, ...] = ("conditional", "needs_information", "not_recommended")
PLAIN_IDENTITIES = 4


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


def choose(assessment: Assessment) -> Options:
    """At most four columns: the leader, open options likely enough to be best, others likely enough, remaining open.

    Letters follow the order of the assessment, not the ranking: a letter is a name.
    """
    order = {id(item): place for place, item in enumerate(assessment.strategies)}
    wanted = [item for item in assessment.strategies if _eligible(item, assessment)]
    ranked = sorted(
        wanted, key=lambda item: (_urgency(item, assessment), -(item.ranked.p_best or 0.0), order[id(item)])
    )
    chosen = sorted(ranked[:MOST_COLUMNS], key=lambda item: order[id(item)])
    shown = {id(item) for item in chosen}
    rest = [item for item in assessment.strategies if id(item) not in shown]
    named = [_named(place, item, is_column=True) for place, item in enumerate(chosen)]
    others = [_named(place, item, is_column=False) for place, item in enumerate(rest, PLAIN_IDENTITIES)]
    return Options(columns=tuple(named), rest=tuple(others))


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


def _named(place: int, item: Assessed, *, is_column: bool) -> Option:
    letters = string.ascii_uppercase
    letter = letters[place] if place < len(letters) else f"Z{place - len(letters) + 1}"
    css = letter.lower() if place < PLAIN_IDENTITIES else "e"
    return Option(letter=letter, css=css, assessed=item, is_column=is_column)
