"""Which values stand where in a record: every part with the path a person would name it by."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


def parts(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The value and everything within it, with dotted paths; mappings count as one value.

    >>> from pelvicrt.foundation import Text
    >>> [path for path, _ in parts(Text("a", "甲"))]
    ['', 'en', 'zh']
    """
    yield path, value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from parts(item, f"{path}.{place}".lstrip("."))


def parts_of(value: object, kind: type[T]) -> Iterator[tuple[str, T]]:
    """The parts of one type, with their paths."""
    return ((path, part) for path, part in parts(value) if isinstance(part, kind))
