"""What stands in a field of a DICOM file? Typed, finite and counted, or refused by name.

pydicom reads the bytes; `Item` wraps one of its data sets with the file's name and the way down to it, so that every
refusal says where. A value is asked for as what it must be: text, number, numbers, count, items.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from pelvicrt.dicom.decimals import read_decimals
from pelvicrt.dicom.refusal import DAMAGE, INTACT, NOTHING, READABLE, WHOLE_FILE, field_name, quiet, refusal
from pelvicrt.foundation import InvalidInput, Text

Floats = npt.NDArray[np.float64]
_PRESENT: Final = Text("a value", "一个值")
_NUMBER: Final = Text("a finite number", "有限的数值")
_POSITIVE: Final = Text("a number above 0", "大于 0 的数值")
_COUNT: Final = Text("a whole number", "整数")
_NUMBERS: Final = Text("{n} finite numbers", "{n} 个有限的数值")
_LIST: Final = Text("finite numbers", "若干有限的数值")
_ITEMS: Final = Text("a sequence of items", "条目序列")
_ASCII: Final = frozenset({"CS", "DS", "IS", "UI"})
_HEADER_BYTES: Final = 8
_UNDEFINED: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Item:
    """One data set of a file: its root, or an item of a sequence, with the way to it."""

    file: str
    dataset: Dataset
    way: str = ""

    def field(self, keyword: str) -> str:
        """The field's full name for a message."""
        return self.way + field_name(keyword)

    def refuse(self, keyword: str, found: str | Text, expected: Text) -> InvalidInput:
        """The error that says this field is wrong."""
        return refusal(self.file, self.field(keyword), found, expected)

    def has(self, keyword: str) -> bool:
        """Whether the field is there with anything in it."""
        return self._value(keyword) is not None

    def text(self, keyword: str) -> str | None:
        """The field as text without padding, None when absent or empty."""
        value = self._value(keyword)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.refuse(keyword, Text("several values", "多个值"), Text("one value", "单个值"))
        return value.strip(" \0") or None

    def loose_text(self, keyword: str) -> str:
        """The field as whatever text it holds, empty when absent or unreadable: for comparing, not for use."""
        try:
            value = self._value(keyword)
        except InvalidInput:
            return ""
        return "" if value is None else str(value).strip(" \0")

    def needed_text(self, keyword: str, expected: Text = _PRESENT) -> str:
        """The field as text.

        Raises:
            InvalidInput: when it is absent or empty.
        """
        value = self.text(keyword)
        if value is None:
            raise self.refuse(keyword, NOTHING, expected)
        return value

    def number(self, keyword: str) -> float | None:
        """The field as one finite number, None when absent or empty.

        Raises:
            InvalidInput: when it is not one finite number.
        """
        value = self._value(keyword)
        if value is None:
            return None
        number = _as_float(value)
        if number is None:
            raise self.refuse(keyword, _kind(value), _NUMBER)
        return number

    def positive(self, keyword: str) -> float:
        """The field as one number above zero.

        Raises:
            InvalidInput: when it is absent, no number, or not above zero.
        """
        value = self.number(keyword)
        if value is None or value <= 0:
            raise self.refuse(keyword, NOTHING if value is None else f"{value:g}", _POSITIVE)
        return value

    def numbers(self, keyword: str, count: int | None = None) -> Floats:
        """The field as finite numbers, as many as `count` says.

        Raises:
            InvalidInput: when there are none, too many or too few, or one is no finite number.
        """
        expected = _LIST if count is None else _NUMBERS.fill(n=count)
        kind, text = self._plain(keyword)
        # A long decimal string costs pydicom a Python object a number, so it is read straight from its bytes.
        numbers = read_decimals(text) if kind == "DS" else None
        if numbers is None:
            numbers = self._decoded_numbers(keyword, expected)
        if count is not None and len(numbers) != count:
            raise self.refuse(keyword, Text(f"{len(numbers)} values", f"{len(numbers)} 个值"), expected)
        return numbers

    def _decoded_numbers(self, keyword: str, expected: Text) -> Floats:
        value = self._value(keyword)
        if value is None:
            raise self.refuse(keyword, NOTHING, expected)
        found = [_as_float(each) for each in (value if _is_list(value) else [value])]
        numbers = [each for each in found if each is not None]
        if len(numbers) < len(found):
            raise self.refuse(keyword, Text("a value that is no finite number", "非有限数值"), expected)
        return np.array(numbers)

    def count(self, keyword: str) -> int | None:
        """The field as a whole number, None when absent or empty.

        Raises:
            InvalidInput: when it is not whole.
        """
        value = self.number(keyword)
        if value is not None and not value.is_integer():
            raise self.refuse(keyword, f"{value:g}", _COUNT)
        return None if value is None else int(value)

    def needed_count(self, keyword: str, *, at_least: int) -> int:
        """The field as a whole number not below `at_least`.

        Raises:
            InvalidInput: when it is absent, not whole or too small.
        """
        value = self.count(keyword)
        if value is None or value < at_least:
            wanted = Text(f"a whole number of at least {at_least}", f"不小于 {at_least} 的整数")
            raise self.refuse(keyword, NOTHING if value is None else str(value), wanted)
        return value

    def items(self, keyword: str) -> list[Item]:
        """The items of a sequence, none when it is absent or empty.

        Raises:
            InvalidInput: when the field is no sequence, or is cut off.
        """
        value = self._value(keyword)
        if value is None:
            return []
        if not _is_list(value) or not all(isinstance(each, Dataset) for each in value):
            raise self.refuse(keyword, Text("something else", "其他内容"), _ITEMS)
        way = f"{self.way}{keyword}"
        found = [Item(self.file, each, f"{way}[{at}].") for at, each in enumerate(value)]
        for item in found:
            item.check_whole()
        return found

    def _plain(self, keyword: str) -> tuple[str, bytes]:
        """The kind (VR) and undecoded bytes of a field as read from a file.

        Both are empty when it is absent, empty, already decoded, or written as another kind than the dictionary's.
        """
        tag, listed = _entry(keyword)
        try:
            element = self.dataset.get_item(tag) if tag in self.dataset else None
        except DAMAGE as problem:
            raise self.refuse(keyword, type(problem).__name__, READABLE) from None
        if not isinstance(element, RawDataElement) or not element.value or element.VR not in {None, listed, "UN"}:
            return "", b""
        return listed, element.value

    def check_whole(self) -> None:
        """Refuse a data set in which an element claims more bytes than there are.

        Raises:
            InvalidInput: naming the first such element.
        """
        for tag in self.dataset.keys():  # noqa: SIM118 - a data set iterates over decoded elements, keys() does not
            try:
                element = self.dataset.get_item(tag, keep_deferred=True)
            except DAMAGE as problem:
                raise refusal(self.file, self.way + _tag_name(tag), type(problem).__name__, INTACT) from None
            if not isinstance(element, RawDataElement) or element.length in {0, _UNDEFINED}:
                continue
            size = len(element.value or b"")
            if size != element.length:
                found = Text(f"{size} of {element.length} bytes", f"{element.length} 字节中的 {size} 字节")
                raise refusal(self.file, self.way + _tag_name(tag), found, INTACT)

    def check_end(self, size: int) -> None:
        """Refuse a file that goes on for less than the header of an element after its last one.

        Raises:
            InvalidInput: naming how many bytes are left over.
        """
        last = self.dataset.get_item(max(self.dataset.keys()), keep_deferred=True) if len(self.dataset) else None
        if not isinstance(last, RawDataElement) or last.length == _UNDEFINED:
            return
        rest = size - last.value_tell - last.length
        if 0 < rest < _HEADER_BYTES:
            found = Text(f"{rest} bytes of an element that is not there", f"残缺元素的 {rest} 字节")
            raise refusal(self.file, WHOLE_FILE, found, INTACT)

    def _value(self, keyword: str) -> Any:
        """The decoded value; empty counts as absent. Plain ASCII kinds are decoded here, for there are thousands."""
        kind, text = self._plain(keyword)
        if kind in _ASCII and b"\\" not in text:
            return _ascii(text)
        try:
            with quiet():
                value = self.dataset.get(keyword)
            empty = value is None or (hasattr(value, "__len__") and len(value) == 0)
        except DAMAGE as problem:
            raise self.refuse(keyword, type(problem).__name__, READABLE) from None
        return None if empty else value


def _tag_name(tag: BaseTag) -> str:
    return f"({tag.group:04X},{tag.element:04X})"


@lru_cache(None)
def _entry(keyword: str) -> tuple[BaseTag, str]:
    """Tag and kind of a keyword in the standard's dictionary."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return Tag(tag), dictionary_VR(tag)


def _ascii(raw: bytes) -> str | None:
    """Text without padding; other bytes become the mark of what cannot be read, which no code or number holds."""
    return raw.decode("ascii", errors="replace").strip(" \0") or None


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes)


def _as_float(value: Any) -> float | None:
    """A finite number, or None. Python would read 1_0 as ten; DICOM knows no such number."""
    if isinstance(value, str) and "_" in value:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _kind(value: Any) -> Text:
    """What a value is, without quoting it."""
    if _is_list(value):
        return Text(f"{len(value)} values", f"{len(value)} 个值")
    return Text("text that is no finite number", "非数值文本")
