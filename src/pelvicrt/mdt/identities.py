"""Whose is an account of the hospital's own sign-in service? Known by login once, then by what never changes."""

from __future__ import annotations

from sqlalchemy import select

from pelvicrt.mdt.people import person
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import User


def person_of(writing: Writing, *, issuer: str, subject: str, login: str) -> User | None:
    """The active person of an account at a sign-in service; nobody when an administrator has added none.

    The first time the login decides, and only for a person who has no password here: whoever may choose their name at
    the sign-in service cannot become somebody who signs in by password.
    """
    external_id = f"{issuer} {subject}"
    user = writing.session.scalars(select(User).where(User.external_id == external_id)).one_or_none()
    if user is None:
        user = person(writing.session, login)
        if user is None or user.external_id is not None or user.password_hash is not None or not user.active:
            return None
        user.external_id = external_id
        writing.record("person.link", f"person/{user.id}")
    return user if user.active else None
