"""May this be signed? What is done, what is open, what is disputed, and which stop stands in the way.

A check may ask for something in writing (`needs` names the field): a condition for what is unknown, a position on what
experts dispute, a reason for leaving the advice. A stop asks for a reason and a second signature. What is `refused`
cannot be signed at all: numbers that rest on other facts than the case has now.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.case import FACT_LABELS, Case, Preferences
from pelvicrt.evidence import library
from pelvicrt.foundation import CLASSIFICATION_VALUES, Text, is_known
from pelvicrt.mdt.cases import changes, newest, version_of
from pelvicrt.mdt.choices import NONE, Basis, Choice, as_text, basis_of, reason_text
from pelvicrt.mdt.missing import classified
from pelvicrt.mdt.opinions import Voice, current_round, voices
from pelvicrt.mdt.questions import is_late, questions_of
from pelvicrt.mdt.tables import Decision
from pelvicrt.report import label_text
from pelvicrt.strategies import candidates

State = Literal["done", "open", "dispute", "stop", "refused"]
CONDITIONS: Final = "conditions"
AGAINST_STOP: Final = "against_stop"
DIFFERS: Final = "differs_because"
INSTEAD: Final = "instead"
SUPERSEDES: Final = "superseded_because"
POSITION: Final = "position."
"""Before the name of a disagreement: the field that says which position the team takes."""
_STOPPING: Final = frozenset({"block", "mdt_block"})
_ASKING: Final = frozenset({"reirradiation", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at before signing; `needs` is the field that must then be written, or empty."""

    name: str
    state: State
    text: Text
    needs: str = ""


def checks(session: Session, case_id: str, option: str, *, today: dt.date) -> tuple[Check, ...]:
    """Everything to look at before that option is signed on that day.

    Raises:
        KeyError: when the store has no such case, or the option is none of the newest assessment.
    """
    basis = basis_of(session, case_id)
    kept = newest(session, case_id)
    said = voices(session, case_id, current_round(session, case_id))
    found: list[Check] = [*_superseding(session, case_id)]
    choice = _chosen(basis, option)
    if basis is None:
        found.append(Check(name="assessment", state="open", text=_NO_ASSESSMENT, needs=INSTEAD))
    else:
        found += [_fresh(session, basis, kept.case, kept.version), *_emergency(basis.row.document), *_must_know(basis)]
        found += [*_option(basis, kept.case, choice, option), *_today(kept.case, basis.row.document, today)]
    found += [_wishes(kept.case.preferences), *_heard(said, kept.case), *_questions(session, case_id, today)]
    return tuple(found)


def _chosen(basis: Basis | None, option: str) -> Choice | None:
    found = basis.choice(option) if basis else None
    if found is None and option != NONE:
        raise KeyError(option)
    return found


def _superseding(session: Session, case_id: str) -> Iterator[Check]:
    last = session.scalar(select(func.max(Decision.number)).where(Decision.case_id == case_id))
    if last is not None:
        yield Check(name="supersedes", state="open", text=_REPLACES.fill(n=last), needs=SUPERSEDES)


def _fresh(session: Session, basis: Basis, case: Case, version: int) -> Check:
    """Whether the numbers rest on the facts as they stand."""
    if basis.row.case_version == version:
        return Check(name="fresh", state="done", text=_FRESH)
    before = version_of(session, basis.row.case_id, basis.row.case_version).case
    return Check(name="fresh", state="refused", text=_STALE.fill(n=len(changes(before, case))))


def _emergency(document: Mapping[str, Any]) -> Iterator[Check]:
    value = document["classification"]["emergency"]["value"]
    if value == "none":
        yield Check(name="emergency", state="done", text=_CALM)
    elif value == "unknown":
        yield Check(name="emergency", state="open", text=_PERHAPS_URGENT, needs=CONDITIONS)
    else:
        what = label_text("class_value", f"emergency.{value}")
        yield Check(name="emergency", state="stop", text=_URGENT.fill(what=what), needs=AGAINST_STOP)


def _must_know(basis: Basis) -> Iterator[Check]:
    """Unknown facts: those that block a ranking need a condition, the most useful other one is called to mind."""
    missing = basis.row.document["missing_information"]
    blocking = [item["fact"] for item in missing if item["blocks"]]
    if blocking:
        text = _UNKNOWN.fill(facts=_named(blocking))
        yield Check(name="must_know", state="open", text=text, needs=CONDITIONS)
    elif missing:
        yield Check(name="must_know", state="open", text=_WORTH_KNOWING.fill(facts=_named([missing[0]["fact"]])))
    else:
        yield Check(name="must_know", state="done", text=_ALL_KNOWN)


