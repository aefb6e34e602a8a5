"""Which words does the report use? Every label and sentence in both languages, read from the YAML beside this file."""

from __future__ import annotations

import datetime as dt
import functools
import re
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from pelvicrt.case import FACT_LABELS
from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput, Language, Problem, Text

FOLDER = Path(__file__).parent / "words"
_LANGUAGE_KEYS = {"en", "zh"}
_NUMBERS = 8192
_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}


def read_words(folder: Path = FOLDER) -> dict[str, Text]:
    """All words by dotted key; the file's name is the first part of the key.

    Raises:
        InvalidInput: naming file and key of every entry without both languages, or whose `{places}` differ.
    """
    found: dict[str, Text] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        tree = yaml.load(
            path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
        )  # as safe as safe_load, ten times faster
        for key, leaf in _leaves(tree, path.stem):
            problem = _problem(path.name, key, leaf)
            if problem:
                problems.append(problem)
            else:
                found[key] = Text(leaf["en"], leaf["zh"])
    if problems:
        raise InvalidInput(problems)
    return found


def _leaves(tree: Any, prefix: str) -> Iterable[tuple[str, Any]]:
    """Every entry below a key: a mapping with a language key, or anything that is no mapping, is a leaf."""
    if not isinstance(tree, Mapping) or _LANGUAGE_KEYS & set(tree):
        yield prefix, tree
        return
    for name, below in tree.items():
        yield from _leaves(below, f"{prefix}.{name}")


def _problem(file: str, key: str, leaf: Any) -> Problem | None:
    """What is wrong with one entry, if anything."""
    if not isinstance(leaf, Mapping) or set(leaf) != _LANGUAGE_KEYS or not all(leaf.values()):
        expected = Text("one text in en and one in zh", "en 与 zh 各一条文字")
        return Problem(file=file, field=key, found=type(leaf).__name__, expected=expected)
    if _places(leaf["en"]) != _places(leaf["zh"]):
        expected = Text("the same {places} in both languages", "两种语言的 {占位} 相同")
        return Problem(file=file, field=key, found="different places", expected=expected)
    return None


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@functools.cache
def _all_words() -> dict[str, Text]:
    return read_words()


def label_text(kind: str, value: str) -> Text:
    """The name of one value of the contract in both languages.

    Raises:
        KeyError: for a value without a name.

    >>> label_text("outcome", "permanent_stoma").en
    'Permanent stoma'
    """
    return _all_words()[f"labels.{kind}.{value}"]


class Words:
    """The words of one language, with its dates and numbers.

    >>> Words("en").label("status", "recommended")
    'Recommended'
    """

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang

    def __call__(self, key: str, **values: object) -> str:
        """A sentence of the page with its `{places}` filled.

        Raises:
            KeyError: for a key the words do not have.
        """
        return _all_words()[f"page.{key}"].say(self.lang).format(**values)

    def label(self, kind: str, value: str) -> str:
        """The name of one value of the contract, for instance `label("status", "acceptable")`.

        Raises:
            KeyError: for a value without a name, so that no bare code reaches a reader.
        """
        return label_text(kind, value).say(self.lang)

    def classed(self, name: str, value: str) -> str:
        """What one class says, for instance `classed("liver", "convertible")`."""
        return self.label("class_value", "unknown") if value == "unknown" else self.label(f"class_value.{name}", value)

    def fact(self, dotted: str) -> str:
        """What a fact is called; of a fact inside a list, the list's name.

        >>> Words("zh").fact("primary.lateral_nodes.short_axis_mm")
        '侧方淋巴结'
        """
        parts = dotted.split(".")
        if parts[0] == "class" and f"labels.class.{parts[-1]}" in _all_words():
            return self.label("class", parts[-1])
        if parts[0] == "view" and parts[-1] in library().guidelines:
            return library().guidelines[parts[-1]].name.say(self.lang)
        for length in range(len(parts), 0, -1):
            label = FACT_LABELS.get(".".join(parts[:length]))
            if label is not None:
                return label.say(self.lang)
        return dotted

    def given(self, condition: str) -> str:
        """Among whom an outcome is counted; a condition without a name is shown as it stands.

        >>> Words("zh").given("an operation")
        '限接受手术者'
        """
        words = _all_words().get(f"labels.given.{re.sub('[^a-z0-9]+', '_', condition.lower()).strip('_')}")
        return words.say(self.lang) if words else condition

    def value(self, kind: str, value: str) -> str:
        """The name of one recorded value, for instance `value("bleeding", "minor")`."""
        return _all_words()[f"facts.value.{kind}.{value}"].say(self.lang)

    def facts(self, dotted: Iterable[str]) -> str:
        """Facts as one list, each named once."""
        return self.join(dict.fromkeys(self.fact(name) for name in dotted))

    def join(self, parts: Iterable[str]) -> str:
        """A list inside a sentence."""
        return self("list_join").join(parts)

    def span(self, low: str, high: str) -> str:
        """A range, in words rather than with a dash."""
        return self("range", low=low, high=high)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with `digits` decimals and the language's separators.

        >>> Words("en").number(1234.56, 1)
        '1,234.6'
        """
        return _number(float(value), digits, self.lang)

    def date(self, day: dt.date) -> str:
        """A date with its year.

        >>> Words("en").date(dt.date(2026, 5, 4)), Words("zh").date(dt.date(2026, 5, 4))
        ('4 May 2026', '2026-05-04')
        """
        return _date(day, "y-MM-dd" if self.lang == "zh" else "d MMMM y", self.lang)

    def day(self, day: dt.date) -> str:
        """A date without its year.

        >>> Words("zh").day(dt.date(2026, 5, 4))
        '5月4日'
        """
        return _date(day, "M月d日" if self.lang == "zh" else "d MMM", self.lang)

    def month(self, day: dt.date, *, with_year: bool) -> str:
        """The name of a month."""
        patterns = {"en": ("MMM", "MMM y"), "zh": ("M月", "y年M月")}
        return _date(day, patterns[self.lang][with_year], self.lang)

    def moment(self, when: dt.datetime) -> str:
        """A date with its time of day."""
        pattern = "y-MM-dd HH:mm" if self.lang == "zh" else "d MMMM y, HH:mm"
        zone = when.tzname() or ""
        return f"{format_datetime(when, pattern, locale=_LOCALE[self.lang])} {zone}".strip()

    def horizon(self, months: float) -> str:
        """A time after the start: whole years as years, others as months.

        >>> Words("en").horizon(36), Words("en").horizon(18)
        ('3 years', '18 months')
        """
        if months == 12:
            return self("year")
        if months % 12 == 0:
            return self("years", n=int(months // 12))
        return self("months", n=f"{months:g}")

    @property
    def colon(self) -> str:
        """What stands between a name and what is said of it."""
        return "：" if self.lang == "zh" else ": "

    @property
    def semicolon(self) -> str:
        """What stands between two sentences of one line."""
        return "；" if self.lang == "zh" else "; "

    @property
    def html_lang(self) -> str:
        """The tag of this language for `lang` attributes."""
        return "zh-Hans" if self.lang == "zh" else "en"


@functools.lru_cache(maxsize=_NUMBERS)
def _number(value: float, digits: int, lang: Language) -> str:
    """Kept, because a page tells hundreds of numbers and each takes a tenth of a millisecond."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value + 0.0, format=pattern, locale=_LOCALE[lang])


@functools.lru_cache(maxsize=_NUMBERS)
def _date(day: dt.date, pattern: str, lang: Language) -> str:
    return format_date(day, pattern, locale=_LOCALE[lang])
