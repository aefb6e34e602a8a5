"""How is a structure name read by words? Its side is taken off, the rest looked up in the table, whole or not at all.

Left and right are words of their own in four languages. A letter that means a side in one language only (Norwegian v
and h, German li and re) counts only beside a word of that language, since "Femur H" may as well be the head.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from pelvicrt.evidence import Library, StructureName, words_of

Side = Literal["L", "R", "both"]
OrganKind = Literal["organ", "body"]
Words = tuple[str, ...]

LEAST_LIKE = 80
"""Likeness in percent (letters to change, in words of four letters or more) from which a name is proposed."""
LEAST_LIKE_JOINED = 86
"""The same where the gaps between words differ."""
_NEAR = 60
_SHORTEST = 4
_MOST_WORDS = 4

_SIDES: tuple[tuple[re.Pattern[str], Side], ...] = (
    (re.compile("l|lt|lft|left|links|linker?|venstre|sin|sinistra|sinister"), "L"),
    (re.compile("r|rt|rgt|right|rechts|rechter?|hoyre|dxt?|dextra|dexter"), "R"),
    (re.compile("both|bilat|bilateral|beide|begge|lr|rl"), "both"),
)
_ONE_LANGUAGE: dict[str, tuple[Side, str]] = {"v": ("L", "no"), "h": ("R", "no"), "li": ("L", "de"), "re": ("R", "de")}
_HAN_SIDES: tuple[tuple[str, Side], ...] = (
    *((word, "both") for word in ("双侧", "雙側", "两侧", "兩側", "左右", "双", "雙")),
    *((word, "L") for word in ("左侧", "左側", "左")),
    *((word, "R") for word in ("右侧", "右側", "右")),
)  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]+")
_DERIVED_WORDS = re.compile(
    "prv|opt|rings?|shell|help|helper|hjelp|hilfe|dummy|avoid|avoidance|eval|minus|sub|crop|cropped|ex|excl|exclude"
    "|outside|inside|out|overlap|margin|exp|expansion|isodose|hot|cold|tuning|push|block"
)
_TARGETS = frozenset({"gtv", "ctv", "itv", "ptv", "igtv", "ictv"})
_DERIVED_HAN = ("减", "減", "环", "環", "外扩", "外擴", "优化", "優化", "辅助", "輔助", "剂量线")
_SIGNS = re.compile(r"[~^!+&<>=*?%]|^_|^z[_A-Z]|-\s*(?:[PCGI]TV|0\d)")
_TUMOUR_WORDS = re.compile(
    "tumou?rs?|tumoren|svulst|svulsten|krebs|cancer|carcinoma|ca|mass|lesions?|metastas[ie]s|mets?|recurrence|residual"
    "|gtv|primary|boost|scar"
)
_TUMOUR_HAN = ("肿瘤", "腫瘤", "癌", "靶区", "靶區", "病灶", "转移", "轉移", "复发", "残留")


@dataclass(frozen=True, slots=True)
class Reading:
    """A TG-263 name a word may stand for, and the likeness in percent."""

    tg263: str
    likeness: float


@dataclass(frozen=True, slots=True)
class _Entry:
    words: Words
    base: str
    side: Side | None
    language: str


class Table:
    """Every spelling of the library by its words, for each side apart."""

    def __init__(self, library: Library) -> None:
        records: list[StructureName] = list(library.structures)
        self.paired: frozenset[str] = frozenset(item.tg263 for item in records if item.paired)
        self.kinds: Mapping[str, OrganKind] = {
            name: item.kind for item in records for name in _full_names(item.tg263, item.paired)
        }
        self._entries = tuple(entry for item in records for entry in _entries(item))
        self._by_key: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            for key in _keys(entry.words):
                self._by_key.setdefault(key, []).append(entry)

    def read(self, name: str) -> Reading | None:
        """The one structure the whole name stands for, or None: no word of it may be left over."""
        found = {
            tg263
            for words, side, language in _without_side(name)
            for entry in self._named(words)
            if language in (None, entry.language)
            if (tg263 := self._sided(entry, side)) is not None
        }
        return Reading(found.pop(), 100.0) if len(found) == 1 else None

    def resembling(self, name: str) -> Iterator[Reading]:
        """Structures whose spelling is near the name's words, on the same side and on no other."""
        for words, side, language in _without_side(name):
            for entry in self._entries:
                if language not in (None, entry.language) or (likeness := _likeness(words, entry.words)) is None:
                    continue
                if (tg263 := self._sided(entry, side)) is not None:
                    yield Reading(tg263, likeness)

    def near(self, word: str) -> list[str]:
        """TG-263 names spelt most like a word that is none, of the side it states if it states one."""
        side = side_of(word)
        names = [name for name in self.kinds if side in (None, side_of(name))]
        found = process.extract(word, names, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_NEAR, limit=3)
        return [name for name, _, _ in found]

    def is_paired(self, name: str) -> bool:
        """Whether the name, which says no side, stands for a structure with two."""
        return any(
            entry.base in self.paired and entry.side is None
            for words, _, _ in _without_side(name)
            for entry in self._named(words)
        )

    def _named(self, words: Words) -> tuple[_Entry, ...]:
        return tuple(dict.fromkeys(entry for key in _keys(words) for entry in self._by_key.get(key, ())))

    def _sided(self, entry: _Entry, side: Side | None) -> str | None:
        """The full name of an entry on the side a name states; None when the two do not fit."""
        if entry.base not in self.paired:
            return entry.base if side is None else None
        stated = entry.side if side is None else side if entry.side in (None, side) else None
        return f"{entry.base}_{stated}" if stated in ("L", "R") else None


