"""The team around a case: people, cases with every version of their facts, and a record of who did what."""

from pelvicrt.mdt import deliveries, plan, visits
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
    "deliveries",
    "history",
    "merged",
    "newest",
    "person",
    "plan",
    "save_case",
    "verify",
    "version_of",
    "visits",
]
