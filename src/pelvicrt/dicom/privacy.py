"""Which short text of a file may be kept? Labels and structure names, unless they carry the patient's name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from pelvicrt.dicom.fields import Item

_PLAIN_LABEL: Final = re.compile(r"[A-Za-z0-9 ._:+\-]{1,16}")
_LEAST_LETTERS: Final = 3  # shorter parts of a name or number stand in many harmless words


@dataclass(frozen=True, slots=True)
class Patient:
    """What would give the patient away: used to keep it out, never stored in a result."""

    name_parts: tuple[str, ...]
    number: str

    @classmethod
    def of(cls, root: Item) -> Patient:
        """The patient a file names."""
        name = root.loose_text("PatientName").casefold()
        parts = tuple(part for part in re.split(r"[\W_]+", name) if part)
        return cls(parts, root.loose_text("PatientID").casefold())

    def shows_in(self, text: str) -> bool:
        """Whether a text carries the patient's number or whole name.

        A single part of a name counts only when it is the whole text: many surnames are also words.

        >>> Patient(("li", "ming"), "123456").shows_in("PTV_Ming_Li")
        True
        >>> Patient(("pelvis",), "7").shows_in("BoneMarrow_Pelvis")
        False
        """
        low = text.casefold()
        if len(self.number) >= _LEAST_LETTERS and self.number in low:
            return True
        if len(self.name_parts) == 1:
            return low.strip() == self.name_parts[0]
        return bool(self.name_parts) and all(part in low for part in self.name_parts)


def short_label(text: str | None, uid: str, patient: Patient, *, kind: str) -> str:
    """A label fit to be shown: the file's own when harmless, otherwise made from the identifier.

    >>> short_label("SCRT 5x5", "1.2.3", Patient((), ""), kind="plan")
    'SCRT 5x5'
    >>> short_label("Li^Ming", "1.2.3", Patient(("li", "ming"), ""), kind="plan")
    'plan-c47f5b18'
    """
    if text is not None and _PLAIN_LABEL.fullmatch(text) and not patient.shows_in(text):
        return text
    return f"{kind}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"
