"""How good is bowel function after rectal surgery, and does the LARS score mean anything here?"""

from __future__ import annotations

import dataclasses
from typing import Final, Literal

from pelvicrt.classify.results import ScoreResult
from pelvicrt.classify.scores import lars
from pelvicrt.classify.scoring import result_of
from pelvicrt.foundation import UNKNOWN, Text, Unknown

Often = Literal["never", "less_than_weekly", "at_least_weekly"]
TimesADay = Literal["more_than_7", "4_to_7", "1_to_3", "less_than_1"]
NOT_APPLICABLE: Final = "not_applicable"


def lars_score(
    *,
    flatus: Often | Unknown,
    liquid: Often | Unknown,
    frequency: TimesADay | Unknown,
    clustering: Often | Unknown,
    urgency: Often | Unknown,
    stoma: str | Unknown,
    rectum_in_use: bool | Unknown = True,
) -> ScoreResult:
    """LARS score [points, 0 to 42]: 0-20 none, 21-29 minor, 30-42 major. [@emmertsen-lars-2012; @lars-item-table].

    With a stoma, or a rectum out of use, the group is `not_applicable` and there is no value; while that is unknown
    there is none either.

    Raises:
        ValueError: when an answer is not one of those offered.

    >>> found = lars_score(flatus="at_least_weekly", liquid="less_than_weekly", frequency="4_to_7",
    ...                    clustering="less_than_weekly", urgency="at_least_weekly", stoma="none")
    >>> found.value, found.group
    (37.0, 'major')
    """
    given = {
        "lars.flatus": flatus,
        "lars.liquid": liquid,
        "lars.frequency": frequency,
        "lars.clustering": clustering,
        "lars.urgency": urgency,
    }
    _check(given)
    found = result_of(lars.SCORE, lambda name: given[name])
    if (stoma is not UNKNOWN and stoma != "none") or rectum_in_use is False:
        label = Text("not applicable: stoma, or rectum out of use", "不适用：有造口或直肠旷置")
        return dataclasses.replace(found, value=None, range=None, group=NOT_APPLICABLE, group_label=label, missing=())
    if stoma is UNKNOWN or rectum_in_use is UNKNOWN:
        names = ("symptoms.stoma",) if stoma is UNKNOWN else ("lars.rectum_in_use",)
        label = Text("unknown", "未知")
        missing = (*found.missing, *names)
        return dataclasses.replace(found, value=None, range=None, group="unknown", group_label=label, missing=missing)
    return found


def _check(given: dict[str, Often | TimesADay | Unknown]) -> None:
    for item in lars.SCORE.items:
        fact = str(item.choices[0].when["fact"])
        offered = [str(choice.when["is"]) for choice in item.choices]
        if given[fact] is not UNKNOWN and given[fact] not in offered:
            raise ValueError(f"{fact}: found {given[fact]!r}; expected one of {', '.join(offered)}")
