"""Who works with the store? People with a role, which says what they may do, and a discipline, whose voice they are."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import User

ROLES: Final = ("viewer", "contributor", "chair", "physicist", "admin")
DISCIPLINES: Final = (
    "radiology",
    "pathology",
    "radiation_oncology",
    "colorectal_surgery",
    "liver_surgery",
    "medical_oncology",
    "nursing",
    "medical_physics",
    "coordination",
)


def add_person(writing: Writing, *, login: str, name: str, role: str, discipline: str, unit: str = "") -> User:
    """Adds a person.

    Raises:
        InvalidInput: an unknown role or discipline, or a login that is taken.
    """
    for field, found, known in (("role", role, ROLES), ("discipline", discipline, DISCIPLINES)):
        if found not in known:
            expected = Text(f"one of {', '.join(known)}", f"{'、'.join(known)} 之一")
            raise InvalidInput([Problem(file="", field=field, found=repr(found), expected=expected)])
    if person(writing.session, login) is not None:
        expected = Text("a login nobody has yet", "尚未使用的登录名")
        raise InvalidInput([Problem(file="", field="login", found="a login in use", expected=expected)])
    user = User(login=login, name=name, role=role, discipline=discipline, unit=unit, created_at=writing.at)
    writing.session.add(user)
    writing.session.flush()
    writing.record("person.add", f"person/{user.id}", role=role, discipline=discipline)
    return user


def person(session: Session, login: str) -> User | None:
    """The person of that login."""
    return session.scalars(select(User).where(User.login == login)).one_or_none()
