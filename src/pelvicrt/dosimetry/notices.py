"""What must a reader of a result know beside the number? Notices with a stable code and words in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.foundation import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a reader of results must know: missing, assumed, left out, resampled.

    `code` is stable and meant for programs; `about` names the structure concerned, if it is one.

    >>> Notice(code="tiny", text=Text("small", "小"), about="PTV").text.say("en")
    'small'
    """

    code: str
    text: Text
    about: str | None = None
