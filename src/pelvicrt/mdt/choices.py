"""What can the team choose from? The options of the newest assessment, each with the letter it keeps for this case."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from pelvicrt.evidence import library
from pelvicrt.foundation import Text
from pelvicrt.mdt.assessments import assessment_of, newest_assessment
from pelvicrt.mdt.tables import AssessmentRow

NONE: Final = "none"
"""The choice of somebody who wants none of the options."""
NONE_NAME: Final = Text("None of these options", "以上方案均不选")
_PLAIN_LETTERS: Final = frozenset("ABCD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option as people name it; `css` is the class of its colour, `described` what its assessment says of it."""

    key: str
    letter: str
    name: Text
    status: str
    described: Mapping[str, Any]

    @property
    def css(self) -> str:
        """Its class: a to d, and e for every further letter or none."""
        return self.letter.lower() if self.letter in _PLAIN_LETTERS else "e"

    @property
    def plain(self) -> dict[str, Any]:
        """Its name as a signed document keeps it."""
        return {"key": self.key, "letter": self.letter, "name": both(self.name), "status": self.status}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a decision rests on: an assessment and its options; those it cannot tell apart are `advised` together."""

    row: AssessmentRow
    choices: tuple[Choice, ...]
    advised: tuple[str, ...]

    def choice(self, key: str) -> Choice | None:
        """The option of that key."""
        return next((item for item in self.choices if item.key == key), None)


def basis_of(session: Session, case_id: str, *, number: int | None = None) -> Basis | None:
    """The newest assessment of a case, or the one of that number; None before there is any."""
    row = newest_assessment(session, case_id) if number is None else assessment_of(session, case_id, number)
    if row is None:
        return None
    choices = tuple(_choice(item, row.letters) for item in row.document["strategies"])
    return Basis(row=row, choices=choices, advised=_advised(row.document["recommendation"]))


def choice_name(basis: Basis | None, key: str) -> Text:
    """What a choice is called; the key itself when this assessment no longer has it."""
    if key == NONE:
        return NONE_NAME
    found = basis.choice(key) if basis else None
    return found.name if found else Text(key, key)


def both(text: Text) -> dict[str, str]:
    """A text as a stored document keeps it."""
    return {"en": text.en, "zh": text.zh}


def as_text(stored: str | Mapping[str, str]) -> Text:
    """A text from a stored document, which may hold it in one language only.

    >>> as_text("TME").zh, as_text({"en": "liver", "zh": "肝"}).zh
    ('TME', '肝')
    """
    return Text(stored, stored) if isinstance(stored, str) else Text(stored["en"], stored["zh"])


def reason_text(reason: Mapping[str, Any]) -> Text:
    """What a stored reason says, in both languages when its rule still says the same."""
    found = _rule_texts().get(reason["rule"])
    return found if found and reason["text"] in {found.en, found.zh} else as_text(reason["text"])


@functools.cache
def _rule_texts() -> dict[str, Text]:
    known = library()
    rules = [rule for gate in known.gates.by_id.values() for rule in gate.rules]
    rules += [rule for strategy in known.strategies.by_id.values() for rule in strategy.rules]
    rules += [rule for guideline in known.guidelines.by_id.values() for rule in guideline.rules]
    return {rule.id: rule.text for rule in rules}


def _choice(option: Mapping[str, Any], letters: Mapping[str, str]) -> Choice:
    key = option["key"]
    return Choice(key=key, letter=letters.get(key, ""), name=_name(option), status=option["status"], described=option)


def _name(option: Mapping[str, Any]) -> Text:
    """The names of today's evidence, which has them in both languages; else what was stored."""
    known = library()
    strategy, regimen = option["id"], option["regimen"]
    if strategy not in known.strategies or (regimen is not None and regimen not in known.regimens):
        return as_text(option["name"])
    name = known.strategies[strategy].name
    return name if regimen is None else _WITH_SCHEDULE.fill(name=name, schedule=known.regimens[regimen].name)


def _advised(advice: Mapping[str, Any]) -> tuple[str, ...]:
    if advice["key"] is None:
        return ()
    return (advice["key"], *advice["alternative_keys"]) if advice["equipoise"] else (advice["key"],)


_WITH_SCHEDULE = Text("{name} ({schedule})", "{name}（{schedule}）")
