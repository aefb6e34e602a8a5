"""How does a person prove who they are? Passwords, one-time links, and sign-ins that end when nobody uses them.

Passwords are kept as argon2id hashes, tokens as SHA-256 of 32 random bytes. A wrong login and a wrong password take
the same time and get the same answer. A password is checked before a write begins, so that nobody waits for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.people import add_person, person
from pelvicrt.mdt.store import Store, Writing
from pelvicrt.mdt.tables import OneTimeLink, SignIn, User

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200
LINK_LASTS: Final = dt.timedelta(hours=24)
FIRST_LOGIN: Final = "admin"
SIGN_IN_LASTS: Final = dt.timedelta(hours=12)
_TOUCH_AFTER: Final = dt.timedelta(seconds=60)  # a page view writes nothing if one was seen within this time
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash(secrets.token_hex())  # what an unknown login is checked against


def token_hash(token: str) -> str:
    """How a token is kept.

    >>> token_hash("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(token.encode()).hexdigest()


def set_password(writing: Writing, user: User, password: str) -> None:
    """Gives a person a new password and ends all their sign-ins.

    Raises:
        InvalidInput: when it is too short, too long, or the login itself.
    """
    found = None
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        found = f"{len(password)} characters"
    elif password.strip().lower() in {user.login.lower(), user.name.lower()} or len(set(password)) < 4:
        found = "one that is easily guessed"
    if found:
        raise InvalidInput([Problem(file="", field="password", found=found, expected=_PASSWORD)])
    user.password_hash = _HASHER.hash(password)
    writing.session.execute(delete(SignIn).where(SignIn.user_id == user.id))
    writing.record("password.set", f"person/{user.id}")


def checked(session: Session, login: str, password: str) -> User | None:
    """The person of that login and password, or nobody. Takes as long for a login nobody has."""
    user = person(session, login)
    usable = user is not None and user.active and user.password_hash is not None
    kept = user.password_hash if user is not None and usable and user.password_hash else _NOBODY
    try:
        _HASHER.verify(kept, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return user if usable else None


def sign_in(writing: Writing, user: User) -> str:
    """Begins a sign-in; the token for the browser, which nobody else ever sees."""
    token = secrets.token_urlsafe(32)
    oldest = writing.at - SIGN_IN_LASTS
    writing.session.execute(delete(SignIn).where(SignIn.created_at < oldest))
    writing.session.add(
        SignIn(token_hash=token_hash(token), user_id=user.id, created_at=writing.at, seen_at=writing.at)
    )
    writing.record("sign_in", f"person/{user.id}")
    return token


def sign_out(writing: Writing, token: str) -> None:
    """Ends a sign-in; nothing happens when it has ended already."""
    found = writing.session.get(SignIn, token_hash(token))
    if found is not None:
        subject = f"person/{found.user_id}"
        writing.session.delete(found)
        writing.record("sign_out", subject)


def signed_in(session: Session, token: str, *, now: dt.datetime, idle: dt.timedelta) -> tuple[User, bool] | None:
    """Whose sign-in a token is, and whether it is time to `touch` it; nobody when it ended or lay idle too long."""
    row = session.execute(
        select(SignIn, User).join(User, User.id == SignIn.user_id).where(SignIn.token_hash == token_hash(token))
    ).one_or_none()
    if row is None:
        return None
    begun, user = row[0], row[1]
    if not user.active or now - begun.seen_at > idle or now - begun.created_at > SIGN_IN_LASTS:
        return None
    return user, now - begun.seen_at > _TOUCH_AFTER


def touch(store: Store, token: str, *, now: dt.datetime) -> None:
    """Notes that a sign-in was used; the audit hears of sign-ins, not of every page."""
    with store.writing("system", at=now) as writing:
        found = writing.session.get(SignIn, token_hash(token))
        if found is not None:
            found.seen_at = now


def new_link(writing: Writing, user: User) -> str:
    """A token that lets this person in once within a day, to choose a password; older ones stop working."""
    token = secrets.token_urlsafe(32)
    writing.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
    writing.session.add(
        OneTimeLink(token_hash=token_hash(token), user_id=user.id, expires_at=writing.at + LINK_LASTS, used_at=None)
    )
    writing.record("link.make", f"person/{user.id}")
    return token


def link_owner(session: Session, token: str, *, now: dt.datetime) -> User | None:
    """Whose unused link this is."""
    found = session.get(OneTimeLink, token_hash(token))
    if found is None or found.used_at is not None or found.expires_at < now:
        return None
    user = session.get(User, found.user_id)
    return user if user is not None and user.active else None


def use_link(writing: Writing, token: str, password: str) -> User:
    """Spends a link: its owner gets this password.

    Raises:
        InvalidInput: for a link that was used, has run out or never was, or a password that is no good.
    """
    user = link_owner(writing.session, token, now=writing.at)
    if user is None:
        expected = Text("a link that is unused and at most a day old", "未使用且不超过一天的链接")
        raise InvalidInput([Problem(file="", field="link", found="none", expected=expected, found_zh="无效链接")])
    set_password(writing, user, password)
    found = writing.session.get(OneTimeLink, token_hash(token))
    if found is not None:
        found.used_at = writing.at
    writing.record("link.use", f"person/{user.id}")
    return user


def first_link(store: Store) -> str | None:
    """The administrator of a store nobody uses yet, and the token of their link; None once anybody chose a password."""
    with store.writing("system") as writing:
        session = writing.session
        ready = session.scalar(
            select(func.count())
            .select_from(User)
            .where((User.password_hash.is_not(None)) | (User.external_id.is_not(None)))
        )
        if ready:
            return None
        admin = person(session, FIRST_LOGIN) or add_person(
            writing, login=FIRST_LOGIN, name="Administrator", role="admin", discipline="coordination"
        )
        return new_link(writing, admin)


_PASSWORD = Text(
    f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters that are not your name",
    f"{SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符，且不是您的姓名",
)