def _option(basis: Basis, case: Case, choice: Choice | None, option: str) -> Iterator[Check]:
    """What the chosen option itself asks for: its stops, its conditions, its dates, its place against the advice."""
    if choice is None:
        yield Check(name="instead", state="open", text=_IN_OWN_WORDS, needs=INSTEAD)
    else:
        yield from _stops(choice, case, basis.row.document)
        yield from _waits(choice)
        yield from _disputed(choice, basis.row.document)
    if basis.advised and option not in basis.advised:
        yield Check(name="advice", state="open", text=_OTHER_THAN_ADVISED, needs=DIFFERS)
    elif basis.advised:
        yield Check(name="advice", state="done", text=_AMONG_EQUALS if len(basis.advised) > 1 else _AS_ADVISED)


def _stops(choice: Choice, case: Case, document: Mapping[str, Any]) -> Iterator[Check]:
    described = choice.described
    said = [reason_text(item) for item in described["reasons"] if item["direction"] == "block"]
    if choice.status == "contraindicated":
        for text in said or [label_text("status", choice.status)]:
            yield Check(name="stop", state="stop", text=text, needs=AGAINST_STOP)
    schedule = described["schedule"]
    if not schedule["feasible"]:
        for text in _no_dates(case, choice):
            yield Check(name="dates", state="stop", text=text, needs=AGAINST_STOP)
    if described["regimen"] is not None:
        yield from _cautions(document)
    if choice.status != "contraindicated" and schedule["feasible"]:
        yield Check(name="stop", state="done", text=_NO_STOP)


def _no_dates(case: Case, choice: Choice) -> Iterator[Text]:
    """Why an option has no dates, in both languages when the same reasons are found today, else as stored."""
    options = candidates(case, classified(case), library())
    found = next((item.timeline.conflict for item in options if item.key == choice.key), ())
    known = {reason.rule: reason.text for reason in found}
    for reason in choice.described["schedule"]["conflict"]:
        text = known.get(reason["rule"])
        yield text if text and reason["text"] in {text.en, text.zh} else as_text(reason["text"])


def _cautions(document: Mapping[str, Any]) -> Iterator[Check]:
    """What radiotherapy must know, for an option that has radiotherapy."""
    for caution in document["classification"]["cautions"]:
        text = reason_text(caution["reason"])
        if caution["effect"] in _STOPPING:
            yield Check(name="caution", state="stop", text=text, needs=AGAINST_STOP)
        elif caution["effect"] in _ASKING:
            yield Check(name="caution", state="open", text=text, needs=CONDITIONS)


def _waits(choice: Choice) -> Iterator[Check]:
    missing = choice.described["missing"]
    if missing:
        yield Check(name="waits", state="open", text=_WAITS.fill(facts=_named(missing)), needs=CONDITIONS)
    elif choice.status == "conditional":
        yield Check(name="waits", state="open", text=_CONDITIONAL, needs=CONDITIONS)


def _disputed(choice: Choice, document: Mapping[str, Any]) -> Iterator[Check]:
    """Disagreements that concern the option and in whose disputed zone this patient lies."""
    for card in document["conflicts"]:
        if choice.described["id"] in card["concerns"] and _inside(card):
            question = _question(card)
            needs = f"{POSITION}{card['conflict']}"
            yield Check(name="dispute", state="dispute", text=_DISPUTED.fill(question=question), needs=needs)


def _inside(card: Mapping[str, Any]) -> bool:
    zone, value = card["disputed"], card["patient_value"]
    return zone is not None and value is not None and zone[0] <= value <= zone[1]


def _question(card: Mapping[str, Any]) -> Text:
    known = library().conflicts
    return known[card["conflict"]].question if card["conflict"] in known else as_text(card["question"])


def _today(case: Case, document: Mapping[str, Any], today: dt.date) -> Iterator[Check]:
    """What would be judged otherwise on the day of signing, because a review or an image has grown old since."""
    if today <= case.assessed_on:
        return
    now = classified(dataclasses.replace(case, assessed_on=today))
    for name in CLASSIFICATION_VALUES:
        before, after = document["classification"][name]["value"], getattr(now, name).value
        if before != after:
            text = _OTHERWISE.fill(
                what=label_text("class", name), before=_class(name, before), after=_class(name, after)
            )
            yield Check(name="today", state="open", text=text, needs=CONDITIONS)


