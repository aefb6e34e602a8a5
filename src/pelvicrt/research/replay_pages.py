"""How does a person read a replay? As tables in the terminal, as a page, and as a picture."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from html import escape

from rich.console import Console
from rich.table import Table

from pelvicrt.foundation import Language, Text
from pelvicrt.research import replay_words as words
from pelvicrt.research.leave_out import Foreseen
from pelvicrt.research.replay import Replay
from pelvicrt.research.replay_picture import to_svg
from pelvicrt.research.replay_summary import summary, to_json

_WIDTH = 132
_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC",sans-serif;max-width:76rem;margin:2rem auto;
padding:0 1rem;color:#1f2a36}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:1.2rem 0 .3rem}
td,th{padding:.2rem .5rem;border-bottom:1px solid #d5dbe1;text-align:left}td.n,th.n{text-align:right;white-space:nowrap}
tr.out td{background:#fdf0ea}small{color:#52606d}svg{max-width:100%;height:auto}
.wide{overflow-x:auto}
"""


def render(made: Replay, format: str, lang: Language = "en") -> str:  # noqa: A002  the command's own word
    """The answer as text, json, html or svg.

    Raises:
        KeyError: for another format.
    """
    writers = {"text": to_text, "json": _json, "html": to_html, "svg": to_svg}
    return writers[format](made, lang)


def _json(made: Replay, lang: Language) -> str:
    del lang
    return json.dumps(to_json(made), indent=2, ensure_ascii=False)


def number(item: Foreseen, value: float) -> str:
    """A value in the unit of its figure: proportions with two digits, months with one."""
    return f"{value:.1f}" if item.target.scale == "log" else f"{value:.2f}"


def verdict(item: Foreseen) -> Text:
    """Where the printed figure lies."""
    return words.MIDDLE if item.inside50 else words.INSIDE if item.inside95 else words.OUTSIDE


def _cells(item: Foreseen, lang: Language) -> list[str]:
    low95, high95 = number(item, item.low95), number(item, item.high95)
    told = verdict(item).say(lang)
    if item.target.score != "primary":
        told += f" [{(words.SECONDARY if item.target.score == 'secondary' else words.NOT_SCORED).say(lang)}]"
    return [
        words.figure_of(item, lang),
        "" if item.target.n is None else str(item.target.n),
        number(item, item.target.observed),
        number(item, item.expected),
        f"{number(item, item.low50)}-{number(item, item.high50)}",
        f"{low95}-{high95}",
        told,
    ]


_HEADS = (
    words.FIGURE, words.NUMBER, words.OBSERVED, words.PREDICTED, words.INTERVAL50, words.INTERVAL95, words.VERDICT,
)  # fmt: skip
_SUMMARY_HEADS = (words.CLASS, words.FIGURES, words.COVERAGE95, words.COVERAGE50, words.MAE, words.SIGNED)


def _summary_rows(made: Replay, lang: Language) -> list[list[str]]:
    whole = summary(made)
    rows = [(words.ALL.say(lang), whole, whole["mae_proportions"], None, "")]
    for kind, label in words.CLASSES.items():
        if kind in whole["by_class"]:
            part = whole["by_class"][kind]
            unit = f" {words.MONTHS.say(lang)}" if kind == "time" else ""
            rows.append((label.say(lang), part, part["mae"][kind], part["signed_error"][kind], unit))
    return [
        [
            name,
            str(part["findings"]),
            _percent(part["coverage95"]),
            _percent(part["coverage50"]),
            "" if error is None else f"{error:.{1 if unit else 3}f}{unit}",
            "" if signed is None else f"{signed:+.{1 if unit else 3}f}{unit}",
        ]
        for name, part, error, signed, unit in rows
    ]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100.0 * value:.0f} %"


def _closing(made: Replay, lang: Language) -> list[str]:
    whole = summary(made)
    lines = []
    if whole["calibration_slope"] is not None:
        lines.append(words.SLOPE.fill(value=f"{whole['calibration_slope']:.2f}").say(lang))
    if made.os36_width is not None:
        lines.append(words.SHARPNESS.fill(value=f"{made.os36_width:.2f}").say(lang))
    lines.append(words.DRAWS.fill(draws=made.draws, seed=made.seed).say(lang))
    lines.append(words.CAUTION.say(lang))
    return lines


