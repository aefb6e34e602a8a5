"""What may a structure of a plan be called? One record a structure: its TG-263 name and the words people use for it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

from pelvicrt.evidence.records import STRICT, Cited
from pelvicrt.foundation import Mark, Text

_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss"})
_WORD = re.compile(r"[\u3400-\u9fff]+|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms:
    """Words for one structure by language; `short` are abbreviations, `left` and `right` those that say the side too.

    The side of a paired structure is otherwise left out: "femoral head" stands for both.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    de: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()

    def all(self) -> tuple[tuple[str, str], ...]:
        """Every synonym with the language or list it stands in."""
        return tuple((item.name, word) for item in fields(self) for word in getattr(self, item.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureName:
    """One structure: its TG-263 name without side, and its synonyms. A `paired` one takes `_L` or `_R`.

    `body` is the outer contour of the patient; targets have a grammar of their own and no record.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    tg263: str
    kind: Literal["organ", "body"]
    paired: bool = False
    name: Text
    synonyms: Synonyms = Synonyms()
    evidence: tuple[Cited, ...]
    mark: Mark
    valid_from: dt.date
    checked_on: dt.date
    note: Text | None = None

    @property
    def spellings(self) -> tuple[tuple[str, str], ...]:
        """The name and every synonym, each with the language or list it stands in."""
        return (("en", self.tg263), *self.synonyms.all())


def words_of(name: str) -> tuple[str, ...]:
    """The words of a structure name: lower case, accents taken off, camel case and signs taken as gaps.

    >>> words_of("FemurHead_L"), words_of("Lårhals h."), words_of("左股骨头")
    (('femur', 'head', 'l'), ('larhals', 'h'), ('左股骨头',))
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).translate(_PLAIN))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(word.casefold() for word in _WORD.findall(bare))
