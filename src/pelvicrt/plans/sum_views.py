"""How is the sum of two courses shown? A table for the terminal and plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pelvicrt.dosimetry import Histogram, Notice
from pelvicrt.foundation import Language, Text
from pelvicrt.plans.as_json import notices_json, rounded
from pelvicrt.plans.as_text import USUAL_WIDTH, Terminal
from pelvicrt.plans.results import INTENDED_USE
from pelvicrt.plans.summing import SUM_METRICS, PlanSum, SummedDose, SummedStructure
from pelvicrt.plans.wording import notice_said, number_said

SCHEMA = "pelvicrt.plan_sum/1"
DIGITS = 3


def sum_json(found: PlanSum, lang: Language = "en") -> dict[str, Any]:
    """The sum as plain data: doses in Gy of 2 Gy fractions, volumes in cc; `null` where a metric has no value."""
    return {
        "schema": SCHEMA,
        "first": found.first,
        "second": found.second,
        "fractions": list(found.fractions),
        "recovery": "none",
        "structures": [_structure_json(item, lang) for item in found.structures],
        "notices": notices_json(found.notices, lang),
        "library_hash": found.library_hash,
        "intended_use": INTENDED_USE.say(lang),
    }


def sum_text(found: PlanSum, lang: Language = "en", width: int = USUAL_WIDTH) -> str:
    """The sum for a terminal: what must be known first, then one row a structure and alpha/beta."""
    page = Terminal(lang, width)
    page.line(_TITLE.fill(first=found.first, second=found.second))
    one, two = found.fractions
    page.line(_COURSES.fill(one=one, two=two))
    page.bullets((notice_said(notice, lang) for notice in found.notices), "!")
    heads: tuple[Text | str, ...] = (
        _STRUCTURE,
        "α/β",
        *(metric.removesuffix("[Gy]") for metric in SUM_METRICS),
        *_MEANS,
    )
    page.table(heads, (row for item in found.structures for row in _rows(item)))
    about = (notice for item in found.structures for notice in (*item.warnings, *_unsure(item)))
    page.bullets((notice_said(notice, lang) for notice in about), "!")
    page.line(INTENDED_USE)
    return page.text()


def _unsure(item: SummedStructure) -> tuple[Notice, ...]:
    return () if item.named.tg263 else (Notice(code="name", text=item.named.said, about=item.named.drawn),)


def _rows(item: SummedStructure) -> Iterator[tuple[str, ...]]:
    for place, dose in enumerate(item.doses):
        yield (item.named.shown if place == 0 else "", f"{dose.alpha_beta_gy:g}", *_cells(dose))


def _cells(dose: SummedDose) -> list[str]:
    values = [*dose.metrics.values(), dose.first.mean_gy, dose.second.mean_gy]
    return [number_said(value if dose.total.covered_cc > 0 else None) for value in values]


def _structure_json(item: SummedStructure, lang: Language) -> dict[str, Any]:
    return {
        "name": item.named.drawn,
        "tg263": item.named.tg263,
        "way": item.named.way,
        "said": item.named.said.say(lang),
        "eqd2": [_dose_json(dose, lang) for dose in item.doses],
        "warnings": notices_json(item.warnings, lang),
    }


def _dose_json(dose: SummedDose, lang: Language) -> dict[str, Any]:
    total = dose.total
    return {
        "alpha_beta_gy": dose.alpha_beta_gy,
        "why": dose.why.say(lang),
        "volume_cc": rounded(total.volume_cc, DIGITS),
        "outside_cc": rounded(total.outside_cc, DIGITS),
        "metrics": {name: rounded(value, DIGITS) for name, value in dose.metrics.items()},
        "min_gy": _of_covered(total, total.min_gy),
        "max_gy": _of_covered(total, total.max_gy),
        "mean_gy": _of_covered(total, total.mean_gy),
        "first_mean_gy": _of_covered(dose.first, dose.first.mean_gy),
        "second_mean_gy": _of_covered(dose.second, dose.second.mean_gy),
        "dvh": {
            "dose_gy": [rounded(edge, DIGITS) for edge in total.edges_gy.tolist()],
            "volume_cc": [rounded(volume, DIGITS) for volume in total.cumulative_cc().tolist()],
        },
    }


def _of_covered(histogram: Histogram, value: float) -> float | None:
    return rounded(value, DIGITS) if histogram.covered_cc > 0 else None


_TITLE = Text("Dose of two courses: {first} + {second}", "两个疗程的总剂量：{first} + {second}")
_COURSES = Text(
    "{one} and {two} fractions; all doses in Gy of 2 Gy fractions (EQD2), added voxel by voxel",
    "分别为 {one} 次与 {two} 次；所有剂量均为 2 Gy 等效剂量（EQD2，Gy），逐体素相加",
)
_STRUCTURE = Text("structure of the second plan", "第二个计划的结构")
_MEANS = (Text("mean, first", "平均（首程）"), Text("mean, second", "平均（再程）"))
