"""What should stand in a field? One sentence per kind of field, in both languages, for messages and templates."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from pelvicrt.case import FieldSpec, Range
from pelvicrt.foundation import Text

UNITS_ZH: Final[dict[str, str]] = {
    "years": "岁",
    "months": "个月",
    "weeks": "周",
    "m2": "m²",
    "mutations/Mb": "个突变/Mb",
}
_NEAR: Final = 0.6  # number: how alike two spellings must be to suggest one, the library's own default
MAX_TEXT: Final = 200
MAX_ITEMS: Final = 100
_OR_UNKNOWN: Final = Text(", or unknown", "，或 unknown")
_PLAIN: Final[dict[str, Text]] = {
    "boolean": Text("true or false", "true 或 false"),
    "date": Text("a date such as 2026-05-04", "日期，如 2026-05-04"),
    "text": Text(f"words, at most {MAX_TEXT} characters", f"文字，不超过 {MAX_TEXT} 个字符"),
    "texts": Text("a list of words such as [a, b], [] for none", "列表，如 [a, b]；没有则写 []"),
    "records": Text("a list of mappings, [] for none", "由键值对组成的列表；没有则写 []"),
    "section": Text("a mapping of facts", "由键值对组成的一组资料"),
}


def expected(spec: FieldSpec, found: object = None) -> Text:
    """What may stand in a field, `unknown` included; a near word is suggested.

    >>> from pelvicrt.case import CONTRACT_FACTS
    >>> expected(CONTRACT_FACTS["patient.age"]).en
    'a whole number from 18 to 110 years, or unknown'
    >>> expected(CONTRACT_FACTS["primary.emvi"], "presnt").en
    'one of absent, present, or unknown; did you mean present?'
    """
    known = _known(spec)
    both = Text(known.en + _OR_UNKNOWN.en, known.zh + _OR_UNKNOWN.zh)
    return suggest(both, found, spec.allowed)


def expected_item(spec: FieldSpec, found: object = None) -> Text:
    """What one item of a list field may be."""
    if spec.kind == "choices":
        return suggest(_one_of(spec.allowed), found, spec.allowed)
    return _PLAIN["section" if spec.kind == "records" else "text"]


def suggest(text: Text, found: object, words: Iterable[str]) -> Text:
    """The text, with the nearest allowed word when one is near.

    >>> suggest(Text("a key", "键"), "agee", ["age"]).en
    'a key; did you mean age?'
    """
    near = difflib.get_close_matches(str(found).lower(), list(words), n=1, cutoff=_NEAR)
    near = near or [word for word in words if word.lower() == str(found).lower()][:1]
    return Text(f"{text.en}; did you mean {near[0]}?", f"{text.zh}；是否想写 {near[0]}？") if near else text


def range_text(limits: Range | None) -> Text:
    """A range with its unit, ready to follow "a number"."""
    if limits is None:
        return Text(" ", " ")
    unit = "" if limits.unit == "1" else UNITS_ZH.get(limits.unit, limits.unit)
    step = f"（步长 {limits.step:g}）" if limits.step else ""
    return Text(f" from {limits}", f"{limits.low:g}～{limits.high:g} {unit}".rstrip() + step)


def _known(spec: FieldSpec) -> Text:
    if spec.kind in ("integer", "number"):
        span = range_text(spec.range)
        noun = Text("a whole number", "整数") if spec.kind == "integer" else Text("a number", "数值")
        return Text((noun.en + span.en).strip(), f"{noun.zh} {span.zh}".strip())
    if spec.kind == "choice":
        return _one_of(spec.allowed)
    if spec.kind == "choices":
        words = ", ".join(spec.allowed)
        return Text(f"a list of some of {words}; [] for none", f"列表，取自 {words}；没有则写 []")
    return _PLAIN[spec.kind]


def _one_of(words: tuple[str, ...]) -> Text:
    return Text("one of " + ", ".join(words), "以下之一：" + "、".join(words))
