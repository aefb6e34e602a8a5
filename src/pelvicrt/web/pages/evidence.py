"""What do the assessments rest on? Every record of the evidence library, listed by kind and shown whole."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from starlette.responses import Response

from pelvicrt.evidence import KINDS, library, list_records, show_record
from pelvicrt.foundation import UsageError
from pelvicrt.web.errors import NotFound
from pelvicrt.web.pages.numbers import figures
from pelvicrt.web.routes import Ask, Pages
from pelvicrt.web.showing import record_of
from pelvicrt.web.words import PageWords

pages = Pages()
FIRST_KIND: Final = "parameters"
LONGEST_SEARCH: Final = 80
_NOT_SHOWN: Final = frozenset({"id", "shelf"})


@pages.get("/evidence", right="evidence.read")
def evidence(ask: Ask, kind: str = FIRST_KIND, find: str = "") -> Response:
    """The records of one kind, narrowed by a word of their id or name."""
    chosen = kind if kind in KINDS else FIRST_KIND
    word = find.strip()[:LONGEST_SEARCH].casefold()
    listed = list_records(chosen, lang=ask.lang)
    rows = [row for row in listed if word in f"{row['id']} {row['name']}".casefold()]
    kinds = [(name, len(library().shelf(name))) for name in KINDS]
    template = "evidence_rows.html.jinja" if ask.is_htmx else "evidence.html.jinja"
    total = sum(count for _, count in kinds)
    return ask.page(template, kinds=kinds, kind=chosen, find=find, rows=rows, total=total, hash=library().hash)


@pages.get("/evidence/{record_id:path}", right="evidence.read")
def record(ask: Ask, record_id: str) -> Response:
    """One record whole."""
    try:
        found = show_record(record_id)
    except UsageError as error:
        raise NotFound from error
    return ask.page(
        "evidence_record.html.jinja",
        record=found,
        title=_title(found, ask.w),
        spread=_spread(found, ask.w),
        fields=[(name, plain(value, ask.w)) for name, value in found.items() if name not in _NOT_SHOWN],
        record_of=record_of,
        source_ids=set(library().sources.by_id) | set(library().studies.by_id),
    )


def plain(value: Any, w: PageWords) -> Any:
    """A value as a template shows it: text in the reader's language, lists and fields as such, nothing as None.

    >>> plain({"en": "liver", "zh": "肝"}, PageWords("zh")), plain((), PageWords("en")), plain(True, PageWords("en"))
    ('肝', None, 'yes')
    """
    if isinstance(value, dict):
        if set(value) == {"en", "zh"}:
            return value[w.lang]
        kept = {name: plain(item, w) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None} or None
    if isinstance(value, (list, tuple)):
        return [plain(item, w) for item in value] or None
    if isinstance(value, bool):
        return w("assessment.yes" if value else "assessment.no")
    if isinstance(value, dt.date):
        return w.date(value)
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None or value == "" else str(value)


def _title(found: dict[str, Any], w: PageWords) -> str:
    for name in ("name", "question", "title", "source"):
        said = plain(found.get(name), w)
        if isinstance(said, str):
            return said
        if isinstance(said, dict) and "title" in said:
            return str(said["title"])
    return str(found["id"])


def _spread(found: dict[str, Any], w: PageWords) -> str:
    """The value of a parameter in one sentence."""
    if found["shelf"] != "parameters":
        return ""
    law = library().parameters[found["id"]].spread.distribution()
    low, high = law.interval()
    return w("evidence.value", median=figures(law.median(), w), low=figures(low, w), high=figures(high, w))
