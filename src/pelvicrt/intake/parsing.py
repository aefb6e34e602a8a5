"""Which case does plain data describe, and what is wrong with it? Every problem is found before any is reported."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pelvicrt.case import CONTRACT_FACTS, Case, FieldSpec, fields_of, misdated
from pelvicrt.foundation import UNKNOWN, InvalidInput, Problem, Text, Unknown
from pelvicrt.intake.expected import MAX_ITEMS, MAX_TEXT, expected, expected_item, suggest
from pelvicrt.intake.reading import read_plain, show

SCHEMA: Final = "pelvicrt.case/1"
ID_PATTERN: Final = r"^\w[\w.\-]{0,63}$"
EARLIEST: Final = dt.date(1900, 1, 1)
LATEST: Final = dt.date(2100, 1, 1)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID_EXPECTED: Final = Text(
    "a name of letters, digits, dots and dashes, at most 64 characters (quote it when it is a number)",
    "由字母、数字、点和短横线组成的编号，不超过 64 个字符（纯数字请加引号）",
)


def load_case(path: Path | str) -> Case:
    """The case of one YAML or JSON file.

    Raises:
        InvalidInput: listing every problem with file, field, what was found and what to write instead.
    """
    path = Path(path)
    return parse_case(read_plain(path), file=str(path))


def load_preferences(path: Path | str, case: Case) -> Case:
    """The case with the wishes of one YAML or JSON file; wishes the file does not name stay, so no refusal is lost.

    Raises:
        InvalidInput: listing every problem with file, field, what was found and what to write instead.
    """
    path = Path(path)
    data = read_plain(path)
    inside = data.get("preferences", data) if isinstance(data, dict) and set(data) == {"preferences"} else data
    return Parser(str(path)).preferences(inside, case)


def parse_case(data: Any, *, file: str) -> Case:
    """The case that plain data (mappings, lists, scalars) describes.

    Raises:
        InvalidInput: listing every problem with file, field, what was found and what to write instead.
    """
    return Parser(file).case(data)


class Parser:
    """Reads values by their field specs and collects what does not fit."""

    def __init__(self, file: str, name_field: Callable[[str], str] = str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._name_field = name_field

    def refuse(self, field: str, found: str, wanted: Text) -> Unknown:
        """Note a problem; the value counts as unknown until all are reported."""
        problem = Problem(file=self.file, field=self._name_field(field), found=found, expected=wanted)
        self.problems.append(problem)
        return UNKNOWN

    def finish(self) -> None:
        """Report the problems found.

        Raises:
            InvalidInput: when there is any.
        """
        if self.problems:
            raise InvalidInput(self.problems)

    def case(self, data: Any) -> Case:
        """The whole case.

        Raises:
            InvalidInput: listing every problem.
        """
        if not isinstance(data, dict):
            wanted = Text(
                "a mapping that begins with schema, id and assessed_on", "以 schema、id、assessed_on 开头的键值对"
            )
            self.refuse("(file)", show(data), wanted)
            self.finish()
        if data.get("schema") != SCHEMA:
            self.refuse("schema", show(data.get("schema")), Text(SCHEMA, SCHEMA))
        self._refuse_unknown_keys(data, {"schema", *fields_of(Case)}, "")
        values = {name: self.value(spec, data.get(name), name) for name, spec in _facts_of_case().items()}
        case_id, day = self._id(data.get("id")), self._assessed_on(data.get("assessed_on"))
        self._refuse_misdated(day, values)
        self.finish()
        return Case(id=case_id, assessed_on=day, **values)

    def preferences(self, data: Any, case: Case) -> Case:
        """The case with the wishes that `data` names.

        Raises:
            InvalidInput: listing every problem.
        """
        read = self._record(fields_of(Case)["preferences"], data, "preferences")
        self.finish()
        named = {name: getattr(read, name) for name in data}
        return dataclasses.replace(case, preferences=dataclasses.replace(case.preferences, **named))

    def value(self, spec: FieldSpec, found: Any, field: str) -> Any:
        """One field's value, UNKNOWN when it is left out, empty or `unknown`."""
        if spec.kind == "section":
            return self._record(spec, {} if found is None or found == "unknown" else found, field)
        if found is None or found == "unknown":
            return UNKNOWN
        if spec.kind in ("choices", "texts", "records"):
            return self._list(spec, found, field)
        return self._single(spec, found, field)

    def _single(self, spec: FieldSpec, found: Any, field: str) -> Any:
        value = READERS[spec.kind](found)
        fits = value is not None
        fits = fits and (not spec.allowed or value in spec.allowed) and (spec.range is None or spec.range.holds(value))
        return value if fits else self.refuse(field, show(found), expected(spec, found))

    def _list(self, spec: FieldSpec, found: Any, field: str) -> Any:
        if not isinstance(found, list) or len(found) > MAX_ITEMS:
            what = f"[…] ({len(found)})" if isinstance(found, list) else show(found)
            return self.refuse(field, what, expected(spec, found))
        items = [self._item(spec, item, f"{field}.{n}") for n, item in enumerate(found, start=1)]
        if spec.kind == "records":
            return tuple(items)
        return tuple(dict.fromkeys(item for item in items if item is not UNKNOWN))

    def _item(self, spec: FieldSpec, found: Any, field: str) -> Any:
        if spec.kind == "records":
            return self._record(spec, found, field)
        word = str(found) if type(found) is int and spec.kind == "choices" else read_text_value(found)
        if word is None or (spec.allowed and word not in spec.allowed):
            return self.refuse(field, show(found), expected_item(spec, found))
        return word

    def _record(self, spec: FieldSpec, found: Any, field: str) -> Any:
        if not isinstance(found, dict) or spec.record is None:
            return self.refuse(field, show(found), expected_item(spec) if spec.kind == "records" else expected(spec))
        inner = fields_of(spec.record)
        self._refuse_unknown_keys(found, set(inner), f"{field}.")
        values = {name: self.value(inner[name], found.get(name), f"{field}.{name}") for name in inner}
        return spec.record(**values)

    def _refuse_unknown_keys(self, data: dict[Any, Any], known: set[str], prefix: str) -> None:
        for key in data:
            if key not in known:
                self.refuse(f"{prefix}{_key(key)}", show(key), _known_key(key, sorted(known)))

    def _id(self, found: Any) -> str:
        if not isinstance(found, str) or not re.match(ID_PATTERN, found) or found.endswith("\n"):
            self.refuse("id", show(found), _ID_EXPECTED)
            return ""
        return found

    def _assessed_on(self, found: Any) -> dt.date:
        day = read_date(found)
        if day is None:
            wanted = Text("the date of the assessment, such as 2026-05-04", "评估日期，如 2026-05-04")
            self.refuse("assessed_on", show(found), wanted)
        return day or LATEST

    def _refuse_misdated(self, assessed_on: dt.date, values: dict[str, Any]) -> None:
        read = {name: values[name] for name in ("patient", "primary", "liver", "treated_so_far")}
        if not self.problems:
            for name, day, allowed in misdated(assessed_on=assessed_on, **read):
                self.refuse(name, day.isoformat(), allowed)


