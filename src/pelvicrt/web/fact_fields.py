"""How does a fact become fields of a form, and how do those become a fact again? And how is its value said?

A field may be left empty: then the fact is unknown. Text that is no number goes on as it is, so that the check of the
case refuses it by name; nothing that was typed is dropped on the way.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from pelvicrt.case import CONTRACT_FACTS, FieldSpec, fields_of, label_of, word_label
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import entering
from pelvicrt.web.words import PageWords

SECTIONS: Final = tuple(dict.fromkeys(name.partition(".")[0] for name in CONTRACT_FACTS))
SPARE_ROWS: Final = 1
_NUMBER: Final = re.compile(r"[+-]?\d+([.]\d+)?")
_WHOLE: Final = re.compile(r"[+-]?\d+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One control: the name it is sent under, and the text that stands in it."""

    name: str
    spec: FieldSpec
    label: str
    text: str

    @property
    def ident(self) -> str:
        """The id of the control in the page."""
        return ident(self.name)


def ident(name: str) -> str:
    """The id of a fact's control in the page.

    >>> ident("primary.lateral_nodes.1.side")
    'f-primary-lateral_nodes-1-side'
    """
    return f"f-{name.replace('.', '-')}"


def plain_of(document: Mapping[str, Any], fact: str) -> Any:
    """The value of a fact in a case file; None when it is unknown.

    >>> plain_of({"labs": {"cea_ng_ml": 7.5}}, "labs.cea_ng_ml"), plain_of({}, "labs.cea_ng_ml")
    (7.5, None)
    """
    section, _, inner = fact.partition(".")
    held = document.get(section)
    return held.get(inner) if inner and held is not None else held


def text_of(value: Any) -> str:
    """A plain value as a person types it.

    >>> text_of(100000.0), text_of(1.5), text_of(True), text_of(None), text_of(["a", "b"])
    ('100000', '1.5', 'true', '', 'a, b')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def rows_of(fact: str, spec: FieldSpec, value: Any, w: PageWords) -> list[list[Cell]]:
    """The records of a list, a row each, and a spare one to fill."""
    assert spec.record is not None
    inner = fields_of(spec.record)
    rows = [*(value or []), *({} for _ in range(SPARE_ROWS))]
    return [
        [
            Cell(f"{fact}.{n}.{name}", one, label_of(name).say(w.lang), text_of(row.get(name)))
            for name, one in inner.items()
        ]
        for n, row in enumerate(rows, start=1)
    ]


def edits_in(form: FormData) -> dict[str, entering.Edit]:
    """Every fact a form speaks about, which it does by naming the version its author saw (`v:` and the fact).

    Raises:
        InvalidInput: for a version that is none, or a fact nobody has heard of.
    """
    named = [key.removeprefix("v:") for key in form if key.startswith("v:")]
    wrong = [name for name in named if name not in CONTRACT_FACTS or not _version(form, name)]
    if wrong:
        raise InvalidInput([Problem(file="", field="v", found="another text", expected=_FORM, found_zh="其他文字")])
    return {fact: _edit(form, fact) for fact in named if form.get(f"pick:{fact}") != "theirs"}


def _version(form: FormData, fact: str) -> int:
    text = str(form.get(f"v:{fact}"))
    return int(text) if _WHOLE.fullmatch(text) and text.isascii() and len(text) < len("1000000000") else 0


def _edit(form: FormData, fact: str) -> entering.Edit:
    version = _version(form, fact)
    if f"u:{fact}" in form:
        return entering.Edit(value=None, on_version=version, reason=str(form.get(f"why:{fact}") or "not_asked"))
    return entering.Edit(value=_value(form, fact, CONTRACT_FACTS[fact]), on_version=version)


def _value(form: FormData, fact: str, spec: FieldSpec) -> Any:
    none_of_them = f"none:{fact}" in form
    if spec.kind == "records":
        rows = list(_rows(form, fact, spec))
        return rows if rows or none_of_them else None
    if spec.kind == "choices":
        chosen = [str(item) for item in form.getlist(fact)]
        return chosen if chosen or none_of_them else None
    return read(spec, str(form.get(fact) or ""))


def _rows(form: FormData, fact: str, spec: FieldSpec) -> Iterator[dict[str, Any]]:
    assert spec.record is not None
    begins = re.compile(rf"{re.escape(fact)}\.(\d{{1,3}})\.")
    numbers = {int(found.group(1)) for key in form if (found := begins.match(key))}
    for n in sorted(numbers):
        read_row = {
            name: value
            for name, one in fields_of(spec.record).items()
            if (value := read(one, str(form.get(f"{fact}.{n}.{name}") or ""))) is not None
        }
        if read_row and f"{fact}.{n}.remove" not in form:
            yield read_row


def read(spec: FieldSpec, text: str) -> Any:
    """The plain value a person typed into one control; None for nothing.

    >>> age, mrf = CONTRACT_FACTS["patient.age"], CONTRACT_FACTS["primary.mrf_mm"]
    >>> read(age, " ６３ "), read(mrf, "1.5"), read(mrf, "about 2"), read(age, "")
    (63, 1.5, 'about 2', None)
    """
    text = unicodedata.normalize("NFKC", text).strip() if spec.kind in {"integer", "number"} else text.strip()
    if not text:
        return None
    if spec.kind in {"integer", "number"} and text.isascii() and _NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text) and len(text) < len("1000000000") else float(text)
    if spec.kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return [part.strip() for part in re.split("[,，、]", text) if part.strip()] if spec.kind == "texts" else text


def say_value(spec: FieldSpec, value: Any, w: PageWords) -> str:
    """The value of a fact, as a case holds it, in the reader's words."""
    if isinstance(value, tuple):
        return _say_list(spec, value, w)
    if isinstance(value, bool):
        return w("facts.yes") if value else w("facts.no")
    if isinstance(value, dt.date):
        return w.date(value)
    if isinstance(value, int | float):
        return f"{text_of(value)} {unit(spec, w)}".strip()
    if isinstance(value, str):
        return word_label(value).say(w.lang) if spec.allowed else value
    return w("facts.unknown")


def _say_list(spec: FieldSpec, value: tuple[Any, ...], w: PageWords) -> str:
    if not value:
        return w("facts.none")
    if spec.kind != "records":
        return w.join(word_label(item).say(w.lang) if spec.allowed else item for item in value)
    return w.semicolon.join(f"{n}. {_say_record(item, w)}" for n, item in enumerate(value, start=1))


def _say_record(record: Any, w: PageWords) -> str:
    known = {
        name: held
        for name in (item.name for item in dataclasses.fields(record))
        if isinstance(held := getattr(record, name), bool | int | float | str | tuple | dt.date)
    }
    inner = fields_of(type(record))
    return w.join(
        f"{label_of(name).say(w.lang)}{w.colon}{say_value(inner[name], held, w)}" for name, held in known.items()
    )


def unit(spec: FieldSpec, w: PageWords) -> str:
    """The unit of a number, nothing for a count or a score."""
    if spec.range is None or spec.range.unit == "1":
        return ""
    return w(f"facts.unit.{spec.range.unit}")


def fact_at(field: str) -> str:
    """The fact a problem speaks about: that of the list for a field inside a list.

    >>> fact_at("primary.lateral_nodes.1.side"), fact_at("primary.emvi")
    ('primary.lateral_nodes', 'primary.emvi')
    """
    while field and field not in CONTRACT_FACTS:
        field = field.rpartition(".")[0]
    return field


_FORM: Final = Text("a form this page made", "本页生成的表单")
