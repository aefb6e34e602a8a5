"""What can go wrong, and which exit code says so.

    PelvicrtError
    ├── UsageError           2  the command was called wrongly
    ├── InvalidInput         3  a file or field cannot be used: which, what was found, what to write instead
    ├── MissingInformation   4  an essential fact is unknown
    └── InternalError        5  our fault

User errors print without traceback; programming errors keep theirs. Messages carry ids, never patient data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pelvicrt.foundation.contract import Language
from pelvicrt.foundation.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input: where it stands, what was found there, what to write instead.

    `found` must never quote free text of a patient record; name the type or the offending token. `found_zh` says it in
    Chinese when it is words.
    """

    file: str
    field: str
    found: str
    expected: Text
    found_zh: str | None = None

    def say(self, lang: Language) -> str:
        """One line a user can act on.

        >>> p = Problem(file="a.yaml", field="patient.age", found="'old'", expected=Text("a number", "一个数字"))
        >>> p.say("en")
        "a.yaml: patient.age: found 'old'; expected a number"
        """
        if lang == "zh":
            return f"{self.file}：{self.field}：发现 {self.found_zh or self.found}；应填写{self.expected.zh}"
        return f"{self.file}: {self.field}: found {self.found}; expected {self.expected.en}"


class PelvicrtError(Exception):
    """Anything a user should read without a traceback."""

    exit_code = 5

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


class UsageError(PelvicrtError):
    """The command or function was called in a way that has no meaning."""

    exit_code = 2


class InvalidInput(PelvicrtError):
    """One or more fields of an input cannot be used; all problems found are listed at once."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("InvalidInput needs at least one problem")
        super().__init__(
            Text(
                "\n".join(p.say("en") for p in self.problems),
                "\n".join(p.say("zh") for p in self.problems),
            )
        )


class MissingInformation(PelvicrtError):
    """An essential fact is unknown, so no answer is given."""

    exit_code = 4

    def __init__(self, message: Text, *, facts: Iterable[str]) -> None:
        super().__init__(message)
        self.facts = tuple(facts)


class InternalError(PelvicrtError):
    """Something that should not happen did."""

    exit_code = 5
