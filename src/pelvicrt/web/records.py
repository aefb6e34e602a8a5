"""How does a signed decision read? In the reader's language, from what was kept when it was signed and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from pelvicrt.evidence import library
from pelvicrt.mdt import plan, tables
from pelvicrt.report import Words, badge, badge_picture, kit
from pelvicrt.web.judging import said_value

_PLAIN_LETTERS = frozenset("ABCD")


def record_view(session: Session, decision: tables.Decision, words: Words) -> dict[str, Any]:
    """A signed decision as page and PDF show it."""
    told = decision.document
    steps = plan.plan_of(session, decision.case_id, decision.number)
    return {
        "number": decision.number,
        "signed_on": words.date(decision.signed_at.astimezone().date()),
        "choice": _choice(told["choice"], words),
        "advice": [_choice(item, words) for item in told["advice"]],
        "relation": words(f"decision.relation.{told['relation']}"),
        "signature": _signature(decision, words),
        "rests": _rests(told["versions"], words),
        "supersedes": told["supersedes"],
        "written": [(words(f"decision.field.{name}"), told[name]) for name in _ORDER if told[name]],
        "positions": [(_question(item["conflict"], words), item["said"]) for item in told["positions"]],
        "opinions": [_opinion(item, words) for item in told["opinions"]],
        "checks": [
            {"state": item["state"], "text": item[words.lang], "written": item["written"]} for item in told["checks"]
        ],
        "judgements": [_judgement(item, words) for item in told["judgements"]],
        "questions": [
            item | {"due": words.date(dt.date.fromisoformat(item["due_on"])) if item["due_on"] else ""}
            for item in told["questions"]
        ],
        "plan": [_step(step, words) for step in steps],
    }


def _choice(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    letter = item["letter"]
    css = letter.lower() if letter in _PLAIN_LETTERS else "e"
    said = words("option", letter=letter) if letter else ""
    return {
        "key": item["key"],
        "letter": letter,
        "css": css,
        "said": said,
        "name": item["name"][words.lang],
        "status": words.label("status", item["status"]) if item["status"] else "",
        "badge": badge(css, letter, said) if letter else "",
        "picture": badge_picture(css, letter, kit.PDF_FONT) if letter else "",
    }


def _opinion(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    named = {"key": item["choice"], "letter": item["letter"], "name": item["choice_name"], "status": ""}
    return {
        "who": _signer(item, words),
        "choice": _choice(named, words),
        "firm": words(f"decision.firm.{item['firmness']}"),
        "sentence": item["sentence"],
        "dissent": item["dissent"],
        "changed": item["first_said"] is not None,
    }


def _signer(person: Mapping[str, str], words: Words) -> str:
    return words("decision.signer", name=person["name"], discipline=words(f"discipline.{person['discipline']}"))


def _signature(decision: tables.Decision, words: Words) -> str:
    """When it was signed and by whom, and which decision it replaced."""
    told = decision.document
    name = _signer(told["signed_by"], words)
    parts = [words("decision.record.signed", time=words.moment(decision.signed_at), name=name)]
    if told["second_by"]:
        parts.append(words("decision.record.second", name=_signer(told["second_by"], words)))
    if told["supersedes"]:
        parts.append(words("decision.record.replaces", n=told["supersedes"]))
    return " · ".join(parts)


def _rests(versions: Mapping[str, Any], words: Words) -> str:
    """The versions of everything the decision rests on."""
    version, assessment = versions["case_version"], versions["assessment"]
    if assessment is None:
        return words("decision.record.rests_facts", version=version)
    return words(
        "decision.record.rests",
        version=version,
        assessment=assessment,
        library=versions["library_hash"],
        seed=versions["seed"],
        draws=versions["draws"],
    )


def _judgement(item: Mapping[str, Any], words: Words) -> dict[str, str]:
    value = said_value(item["value"], item["fact"], words) if item["fact"] else ""
    said = f"{words.fact(item['fact'])}{words.colon}{value}" if item["fact"] else ""
    return {"who": _signer(item, words), "on": _day(item["at"], words), "said": said, "reason": item["reason"]}


def _question(conflict: str, words: Words) -> str:
    known = library().conflicts
    return known[conflict].question.say(words.lang) if conflict in known else conflict


def _step(step: tables.PlanStep, words: Words) -> dict[str, Any]:
    """A step as it was dated when the decision was signed; what was booked since stands on the follow-up page."""
    first, last = (dt.date.fromisoformat(day) for day in step.window["first"])
    window = step.window["window"]
    allowed = [words.date(dt.date.fromisoformat(day)) for day in window] if window else []
    return {
        "label": step.label[words.lang],
        "dates": words.date(first) if first == last else words.span(words.date(first), words.date(last)),
        "window": words.span(*allowed) if allowed else "",
    }


def _day(moment: str, words: Words) -> str:
    return words.date(dt.datetime.fromisoformat(moment).astimezone().date())


_ORDER = (
    "instead", "because", "conditions", "differs_because", "against_stop", "superseded_because", "told_by",
    "come_back_if",
)  # fmt: skip
