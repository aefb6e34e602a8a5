"""What keeps a page from being shown? Errors of the web room; `problems.py` turns each into a page or JSON."""

from __future__ import annotations


class NotFound(Exception):
    """There is no such thing, or this person may not know that there is."""


class SignInNeeded(Exception):
    """Nobody is signed in."""


class Forbidden(Exception):
    """This person lacks the right; `right` names it."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class ForgedForm(Exception):
    """A write without the token of the page it should come from."""


class TooMany(Exception):
    """More requests than a person makes; `wait_seconds` says when to try again."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(wait_seconds)
        self.wait_seconds = wait_seconds
