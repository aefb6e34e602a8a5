"""Who works with the store? People with a role, which says what they may do, and a discipline, whose voice they are."""

from __future__ import annotations

from collections.abc import Sequence
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
    _check(login=login, name=name, role=role, discipline=discipline, unit=unit)
    if person(writing.session, login) is not None:
        expected = Text("a login nobody has yet", "尚未使用的登录名")
        raise InvalidInput([Problem(file="", field="login", found="a login in use", expected=expected)])
    user = User(login=login, name=name, role=role, discipline=discipline, unit=unit, created_at=writing.at)
    writing.session.add(user)
    writing.session.flush()
    writing.record("person.add", f"person/{user.id}", role=role, discipline=discipline)
    return user


def change_person(writing: Writing, user: User, **wanted: str | bool) -> None:
    """Changes a person's name, role, discipline, unit, or whether they are active; the same again is not written.

    Raises:
        InvalidInput: an unknown role or discipline, an empty name, or nobody left who could keep accounts.
    """
    _check(**{name: value for name, value in wanted.items() if isinstance(value, str)})
    changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(user, name, value)
    writing.session.flush()
    if not _administrators(writing.session):
        expected = Text("at least one active administrator", "至少保留一名在用的管理员")
        raise InvalidInput([Problem(file="", field="role", found="none", expected=expected, found_zh="无")])
    said = {name: value for name, value in changed.items() if name != "name"}
    writing.record("person.change", f"person/{user.id}", fields=sorted(changed), **said)


def administrator(session: Session) -> User:
    """The administrator who has been here longest; a service that was started always has one."""
    return _administrators(session)[0]


def everyone(session: Session) -> Sequence[User]:
    """Every person there is, those who may sign in first, by name."""
    return session.scalars(select(User).order_by(User.active.desc(), User.name, User.id)).all()


def person(session: Session, login: str) -> User | None:
    """The person of that login."""
    return session.scalars(select(User).where(User.login == login)).one_or_none()


def _administrators(session: Session) -> Sequence[User]:
    return session.scalars(select(User).where(User.role == "admin", User.active).order_by(User.id)).all()


def _check(**wanted: str) -> None:
    problems = []
    for field, known in (("role", ROLES), ("discipline", DISCIPLINES)):
        found = wanted.get(field)
        if found is not None and found not in known:
            expected = Text(f"one of {', '.join(known)}", f"{'、'.join(known)} 之一")
            problems.append(Problem(file="", field=field, found=repr(found), expected=expected))
    for field, (least, most) in _LENGTHS.items():
        if field in wanted and not least <= len(wanted[field].strip()) <= most:
            expected = Text(f"{least} to {most} characters", f"{least} 至 {most} 个字符")
            problems.append(Problem(file="", field=field, found=f"{len(wanted[field])}", expected=expected))
    if problems:
        raise InvalidInput(problems)


_LENGTHS: Final = {"login": (1, 80), "name": (1, 120), "unit": (0, 80)}
