"""What did a discipline judge of the case, and why? A judgement fills its fact, with date, author and reason.

Each discipline judges what it alone can see: resectability is the liver surgeon's word, the fascia the radiologist's.
A judgement without a fact is an assessment in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import origins
from pelvicrt.mdt.amending import amended
from pelvicrt.mdt.cases import newest, save_case
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import Judgement, User

LONGEST_REASON: Final = 2000
REVIEW: Final = "liver.hpb_review_on"
FACTS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "radiology": (
        "primary.ct",
        "primary.cn",
        "primary.mrf_mm",
        "primary.emvi",
        "primary.distance_anorectal_junction_cm",
        "primary.sphincter",
        "liver.lesion_count",
        "liver.largest_mm",
        "liver.distribution",
    ),
    "pathology": ("primary.histology", "molecular.mmr", "molecular.ras", "molecular.braf", "molecular.her2"),
    "radiation_oncology": ("patient.hip_prosthesis", "patient.pelvic_kidney"),
    "colorectal_surgery": ("primary.distance_anal_verge_cm", "symptoms.obstruction", "symptoms.perforation"),
    "liver_surgery": (
        "liver.technical",
        "liver.one_stage",
        "liver.extent",
        "liver.flr_percent",
        "liver.flr_augmentable",
        "liver.ct_sufficient_per_hpb",
    ),
    "medical_oncology": ("patient.ecog", "patient.dpyd_activity"),
    "nursing": ("patient.clinical_frailty_scale", "preferences.accepts_surveillance"),
}
"""Which facts each discipline judges; all others enter as facts, not as judgements."""


def judge(
    writing: Writing, case_id: str, author: User, *, reason: str, fact: str = "", value: Any = None, on_version: int = 0
) -> Judgement:
    """Records a judgement; with a fact, its value becomes the next version of the case, made on `on_version`.

    Raises:
        InvalidInput: when no reason is given, the fact is not this discipline's to judge, or the value does not fit it.
        EditConflict: when somebody saved the case in between; nothing is written.
        KeyError: when the store has no such case.
    """
    said = reason.strip()
    _check(case_id, author, fact, said)
    kept = newest(writing.session, case_id)
    if fact:
        facts = {fact: value, **_review(writing, author)}
        on = writing.at.date() if REVIEW in facts else kept.case.assessed_on
        kept = save_case(writing, amended(kept.case, on=on, facts=facts), author, on_version=on_version)
        origins.note(writing, case_id, facts, author, kind="judged", source=author.discipline)
    judgement = Judgement(
        case_id=case_id,
        author_id=author.id,
        discipline=author.discipline,
        fact=fact,
        value={"value": value} if fact else {},
        reason=said,
        case_version=kept.version,
        at=writing.at,
    )
    writing.session.add(judgement)
    writing.session.flush()
    writing.record("judgement.give", f"case/{case_id}", judgement=judgement.id, fact=fact)
    return judgement


def judgements_of(session: Session, case_id: str) -> tuple[tuple[Judgement, str], ...]:
    """Every judgement of a case with its author's name, newest first."""
    rows = session.execute(
        select(Judgement, User.name)
        .join(User, User.id == Judgement.author_id)
        .where(Judgement.case_id == case_id)
        .order_by(Judgement.id.desc())
    )
    return tuple((row, name) for row, name in rows)


def _check(case_id: str, author: User, fact: str, said: str) -> None:
    problems = []
    if not said or len(said) > LONGEST_REASON:
        found, zh = f"{len(said)} characters", f"{len(said)} 字"
        problems.append(Problem(file=case_id, field="reason", found=found, expected=_A_REASON, found_zh=zh))
    if fact and fact not in FACTS_OF.get(author.discipline, ()):
        expected = _OWN_FACT
        problems.append(Problem(file=case_id, field="fact", found=repr(fact), expected=expected))
    if problems:
        raise InvalidInput(problems)


def _review(writing: Writing, author: User) -> dict[str, str]:
    """A liver surgeon's judgement is a review: it is dated, and the facts stand on that day if they stood before it."""
    return {REVIEW: writing.at.date().isoformat()} if author.discipline == "liver_surgery" else {}


_A_REASON = Text(f"a reason of 1 to {LONGEST_REASON} characters", f"1～{LONGEST_REASON} 字的理由")
_OWN_FACT = Text("a fact this discipline judges, or none", "该专科负责判断的事实，或留空")
