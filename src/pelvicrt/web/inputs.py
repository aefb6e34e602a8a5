"""What was the assessment given? Every fact of a case in words, unknown ones as unknown, for print and comparison."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from pelvicrt.case import CONTRACT_FACTS, Case, raw_value, word_label
from pelvicrt.foundation import is_known
from pelvicrt.web.words import PageWords


@dataclass(frozen=True, slots=True)
class Input:
    """One fact: its section, its name, what is recorded, and whether anything is."""

    section: str
    name: str
    value: str
    known: bool


def inputs_of(case: Case, w: PageWords) -> tuple[Input, ...]:
    """Every fact a case can hold, in the order of the contract."""
    return tuple(_input(name, raw_value(case, name), w) for name in CONTRACT_FACTS)


def _input(name: str, value: Any, w: PageWords) -> Input:
    known = is_known(value)
    return Input(name.partition(".")[0], w.fact(name), said(value, w) if known else w("not_known"), known)


def said(value: Any, w: PageWords) -> str:
    """A recorded value in words.

    >>> said(("lung", "node"), PageWords("en")), said(True, PageWords("zh")), said((), PageWords("en"))
    ('lung, node', '是', 'none')
    """
    if not is_known(value):
        return w("not_known")
    if isinstance(value, bool):
        return w("assessment.yes" if value else "assessment.no")
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, dt.date):
        return w.date(value)
    if isinstance(value, tuple):
        return w.join(said(item, w) for item in value) if value else w("assessment.none")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, item.name) for item in dataclasses.fields(value))
        return " ".join(said(part, w) for part in parts if is_known(part) and part != ())
    return word_label(value).say(w.lang)
