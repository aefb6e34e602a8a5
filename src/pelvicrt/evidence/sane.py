"""Can the values of a record be right? Units, shares, intervals, spreads, doses, days, dates, both languages."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from pelvicrt.evidence.parts import parts_of
from pelvicrt.evidence.records import DoseLimit, Finding, Parameter, Regimen, Source, Spread, Study, Window
from pelvicrt.foundation import Text

Finds = Iterator[tuple[str, str, Text]]
"""Field, what was found there, what was expected."""

_ENGLISH_WORD: Final = re.compile(r"\b[a-z]{3,}\b")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_ROUNDING: Final = 0.0075  # number: rounding tolerance of printed figures
"""How far a printed share may lie from its counts: half a percentage point plus a second rounding."""


@functools.cache
def plausible() -> dict[str, Any]:
    """The bounds of `plausible.yaml`, which stands beside this file."""
    bounds: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "plausible.yaml").read_bytes())
    return bounds


def insane(record: object, *, today: dt.date) -> Finds:
    """Every value of the record that cannot be right."""
    yield from _texts(record)
    yield from _dates(record, today)
    for path, spread in parts_of(record, Spread):
        yield from _spread(spread, path)
    match record:
        case Study():
            for place, finding in enumerate(record.findings):
                yield from _finding(finding, f"findings.{place}")
        case Parameter():
            yield from _unit(record.unit, plausible()["parameter_units"], "unit")
        case Regimen():
            yield from _regimen(record)
        case Window():
            yield from _window(record)
    for path, limit in parts_of(record, DoseLimit):
        yield from _limit(limit, path)


def _texts(record: object) -> Finds:
    for path, text in parts_of(record, Text):
        if not _CHINESE.search(text.zh) and _needs_chinese(text):
            yield f"{path}.zh", "no Chinese characters", Text("the sentence in Chinese", "中文译文")
        if _CHINESE.search(text.en):
            yield f"{path}.en", "Chinese characters", Text("the sentence in English", "英文原文")


def _needs_chinese(text: Text) -> bool:
    """Whether the words need translating; "≤1 mm" says "1 mm or less" without a Chinese character."""
    return bool(_ENGLISH_WORD.search(text.zh)) or len(_ENGLISH_WORD.findall(text.en)) > 2


def _dates(record: object, today: dt.date) -> Finds:
    for path, date in parts_of(record, dt.date):
        if date > today:
            yield path, str(date), Text(f"a date not after {today}", f"不晚于 {today} 的日期")
    if isinstance(record, Source) and record.year is not None and record.year > today.year:
        yield "year", str(record.year), Text(f"a year not after {today.year}", f"不晚于 {today.year} 的年份")


def _unit(unit: str, allowed: list[str], path: str) -> Finds:
    if unit not in allowed:
        yield path, repr(unit), Text(f"one of {', '.join(allowed)}", f"下列单位之一：{'、'.join(allowed)}")


def _finding(finding: Finding, path: str) -> Finds:
    bounds = plausible()
    value, interval, reach = finding.value, finding.ci95, finding.range
    if value is not None:
        yield from _unit(finding.unit, bounds["finding_units"], f"{path}.unit")
    if finding.unit in bounds["share_units"]:
        for name, share in (("value", value), *zip(("ci95.0", "ci95.1"), interval or (), strict=False)):
            if share is not None and not 0 <= share <= 1:
                yield f"{path}.{name}", str(share), Text("a proportion from 0 to 1", "0 至 1 之间的比例")
    if finding.unit in bounds["ratio_units"] and value is not None and value <= 0:
        yield f"{path}.value", str(value), Text("a ratio above 0", "大于 0 的比值")
    for name, pair in (("ci95", interval), ("range", reach)):
        if pair is not None and not (pair[0] <= (value if value is not None else pair[0]) <= pair[1]):
            yield (
                f"{path}.{name}",
                f"{pair} around {value}",
                Text("an interval that holds its value", "包含其数值的区间"),
            )
    yield from _counts(finding, path)


def _counts(finding: Finding, path: str) -> Finds:
    part, whole = finding.numerator, finding.denominator
    if part is None or not whole:
        return
    crude = finding.unit == "proportion" and finding.value is not None and finding.at_months is None
    if not 0 <= part <= whole:
        yield f"{path}.numerator", f"{part} of {whole}", Text("a part of the whole", "不大于总数的例数")
    elif crude and abs(part / whole - (finding.value or 0.0)) > _ROUNDING:
        share = f"{part / whole:.3f}"
        yield f"{path}.value", str(finding.value), Text(f"{share}, its counts' share", f"与例数一致的 {share}")


def _spread(spread: Spread, path: str) -> Finds:
    a, b = spread.a, spread.b
    sound = {
        "fixed": b == 0,
        "normal": b > 0,
        "lognormal": a > 0 and b > 0,
        "logitnormal": 0 < a < 1 and b > 0,
        "beta": a > 0 and b > 0,
        "uniform": a < b,
        "truncated_normal": a >= 0 and b > 0,
    }
    if not (math.isfinite(a) and math.isfinite(b) and sound[spread.family]):
        yield path, f"{spread.family}({a}, {b})", Text("numbers this family can have", "该分布族允许的参数")


def _regimen(regimen: Regimen) -> Finds:
    bounds = plausible()["regimens"]
    highest = max(regimen.total_gy, regimen.boost_total_gy or 0.0)
    if regimen.fractions < 1 or regimen.fractions_per_day < 1 or regimen.total_gy <= 0:
        yield (
            "fractions",
            f"{regimen.total_gy} Gy in {regimen.fractions}",
            Text("a dose and a count", "有效的剂量和分次数"),
        )
        return
    if highest > bounds["ceiling_gy"]:
        yield (
            "total_gy",
            f"{highest} Gy",
            Text(f"at most {bounds['ceiling_gy']} Gy", f"不超过 {bounds['ceiling_gy']} Gy"),
        )
    if len({cited.source for cited in regimen.evidence}) < 2:
        yield from _outside(regimen, highest, bounds)
    yield from _course(regimen, bounds)


def _outside(regimen: Regimen, highest: float, bounds: dict[str, Any]) -> Finds:
    family = bounds["by_family"][regimen.family]
    checked = {
        "total_gy": (regimen.total_gy, family["total_gy"]),
        "fractions": (regimen.total_gy / regimen.fractions, family["per_fraction_gy"]),
        "boost_total_gy": (highest, [0, bounds["two_sources_above_gy"]]),
    }
    for name, (dose, (low, high)) in checked.items():
        if not low <= dose <= high:
            wanted = f"{low}-{high} Gy"
            yield name, f"{dose:g} Gy", Text(f"{wanted}, or two different sources", f"{wanted}，或两个不同来源")


def _course(regimen: Regimen, bounds: dict[str, Any]) -> Finds:
    treatment_days = math.ceil(regimen.fractions / regimen.fractions_per_day)
    longest = 7 * math.ceil(treatment_days / 5) + bounds["max_spare_days"]
    if regimen.duration_days < treatment_days:
        yield "duration_days", str(regimen.duration_days), Text(f"at least {treatment_days}", f"至少 {treatment_days}")
    if regimen.family != "brachytherapy" and regimen.duration_days > longest:
        yield "duration_days", str(regimen.duration_days), Text(f"at most {longest}", f"至多 {longest}")
    if regimen.fractions_per_day > 1 and (regimen.min_gap_hours or 0) < bounds["min_gap_hours"]:
        gap = bounds["min_gap_hours"]
        yield "min_gap_hours", str(regimen.min_gap_hours), Text(f"at least {gap} hours", f"至少 {gap} 小时")


def _window(window: Window) -> Finds:
    best = window.preferred_days or ()
    days = [day for day in (window.min_days, *best, window.max_days) if day is not None]
    if any(later < earlier for earlier, later in itertools.pairwise(days)):
        yield "preferred_days", str(days), Text("minimum, preferred, maximum in order", "最小、首选、最大依次递增")
    if any(not 0 <= day <= plausible()["windows"]["max_days"] for day in days):
        longest = plausible()["windows"]["max_days"]
        yield "max_days", str(days), Text(f"days from 0 to {longest}", f"0 至 {longest} 天")
    if window.forbidden_days and window.forbidden_days[0] > window.forbidden_days[1]:
        yield "forbidden_days", str(window.forbidden_days), Text("first day, last day", "首日在前，末日在后")
    if not days and not window.forbidden_days:
        yield (
            "min_days",
            "no days at all",
            Text("a minimum, a maximum or a forbidden range", "最小值、最大值或禁止区间"),
        )


def _limit(limit: DoseLimit, path: str) -> Finds:
    most = plausible()["limits"]["of_prescription_percent" if limit.metric.startswith("D") else "of_volume_percent"]
    if limit.limit is None and limit.op != "report":
        yield f"{path}.limit", "nothing", Text("a number, or op: report", "数值，或 op: report")
    elif limit.limit is not None and not 0 <= limit.limit <= (most if limit.unit == "%" else math.inf):
        expected = Text("a possible dose, volume or share", "合理的剂量、体积或百分比")
        yield f"{path}.limit", f"{limit.limit} {limit.unit}", expected
