"""Which columns does a registry table have, and which field does a header mean?"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pelvicrt.case import Case, FieldSpec, fields_of, label_of

RECORDS_IN_TEMPLATE: Final = 3
MAX_RECORDS: Final = 20
_NUMBERED = re.compile(r"\.(\d+)\.")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]$")
HEAD: Final = ("id", "assessed_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its dotted name and what may stand in it; a list of records has a column to say "none"."""

    name: str
    spec: FieldSpec


def columns(records: int = RECORDS_IN_TEMPLATE) -> tuple[Column, ...]:
    """Every column of a table with room for so many records in each list."""
    return tuple(_columns(records))


def _columns(records: int) -> Iterator[Column]:
    for name, spec in fields_of(Case).items():
        if spec.kind == "section" and spec.record is not None:
            for inner, inner_spec in fields_of(spec.record).items():
                yield from _expanded(f"{name}.{inner}", inner_spec, records)
        else:
            yield from _expanded(name, spec, records)


def _expanded(name: str, spec: FieldSpec, records: int) -> Iterator[Column]:
    yield Column(name=name, spec=spec)
    if spec.kind == "records" and spec.record is not None:
        for number in range(1, records + 1):
            for inner, inner_spec in fields_of(spec.record).items():
                yield Column(name=f"{name}.{number}.{inner}", spec=inner_spec)


def column_of(header: str) -> Column | None:
    """The column a header means: its dotted name or its label, with or without a remark in brackets.

    >>> column_of("patient.age").name, column_of("年龄（岁）").name, column_of("what")
    ('patient.age', 'patient.age', None)
    """
    named = _by_header()
    plain = _plain(header)
    return named.get(plain) or named.get(_BRACKETS.sub("", plain).strip())


@functools.cache
def _by_header() -> dict[str, Column]:
    found: dict[str, list[Column]] = {}
    for column in columns(MAX_RECORDS):
        label = label_of(column.name)
        headers = {_plain(text) for text in (column.name, label.en, label.zh)}
        headers |= {_BRACKETS.sub("", text).strip() for text in headers}
        for header in headers:
            found.setdefault(header, []).append(column)
    return {header: owners[0] for header, owners in found.items() if len(owners) == 1}


def known_headers() -> tuple[str, ...]:
    """The dotted names of every column, lists with one record only."""
    return tuple(column.name for column in columns(1))


def parts_of(name: str) -> tuple[str, int | None, str]:
    """A column's field, its number in a list and its name there.

    >>> parts_of("primary.lateral_nodes.2.side"), parts_of("primary.ct")
    (('primary.lateral_nodes', 2, 'side'), ('primary.ct', None, ''))
    """
    match = _NUMBERED.search(name)
    return (name[: match.start()], int(match[1]), name[match.end() :]) if match else (name, None, "")


def _plain(header: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", header).casefold().split())
