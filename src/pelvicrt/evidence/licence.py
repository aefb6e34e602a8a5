"""Did a protected text slip in? Records that rest on a source with a licence note stay short and quote nothing."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from pelvicrt.evidence.parts import parts_of
from pelvicrt.evidence.records import Cited, Source
from pelvicrt.evidence.sane import Finds, plausible
from pelvicrt.foundation import Text

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_QUOTED: Final = re.compile(r"\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|«([^»]+)»")
_OWN_WORDS: Final = Text("a short sentence of our own, without quotation", "自己的简短表述，不含引文")


def copied(record: object, *, restricted: Container[str]) -> Finds:
    """Texts that look copied: known protected wording anywhere; long texts or quotations in records on such sources.

    A record is held to the strict rule when it cites a source of `restricted` or carries a licence note itself.
    """
    for path, words in _prose(record):
        sign = next((sign for sign in plausible()["licence"]["signs_of_copied_text"] if sign in words.lower()), None)
        if sign is not None:
            yield path, repr(sign), Text("no wording of a protected text", "不含受保护文本的措辞")
    if _is_restricted(record, restricted):
        for path, words in _prose(record):
            yield from _long_or_quoted(path, words)


def restricted_ids(sources: dict[str, Source]) -> frozenset[str]:
    """The sources whose licence note limits the use of their text."""
    return frozenset(source_id for source_id, source in sources.items() if source.licence_note)


def _is_restricted(record: object, restricted: Container[str]) -> bool:
    if getattr(record, "licence_note", "") and not isinstance(record, Source):
        return True
    return any(cited.source in restricted for _, cited in parts_of(record, Cited))


def _prose(record: object) -> list[tuple[str, str]]:
    return [
        (path, words)
        for path, words in parts_of(record, str)
        if path.rsplit(".", maxsplit=1)[-1] not in {"licence_note", "locator", "where"}
    ]


def _long_or_quoted(path: str, words: str) -> Finds:
    bounds = plausible()["licence"]
    chinese, english = len(_CHINESE.findall(words)), len(words.split())
    if english > bounds["max_english_words"] or chinese > bounds["max_chinese_characters"]:
        yield path, f"{english} words, {chinese} Chinese characters", _OWN_WORDS
    for groups in _QUOTED.findall(words):
        quote = "".join(groups)
        many_words = len(quote.split()) > bounds["max_quoted_words"]
        if many_words or len(_CHINESE.findall(quote)) > bounds["max_quoted_characters"]:
            yield path, f"a quotation of {len(quote.split())} words", _OWN_WORDS