def _class(name: str, value: str) -> Text:
    return label_text("class_value", "unknown" if value == "unknown" else f"{name}.{value}")


def _wishes(wishes: Preferences) -> Check:
    told = any(is_known(getattr(wishes, field.name)) for field in dataclasses.fields(wishes))
    return Check(name="wishes", state="done" if told else "open", text=_WISHES if told else _NO_WISHES)


def _heard(said: tuple[Voice, ...], case: Case) -> Iterator[Check]:
    if not said:
        yield Check(name="opinions", state="open", text=_NOBODY)
    else:
        yield Check(name="opinions", state="done", text=_HEARD.fill(n=len(said)))
    if case.liver.lesion_count == 0:
        return
    heard = any(voice.discipline == "liver_surgery" for voice in said)
    yield Check(name="liver_surgeon", state="done" if heard else "open", text=_LIVER if heard else _NO_LIVER)


def _questions(session: Session, case_id: str, today: dt.date) -> Iterator[Check]:
    waiting = [item for item in questions_of(session, case_id) if item.answered_at is None]
    late = sum(is_late(item, today) for item in waiting)
    if waiting:
        yield Check(name="questions", state="open", text=_WAITING.fill(n=len(waiting), late=late))


def _named(facts: list[str]) -> Text:
    names = [FACT_LABELS.get(fact) or Text(fact, fact) for fact in facts]
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


_NO_ASSESSMENT = Text(
    "No assessment yet: only a decision in the team's own words can be signed", "尚无评估：只能签署团队自行写明的决定"
)
_FRESH = Text("The numbers rest on the facts as they stand", "数据依据当前病情资料")
_STALE = Text(
    "{n} facts are newer than the assessment: assess again before signing", "有 {n} 项资料晚于评估：签署前请重新评估"
)
_REPLACES = Text("This replaces decision {n}: write why", "本决定将取代第 {n} 号决定：请写明原因")
_CALM = Text("No emergency", "无急症")
_PERHAPS_URGENT = Text(
    "Whether there is an emergency is unknown: write a condition", "是否存在急症尚不清楚：请写明条件"
)
_URGENT = Text("Emergency of the primary: {what}", "原发灶急症：{what}")
_UNKNOWN = Text("Unknown, and the ranking needs it: {facts}. Write a condition", "未知且排序需要：{facts}。请写明条件")
_WORTH_KNOWING = Text("Still unknown, most worth knowing: {facts}", "尚未知，最值得了解：{facts}")
_ALL_KNOWN = Text("No unknown fact is expected to change the advice", "没有预计会改变建议的未知事实")
_IN_OWN_WORDS = Text("None of the options: write what the team wants instead", "均不选：请写明团队的做法")
_NO_STOP = Text("The option breaks no hard stop, and its dates fit", "该方案未触及禁忌，日期可行")
_WAITS = Text("The option waits for: {facts}. Write a condition", "该方案尚需：{facts}。请写明条件")
_CONDITIONAL = Text("The option stands under conditions: write which", "该方案有条件可选：请写明条件")
_DISPUTED = Text(
    "Experts disagree: {question} Write which position the team takes", "专家意见不一：{question}请写明团队立场"
)
_OTHER_THAN_ADVISED = Text("The choice differs from the advice: write why", "选择与建议不同：请写明原因")
_AS_ADVISED = Text("The choice is what the assessment advises", "选择与评估建议一致")
_AMONG_EQUALS = Text("The choice is among those the assessment cannot tell apart", "选择属于评估认为难分优劣的方案之一")
_OTHERWISE = Text(
    "Today {what} reads “{after}”, in the assessment “{before}”: write a condition or assess again",
    "今日{what}为“{after}”，评估时为“{before}”：请写明条件或重新评估",
)
_WISHES = Text("The patient's wishes are recorded", "患者意愿已记录")
_NO_WISHES = Text("The patient's wishes are not recorded", "患者意愿未记录")
_NOBODY = Text("Nobody has given an opinion", "尚无人发表意见")
_HEARD = Text("{n} opinions given", "已有 {n} 人发表意见")
_LIVER = Text("A liver surgeon took part", "肝外科医师已参与")
_NO_LIVER = Text("No liver surgeon has given an opinion", "肝外科医师尚未发表意见")
_WAITING = Text("{n} questions are not answered, {late} of them overdue", "{n} 个问题未回答，其中 {late} 个已逾期")
