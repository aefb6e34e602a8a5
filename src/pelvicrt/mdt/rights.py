"""Who may do what? A right is a name; this table says which roles hold it, and pages ask for it by name.

What a person may see is asked apart: chairs, coordinators and administrators see every case, all others those of their
own unit. An administrator keeps accounts and settings but never takes part in a decision.
"""

from __future__ import annotations

from typing import Final

from pelvicrt.mdt.tables import CaseRow, User

_EVERYONE: Final = frozenset({"viewer", "contributor", "chair", "physicist", "admin"})
_TEAM: Final = frozenset({"contributor", "chair", "physicist"})
_CLINICAL: Final = frozenset({"contributor", "chair"})
_CHAIR: Final = frozenset({"chair"})
_ADMIN: Final = frozenset({"admin"})

RIGHTS: Final[dict[str, frozenset[str]]] = {
    "case.read": _EVERYONE,
    "case.add": _CLINICAL,
    "case.edit": _TEAM,  # a physicist only what `edits_fact` allows
    "case.history": _TEAM | _ADMIN,
    "assessment.run": _TEAM,
    "assessment.weigh": _TEAM,
    "judgement.give": _CLINICAL,
    "opinion.give": _TEAM,
    "round.open": _CHAIR,
    "question.ask": _TEAM,
    "question.answer": _TEAM,
    "decision.sign": _CHAIR,
    "decision.second": _CLINICAL,
    "meeting.read": _EVERYONE,
    "meeting.edit": _CHAIR,  # and coordinators, see `may`
    "follow_up.record": _CLINICAL,
    "evidence.read": _EVERYONE,
    "service.read": _EVERYONE,
    "people.manage": _ADMIN,
    "settings.manage": _ADMIN,
    "audit.read": _ADMIN,
}
_COORDINATION: Final = frozenset({"meeting.edit"})
_RADIOTHERAPY_FACTS: Final = (
    "treated_so_far",
    "patient.prior_pelvic_rt",
    "patient.hip_prosthesis",
    "patient.pelvic_kidney",
)


def may(user: User, right: str) -> bool:
    """Whether a person holds a right.

    Raises:
        KeyError: for a right nobody has heard of, so that a misspelt one never lets anybody in.

    >>> may(User(role="viewer", discipline="nursing"), "decision.sign")
    False
    >>> may(User(role="contributor", discipline="coordination"), "meeting.edit")
    True
    """
    if not user.active and user.active is not None:
        return False
    holders = RIGHTS[right]
    coordinates = user.role == "contributor" and user.discipline == "coordination"
    return user.role in holders or (coordinates and right in _COORDINATION)


def sees(user: User, case: CaseRow) -> bool:
    """Whether a person may see a case.

    >>> case = CaseRow(unit="north")
    >>> sees(User(role="viewer", discipline="nursing", unit="south"), case)
    False
    >>> sees(User(role="chair", discipline="radiology", unit="south"), case)
    True
    """
    return sees_all(user) or case.unit == user.unit


def sees_all(user: User) -> bool:
    """Whether a person may see the cases of every unit."""
    return user.role in {"chair", "admin"} or (user.role == "contributor" and user.discipline == "coordination")


def edits_fact(user: User, fact: str) -> bool:
    """Whether a person may write that fact: a physicist only what radiotherapy planning knows.

    >>> edits_fact(User(role="physicist", discipline="medical_physics"), "liver.technical")
    False
    """
    if user.role == "physicist":
        return fact.startswith(_RADIOTHERAPY_FACTS)
    return may(user, "case.edit")
