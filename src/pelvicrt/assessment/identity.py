"""Which assessment is this? An id that the same case, evidence, program, draws and seed always share."""

from __future__ import annotations

import hashlib

from pelvicrt.assessment.plan import PlanToxicity
from pelvicrt.case import Case
from pelvicrt.evidence import Library
from pelvicrt.foundation import VERSION

DIGITS = 12


def identity(case: Case, library: Library, *, draws: int, seed: int, plans: tuple[PlanToxicity, ...] = ()) -> str:
    """The case id, then twelve hex digits over the facts, library, program version, draws, seed and dose plans."""
    # repr of a frozen dataclass names every field and value, so any changed fact changes the digest.
    content = f"{case!r}|{library.hash}|{VERSION}|{draws}|{seed}" + (f"|{plans!r}" if plans else "")
    return f"{case.id}-{hashlib.sha256(content.encode()).hexdigest()[:DIGITS]}"
