"""Why something was said: the form every rule, classification and ranking uses to explain itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pelvicrt.foundation.contract import Grade, Mark
from pelvicrt.foundation.text import Text

Direction = Literal["for", "against", "neutral", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason with its rule, its sources and how strong they are.

    `facts` holds the dotted names of the facts the rule read, so that a reader can check them.
    `from_m0` says the source studied patients without metastases.
    """

    rule: str
    text: Text
    sources: tuple[str, ...]
    grade: Grade
    mark: Mark = "D"
    direction: Direction = "neutral"
    facts: tuple[str, ...] = ()
    from_m0: bool = False