_TABLES: WeakKeyDictionary[Library, Table] = WeakKeyDictionary()


def table_of(library: Library) -> Table:
    """The table of a library, made once."""
    if library not in _TABLES:
        _TABLES[library] = Table(library)
    return _TABLES[library]


def side_of(name: str) -> Side | None:
    """The side a name states in any of the languages, letters of one language included.

    >>> side_of("Femur_Head_L"), side_of("股骨头右侧"), side_of("Femoral heads"), side_of("Femur L+R")
    ('L', 'R', None, 'both')
    """
    sides = {side for _, side, _ in _without_side(name) if side is not None}
    return sides.pop() if len(sides) == 1 else "both" if sides else None


def is_derived(name: str) -> bool:
    """Whether the name is that of a shape made for planning: a ring, a cut-back organ, a planning-risk volume.

    >>> [is_derived(name) for name in ("Bladder-PTV", "zRing", "Bladder_PRV05", "Rectum~", "Bladder", "PTV_50")]
    [True, True, True, True, False, False]
    """
    if _SIGNS.search(name) and not name.upper().startswith("PTV!"):
        return True
    words = [word.rstrip("0123456789") for word in words_of(name)]
    first_may_be_target = words[:1] if words[:1] and words[0] in _TARGETS else []
    return any(word in name for word in _DERIVED_HAN) or any(
        word in _TARGETS or _DERIVED_WORDS.fullmatch(word) for word in words[len(first_may_be_target) :]
    )


def names_tumour(name: str) -> bool:
    """Whether the name speaks of a tumour and so cannot be that of an organ.

    >>> names_tumour("Rectal tumour"), names_tumour("直肠肿瘤"), names_tumour("Rectum")
    (True, True, False)
    """
    return any(_TUMOUR_WORDS.fullmatch(word) for word in words_of(name)) or any(word in name for word in _TUMOUR_HAN)


def _full_names(base: str, paired: bool) -> tuple[str, ...]:
    return (f"{base}_L", f"{base}_R") if paired else (base,)


def _entries(item: StructureName) -> Iterator[_Entry]:
    for language, spelling in item.spellings:
        stated: Side | None = "L" if language == "left" else "R" if language == "right" else None
        yield _Entry(words_of(spelling), item.tg263, stated, language)


def _keys(words: Words) -> tuple[str, str]:
    """Two keys under which words are found: run together, and in any order."""
    return "".join(words), " ".join(sorted(words))


def _without_side(name: str) -> Iterator[tuple[Words, Side | None, str | None]]:
    """The words without those of side, the side, and the language it holds in; several where a letter is in doubt."""
    words: list[str] = []
    sides: set[Side] = set()
    for word in words_of(name):
        if (stated := next((side for sign, side in _SIDES if sign.fullmatch(word)), None)) is not None:
            sides.add(stated)
        elif _HAN.fullmatch(word):
            bare, han_sides = _han(word)
            words += [bare] if bare else []
            sides |= han_sides
        else:
            words.append(word)
    side = None if not sides else sides.pop() if len(sides) == 1 else "both"
    yield tuple(words), side, None
    if side is None and len(words) > 1:
        for letter, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
            if letter in _ONE_LANGUAGE:
                yield tuple(rest), *_ONE_LANGUAGE[letter]


def _han(word: str) -> tuple[str, set[Side]]:
    sides: set[Side] = set()
    for mark, side in _HAN_SIDES:
        if mark in word:
            word = word.replace(mark, "")
            sides.add(side)
    return word, sides


def _likeness(words: Words, others: Words) -> float | None:
    """How near two names are in percent, or None when they are not near enough to propose one for the other."""
    if not words:
        return None
    if len(words) != len(others):
        joined, other = "".join(words), "".join(others)
        near = _word_likeness(joined, other)
        return near if near >= LEAST_LIKE_JOINED else None
    if len(words) > _MOST_WORDS:
        return None
    best = max(
        min(_word_likeness(word, other) for word, other in zip(words, order, strict=True))
        for order in itertools.permutations(others)
    )
    return best if best >= LEAST_LIKE else None


def _word_likeness(word: str, other: str) -> float:
    if word == other:
        return 100.0
    unlike = min(len(word), len(other)) < _SHORTEST or any(letter.isdigit() for letter in word + other)
    return 0.0 if unlike else 100 * DamerauLevenshtein.normalized_similarity(word, other)
