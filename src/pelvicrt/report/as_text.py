"""What does the report say in a terminal? The answer first, then the page's numbers, in plain aligned text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from pelvicrt.assessment import Assessment
from pelvicrt.evidence import Library
from pelvicrt.foundation import Language
from pelvicrt.report import answers
from pelvicrt.report.dose_plans import dose_plans, not_changed
from pelvicrt.report.ledger import Cell
from pelvicrt.report.page import Page, WhyRow, build_page

USUAL_WIDTH = 100
LEAST_WIDTH = 60
_LABEL_SHARE = 2
_SIGNS = {"for": "+", "against": "-", "block": "x", "neutral": "·"}


def to_text(
    assessment: Assessment,
    lang: Language = "en",
    width: int = USUAL_WIDTH,
    *,
    library: Library | None = None,
    letters: Mapping[str, str] | None = None,
) -> str:
    """The report as plain text of at most `width` columns; a Chinese character counts as two."""
    page = build_page(assessment, lang, library, letters=letters)
    stream = io.StringIO()
    console = Console(file=stream, width=max(width, LEAST_WIDTH), color_system=None, highlight=False, markup=False)
    for write in (
        _head,
        _standing,
        _options,
        _rest,
        _dose_plans,
        _plan,
        _why,
        _disputed,
        _missing,
        _weights,
        _sources,
        _limits,
    ):
        write(page, console)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _title(console: Console, said: str) -> None:
    console.print()
    console.print(Line(said))
    console.print("─" * min(console.width, 40))


def _bullets(console: Console, lines: Iterable[str], sign: str = "-") -> None:
    """Lines that hang under their sign when they wrap."""
    for said in lines:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1, overflow="fold")
        grid.add_row(Line(sign), Line(said))
        console.print(grid)


def _head(page: Page, console: Console) -> None:
    w, advice = page.words, page.assessment.advice.recommendation
    if page.is_emergency:
        what = w.classed("emergency", page.assessment.classification.emergency.value)
        console.print(Line("!! " + w("now.emergency", what=what)))
        _bullets(console, (r.text.say(w.lang) for r in page.assessment.classification.emergency.reasons), "x")
        console.print()
    console.print(Line(page.headline))
    if page.subline:
        console.print(Line(page.subline))
    console.print(Line(page.lettered(advice.explanation)))
    if page.tied:
        console.print(Line(w("now.tied", options=w.join(option.letter for option in page.tied))))
    if page.is_palliative:
        console.print(Line(w("now.palliative")))
    if page.blocking:
        console.print(Line(w("now.blocked", facts=w.facts(page.blocking))))
    console.print()
    console.print(Line(f"{page.assessment.case.id} · {page.case_line}"))


def _standing(page: Page, console: Console) -> None:
    w = page.words
    _title(console, w("now.classes"))
    grid = Table.grid(padding=(0, 2))
    for cell in page.classes:
        grid.add_row(Line(cell.title), Line(cell.value), Line(cell.note))
    console.print(grid)
    cautions = page.assessment.classification.cautions
    _bullets(console, (f"{w.label('effect', c.effect)}{w.colon}{c.reason.text.say(w.lang)}" for c in cautions), "!")
    _bullets(console, answers.warnings(page), "!")


def _options(page: Page, console: Console) -> None:
    w = page.words
    _title(console, w("options.title"))
    if not page.options.columns:
        console.print(Line(w("options.none")))
        return
    for option in page.options.columns:
        chance = "" if option.chance is None else f" · {w('now.best')} {page.chance(option)}"
        console.print(Line(f"{option.letter}  {page.name(option)} · {w.label('status', option.status)}{chance}"))
        steps = " → ".join(step.label.say(w.lang) for step in option.assessed.candidate.steps)
        console.print(Padding(Line(steps), (0, 0, 0, 3)))
    console.print()
    console.print(Line(w("text.number_note")))
    console.print(_numbers(page))


def _numbers(page: Page) -> Table:
    """The ledger: outcomes down, options across, each number with its likely range."""
    table = Table(box=box.SIMPLE, padding=(0, 1), expand=True)
    table.add_column("", overflow="fold", ratio=_LABEL_SHARE)
    for option in page.options.columns:
        table.add_column(option.letter, overflow="fold", ratio=1)
    w = page.words
    for group in page.groups:
        table.add_row(Line(group.title))
        for row in group.rows:
            unit = "" if row.unit == w.label("unit", "of_100") else f" ({row.unit})"
            grade = w.label("grade", row.grade) + (f" · {w('options.from_m0')}" if row.from_m0 else "")
            verdict = row.verdict.said if row.verdict else ""
            about = "\n".join(part for part in (f"{row.title}{unit}", verdict, grade) if part)
            table.add_row(Padding(Line(about), (0, 0, 0, 2)), *(_cell(cell) for cell in row.cells))
    return table


def _cell(cell: Cell) -> Line:
    return Line(f"{cell.number}\n({cell.range})" if cell.number else cell.note)


def _rest(page: Page, console: Console) -> None:
    w = page.words
    if not page.rest:
        return
    _title(console, w("options.rest", n=len(page.rest)))
    for row in page.rest:
        said = f"{page.name(row.option)} · {w.label('status', row.option.status)} · {w.semicolon.join(row.why)}"
        _bullets(console, [said], row.option.letter)


def _dose_plans(page: Page, console: Console) -> None:
    w, found = page.words, dose_plans(page)
    if not found:
        return
    _title(console, w("dose_plan.title"))
    console.print(Line(w("dose_plan.lead")))
    for plan in found:
        console.print(Line(plan.long_title))
        for row in plan.rows:
            said = w("dose_plan.of_100", n=row.number, span=row.range)
            head = f"{row.organ} · {row.harm}{w.colon}{said}"
            _bullets(console, [w.semicolon.join((head, *row.flags))])
        _bullets(console, plan.said, "·")
    _bullets(console, [not_changed(page)[0]], "!")


def _plan(page: Page, console: Console) -> None:
    rows = answers.plan_rows(page)
    if rows:
        _title(console, page.words("time.plan"))
    for row in rows:
        _bullets(console, row.said, row.option.letter)
        _bullets(console, row.stops, "!")


def _why(page: Page, console: Console) -> None:
    w = page.words
    _title(console, w("why.title"))
    days = w.label("unit", "days")
    for item in page.assessment.advice.recommendation.drivers:
        sign = "+" if item.effect_qalm > 0 else "-"
        said = f"{page.lettered(item.text)} ({sign}{page.days(abs(item.effect_qalm))} {days})"
        _bullets(console, [said], sign)
    for row in page.why:
        _bullets(
            console, [_reason(row, page)], f"{''.join(o.letter for o in row.options)} {_SIGNS[row.reason.direction]}"
        )
    for row in page.class_why:
        _bullets(console, [f"{row.subject}{page.words.colon}{_reason(row, page)}"], "·")


def _reason(row: WhyRow, page: Page) -> str:
    """A reason with how strong it is, how it was checked and where it comes from."""
    about = [row.grade, f"{row.reason.mark} {row.mark}"]
    if row.reason.from_m0:
        about.append(page.words("options.from_m0"))
    about += [source.short for source in row.sources]
    return f"{row.text} [{' · '.join(about)}]"


def _disputed(page: Page, console: Console) -> None:
    w = page.words
    cards = page.assessment.advice.conflicts
    if not cards:
        return
    _title(console, w("disputed.title"))
    for card in cards:
        console.print(Line(w("disputed.card", question=card.question.say(w.lang))))
        positions = [
            f"{who.say(w.lang)}{w.colon}{says.say(w.lang)} → {then.say(w.lang)} [{mark} {w.label('mark', mark)}]"
            for who, says, then, _, mark in card.positions
        ]
        _bullets(console, (*positions, card.behaviour.say(w.lang)))


def _missing(page: Page, console: Console) -> None:
    w, items = page.words, answers.worth(page)
    _title(console, w("missing.title"))
    if not items:
        console.print(Line(w("missing.none")))
    for place, item in enumerate(items, 1):
        parts = (f"{item.label}{w.colon}{item.days}", item.chance, item.who, item.blocks)
        _bullets(console, [" ".join(part for part in parts if part)], f"{place}.")
    asked = answers.asked_facts(page)
    if asked:
        _bullets(console, [f"{w('missing.facts')}{w.colon}{w.facts(asked)}"])
    for swing in answers.swings(page):
        flips = w("missing.flips" if swing.flips else "missing.keeps")
        said = f"{swing.what}{w.colon}{swing.left} ({swing.left_said}), {swing.right} ({swing.right_said}) · {flips}"
        _bullets(console, [said], "?")


def _weights(page: Page, console: Console) -> None:
    w, found = page.words, answers.strips(page)
    if not found:
        return
    _title(console, w("weights.title"))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("")
    for step in range(answers.STEPS):
        table.add_column(str(step), justify="center")
    for strip in found:
        cells = (Line(f"[{cell.letter}]" if cell.here else cell.letter) for cell in strip.cells)
        table.add_row(Line(f"{strip.name} · {strip.recorded}"), *cells)
    console.print(table)
    console.print(Line(w("weights.never")))


def _sources(page: Page, console: Console) -> None:
    _title(console, page.words("sources.title"))
    if not page.sources:
        console.print(Line(page.words("sources.none")))
    for item in page.cited:
        full = f"{item.full} {item.links}".strip() if item.listed else item.id
        _bullets(console, [f"{full} ({' '.join(part for part in (item.mark, item.how) if part)})"])
    if page.behind:
        names = ", ".join(item.short for item in page.behind)
        _bullets(console, [page.words("sources.behind_pdf", n=len(page.behind), names=names)])


def _limits(page: Page, console: Console) -> None:
    w = page.words
    _title(console, w("limits.title"))
    _bullets(console, answers.limits(page))
    console.print()
    console.print(Line(answers.made_line(page)))
