"""How is the worth of knowing more told? One row a piece of knowledge, the same for text, JSON, page and picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pelvicrt.foundation import MONTHS_PER_YEAR, VERSION, Language, Text
from pelvicrt.research import worth_words as words
from pelvicrt.research.worth import Worth
from pelvicrt.value import Estimate

SCHEMA = "pelvicrt.value/1"
Kind = Literal["everything", "group", "study", "fact"]
MOST = 10
"""Rows of one kind told to a person; all stand in the JSON."""
LEAST = 0.0005  # number: half of the last digit printed
"""Worth [quality-adjusted months] below which a group of figures prints as 0.000."""
HEADS: dict[Kind, Text] = {
    "everything": words.EVPI,
    "group": words.GROUP_HEAD,
    "study": words.STUDY_HEAD,
    "fact": words.FACT_HEAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of knowledge and its worth [quality-adjusted months]."""

    kind: Kind
    name: Text
    worth: Estimate
    aside: Text | None = None


def rows(worth: Worth) -> tuple[Row, ...]:
    """Every piece of knowledge, in the order of `Worth`."""
    everything = Row(kind="everything", name=words.EVPI, worth=worth.decision.evpi)
    groups = [Row(kind="group", name=item.name, worth=item.evppi) for item in worth.groups]
    studies = [
        Row(
            kind="study",
            name=item.design.name,
            worth=item.evsi,
            aside=_aside(worth, item.evsi, patients=item.design.patients, from_m0=item.design.from_m0),
        )
        for item in worth.studies
    ]
    facts = [
        Row(
            kind="fact",
            name=words.EXAMINATION.fill(name=item.name) if item.examination else item.name,
            worth=item.worth,
        )
        for item in worth.facts
    ]
    return (everything, *groups, *studies, *facts)


def told(found: Sequence[Row], kind: Kind) -> tuple[tuple[Row, ...], Text | None]:
    """The rows of one kind a person is told, and a word on the rest when there is one."""
    mine = sorted((row for row in found if row.kind == kind), key=lambda row: -row.worth.value)
    # Groups of figures are many and most are worth nothing; studies and facts are asked about by name.
    kept = tuple(row for row in mine[:MOST] if kind != "group" or row.worth.value >= LEAST) or tuple(mine[:1])
    rest = mine[len(kept) :]
    return kept, words.MORE.fill(n=len(rest), least=f"{rest[0].worth.value:.3f}") if rest else None


def in_years(worth: Worth, estimate: Estimate) -> float | None:
    """The worth for all patients who face the choice [quality-adjusted years], when their number was given."""
    return None if worth.population is None else estimate.value * worth.population / MONTHS_PER_YEAR


def to_json(worth: Worth, lang: Language = "en") -> dict[str, Any]:
    """The whole answer as plain data; worth in quality-adjusted months."""
    decision = worth.decision
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "lang": lang,
        "case_id": worth.case_id,
        "draws": worth.draws,
        "seed": worth.seed,
        "unit": "qalm",
        "population": worth.population,
        "ranked": worth.ranked,
        "best": worth.options[decision.best] if worth.ranked else None,
        "options": [
            {"id": key, "name": worth.names[key].say(lang), "p_best": float(p), "expected_loss": float(loss)}
            for key, p, loss in zip(worth.options, decision.p_best, decision.expected_loss, strict=True)
        ],
        "evpi": _estimate(worth, decision.evpi)
        | {
            "uncorrected": decision.evpi_uncorrected,
            "correction": decision.correction.value,
            "correction_se": decision.correction.standard_error,
        },
        "groups": [
            {"id": item.group, "name": item.name.say(lang), "parameters": list(item.parameters)}
            | _estimate(worth, item.evppi)
            for item in worth.groups
        ],
        "studies": [_study(worth, i, lang) for i in range(len(worth.studies))],
        "facts": [
            {"fact": item.fact, "name": item.name.say(lang), "examination": item.examination or None, "mark": item.mark}
            | _estimate(worth, item.worth)
            for item in worth.facts
        ],
    }


def json_text(worth: Worth, lang: Language = "en") -> str:
    """The same as text."""
    return json.dumps(to_json(worth, lang), ensure_ascii=False, indent=2)


def _study(worth: Worth, place: int, lang: Language) -> dict[str, Any]:
    item = worth.studies[place]
    return {
        "id": item.design.id,
        "name": item.design.name.say(lang),
        "question": item.design.question.say(lang),
        "population": item.design.population.say(lang),
        "from_m0": item.design.from_m0,
        "endpoint": item.design.endpoint.say(lang),
        "patients": item.design.patients,
        "mark": item.design.mark,
        "sources": [cited.source for cited in item.design.evidence],
        "note": item.design.note.say(lang),
        "at_most": item.evppi.value,
        "by_moments": item.by_moments,
        "by_patients": [
            {"patients": n, "value": found.value, "se": found.standard_error} for n, found in item.by_patients
        ],
    } | _estimate(worth, item.evsi)


def _estimate(worth: Worth, estimate: Estimate) -> dict[str, Any]:
    years = in_years(worth, estimate)
    found: dict[str, Any] = {"value": estimate.value, "se": estimate.standard_error}
    return found if years is None else found | {"population_qaly": years}


def _aside(worth: Worth, estimate: Estimate, *, patients: int, from_m0: bool) -> Text:
    parts = [words.PATIENTS.fill(n=patients)]
    if from_m0:
        parts.append(words.FROM_M0)
    years = in_years(worth, estimate)
    if years is not None:
        parts.append(words.STUDY_POPULATION.fill(years=f"{years:.1f}", n=worth.population))
    return Text(", ".join(part.en for part in parts), "，".join(part.zh for part in parts))
