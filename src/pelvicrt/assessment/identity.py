"""Which assessment is this? An id that the same case, evidence, program, draws and seed always share."""

from __future__ import annotations

import hashlib

from pelvicrt.case import Case
from pelvicrt.evidence import Library
from pelvicrt.foundation import VERSION

DIGITS = 12


def identity(case: Case, library: Library, *, draws: int, seed: int) -> str:
    """The case id, then twelve hex digits over the facts, the library, the program's version, draws and seed."""
    # repr of a frozen dataclass names every field and value, so any changed fact changes the digest.
    content = f"{case!r}|{library.hash}|{VERSION}|{draws}|{seed}"
    return f"{case.id}-{hashlib.sha256(content.encode()).hexdigest()[:DIGITS]}"