# --- scalars: the value, or None when it is not one ---


def read_integer(found: Any) -> int | None:
    """A whole number; 3.0 counts, True does not."""
    number = read_number(found)
    return int(number) if number is not None and number == int(number) else None


def read_number(found: Any) -> float | None:
    """A finite number; True does not count."""
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        return None
    return float(found)


def read_boolean(found: Any) -> bool | None:
    """True or false, and nothing that merely looks like it."""
    return found if isinstance(found, bool) else None


def read_text_value(found: Any) -> str | None:
    """Words of bearable length on one line."""
    fits = isinstance(found, str) and len(found.strip()) > 0 and len(found) <= MAX_TEXT and found.isprintable()
    return found if fits else None


def read_date(found: Any) -> dt.date | None:
    """A date written as year-month-day.

    >>> read_date("2026-05-04"), read_date("04/05/2026"), read_date("2026-02-30")
    (datetime.date(2026, 5, 4), None, None)
    """
    if not isinstance(found, str) or not _ISO.fullmatch(found) or not found.isascii():
        return None
    try:
        day = dt.date.fromisoformat(found)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "integer": read_integer,
    "number": read_number,
    "boolean": read_boolean,
    "choice": read_text_value,
    "text": read_text_value,
    "date": read_date,
}


def _facts_of_case() -> dict[str, FieldSpec]:
    return {name: spec for name, spec in fields_of(Case).items() if name not in ("id", "assessed_on")}


def _key(key: Any) -> str:
    return key if isinstance(key, str) and key.isprintable() and len(key) <= 40 else "(key)"


def _known_key(key: Any, known: list[str]) -> Text:
    elsewhere = [name for name in CONTRACT_FACTS if name.rpartition(".")[2] == key]
    if elsewhere:
        return Text(
            f"this key inside {elsewhere[0].partition('.')[0]}", f"此键应放在 {elsewhere[0].partition('.')[0]} 之下"
        )
    near = suggest(Text("a key of the contract", "约定的键"), key, known)
    return near if "?" in near.en else Text("one of the keys " + ", ".join(known), "以下键之一：" + "、".join(known))
