"""What does a plan evaluation say in a terminal? The verdict, then names, dose, limits, chances, and what is open."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from pelvicrt.foundation import Language, Text
from pelvicrt.plans.results import INTENDED_USE, METRICS, Complication, PlanEvaluation, TumourResponse
from pelvicrt.plans.wording import chance_said, course_said, limit_said, notice_said, number_said, verdict_said
from pelvicrt.radiobiology import DoseEstimate

USUAL_WIDTH = 110
LEAST_WIDTH = 70


class Terminal:
    """A page of plain text in one language; a Chinese character counts as two columns."""

    def __init__(self, lang: Language, width: int = USUAL_WIDTH) -> None:
        self.lang = lang
        self._stream = io.StringIO()
        self._console = Console(
            file=self._stream, width=max(width, LEAST_WIDTH), color_system=None, highlight=False, markup=False
        )

    def title(self, said: Text) -> None:
        """A heading with a line under it."""
        self._console.print()
        self._console.print(Line(said.say(self.lang)))
        self._console.print("─" * min(self._console.width, 40))

    def line(self, said: Text | str) -> None:
        """One paragraph."""
        self._console.print(Line(said if isinstance(said, str) else said.say(self.lang)))

    def bullets(self, lines: Iterable[str], sign: str = "-") -> None:
        """Lines that hang under their sign when they wrap."""
        for said in lines:
            grid = Table.grid(padding=(0, 1))
            grid.add_column(no_wrap=True)
            grid.add_column(ratio=1)
            grid.add_row(Line(sign), Line(said))
            self._console.print(grid)

    def table(self, heads: Iterable[Text | str], rows: Iterable[Iterable[str]], *, words: Iterable[int] = (0,)) -> None:
        """A table; columns whose place stands in `words` hold words, the others numbers."""
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
        wordy = set(words)
        for place, head in enumerate(heads):
            said = head if isinstance(head, str) else head.say(self.lang)
            table.add_column(said, justify="left" if place in wordy else "right", overflow="fold")
        for row in rows:
            table.add_row(*(Line(cell) for cell in row))
        self._console.print(table)

    def flags(self, estimates: Iterable[DoseEstimate]) -> None:
        """Every way in which the numbers above reach beyond their data, each once."""
        said = dict.fromkeys(flag.text.say(self.lang) for estimate in estimates for flag in estimate.flags)
        self.bullets(said, "?")

    def text(self) -> str:
        """All that was written."""
        return "\n".join(line.rstrip() for line in self._stream.getvalue().splitlines()) + "\n"


def evaluation_text(evaluation: PlanEvaluation, lang: Language = "en", width: int = USUAL_WIDTH) -> str:
    """The evaluation as plain text."""
    page = Terminal(lang, width)
    page.line(f"{evaluation.plan}: {evaluation.verdict.say(lang)}")
    page.line(course_said(evaluation))
    page.line(INTENDED_USE)
    _notices(page, evaluation)
    _names(page, evaluation)
    _doses(page, evaluation)
    _constraints(page, evaluation)
    _chances(page, evaluation)
    _open(page, evaluation)
    return page.text()


def _notices(page: Terminal, evaluation: PlanEvaluation) -> None:
    about = [notice for item in evaluation.structures for notice in item.warnings]
    page.bullets((notice_said(notice, page.lang) for notice in (*evaluation.notices, *about)), "!")
    if evaluation.template is not None and evaluation.template.note is not None:
        page.bullets([evaluation.template.note.say(page.lang)], "!")


def _names(page: Terminal, evaluation: PlanEvaluation) -> None:
    page.title(_NAMES)
    rows = [
        (item.named.drawn, item.named.tg263 or "–", item.named.said.say(page.lang)) for item in evaluation.structures
    ]
    page.table((_DRAWN, "TG-263", _READING), rows, words=(0, 1, 2))


def _doses(page: Terminal, evaluation: PlanEvaluation) -> None:
    page.title(_DOSE)
    rows = []
    for item in evaluation.structures:
        for figures in (item.physical, *item.eqd2):
            histogram = figures.histogram
            covered = histogram.covered_cc > 0
            physical = figures.alpha_beta_gy is None
            kind = _PHYSICAL.say(page.lang) if physical else f"EQD2 α/β {figures.alpha_beta_gy:g}"
            means = (histogram.mean_gy, histogram.min_gy, histogram.max_gy)
            rows.append(
                (
                    item.named.shown if physical else "",
                    number_said(histogram.volume_cc) if physical else "",
                    kind,
                    *(number_said(value if covered else None) for value in means),
                    *(number_said(figures.metrics[name]) for name in METRICS),
                )
            )
    page.table((_STRUCTURE, "cc", _KIND, _MEAN, _LOWEST, _HIGHEST, *METRICS), rows, words=(0, 2))


def _constraints(page: Terminal, evaluation: PlanEvaluation) -> None:
    if evaluation.template is None:
        return
    page.title(_LIMITS)
    judged = [item for item in evaluation.constraints if item.standing != "cannot_be_judged"]
    rows = [
        (
            item.structure,
            item.limit.metric,
            limit_said(item),
            number_said(item.value),
            item.limit.priority,
            verdict_said(item).say(page.lang),
            f"{item.origin.say(page.lang)} [{item.limit.mark}]",
        )
        for item in judged
    ]
    page.table((_STRUCTURE, _METRIC, _LIMIT, _VALUE, _PRIORITY, _VERDICT, _ORIGIN), rows, words=(0, 1, 4, 5, 6))
    left = [item for item in evaluation.constraints if item.standing == "cannot_be_judged"]
    if left:
        page.title(_NOT_JUDGED)
    by_reason: dict[str, list[str]] = {}
    for item in left:
        assert item.why is not None
        by_reason.setdefault(item.why.say(page.lang), []).append(f"{item.structure} {item.limit.metric}")
    colon = "：" if page.lang == "zh" else ": "
    page.bullets(f"{', '.join(rows)}{colon}{reason}" for reason, rows in by_reason.items())


def _chances(page: Terminal, evaluation: PlanEvaluation) -> None:
    if evaluation.complications:
        page.title(_COMPLICATIONS)
        rows = [_chance_row(page, item) for item in evaluation.complications]
        page.table((_STRUCTURE, _ENDPOINT, _OF_100, _RANGE), rows, words=(0, 1))
        page.flags(item.estimate for item in evaluation.complications)
    if evaluation.responses:
        page.title(_RESPONSE)
        rows = [_response_row(page, item) for item in evaluation.responses]
        page.table((_STRUCTURE, _ENDPOINT, _KIND, "Gy", _OF_100, _RANGE), rows, words=(0, 1, 2))
        page.line(_RESPONSE_NOTE)
        page.flags(item.estimate for item in evaluation.responses)


def _chance_row(page: Terminal, item: Complication) -> tuple[str, ...]:
    estimate = item.estimate
    return (
        item.structure,
        estimate.endpoint.say(page.lang),
        chance_said(estimate.value),
        range_said(estimate, page.lang),
    )


def _response_row(page: Terminal, item: TumourResponse) -> tuple[str, ...]:
    estimate = item.estimate
    metric = "EQD2" if estimate.dose_metric == "eqd2" else _PHYSICAL.say(page.lang)
    return (
        item.structure,
        estimate.endpoint.say(page.lang),
        metric,
        number_said(estimate.dose_gy),
        chance_said(estimate.value),
        range_said(estimate, page.lang),
    )


def range_said(estimate: DoseEstimate, lang: Language) -> str:
    """The likely range of a chance, of 100 patients."""
    return f"{chance_said(estimate.low)}{'～' if lang == 'zh' else ' to '}{chance_said(estimate.high)}"


def _open(page: Terminal, evaluation: PlanEvaluation) -> None:
    page.title(_NOT_KNOWN)
    colon = "：" if page.lang == "zh" else ": "
    page.bullets(
        f"{f'{item.structure}, ' if item.structure else ''}{item.what.say(page.lang)}{colon}{item.why.say(page.lang)}"
        for item in evaluation.not_known
    )


_NAMES = Text("How the structures were read", "结构名称的读法")
_DRAWN = Text("drawn as", "勾画名称")
_READING = Text("reading", "读法")
_DOSE = Text("Dose [Gy]: physical, and in 2 Gy fractions (EQD2)", "剂量 [Gy]：物理剂量与 2 Gy 分次等效剂量（EQD2）")
_STRUCTURE = Text("structure", "结构")
_KIND = Text("dose", "剂量")
_PHYSICAL = Text("physical", "物理剂量")
_MEAN = Text("mean", "平均")
_LOWEST = Text("lowest", "最低")
_HIGHEST = Text("highest", "最高")
_LIMITS = Text("Limits", "限值")
_METRIC = Text("metric", "指标")
_LIMIT = Text("limit", "限值")
_VALUE = Text("plan", "计划值")
_PRIORITY = Text("priority", "优先级")
_VERDICT = Text("verdict", "判断")
_ORIGIN = Text("origin", "出处")
_NOT_JUDGED = Text("Limits that cannot be judged", "无法判断的限值")
_COMPLICATIONS = Text(
    "Chances of complications, by models fitted to other patients", "并发症概率（模型拟合自其他人群）"
)
_ENDPOINT = Text("what", "终点")
_OF_100 = Text("of 100", "每 100 人")
_RANGE = Text("likely range", "可能范围")
_RESPONSE = Text("Tumour regression in the specimen", "标本中的肿瘤退缩")
_RESPONSE_NOTE = Text(
    "Regression in the specimen only: it may not be read as local control or survival.",
    "仅指标本退缩：不可当作局部控制或生存。",
)
_NOT_KNOWN = Text("Not known", "不详")
