"""Which cases does an uploaded file hold, and how do they come in? First read and shown, then taken in by a person.

A file is believed in nothing: its kind by its name, its size, rows and unpacked size bounded, every value checked as
the contract has it. What was read waits as a draft that only its owner sees, for a day.
"""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pelvicrt.case import Case
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.intake import dump_case, parse_case, read_plain, survey_table
from pelvicrt.mdt import meetings
from pelvicrt.mdt.cases import add_case
from pelvicrt.mdt.missing import missing_facts
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, ImportDraft, Meeting, User

MOST_CASES: Final = 500
MOST_UNPACKED: Final = 60_000_000
KEPT_FOR: Final = dt.timedelta(days=1)
TABLES: Final = frozenset({".csv", ".xlsx", ".xlsm"})
CASE_FILES: Final = frozenset({".yaml", ".yml", ".json"})
_LONGEST_NAME: Final = 80
_AT_ONCE: Final = 500  # ids in one question to the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one file holds: its name, the cases that can be used, and the problems of those that cannot."""

    file: str
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]

    def missing(self, case: Case) -> tuple[str, ...]:
        """The facts a class waits for."""
        return missing_facts(case)


def read_upload(name: str, content: bytes) -> Found:
    """The cases of an uploaded CSV or Excel table, or of one YAML or JSON case file.

    Raises:
        InvalidInput: when no case of the file can be used, with every problem found.
    """
    shown = _shown(name)
    kind = Path(shown).suffix.lower()
    if kind not in TABLES | CASE_FILES:
        raise InvalidInput([_problem(shown, repr(kind) if kind else "''", _KINDS)])
    if not content.strip():
        raise InvalidInput([_problem(shown, "nothing", _CASES, found_zh="空")])
    with tempfile.TemporaryDirectory(prefix="pelvicrt-") as folder:
        place = Path(folder) / f"upload{kind}"
        place.write_bytes(content)
        try:
            found = _read(place)
        except InvalidInput as refusal:
            raise InvalidInput(_renamed(refusal.problems, shown)) from None
    if not found.cases:
        raise InvalidInput(_renamed(found.problems, shown))
    return replace(found, file=shown, problems=_renamed(found.problems, shown))


def keep_draft(writing: Writing, found: Found, by: User) -> ImportDraft:
    """Keeps what was read until its owner takes it in; drafts of more than a day are forgotten."""
    writing.session.execute(delete(ImportDraft).where(ImportDraft.at < writing.at - KEPT_FOR))
    document = {
        "file": found.file,
        "cases": [dump_case(case) for case in found.cases],
        "problems": [_kept(problem) for problem in found.problems],
    }
    draft = ImportDraft(id=secrets.token_urlsafe(24), user_id=by.id, at=writing.at, document=document)
    writing.session.add(draft)
    writing.session.flush()
    return draft


def draft_of(session: Session, draft_id: str, by: User, *, now: dt.datetime) -> ImportDraft:
    """A draft of this person.

    Raises:
        KeyError: when this person has no such draft, or it is more than a day old.
    """
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.user_id != by.id or draft.at < now - KEPT_FOR:
        raise KeyError(draft_id)
    return draft


def drafted(draft: ImportDraft) -> Found:
    """What a draft holds."""
    document: dict[str, Any] = draft.document
    file = document["file"]
    return Found(
        file=file,
        cases=tuple(parse_case(case, file=file) for case in document["cases"]),
        problems=tuple(_problem_of(item, file) for item in document["problems"]),
    )


def taken_ids(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Which of these ids a case of the store has."""
    wanted = list(ids)
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        found |= set(session.scalars(select(CaseRow.id).where(CaseRow.id.in_(wanted[start : start + _AT_ONCE]))))
    return frozenset(found)


def take_in(writing: Writing, draft: ImportDraft, by: User, *, meeting: Meeting | None = None) -> tuple[str, ...]:
    """Adds every case of a draft whose id is new, all in this write, and forgets the draft; the ids that were added.

    With a meeting the cases come on its agenda. Facts are noted as imported, from the file of that name.

    Raises:
        InvalidInput: when the meeting is closed; then nothing is added.
    """
    found = drafted(draft)
    taken = taken_ids(writing.session, (case.id for case in found.cases))
    new = [case for case in found.cases if case.id not in taken]
    for case in new:
        add_case(writing, case, by, unit=by.unit, note=found.file, origin="imported")
        if meeting is not None:
            meetings.add_item(writing, meeting, case.id)
    writing.session.delete(draft)
    return tuple(case.id for case in new)


def _read(place: Path) -> Found:
    if place.suffix in CASE_FILES:
        return Found(file="", cases=(parse_case(read_plain(place), file=str(place)),), problems=())
    table = survey_table(place, most_rows=MOST_CASES, most_unpacked=MOST_UNPACKED)
    return Found(file="", cases=table.cases, problems=table.problems)


def _shown(name: str) -> str:
    """The name of a file without its folder or marks that cannot be shown; a very long one keeps its end."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-_LONGEST_NAME:]


def _renamed(problems: Iterable[Problem], file: str) -> tuple[Problem, ...]:
    return tuple(replace(problem, file=file) for problem in problems)


def _kept(problem: Problem) -> dict[str, Any]:
    expected = {"en": problem.expected.en, "zh": problem.expected.zh}
    return {"field": problem.field, "found": problem.found, "found_zh": problem.found_zh, "expected": expected}


def _problem_of(item: dict[str, Any], file: str) -> Problem:
    return Problem(
        file=file,
        field=item["field"],
        found=item["found"],
        expected=Text(item["expected"]["en"], item["expected"]["zh"]),
        found_zh=item["found_zh"],
    )


def _problem(file: str, found: str, expected: Text, *, found_zh: str | None = None) -> Problem:
    return Problem(file=file, field="(file)", found=found, expected=expected, found_zh=found_zh)


_KINDS = Text("a file that ends in .csv, .xlsx, .yaml or .json", "以 .csv、.xlsx、.yaml 或 .json 结尾的文件")
_CASES = Text("a file with at least one case", "至少含一份病例的文件")
