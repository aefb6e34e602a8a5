"""What a person reads, always in both languages: a text without its translation cannot be built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pelvicrt.foundation.contract import Language


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in English and Simplified Chinese.

    >>> Text("{n} lesions", "{n} 个病灶").fill(n=3).say("zh")
    '3 个病灶'
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en or not self.zh:
            raise ValueError(f"a text needs both languages; got en={self.en!r}, zh={self.zh!r}")

    def say(self, lang: Language) -> str:
        """The text in one language."""
        return self.zh if lang == "zh" else self.en

    def told(self, lang: Language, **values: object) -> str:
        """The text in one language with its places filled, as `fill` does for both.

        >>> Text("{n} days", "{n} 天").told("zh", n=3)
        '3 天'
        """
        text = self.say(lang)
        said = {name: value.say(lang) if isinstance(value, Text) else value for name, value in values.items()}
        return text.format(**said) if said or "{" in text or "}" in text else text

    def fill(self, **values: object) -> Text:
        """The text with `{name}` places filled; a `Text` value fills each language with its own words."""
        english = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        chinese = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
        return Text(self.en.format(**english), self.zh.format(**chinese))
