"""What do the minutes of a decision say? Case, advice, opinions, decision and plan as they stood when it was signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from pelvicrt.case import Case, raw_value
from pelvicrt.foundation import VERSION, is_known
from pelvicrt.mdt import choices, tables, version_of
from pelvicrt.report import badge, badge_picture, case_line, colours, kit
from pelvicrt.web.judging import said_value
from pelvicrt.web.records import record_view
from pelvicrt.web.words import PageWords

TEMPLATE: Final = Path(__file__).parent / "templates" / "minutes.typ"
FACTS: Final = (
    "patient.ecog", "primary.ct", "primary.cn", "primary.distance_anal_verge_cm", "primary.mrf_mm", "primary.emvi",
    "primary.lateral_nodes", "symptoms.bleeding", "symptoms.obstruction", "liver.technical", "liver.lesion_count",
    "liver.largest_mm", "liver.flr_percent", "liver.hpb_review_on", "elsewhere", "molecular.mmr", "molecular.ras",
    "molecular.braf", "labs.cea_ng_ml",
)  # fmt: skip
"""The facts a team asks for first; all others stand on the facts page of the same version."""
CLASSES: Final = ("emergency", "mmr", "liver", "pelvis", "fitness", "symptomatic", "oligometastatic")
OUTCOMES: Final = (("overall_survival", 36), ("organ_preservation", 36), ("grade3plus_toxicity", None))
_LISTED: Final = 4
_RARE: Final = 1 / 100
_WORDS: Final = (
    "case", "facts", "advice", "option", "status", "chance", "opinions", "decision", "plan", "step", "dates", "window",
    "questions", "judgements", "checks", "no_plan", "no_opinions", "no_assessment", "plan_lead", "dissent", "changed",
    "device", "open", "of_100",
)  # fmt: skip


def minutes_view(session: Session, decision: tables.Decision, words: PageWords) -> dict[str, Any]:
    """The minutes as plain data: the page and the PDF say the same."""
    kept = version_of(session, decision.case_id, decision.case_version)
    record = record_view(session, decision, words)
    number = decision.assessment_number
    basis = None if number is None else choices.basis_of(session, decision.case_id, number=number)
    return {
        "case_id": decision.case_id,
        "case_line": case_line(kept.case, words),
        "title": words("minutes.title", case=decision.case_id, n=decision.number),
        "record": record,
        "facts": [_fact(kept.case, name, words) for name in FACTS],
        "classes": [] if basis is None else [_class(name, basis, words) for name in CLASSES],
        "advised": _advised(record, words),
        "heads": [_head(name, months, words) for name, months in OUTCOMES],
        "options": [] if basis is None else list(_options(basis, decision, words)),
        "states": {name: words(f"decision.check.{name}") for name in ("done", "open", "dispute", "stop", "refused")},
        "w": {name: words(f"minutes.{name}") for name in _WORDS},
    }


def minutes_pdf(view: Mapping[str, Any], words: PageWords, *, made_at: dt.datetime) -> bytes:
    """The minutes as an A4 PDF, tagged, with fonts embedded.

    Raises:
        UsageError: when no font for Chinese is installed.
        InternalError: when the document cannot be made.
    """
    data = {
        **view,
        "made": words("minutes.made", version=VERSION, time=words.moment(made_at)),
        "lang": words.lang,
        "region": "CN" if words.lang == "zh" else "GB",
        "fonts": kit.fonts_for(words.lang, kit.installed_fonts()),
        "colours": colours(),
        "made_on": [made_at.year, made_at.month, made_at.day],
    }
    return kit.make_pdf(TEMPLATE, data, made_at=made_at)


def _fact(case: Case, name: str, words: PageWords) -> dict[str, Any]:
    value = raw_value(case, name)
    known = is_known(value)
    said = said_value(value, name, words) if known else words("unknown")
    return {"name": words.fact(name), "value": said, "unknown": not known}


def _class(name: str, basis: choices.Basis, words: PageWords) -> dict[str, Any]:
    value = basis.row.document["classification"][name]["value"]
    return {"name": words.label("class", name), "value": words.classed(name, value), "unknown": value == "unknown"}


def _advised(record: Mapping[str, Any], words: PageWords) -> str:
    names = words.join(f"{item['letter']} {item['name']}".strip() for item in record["advice"])
    if not names:
        return words("decision.advice.none")
    return words("decision.advice.tied" if len(record["advice"]) > 1 else "decision.advice.lead", names=names)


def _head(name: str, months: int | None, words: PageWords) -> str:
    outcome = words.label("outcome", name)
    return outcome if months is None else words("minutes.at", outcome=outcome, time=words.horizon(months))


def _options(basis: choices.Basis, decision: tables.Decision, words: PageWords) -> Iterator[dict[str, Any]]:
    """The options somebody spoke of (chosen, advised, named in an opinion) and those likeliest to be best."""
    told = decision.document
    spoken = {decision.option, *basis.advised, *(item["choice"] for item in told["opinions"])}
    likely = sorted(basis.choices, key=lambda item: -(item.described["p_best"] or 0.0))
    listed = {item.key for item in likely[:_LISTED] if item.described["p_best"]} | spoken
    for item in basis.choices:
        if item.key in listed:
            yield _option(item, words) | {"chosen": item.key == decision.option}


def _option(item: choices.Choice, words: PageWords) -> dict[str, Any]:
    said = words("option", letter=item.letter)
    return {
        "letter": item.letter,
        "said": said,
        "badge": badge(item.css, item.letter, said),
        "picture": badge_picture(item.css, item.letter, kit.PDF_FONT),
        "name": item.name.say(words.lang),
        "status": words.label("status", item.status),
        "chance": _chance(item.described["p_best"], words),
        "cells": [_cell(item.described["outcomes"], name, months, words) for name, months in OUTCOMES],
    }


def _chance(share: float | None, words: PageWords) -> str:
    """The chance of being best, never rounded to nothing."""
    if share is None:
        return words("not_known")
    return words("options.under5") if share < _RARE else words("now.chance", n=words.number(100 * share))


def _cell(outcomes: Mapping[str, Any], name: str, months: int | None, words: PageWords) -> dict[str, str]:
    """A number out of a hundred with its likely range; never one without the other."""
    rows = outcomes.get(name, ())
    found = next((row for row in rows if months is None or row["at_months"] == months), None)
    if found is None:
        return {"number": words("not_known"), "range": ""}
    low, mean, high = (words.number(100 * found[key]) for key in ("low", "mean", "high"))
    return {"number": mean, "range": words.span(low, high)}
