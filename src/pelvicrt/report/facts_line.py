"""Who is this about? The case in one sentence and the facts that matter most, unknown ones shown as unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pelvicrt.assessment import Assessment
from pelvicrt.case import Case
from pelvicrt.foundation import is_known
from pelvicrt.report.words import Words

Look = Literal["", "unknown", "dispute"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact in a few words and how it looks."""

    said: str
    look: Look = ""


def case_line(case: Case, words: Words) -> str:
    """One sentence without name or number: person, tumour, liver, date."""
    parts = (_person(case, words), _tumour(case, words), _liver(case, words))
    assessed = words("line.assessed", date=words.date(case.assessed_on))
    return " · ".join((*parts, assessed))


def _person(case: Case, words: Words) -> str:
    sex = words.value("sex", case.patient.sex if is_known(case.patient.sex) else "unknown")
    if is_known(case.patient.age):
        return words("line.person", sex=sex, age=case.patient.age)
    return words("line.person_no_age", sex=sex)


def _tumour(case: Case, words: Words) -> str:
    known = [str(part) for part in (case.primary.ct, case.primary.cn) if is_known(part)]
    stage = f"c{' '.join(known)}" if known else words("line.stage_unknown")
    height = case.primary.distance_anal_verge_cm
    if is_known(height):
        return words("line.tumour", height=f"{height:g}", stage=stage)
    return words("line.tumour_no_height", stage=stage)


def _liver(case: Case, words: Words) -> str:
    technical = (
        words.value("technical", case.liver.technical)
        if is_known(case.liver.technical)
        else words("line.technical_unknown")
    )
    count = case.liver.lesion_count
    if not is_known(count):
        return words("line.liver_unknown", technical=technical)
    if count == 1:
        return words("line.liver_one", technical=technical)
    return words("line.liver", n=count, technical=technical)


def chips(assessment: Assessment, words: Words) -> tuple[Chip, ...]:
    """The facts a team asks for first."""
    case = assessment.case
    return (
        _number("ecog", case.patient.ecog, words),
        _height(assessment, words),
        _number("mrf", case.primary.mrf_mm, words),
        _named("emvi", case.primary.emvi, words, kind="emvi"),
        _lateral(case, words),
        _number("liver", case.liver.largest_mm, words),
        _number("remnant", case.liver.flr_percent, words),
        _named("ras", case.molecular.ras, words, kind="gene"),
        _named("braf", case.molecular.braf, words, kind="gene"),
        _number("cea", case.labs.cea_ng_ml, words),
        _named("bleeding", case.symptoms.bleeding, words, kind="bleeding"),
        _named("obstruction", case.symptoms.obstruction, words, kind="obstruction"),
    )


def _number(key: str, value: Any, words: Words) -> Chip:
    if not is_known(value):
        return Chip(words(f"chip.{key}_unknown"), "unknown")
    return Chip(words(f"chip.{key}", n=f"{value:g}"))


def _named(key: str, value: Any, words: Words, *, kind: str) -> Chip:
    if not is_known(value):
        return Chip(words(f"chip.{key}_unknown"), "unknown")
    return Chip(words(f"chip.{key}", v=words.value(kind, value)))


def _height(assessment: Assessment, words: Words) -> Chip:
    height = assessment.case.primary.distance_anal_verge_cm
    if not is_known(height):
        return Chip(words("chip.height_unknown"), "unknown")
    disputed = any(
        card.unit == "cm" and card.disputed and card.patient_value == height
        and card.disputed[0] <= height <= card.disputed[1]
        for card in assessment.advice.conflicts
    )  # fmt: skip
    return Chip(
        words("chip.height_disputed" if disputed else "chip.height", n=f"{height:g}"), "dispute" if disputed else ""
    )


def _lateral(case: Case, words: Words) -> Chip:
    nodes = case.primary.lateral_nodes
    if not is_known(nodes):
        return Chip(words("chip.lateral_unknown"), "unknown")
    return Chip(words("chip.lateral", n=len(nodes)) if nodes else words("chip.lateral_none"))
