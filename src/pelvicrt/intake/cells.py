"""What does the text of one table cell mean? Forgiving of how people write, never guessing between two meanings."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any, Final

from pelvicrt.case import FieldSpec, word_label

UNKNOWN_WORDS: Final = frozenset({"", "unknown", "未知", "不详", "不明", "未查", "未检", "未评估", "na", "n/a", "?"})
NONE_WORDS: Final = frozenset({"none", "no", "无", "没有", "[]", "0"})
_TRUE: Final = frozenset({"true", "yes", "y", "是", "有"})
_FALSE: Final = frozenset({"false", "no", "n", "否", "无", "没有"})
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "female": ("女性", "f"),
    "male": ("男性", "m"),
    "none": ("没有", "否", "no"),
    "absent": ("无", "没有", "neg", "-", "(-)", "negative"),
    "present": ("有", "存在", "pos", "+", "(+)", "positive"),
    "negative": ("(-)", "-", "neg"),
    "positive": ("(+)", "+", "pos"),
    "proficient": ("pmmr", "mss", "完整", "错配修复完整"),
    "deficient": ("dmmr", "msi-h", "缺陷", "错配修复缺陷"),
    "wild_type": ("野生", "wt"),
    "mutant": ("突变型", "mt", "mut"),
    "pregnant": ("是", "怀孕", "妊娠中"),
    "not_applicable": ("n.a.",),
    "complete": ("完全缓解", "cr", "ccr", "完全梗阻"),
    "near_complete": ("近临床完全缓解", "ncr"),
    "partial": ("pr",),
    "stable": ("疾病稳定", "sd"),
    "progression": ("疾病进展", "pd"),
    "contained": ("包裹性",),
    "free": ("游离",),
    "unilobar": ("单侧", "单个肝叶"),
    "bilobar": ("双侧",),
    "mucinous": ("黏液性", "粘液腺癌"),
    "short_course": ("短程", "scrt"),
    "long_course": ("长程", "lcrt", "长程放化疗"),
    "systemic": ("化疗",),
}
"""How registries write the allowed words, beside the words themselves and their labels; read within one field only."""

_LIST_MARKS = re.compile(r"[;；、|,，/]")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
_WHOLE = re.compile(r"[-+]?\d{1,15}")
_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d*)?|\.\d+)")
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))")


def read_cell(spec: FieldSpec, cell: Any) -> Any:
    """Plain data as a case file would hold it; a cell that cannot be understood comes back as it stands.

    >>> from pelvicrt.case import CONTRACT_FACTS as F
    >>> read_cell(F["patient.sex"], "男"), read_cell(F["primary.mrf_mm"], "1,5"), read_cell(F["primary.emvi"], "未知")
    ('male', 1.5, None)
    """
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", _unguarded(cell.strip()))
        if text.casefold() in UNKNOWN_WORDS:
            return None
        return _TEXT_READERS.get(spec.kind, _as_is)(spec, text)
    return _typed(spec, cell)


def _typed(spec: FieldSpec, cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if cell is None or (isinstance(cell, bool) and spec.kind == "boolean"):
        return cell
    if spec.kind in ("integer", "number"):
        return cell
    if isinstance(cell, (bool, int, float)) and spec.kind != "date":
        whole = isinstance(cell, float) and cell.is_integer()
        return read_cell(spec, str(int(cell) if whole else cell))
    return cell


def _unguarded(text: str) -> str:
    """Without the apostrophe that keeps spreadsheets from running a text as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text


def _word(spec: FieldSpec, text: str) -> str:
    wanted = text.casefold()
    for word in spec.allowed:
        label = word_label(word)
        if wanted in {word.casefold(), label.en.casefold(), label.zh.casefold(), *SYNONYMS.get(word, ())}:
            return word
    return text


def _words(spec: FieldSpec, text: str) -> Any:
    if text.casefold() in NONE_WORDS:
        return []
    return [_word(spec, part.strip()) for part in _LIST_MARKS.split(text.strip("[]")) if part.strip()]


def _number(_spec: FieldSpec, text: str) -> Any:
    if _DECIMAL_COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        text = text.replace(",", ".")
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(_spec: FieldSpec, text: str) -> Any:
    word = text.casefold()
    return True if word in _TRUE else False if word in _FALSE else text


def _date(_spec: FieldSpec, text: str) -> Any:
    match = _DATE.fullmatch(text.removesuffix(" 00:00:00"))
    if not match:
        return text
    month, day = (part for part in match.groups()[1:] if part)
    return f"{match[1]}-{int(month):02d}-{int(day):02d}"


def _list_of_records(_spec: FieldSpec, text: str) -> Any:
    return [] if text.casefold() in NONE_WORDS else text


def _as_is(_spec: FieldSpec, text: str) -> Any:
    return text


_TEXT_READERS: Final = {
    "choice": _word,
    "choices": _words,
    "texts": _words,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "records": _list_of_records,
}
