"""Which words do the pages use? Those beside this file first, then those of the report, in the reader's language."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Final

from pelvicrt.foundation import Text
from pelvicrt.report import Words, read_words

FOLDER: Final = Path(__file__).parent / "words"


@functools.cache
def page_words() -> dict[str, Text]:
    """Every text of the pages by dotted key; the file's name is the first part of the key."""
    return read_words(FOLDER)


class PageWords(Words):
    """The words of one language: those of the pages by dotted key, those of the report by theirs.

    >>> PageWords("en")("frame.cases"), PageWords("zh")("year")
    ('Cases', '1 年')
    """

    def __call__(self, key: str, **values: object) -> str:
        """A text with its `{places}` filled.

        Raises:
            KeyError: for a key neither has.
        """
        text = page_words().get(key)
        return text.told(self.lang, **values) if text else super().__call__(key, **values)

    def has(self, key: str) -> bool:
        """Whether the pages have such a text."""
        return key in page_words()

    def unit(self, unit: str) -> str:
        """A unit as the evidence library writes it, in words where it is a word; nothing for a plain number.

        >>> PageWords("zh").unit("month"), PageWords("en").unit("Gy"), PageWords("en").unit("1")
        ('个月', 'Gy', '')
        """
        key = f"units.{unit.removesuffix('s').replace(' ', '_').replace('/', '_per_')}"
        return "" if unit == "1" else self(key) if self.has(key) else unit

    def moment(self, when: dt.datetime) -> str:
        """A stored time as the clock on the wall of this service shows it."""
        return super().moment(when.astimezone()).rsplit(" ", 1)[0]
