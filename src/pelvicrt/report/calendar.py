"""When does what happen? The dated plan of each option as one picture; the same dates stand in a list beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markupsafe import escape

from pelvicrt.report.look import GLYPHS, STEP_SHAPES, bare_badge, colours
from pelvicrt.report.options import Option
from pelvicrt.report.words import Words
from pelvicrt.strategies import DatedStep

LANE, TOP, LEFT, RIGHT = 92.0, 36.0, 44.0, 30.0
BAR = 22.0
_LATIN, _WIDE = 7.0, 13.0


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The drawing area: which days it spans and how wide it is."""

    first: dt.date
    last: dt.date
    width: float

    def x(self, day: dt.date) -> float:
        span = max((self.last - self.first).days, 1)
        return LEFT + (self.width - LEFT - RIGHT) * (day - self.first).days / span


def has_dates(options: tuple[Option, ...]) -> bool:
    """Whether any option has dates to draw."""
    return any(option.assessed.candidate.timeline.steps for option in options)


def calendar(options: tuple[Option, ...], words: Words, *, width: float, font: str = "", name: str = "") -> str:
    """The dated plan as SVG, one lane per option. `name` keeps pattern ids apart when a page holds two drawings."""
    dated = [option for option in options if option.assessed.candidate.timeline.steps]
    sheet = _sheet(dated, width)
    height = TOP + LANE * len(dated)
    lanes = "".join(_lane(option, place, sheet, words, name) for place, option in enumerate(dated))
    family = f' font-family="{font}"' if font else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"{family} font-size="13" '
        f'aria-label="{escape(sentence(options, words))}">{_patterns(name)}'
        f"{_lane_grounds(len(dated), width)}{_months(sheet, height, words)}{lanes}</svg>"
    )


def sentence(options: tuple[Option, ...], words: Words) -> str:
    """What the picture shows, in words."""
    dated = [option for option in options if option.assessed.candidate.timeline.steps]
    sheet = _sheet(dated, 1)
    letters = words.join(option.letter for option in dated)
    return words("time.plan_said", letters=letters, start=words.date(sheet.first), end=words.date(sheet.last))


def dates_of(option: Option, words: Words) -> list[str]:
    """Every date of one option's plan as a sentence."""
    return [_said(step, words) for step in option.assessed.candidate.timeline.steps]


def _said(step: DatedStep, words: Words) -> str:
    when = _span(step.start, step.end if (step.end - step.start).days > 1 else step.start, words)
    parts = [f"{when} {step.label.say(words.lang)}"]
    for key, span in (("window", step.window), ("preferred", step.preferred)):
        if span:
            parts.append(words(f"time.{key}", span=_span(*span, words)))
    for start, end, why in step.hard_stops:
        said = why.say(words.lang)
        parts.append(words("time.hard_stop", span=_span(start, end, words), why=said))
    return words.semicolon.join(parts)


def _span(start: dt.date, end: dt.date, words: Words) -> str:
    """Two days as a range, one day as itself."""
    return words.day(start) if start == end else words("time.dates", start=words.day(start), end=words.day(end))


def _sheet(options: list[Option], width: float) -> _Sheet:
    days = [
        day
        for option in options
        for step in option.assessed.candidate.timeline.steps
        for day in (step.start, step.end, *(step.window or ()), *(d for stop in step.hard_stops for d in stop[:2]))
    ]
    return _Sheet(min(days), max(days), width)


def _patterns(name: str) -> str:
    """Hatches as shapes, so that they print: systemic therapy grey, hard stop red."""
    stop, tint = colours()["stop"], colours()["stop-tint"]
    return (
        "<defs>"
        f'<pattern id="hatch-s{name}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="7" height="7" fill="{tint}"/>'
        f'<line x1="0" x2="0" y1="0" y2="7" stroke="{stop}" stroke-width="1.6"/></pattern>'
        f'<pattern id="hatch-c{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(35)"><rect width="6" height="6" fill="#fff"/>'
        '<line x1="0" x2="0" y1="0" y2="6" stroke="#7d8a93" stroke-width="1.4"/></pattern></defs>'
    )


def _lane_grounds(count: int, width: float) -> str:
    ground = colours()["paper"]
    return "".join(
        f'<rect x="0" y="{TOP + LANE * place:g}" width="{width:g}" height="{LANE - 4:g}" fill="{ground}"/>'
        for place in range(count)
    )


def _months(sheet: _Sheet, height: float, words: Words) -> str:
    """A line at each first of a month; a month without room keeps its line but not its name."""
    ink, grid = colours()["ink-2"], colours()["hair"]
    drawn = f'<text x="{LEFT:g}" y="22" fill="{ink}">{escape(words.month(sheet.first, with_year=True))}</text>'
    free = LEFT + _width(words.month(sheet.first, with_year=True)) + 8
    for first in _firsts(sheet):
        x = sheet.x(first)
        drawn += f'<line x1="{x:.1f}" x2="{x:.1f}" y1="28" y2="{height:g}" stroke="{grid}"/>'
        name = words.month(first, with_year=first.month == 1)
        if x + 4 > free and x + _width(name) < sheet.width:
            drawn += f'<text x="{x + 4:.1f}" y="22" fill="{ink}">{escape(name)}</text>'
            free = x + 4 + _width(name) + 6
    return drawn


def _firsts(sheet: _Sheet) -> list[dt.date]:
    days: list[dt.date] = []
    day = dt.date(sheet.first.year, sheet.first.month, 1)
    while True:
        day = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
        if day > sheet.last:
            return days
        days.append(day)


