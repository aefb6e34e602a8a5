"""Is the clinical response of the primary complete, and may it open watch and wait?

Endoscopy and finger lead: the worse of the two decides. MRI can hold a response back, never lift it. A negative biopsy
and a tumour regression grade change nothing. Too early, and after no radiotherapy, nothing opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import UNKNOWN, Reason, Text, Unknown

Tier = Literal["complete", "near_complete", "incomplete"]
Biopsy = Literal["negative", "tumour"]
ResponseValue = Literal[
    "complete", "near_complete", "near_complete_discordant", "incomplete", "not_judgeable", "unknown"
]
_WORST_FIRST: Final[tuple[Tier, ...]] = ("incomplete", "near_complete", "complete")
CRITERIA: Final = "response-schema-review-2021"
CONVENTION: Final = "pelvicrt-convention"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseJudgement:
    """What the examinations together say of the primary, whether that opens watch and wait, and what to be told."""

    value: ResponseValue
    opens_watch_and_wait: bool
    flags: tuple[str, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examinations:
    """One response assessment. `mrtrg` is kept only to say that it was not used."""

    endoscopy: Tier | Unknown = UNKNOWN
    digital_examination: Tier | Unknown = UNKNOWN
    mri_t2: Tier | Unknown = UNKNOWN
    mri_dwi: Tier | Unknown = UNKNOWN
    biopsy: Biopsy | Unknown = UNKNOWN
    mrtrg: int | Unknown = UNKNOWN


def judge_response(
    seen: Examinations,
    *,
    rt_given: bool | Unknown,
    days_since_rt_end: float | Unknown = UNKNOWN,
    mucinous_baseline: bool | Unknown = UNKNOWN,
    library: Library | None = None,
) -> ResponseJudgement:
    """Combined response of the primary. `days_since_rt_end` counts to the examinations [days].

    Earliest times are those of the library's response schemes (6 weeks to be judged at all, 8 weeks to open watch and
    wait). [@response-schema-review-2021; @pdq-rectal-2025; @dutch-crc-guideline].

    >>> every = Examinations(endoscopy="complete", digital_examination="complete", mri_t2="complete",
    ...                      mri_dwi="complete")
    >>> judge_response(every, rt_given=True, days_since_rt_end=60, mucinous_baseline=False).opens_watch_and_wait
    True
    >>> judge_response(every, rt_given=True, days_since_rt_end=30, mucinous_baseline=False).value
    'not_judgeable'
    """
    judged_from, opens_from = time_gates(library or shipped_library())
    value, missing = _combined(seen, mucinous_baseline)
    missing += _unknown_timing(rt_given, days_since_rt_end)
    early = rt_given is True and not isinstance(days_since_rt_end, Unknown) and days_since_rt_end < judged_from
    if early:
        value, missing = "not_judgeable", ()
    late_enough = not isinstance(days_since_rt_end, Unknown) and days_since_rt_end >= opens_from
    opens = value == "complete" and rt_given is True and late_enough
    wait_longer = value == "complete" and rt_given is True and not late_enough and days_since_rt_end is not UNKNOWN
    said = {
        "too_early": early,
        "confirm_later": wait_longer,
        "investigational_no_radiotherapy": rt_given is False,
        "mri_not_counted_mucinous": mucinous_baseline is True,
        "negative_biopsy_changes_nothing": seen.biopsy == "negative",
        "mrtrg_not_used": seen.mrtrg is not UNKNOWN,
    }
    flags = tuple(name for name, holds in said.items() if holds)
    reasons = (_reason(value), *(_FLAG_REASONS[name] for name in flags))
    return ResponseJudgement(value=value, opens_watch_and_wait=opens, flags=flags, reasons=reasons, missing=missing)


def time_gates(library: Library) -> tuple[int, int]:
    """Days after radiotherapy from which a response may be judged, and from which it may open watch and wait [days].

    The earliest and the latest of the enabled schemes that state one.

    >>> time_gates(shipped_library())
    (42, 56)
    """
    stated = [
        scheme.earliest_days_after_rt
        for scheme in library.response
        if scheme.enabled and scheme.earliest_days_after_rt is not None
    ]
    return min(stated), max(stated)


def _combined(seen: Examinations, mucinous: bool | Unknown) -> tuple[ResponseValue, tuple[str, ...]]:
    if seen.biopsy == "tumour":
        return "incomplete", ()
    luminal = {"response.endoscopy": seen.endoscopy, "response.digital_examination": seen.digital_examination}
    worst, missing = _worst(luminal)
    if worst == "incomplete":
        return "incomplete", ()
    if missing:
        return "unknown", missing
    if worst == "near_complete" or mucinous is True:
        return worst or "unknown", ()
    worst_mri, missing_mri = _worst({"response.mri_t2": seen.mri_t2, "response.mri_dwi": seen.mri_dwi})
    if worst_mri in ("incomplete", "near_complete"):
        return "near_complete_discordant", ("primary.mucinous",) if mucinous is UNKNOWN else ()
    return ("unknown", missing_mri) if missing_mri else ("complete", ())


def _worst(tiers: dict[str, Tier | Unknown]) -> tuple[Tier | None, tuple[str, ...]]:
    """The worst tier seen, and what was not examined."""
    known = {tier for tier in tiers.values() if not isinstance(tier, Unknown)}
    worst = next((tier for tier in _WORST_FIRST if tier in known), None)
    return worst, tuple(name for name, tier in tiers.items() if tier is UNKNOWN)


def _unknown_timing(rt_given: bool | Unknown, days: float | Unknown) -> tuple[str, ...]:
    return ("treated_so_far",) if rt_given is UNKNOWN or (rt_given is True and days is UNKNOWN) else ()


def _reason(value: ResponseValue) -> Reason:
    texts: dict[str, Text] = {
        "complete": Text("Clinical complete response: every examination agrees", "临床完全缓解：各项检查一致"),
        "near_complete": Text("Near-complete response: look again in 6 to 12 weeks", "近临床完全缓解：6～12 周后复查"),
        "near_complete_discordant": Text(
            "Endoscopy and finger are complete, MRI is not: handled as near-complete, look again",
            "内镜与指检完全缓解而 MRI 未达：按近临床完全缓解处理，需复查",
        ),
        "incomplete": Text("Incomplete response", "未达完全缓解"),
        "not_judgeable": Text("Too early to judge", "时间过早，无法判断"),
        "unknown": Text("Cannot be judged: an examination is missing", "无法判断：缺少检查"),
    }
    return Reason(rule=f"response.{value}", text=texts[value], sources=(CRITERIA, CONVENTION), grade="expert", mark="D")


def _flag(name: str, text: Text, sources: Iterable[str]) -> Reason:
    return Reason(
        rule=f"response.{name}",
        text=text,
        sources=tuple(sources),
        grade="expert",
        mark="D" if CONVENTION in sources else "V1",
        direction="against",
    )


_FLAG_REASONS: Final[dict[str, Reason]] = {
    "too_early": _flag(
        "too_early",
        Text("Examined less than 6 weeks after radiotherapy", "距放疗结束不足 6 周"),
        ("dutch-crc-guideline",),
    ),
    "confirm_later": _flag(
        "confirm_later",
        Text(
            "Complete, but examined before 8 weeks or at an unknown time: confirm it before watch and wait",
            "已达完全缓解，但检查早于 8 周或时间不明：进入等待观察前须复核",
        ),
        ("pdq-rectal-2025",),
    ),
    "investigational_no_radiotherapy": _flag(
        "investigational_no_radiotherapy",
        Text(
            "No radiotherapy was given: watch and wait on chemotherapy alone is investigational",
            "未行放疗：仅凭化疗缓解而等待观察属研究性质",
        ),
        ("astro-rectal-2024", CONVENTION),
    ),
    "mri_not_counted_mucinous": _flag(
        "mri_not_counted_mucinous",
        Text(
            "Mucinous at baseline: MRI cannot tell response and is not counted",
            "基线为黏液性：MRI 不能判断疗效，不计入",
        ),
        (CRITERIA, CONVENTION),
    ),
    "negative_biopsy_changes_nothing": _flag(
        "negative_biopsy_changes_nothing",
        Text("A negative biopsy never upgrades a response", "活检阴性不能提高疗效等级"),
        (CONVENTION,),
    ),
    "mrtrg_not_used": _flag(
        "mrtrg_not_used",
        Text(
            "The regression grade on MRI is shown, not used: grades 1 to 2 find 74 of 100 complete responses and "
            "clear only 63 of 100 others",
            "MRI 退缩分级仅供参考、不参与判断：以 1～2 级判断完全缓解，敏感度 74%，特异度 63%",
        ),
        ("sclafani-mrtrg-2017",),
    ),
}
