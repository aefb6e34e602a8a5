"""What may stand in each field of a case? One description per field, read from the dataclasses themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import typing
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

from pelvicrt.case.ranges import RANGES, Range
from pelvicrt.foundation import UNKNOWN, Unknown

Kind = Literal["integer", "number", "boolean", "choice", "choices", "text", "texts", "date", "records", "section"]
_PLAIN: dict[Any, Kind] = {int: "integer", float: "number", bool: "boolean", str: "text", dt.date: "date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field: its kind, the words it allows, its range, and for sections and lists of records their class."""

    name: str
    kind: Kind
    allowed: tuple[str, ...] = ()
    range: Range | None = None
    record: type[Any] | None = None


def fields_of(record: type[Any]) -> dict[str, FieldSpec]:
    """The fields of one dataclass of a case, in their order."""
    return _fields_of(typing.cast("Hashable", record))


@functools.cache
def _fields_of(record: Hashable) -> dict[str, FieldSpec]:
    assert isinstance(record, type)
    hints = typing.get_type_hints(record)
    ranges = RANGES.get(record.__name__, {})
    return {f.name: _spec(f.name, hints[f.name], ranges.get(f.name)) for f in dataclasses.fields(record)}


def check_values(record: Any) -> None:
    """Refuse a word that is not allowed or a number out of range.

    Raises:
        ValueError: naming the field, the value and what is allowed.
    """
    kind: type[Any] = type(record)
    for spec in fields_of(kind).values():
        value = getattr(record, spec.name)
        if value is not UNKNOWN and not _fits(spec, value):
            where = f"{type(record).__name__}.{spec.name}"
            raise ValueError(f"{where} is {value!r}; allowed: {spec.range or ', '.join(spec.allowed) or spec.kind}")


def _fits(spec: FieldSpec, value: Any) -> bool:
    if spec.kind == "choice":
        return value in spec.allowed
    if spec.kind == "choices":
        return isinstance(value, tuple) and set(value) <= set(spec.allowed)
    if spec.kind in ("integer", "number"):
        numeric = isinstance(value, int if spec.kind == "integer" else (int, float)) and not isinstance(value, bool)
        return numeric and (spec.range is None or spec.range.holds(value))
    return isinstance(value, bool) if spec.kind == "boolean" else True


def _spec(name: str, hint: Any, limits: Range | None) -> FieldSpec:
    choices, plain = _without_unknown(hint)
    if choices:
        return FieldSpec(name=name, kind="choice", allowed=choices)
    if typing.get_origin(plain) is tuple:
        return _list_spec(name, typing.get_args(plain)[0])
    if dataclasses.is_dataclass(plain):
        return FieldSpec(name=name, kind="section", record=typing.cast("type[Any]", plain))
    return FieldSpec(name=name, kind=_PLAIN[plain], range=limits)


def _list_spec(name: str, item: Any) -> FieldSpec:
    if dataclasses.is_dataclass(item):
        return FieldSpec(name=name, kind="records", record=typing.cast("type[Any]", item))
    if typing.get_origin(item) is Literal:
        return FieldSpec(name=name, kind="choices", allowed=typing.get_args(item))
    return FieldSpec(name=name, kind="texts")


def _without_unknown(hint: Any) -> tuple[tuple[str, ...], Any]:
    parts = [part for part in (typing.get_args(hint) or (hint,)) if part is not Unknown]
    if typing.get_origin(hint) in (tuple, Literal):
        parts = [hint]
    if typing.get_origin(parts[0]) is Literal:
        return typing.get_args(parts[0]), None
    return (), parts[0]