def _lane(option: Option, place: int, sheet: _Sheet, words: Words, name: str) -> str:
    top = TOP + LANE * place
    bar = top + 40
    steps = option.assessed.candidate.timeline.steps
    drawn = [bare_badge(option.css, option.letter, x=16, y=bar + BAR / 2)]
    drawn += [_windows(step, sheet, bar) for step in steps]
    drawn += [_shape(step, sheet, bar, name) for step in steps]
    # Stops last: systemic therapy may run through a time that is closed to surgery, and must not hide it.
    drawn += [_stops(step, sheet, bar, words, name) for step in steps]
    drawn += _labels(option, sheet, bar, words)
    return "".join(drawn)


def _shape(step: DatedStep, sheet: _Sheet, bar: float, name: str) -> str:
    """Radiotherapy solid, systemic hatched, surgery square, decision diamond, waiting dotted."""
    ink, ink2, surface = colours()["ink"], colours()["ink-2"], colours()["surface"]
    x, wide = sheet.x(step.start), max(sheet.x(step.end) - sheet.x(step.start), 5.0)
    shape = STEP_SHAPES.get(step.kind, "wait")
    if shape == "rt":
        return f'<rect x="{x:.1f}" y="{bar:g}" width="{wide:.1f}" height="{BAR:g}" fill="{ink}"/>'
    if shape == "systemic":
        fill = f'fill="url(#hatch-c{name})" stroke="{ink2}"'
        return f'<rect x="{x:.1f}" y="{bar:g}" width="{wide:.1f}" height="{BAR:g}" {fill}/>'
    if shape == "surgery":
        fill = f'fill="{surface}" stroke="{ink}" stroke-width="2"'
        return f'<rect x="{x - BAR / 2:.1f}" y="{bar:g}" width="{BAR:g}" height="{BAR:g}" {fill}/>'
    if shape == "decision":
        fill = f'fill="{colours()["dispute-tint"]}" stroke="{ink}" stroke-width="1.6"'
        return f'<path d="M{x:.1f} {bar - 1:g}l12 12-12 12-12-12z" {fill}/>'
    middle = bar + BAR / 2
    dotted = f'stroke="{colours()["line"]}" stroke-dasharray="2 4"'
    return f'<line x1="{x:.1f}" x2="{x + wide:.1f}" y1="{middle:g}" y2="{middle:g}" {dotted}/>'


def _windows(step: DatedStep, sheet: _Sheet, bar: float) -> str:
    """A bracket below the bar for the allowed window, thicker where it is preferred."""
    if step.window is None:
        return ""
    left, right = (sheet.x(day) for day in step.window)
    ink, low = colours()["ink-2"], bar + BAR + 5
    drawn = f'<path d="M{left:.1f} {low:g}v6H{right:.1f}v-6" fill="none" stroke="{ink}" stroke-width="1.4"/>'  # allowed
    if step.preferred:
        best = [sheet.x(day) for day in step.preferred]
        drawn += f'<line x1="{best[0]:.1f}" x2="{best[1]:.1f}" y1="{low + 6:g}" y2="{low + 6:g}" '
        drawn += f'stroke="{ink}" stroke-width="4"/>'
    return drawn


def _stops(step: DatedStep, sheet: _Sheet, bar: float, words: Words, name: str) -> str:
    drawn, red = "", colours()["stop"]
    for start, end, _ in step.hard_stops:
        left, right = sheet.x(start), max(sheet.x(end), sheet.x(start) + 18)
        middle = (left + right) / 2
        what = words.label("step_short", step.kind)
        label = words("time.no_tme", what=f" {what}" if words.lang == "zh" and what.isascii() else what)
        drawn += (
            f'<rect x="{left:.1f}" y="{bar:g}" width="{right - left:.1f}" height="{BAR:g}" fill="url(#hatch-s{name})" '
            f'stroke="{red}" stroke-width="1.5"/><g color="{red}" transform="translate({middle - 8:.1f} {bar + 3:g}) '
            f'scale(.667)">{GLYPHS["contraindicated"]}</g>'
            f'<text x="{middle:.1f}" y="{bar + BAR + 23:g}" text-anchor="middle" fill="{red}" font-weight="700">'
            f"{escape(label)}</text>"
        )
    return drawn


def _labels(option: Option, sheet: _Sheet, bar: float, words: Words) -> list[str]:
    """Short names above the shapes, on two rows; a name without room is left to the list."""
    free, drawn = [LEFT - 8, LEFT - 8], []
    # A wait is the dotted line itself; its name would only take the room of a step's.
    for step in (item for item in option.assessed.candidate.timeline.steps if item.kind != "wait"):
        said = _short(step, option, words)
        wide = _width(said)
        centred = STEP_SHAPES.get(step.kind) in {"surgery", "decision"}
        x = sheet.x(step.start) - (wide / 2 if centred else 0)
        x = min(x, sheet.width - wide)
        row = next((n for n in range(2) if x > free[n]), None)
        if row is None:
            continue
        free[row] = x + wide + 6
        weight = ' font-weight="700"' if STEP_SHAPES.get(step.kind) in {"surgery", "rt"} else ""
        ink = colours()["ink"] if weight else colours()["ink-2"]
        drawn.append(f'<text x="{x:.1f}" y="{bar - 6 - 15 * row:g}" fill="{ink}"{weight}>{escape(said)}</text>')
    return drawn


def _short(step: DatedStep, option: Option, words: Words) -> str:
    """A name that fits above a bar: the schedule for radiotherapy, else the kind of step."""
    regimen = option.assessed.candidate.regimen
    if STEP_SHAPES.get(step.kind) == "rt" and regimen is not None:
        return f"{regimen.total_gy:g}/{regimen.fractions}"
    return words.label("step_short", step.kind)


def _width(said: str) -> float:
    """About how wide a text is at 13 px."""
    return sum(_WIDE if ord(letter) > 0x2E80 else _LATIN for letter in said)  # first CJK code point
