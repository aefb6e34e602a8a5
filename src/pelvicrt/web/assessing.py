"""Which assessment does a page of a case show, is one under way, and how is a new one begun and kept?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pelvicrt.case import Case
from pelvicrt.mdt import Kept, assessments, newest, person, version_of
from pelvicrt.mdt import tables as rows
from pelvicrt.web.asking import Asking
from pelvicrt.web.assessor import Answer, Job
from pelvicrt.web.errors import NotFound
from pelvicrt.web.showing import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What there is to show: the kept `row`, the case it rests on, its `answer` when it is at hand, work under way.

    `outdated` when this program would not make that assessment any more, so that its page cannot be drawn.
    """

    row: rows.AssessmentRow | None
    numbers: tuple[int, ...]
    case: Case | None
    answer: Answer | None
    job: Job | None
    outdated: bool


def seen(ask: Asking, case_id: str, number: int | None = None) -> Seen:
    """The newest assessment of a case, or the one of that number; begins to draw it anew when it is not at hand.

    Raises:
        NotFound: when there is no such case or number.
    """
    assessor = ask.service.assessor
    with ask.store.reading() as session:
        kept = _newest(session, case_id)
        all_rows = assessments.assessments(session, case_id)
        row = all_rows[-1] if all_rows else None
        if number is not None:
            row = next((item for item in all_rows if item.number == number), None)
            if row is None:
                raise NotFound
        case = kept.case
        if row is not None and row.case_version != kept.version:
            case = version_of(session, case_id, row.case_version).case
    numbers = tuple(item.number for item in all_rows)
    if row is None:
        return Seen(row=None, numbers=(), case=None, answer=None, job=assessor.job(kept.case, {}), outdated=False)
    outdated = assessor.id_of(case) != row.assessment_id
    answer = None if outdated else assessor.find(case, row.letters)
    job = assessor.job(kept.case, all_rows[-1].letters)
    if answer is None and not outdated:
        job = assessor.job(case, row.letters) or assessor.begin(case, row.letters)
    return Seen(row=row, numbers=numbers, case=case, answer=answer, job=job, outdated=outdated)


def at_hand(ask: Asking, case_id: str) -> tuple[Answer, Shown]:
    """The newest assessment of a case and its pieces in the reader's language.

    Raises:
        NotFound: when there is none, or none at hand yet.
    """
    answer = seen(ask, case_id).answer
    if answer is None:
        raise NotFound
    return answer, answer.shown[ask.lang]


def begin(ask: Asking, case_id: str) -> Job | None:
    """Assesses the newest facts of a case in the name of the person asking; None when the answer is at hand already.

    Raises:
        NotFound: when there is no such case.
    """
    with ask.store.reading() as session:
        kept = _newest(session, case_id)
        letters = assessments.letters_of(session, case_id)
    keep = _keeper(ask, kept)
    answer = ask.service.assessor.find(kept.case, letters)
    if answer is not None:
        keep(answer)
        return None
    return ask.service.assessor.begin(kept.case, letters, then=keep)


def prepare(ask: Asking, case_ids: Iterable[str]) -> None:
    """Assesses those of a meeting's cases whose newest facts have no assessment yet, so that nobody waits there.

    Raises:
        NotFound: when there is no such case.
    """
    for case_id in case_ids:
        with ask.store.reading() as session:
            row, kept = assessments.newest_assessment(session, case_id), _newest(session, case_id)
        if row is None or row.case_version != kept.version:
            begin(ask, case_id)


def _newest(session: object, case_id: str) -> Kept:
    try:
        return newest(session, case_id)  # type: ignore[arg-type]
    except KeyError as error:
        raise NotFound from error


def _keeper(ask: Asking, kept: Kept) -> Callable[[Answer], None]:
    """What is done with an answer when it comes, long after the request that asked for it."""
    store, login = ask.store, ask.user.login

    def keep(answer: Answer) -> None:
        with store.writing(login) as writing:
            author = person(writing.session, login)
            assert author is not None
            assessments.keep_assessment(
                writing,
                author,
                case_id=kept.case.id,
                case_version=kept.version,
                document=answer.documents["en"],
                letters=answer.letters,
            )

    return keep
