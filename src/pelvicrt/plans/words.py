"""Which words do the plan pages use? Their own first, then those every report shares."""

from __future__ import annotations

import functools
from pathlib import Path

from pelvicrt.foundation import Text
from pelvicrt.report import Words, read_words

FOLDER = Path(__file__).parent / "words"


@functools.cache
def _own() -> dict[str, Text]:
    return read_words(FOLDER)


class PlanWords(Words):
    """The words of one language.

    >>> PlanWords("en")("limits.title"), PlanWords("zh")("limits.title")
    ('Limits', '限值')
    """

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with its `{places}` filled.

        Raises:
            KeyError: for a key neither these words nor the report's have.
        """
        own = _own().get(f"plan.{key}")
        return super().__call__(key, **values) if own is None else own.say(self.lang).format(**values)
