"""The team around a case: people, cases with every version of their facts, and a record of who did what."""

from pelvicrt.mdt import checks, choices, decisions, deliveries, judgements, opinions, plan, questions, visits
from pelvicrt.mdt.audit import Verification, verify
from pelvicrt.mdt.cases import (
    Change,
    EditConflict,
    Kept,
    Merge,
    add_case,
    changes,
    history,
    merged,
    newest,
    save_case,
    version_of,
)
from pelvicrt.mdt.people import DISCIPLINES, ROLES, add_person, person
from pelvicrt.mdt.store import Store, Writing
from pelvicrt.mdt.tables import User

__all__ = [
    "DISCIPLINES",
    "ROLES",
    "Change",
    "EditConflict",
    "Kept",
    "Merge",
    "Store",
    "User",
    "Verification",
    "Writing",
    "add_case",
    "add_person",
    "changes",
    "checks",
    "choices",
    "decisions",
    "deliveries",
    "history",
    "judgements",
    "merged",
    "newest",
    "opinions",
    "person",
    "plan",
    "questions",
    "save_case",
    "verify",
    "version_of",
    "visits",
]
