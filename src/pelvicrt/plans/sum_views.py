"""How is the sum of two courses shown? A table for the terminal and plain data for programs."""

from __future__ import annotations

import io
import json
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from pelvicrt.dosimetry import Histogram, NotComputable, Notice
from pelvicrt.foundation import Language, Text
from pelvicrt.plans.results import INTENDED_USE
from pelvicrt.plans.summing import SUM_METRICS, PlanSum, SummedDose, SummedStructure

SCHEMA = "pelvicrt.plan_sum/1"
DIGITS = 3
WIDTH = 100


def sum_json(found: PlanSum, lang: Language = "en") -> dict[str, Any]:
    """The sum as plain data: doses in Gy of 2 Gy fractions, volumes in cc; `null` where a metric has no value."""
    return {
        "schema": SCHEMA,
        "first": found.first,
        "second": found.second,
        "fractions": list(found.fractions),
        "recovery": "none",
        "structures": [_structure_json(item, lang) for item in found.structures],
        "notices": [_notice_json(item, lang) for item in found.notices],
        "library_hash": found.library_hash,
        "intended_use": INTENDED_USE.say(lang),
    }


def sum_json_text(found: PlanSum, lang: Language = "en") -> str:
    """The sum as JSON text: the same sum gives the same bytes."""
    return json.dumps(sum_json(found, lang), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def sum_text(found: PlanSum, lang: Language = "en", width: int = WIDTH) -> str:
    """The sum for a terminal: what must be known first, then one row a structure and alpha/beta."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, color_system=None, highlight=False, markup=False)
    console.print(Line(_TITLE.fill(first=found.first, second=found.second).say(lang)))
    one, two = found.fractions
    console.print(Line(_COURSES.fill(one=one, two=two).say(lang)))
    for notice in found.notices:
        console.print(_line(notice, lang))
    console.print(_table(found, lang))
    for item in found.structures:
        for notice in (*item.warnings, *_unsure(item)):
            console.print(_line(notice, lang, item.named.drawn))
    console.print(Line(INTENDED_USE.say(lang)))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _line(notice: Notice, lang: Language, drawn: str | None = None) -> Line:
    about = drawn or notice.about
    return Line(f"! {about}{'：' if lang == 'zh' else ': '}" if about else "! ").append(notice.text.say(lang))


def _unsure(item: SummedStructure) -> tuple[Notice, ...]:
    return () if item.named.tg263 else (Notice(code="name", text=item.named.said),)


def _table(found: PlanSum, lang: Language) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1))
    table.add_column(_STRUCTURE.say(lang), overflow="fold")
    for head in ("α/β", *(metric.removesuffix("[Gy]") for metric in SUM_METRICS), *(each.say(lang) for each in _MEANS)):
        table.add_column(head, justify="right")
    for item in found.structures:
        for place, dose in enumerate(item.doses):
            table.add_row(Line(item.named.shown if place == 0 else ""), f"{dose.alpha_beta_gy:g}", *_cells(dose))
    return table


def _cells(dose: SummedDose) -> list[str]:
    values = [*dose.metrics.values(), dose.first.mean_gy, dose.second.mean_gy]
    if dose.total.covered_cc <= 0:
        return ["-" for _ in values]
    return ["-" if isinstance(value, NotComputable) else f"{value:.1f}" for value in values]


def _structure_json(item: SummedStructure, lang: Language) -> dict[str, Any]:
    return {
        "name": item.named.drawn,
        "tg263": item.named.tg263,
        "way": item.named.way,
        "said": item.named.said.say(lang),
        "eqd2": [_dose_json(dose, lang) for dose in item.doses],
        "warnings": [_notice_json(notice, lang) for notice in item.warnings],
    }


def _dose_json(dose: SummedDose, lang: Language) -> dict[str, Any]:
    total = dose.total
    return {
        "alpha_beta_gy": dose.alpha_beta_gy,
        "why": dose.why.say(lang),
        "volume_cc": _short(total.volume_cc),
        "outside_cc": _short(total.outside_cc),
        "metrics": {
            name: None if isinstance(value, NotComputable) else _short(value) for name, value in dose.metrics.items()
        },
        "min_gy": _of_covered(total, total.min_gy),
        "max_gy": _of_covered(total, total.max_gy),
        "mean_gy": _of_covered(total, total.mean_gy),
        "first_mean_gy": _of_covered(dose.first, dose.first.mean_gy),
        "second_mean_gy": _of_covered(dose.second, dose.second.mean_gy),
        "dvh": {
            "dose_gy": [_short(edge) for edge in total.edges_gy.tolist()],
            "volume_cc": [_short(volume) for volume in total.cumulative_cc().tolist()],
        },
    }


def _of_covered(histogram: Histogram, value: float) -> float | None:
    return _short(value) if histogram.covered_cc > 0 else None


def _notice_json(notice: Notice, lang: Language) -> dict[str, Any]:
    return {"code": notice.code, "text": notice.text.say(lang), "about": notice.about}


def _short(value: float) -> float:
    return round(float(value), DIGITS)


_TITLE = Text("Dose of two courses: {first} + {second}", "两个疗程的总剂量：{first} + {second}")
_COURSES = Text(
    "{one} and {two} fractions; all doses in Gy of 2 Gy fractions (EQD2), added voxel by voxel",
    "分别为 {one} 次与 {two} 次；所有剂量均为 2 Gy 等效剂量（EQD2，Gy），逐体素相加",
)
_STRUCTURE = Text("structure of the second plan", "第二个计划的结构")
_MEANS = (Text("mean, first", "平均（首程）"), Text("mean, second", "平均（再程）"))
