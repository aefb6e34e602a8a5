"""Which facts may this person judge, and what did they send? The form of a discipline's judgement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pelvicrt.case import Case, FieldSpec, fields_of, raw_value, word_label
from pelvicrt.foundation import Language, is_known
from pelvicrt.mdt import User, judgements
from pelvicrt.report import Words

VALUE: Final = "value."
"""Before the name of a fact: the field that holds its value."""
_YES_NO: Final = ("true", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One judged fact in a form: words to choose from, or when `choices` is empty a number with unit and limits."""

    fact: str
    held: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None


def controls(case: Case, person: User, words: Words) -> tuple[Control, ...]:
    """The facts of this person's discipline as the case holds them; none for a discipline that judges in words."""
    return tuple(_control(case, fact, words) for fact in judgements.FACTS_OF.get(person.discipline, ()))


def values_in(form: Mapping[str, Any], case: Case, *, confirmed: bool) -> Iterator[tuple[str, Any]]:
    """The facts of a form whose value is new, or with `confirmed` every one that has a value; as plain data."""
    for name, sent in form.items():
        fact = name.removeprefix(VALUE)
        if fact == name or not isinstance(sent, str) or not sent.strip():
            continue
        if confirmed or sent.strip() != _held(case, fact):
            yield fact, _plain(_spec(fact), sent.strip())


def said_value(value: Any, fact: str, words: Words) -> str:
    """A judged or recorded value in words, with its unit.

    >>> said_value(2.5, "primary.mrf_mm", Words("en")), said_value("T3b", "primary.ct", Words("zh"))
    ('2.5 mm', 'T3b')
    """
    spec = _spec(fact)
    if isinstance(value, bool):
        return words(f"team.{_yes(str(value).lower())}")
    if isinstance(value, tuple):
        return words.number(len(value)) if value else words("team.none")
    if isinstance(value, dt.date):
        return words.date(value)
    if isinstance(value, str):
        return word_label(value).say(words.lang)
    if isinstance(value, (int, float)):
        return f"{value:g}{_unit(spec)}"
    return str(value)


def _control(case: Case, fact: str, words: Words) -> Control:
    spec = _spec(fact)
    held = _held(case, fact)
    if spec.kind == "boolean":
        return Control(fact=fact, held=held, choices=tuple((code, words(f"team.{_yes(code)}")) for code in _YES_NO))
    if spec.kind == "choice":
        return Control(fact=fact, held=held, choices=tuple(_named(spec.allowed, words.lang)))
    limits = spec.range
    return Control(
        fact=fact,
        held=held,
        unit=_unit(spec).strip(),
        low=None if limits is None else limits.low,
        high=None if limits is None else limits.high,
    )


def _named(codes: tuple[str, ...], lang: Language) -> Iterator[tuple[str, str]]:
    return ((code, word_label(code).say(lang)) for code in codes)


def _yes(code: str) -> str:
    return "yes" if code == "true" else "no"


def _spec(fact: str) -> FieldSpec:
    section, _, name = fact.partition(".")
    spec = fields_of(Case)[section]
    return spec if not name or spec.record is None else fields_of(spec.record)[name]


def _unit(spec: FieldSpec) -> str:
    unit = "" if spec.range is None or spec.range.unit == "1" else spec.range.unit
    return f" {unit}" if unit else ""


def _held(case: Case, fact: str) -> str:
    value = raw_value(case, fact)
    if not is_known(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(spec: FieldSpec, sent: str) -> Any:
    """What a case file would hold; what cannot be read stays text, and the case's own check says what is wrong."""
    if spec.kind == "boolean" and sent in _YES_NO:
        return sent == "true"
    if spec.kind in {"integer", "number"}:
        try:
            number = float(sent)
        except ValueError:
            return sent
        return int(number) if number.is_integer() else number
    return sent