def _missed(made: Replay, cohort: str, lang: Language) -> list[str]:
    rows = [item for item in made.unanswered if item.cohort == cohort]
    return [
        f"{words.say(item.quantity, lang)}{f' ({item.arm})' if item.arm else ''}: {item.because.say(lang)}"
        for item in rows
    ]


def _taken(made: Replay, cohort: str, lang: Language) -> list[str]:
    lines = [
        f"{f'{item.arm}: ' if item.arm else ''}{item.about} = {item.taken} ({item.because.say(lang)})"
        for item in made.assumed.get(cohort, ())
    ]
    if fields := made.unused.get(cohort):
        lines.append(f"{words.UNUSED.say(lang)}: {', '.join(fields)}")
    return lines


def to_text(made: Replay, lang: Language = "en") -> str:
    """Tables for a terminal."""
    stream = io.StringIO()
    console = Console(file=stream, width=_WIDTH, highlight=False, soft_wrap=False)
    console.print(words.TITLE.say(lang), style="bold")
    console.print(words.LEAD.say(lang))
    for name in made.cohorts:
        console.print()
        if rows := made.of(name):
            console.print(_table(name, _HEADS, [_cells(item, lang) for item in rows], lang))
        for heading, lines in (
            (words.NOT_REPLAYED, _missed(made, name, lang)),
            (words.ASSUMED, _taken(made, name, lang)),
        ):
            if lines:
                console.print(f"{name}: {heading.say(lang)}", markup=False)
                for line in lines:
                    console.print(f"  {line}", markup=False)
    console.print()
    console.print(_table(words.SUMMARY.say(lang), _SUMMARY_HEADS, _summary_rows(made, lang), lang))
    for line in _closing(made, lang):
        console.print(line, markup=False)
    return stream.getvalue().rstrip("\n")


def _table(title: str, heads: Sequence[Text], rows: Sequence[Sequence[str]], lang: Language) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head.say(lang), justify="left" if place in {0, len(heads) - 1} else "right", overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    return table


def to_html(made: Replay, lang: Language = "en") -> str:
    """One page that stands alone: picture, summary, and every cohort with what was assumed."""
    title, code = escape(words.TITLE.say(lang)), "zh-CN" if lang == "zh" else "en"
    parts = [f"<h1>{title}</h1><p>{escape(words.LEAD.say(lang))}</p>", to_svg(made, lang)]
    parts.append(_html_table(words.SUMMARY.say(lang), _SUMMARY_HEADS, _summary_rows(made, lang), lang))
    parts += [f"<p><small>{escape(line)}</small></p>" for line in _closing(made, lang)]
    for name in made.cohorts:
        rows = made.of(name)
        outside = [not item.inside95 for item in rows]
        parts.append(_html_table(name, _HEADS, [_cells(item, lang) for item in rows], lang, marked=outside))
        for heading, lines in (
            (words.NOT_REPLAYED, _missed(made, name, lang)),
            (words.ASSUMED, _taken(made, name, lang)),
        ):
            if lines:
                body = "".join(f"<li>{escape(line)}</li>" for line in lines)
                parts.append(f"<details><summary>{escape(heading.say(lang))}</summary><ul>{body}</ul></details>")
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"{''.join(parts)}</body></html>"
    )


def _html_table(
    title: str,
    heads: Sequence[Text],
    rows: Sequence[Sequence[str]],
    lang: Language,
    *,
    marked: Sequence[bool] = (),
) -> str:
    last = len(heads) - 1
    classes = ["" if place in {0, last} else ' class="n"' for place in range(len(heads))]
    head = "".join(f"<th{mark}>{escape(item.say(lang))}</th>" for item, mark in zip(heads, classes, strict=True))
    body = ""
    for place, row in enumerate(rows):
        cells = "".join(f"<td{mark}>{escape(cell)}</td>" for cell, mark in zip(row, classes, strict=True))
        mark = ' class="out"' if place < len(marked) and marked[place] else ""
        body += f"<tr{mark}>{cells}</tr>"
    table = f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title)}">{table}</div>'
