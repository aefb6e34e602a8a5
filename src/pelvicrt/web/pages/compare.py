"""Which of two options, when they are close? Their paired differences, where the weeks go, what would tip it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pelvicrt.foundation import Language
from pelvicrt.report import answers, look
from pelvicrt.web.assessing import seen
from pelvicrt.web.assessor import Answer
from pelvicrt.web.frames import case_frame
from pelvicrt.web.pairs import pair_of
from pelvicrt.web.routes import Ask, CaseId, Pages
from pelvicrt.web.showing import Named, Shown, number_page, weighed
from pelvicrt.web.words import PageWords

pages = Pages()


@pages.get("/cases/{case_id}/compare", right="case.read")
def compare(ask: Ask, case_id: CaseId, left: str = "", right: str = "") -> Response:
    """Two options of the newest assessment, head to head; the two likeliest to be best unless others are named."""
    found = seen(ask, case_id)
    frame = case_frame(ask, case_id, "compare") | {"job": found.job, "case_id": case_id, "answer": found.answer}
    shown = None if found.answer is None else found.answer.shown[ask.lang]
    choice = [] if shown is None else [item for item in shown.options if item.key in shown.estimates]
    if found.answer is None or shown is None or len(choice) < len(("left", "right")):
        return ask.page("compare.html.jinja", **frame, pair=None)
    one, other = _chosen(found.answer, choice, shown, (left, right))
    return ask.page(
        "compare.html.jinja",
        **frame,
        **_compared(found.answer, shown, one, other, ask.w),
        choice=choice,
        number_page=number_page(case_id),
        make_badge=look.badge,
        leads=found.answer.light.advice.recommendation.strategy,
    )


def _compared(answer: Answer, shown: Shown, one: Named, other: Named, w: PageWords) -> dict[str, Any]:
    """What there is to say of two options, kept beside the answer."""
    key = (w.lang, one.key, other.key)
    if key not in answer.paired:
        answer.paired[key] = {
            "pair": pair_of(answer, shown, one, other, w),
            "plans": _plans(answer, w.lang, {one.key, other.key}),
            "swings": _swings(answer, w.lang, one, other),
        }
    return answer.paired[key]


def _chosen(answer: Answer, choice: list[Named], shown: Shown, asked: tuple[str, str]) -> tuple[Named, Named]:
    """The two options asked for, each missing or repeated one replaced by the likeliest best that is left."""
    chance = {item.candidate.key: item.ranked.p_best or 0.0 for item in answer.light.strategies}
    by_chance = sorted(choice, key=lambda item: (-chance[item.key], not item.is_column))
    named = [option for name in asked if (option := shown.option(name)) in choice]
    order = list(dict.fromkeys(item for item in (*named, *by_chance) if item is not None))
    return order[0], order[1]


def _plans(answer: Answer, lang: Language, keys: set[str]) -> list[answers.PlanRow]:
    page = weighed(answer.light, lang, answer.letters)["page"]
    return [answers.plan_row(option, page) for option in page.options.all if option.key in keys]


def _swings(answer: Answer, lang: Language, left: Named, right: Named) -> list[dict[str, Any]]:
    """What, changed alone, puts the other ahead of the leader, when one of the two leads."""
    leader = answer.light.advice.recommendation.strategy
    if leader not in {left.key, right.key}:
        return []
    other = right if leader == left.key else left
    changes = [item for item in answer.light.advice.recommendation.would_change_it if item.to == other.key]
    first = left if leader == left.key else right
    told = [
        {
            "what": item.what.say(lang),
            "ends": [
                (label.say(lang), (first if value >= 0 else other).letter)
                for label, value in ((item.low_label, item.low_difference), (item.high_label, item.high_difference))
            ],
        }
        for item in changes
    ]
    return [item for item in told if len({letter for _, letter in item["ends"]}) > 1]
