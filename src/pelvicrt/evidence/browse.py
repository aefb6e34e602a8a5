"""What does the library hold? Rows and whole records as plain data, for people and programs to look at."""

from __future__ import annotations

import dataclasses
import difflib
from typing import Any

from pelvicrt.evidence.load import KINDS, Library, library
from pelvicrt.foundation import Language, Text, UsageError


def list_records(kind: str, *, lang: Language = "en", among: Library | None = None) -> list[dict[str, Any]]:
    """One row a record of that kind: id, mark where the kind has one, and name.

    Raises:
        UsageError: when the library has no such kind, naming those it has.

    >>> list_records("sources")[0]["id"]
    'adjuvant-timing-meta'
    """
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise UsageError(Text(f"no kind {kind!r}; the kinds are {known}", f"没有类别 {kind!r}；可用类别：{known}"))
    return [_row(record, lang) for record in (among or library()).shelf(kind)]


def show_record(record_id: str, *, among: Library | None = None) -> dict[str, Any]:
    """One record whole, every field a plain value; `shelf` says which kind it is.

    A rule set may bear the id of its source: the plain id then means the rule set, and `sources/ID` the source.

    Raises:
        UsageError: when no record has that id, naming the nearest ones.

    >>> show_record("pelvicrt-convention")["shelf"]
    'sources'
    """
    wanted, _, name = record_id.rpartition("/")
    shelves = among or library()
    kinds = [kind for kind in reversed(KINDS) if wanted in {"", kind}]
    for kind in kinds:
        if name in (shelf := shelves.shelf(kind)):
            return {"shelf": kind, "id": name, **dataclasses.asdict(shelf[name])}
    near = difflib.get_close_matches(name, [other for kind in kinds for other in shelves.shelf(kind).by_id], n=3)
    hint_en, hint_zh = (f"; near: {', '.join(near)}", f"；相近：{'、'.join(near)}") if near else ("", "")
    raise UsageError(Text(f"no record {record_id!r}{hint_en}", f"没有记录 {record_id!r}{hint_zh}"))


def _row(record: Any, lang: Language) -> dict[str, Any]:
    origin = getattr(record, "source", record)
    name = getattr(record, "name", None)
    label = name.say(lang) if isinstance(name, Text) else getattr(origin, "title", "")
    if not label and isinstance(question := getattr(record, "question", None), Text):
        label = question.say(lang)
    return {"id": record.id, "mark": getattr(origin, "mark", ""), "name": label}
