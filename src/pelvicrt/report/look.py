"""How does an option look: colour, marker and dash? Colours come from tokens.css, the only place that has them."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent / "templates"
_OCTAGON = "M8 2h8l6 6v8l-6 6H8l-6-6V8z"


@functools.cache
def colours() -> dict[str, str]:
    """Token name to colour, read from tokens.css."""
    css = (TEMPLATES / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", css))


_ACT = colours()["act"]

DASHES: dict[str, tuple[float, ...]] = {"a": (), "b": (11, 5), "c": (9, 4, 2, 4), "d": (2.5, 4), "e": (6, 4)}
VEGA_SHAPES = {"a": "circle", "b": "square", "c": "triangle-up", "d": "diamond", "e": "M-.5 -1H.5L1 0L.5 1H-.5L-1 0Z"}
_BADGES = {
    "a": ('<circle cx="12" cy="12" r="11"/>', 16.6),
    "b": ('<rect x="2.1" y="2.1" width="19.8" height="19.8"/>', 16.6),
    "c": ('<path d="M12 -0.2L24.6 22.8H-0.7Z"/>', 19.5),
    "d": ('<path d="M12 0L24 12L12 24L0 12Z"/>', 16.6),
    "e": ('<path d="M6 1.6h12l6 10.4-6 10.4H6L0 12z"/>', 16.6),
}
_MARKERS = {
    "a": '<circle cx="0" cy="7" r="5"/>',
    "b": '<rect x="-4.5" y="2.5" width="9" height="9"/>',
    "c": '<path d="M0 1.2L5.5 11.2H-5.5Z"/>',
    "d": '<path d="M0 1L6 7L0 13L-6 7Z"/>',
    "e": '<path d="M-3 2H3L6 7L3 12H-3L-6 7Z"/>',
}
_RING = '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
_TICK = "m7.5 12.2 3 3 6-6"
_LINE = 'fill="none" stroke="currentColor"'
GLYPHS = {
    "recommended": '<circle cx="12" cy="12" r="10" fill="currentColor"/>'
    f'<path d="{_TICK}" fill="none" stroke="{_ACT}" stroke-width="2.4"/>',
    "acceptable": f'{_RING}<path d="{_TICK}" {_LINE} stroke-width="2"/>',
    "conditional": f'{_RING}<path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>',
    "needs_information": '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-dasharray="3 2.6"/><path d="M9.4 9.6a2.7 2.7 0 1 1 3.7 2.5c-.8.4-1.1.8-1.1 1.7" '
    f'{_LINE} stroke-width="2"/><circle cx="12" cy="16.6" r="1.3" fill="currentColor"/>',
    "not_recommended": f'{_RING}<path d="M7 12h10" {_LINE} stroke-width="2.4"/>',
    "contraindicated": f'<path d="{_OCTAGON}" fill="currentColor"/>'
    '<path d="m8.5 8.5 7 7m0-7-7 7" stroke="#fff" stroke-width="2.2"/>',
    "for": f'<path d="M12 5v14M5 12h14" {_LINE} stroke-width="2.4"/>',
    "against": f'<path d="M5 12h14" {_LINE} stroke-width="2.4"/>',
    "neutral": '<circle cx="12" cy="12" r="3" fill="currentColor"/>',
    "disputed": f'<path d="M3 8h13m-4-4 4 4-4 4M21 16H8m4-4-4 4 4 4" {_LINE} stroke-width="2"/>',
    "rt": '<rect x="3" y="6" width="18" height="12" fill="currentColor"/>',
    "systemic": f'<rect x="3.7" y="6.7" width="16.6" height="10.6" {_LINE} stroke-width="1.4"/>'
    f'<path d="m5 17 7-10m-3 10 7-10m-3 10 7-10" {_LINE} stroke-width="1.3"/>',
    "surgery": f'<rect x="4.5" y="4.5" width="15" height="15" {_LINE} stroke-width="2.4"/>',
    "decision": f'<path d="M12 3 21 12 12 21 3 12z" {_LINE} stroke-width="2.2"/>',
    "wait": f'<circle cx="12" cy="12" r="8" {_LINE} stroke-width="2" stroke-dasharray="2 3"/>'
    '<circle cx="12" cy="12" r="2.4" fill="currentColor"/>',
}
GLYPHS["block"] = GLYPHS["contraindicated"]

STEP_SHAPES = {
    "systemic": "systemic",
    "immunotherapy": "systemic",
    "short_course": "rt",
    "long_course": "rt",
    "palliative_rt": "rt",
    "consolidative_rt": "rt",
    "wait": "wait",
    "restage": "decision",
    "assess_pelvis": "decision",
    "liver_local": "surgery",
    "tme": "surgery",
    "simultaneous_surgery": "surgery",
    "stoma": "surgery",
    "transplant": "surgery",
}
GRADE_BARS = {"randomised": 4, "cohort": 3, "indirect": 2, "expert": 1, "assumption": 0}
STATUS_CLASS = {
    "recommended": "rec",
    "acceptable": "acc",
    "conditional": "dispute",
    "needs_information": "unknown",
    "not_recommended": "",
    "contraindicated": "stop",
}


def colour(css: str) -> str:
    """The colour of an option's class."""
    return colours()[f"opt-{css}"]


def tint(css: str) -> str:
    """The light colour of an option's class."""
    return colours()[f"opt-{css}-tint"]


def badge(css: str, letter: str, said: str) -> Markup:
    """An option's letter in its shape; `said` is what a screen reader hears."""
    shape, base = _BADGES[css]
    drawn = (
        f'<svg class="badge" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{shape}'
        f'<text x="12" y="{base}">{escape(letter)}</text></svg>'
    )
    return Markup('<span class="opt {css}">{drawn}<span class="vh">{said}</span></span>').format(
        css=css,
        drawn=Markup(drawn),  # noqa: S704  shapes are ours, the letter is escaped
        said=said,
    )


def bare_badge(css: str, letter: str, *, x: float, y: float) -> str:
    """A badge inside another drawing, with its colours as attributes, centred at x, y."""
    shape, base = _BADGES[css]
    return (
        f'<g transform="translate({x - 12:g} {y - 12:g})" fill="{colour(css)}">{shape}'
        f'<text x="12" y="{base}" fill="#fff" font-size="13" font-weight="700" text-anchor="middle">'
        f"{escape(letter)}</text></g>"
    )


def badge_picture(css: str, letter: str, font: str) -> str:
    """A badge as a drawing of its own, for the PDF."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 26 26" width="26" height="26" font-family="{font}">'
        f"{bare_badge(css, letter, x=12, y=12)}</svg>"
    )


def glyph(name: str) -> Markup:
    """A small picture that goes before words; never alone."""
    return Markup(  # noqa: S704  the shapes are constants of this file
        f'<svg class="ic" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{GLYPHS[name]}</svg>'
    )


def strength(grade: str) -> Markup:
    """Evidence strength as filled bars out of four."""
    filled = GRADE_BARS[grade]
    bars = "".join(
        f'<rect x="{8 * place}" y="0" width="6" height="10" class="{"on" if place < filled else "off"}"/>'
        for place in range(4)
    )
    return Markup(f'<svg viewBox="0 0 30 10" aria-hidden="true" focusable="false">{bars}</svg>')  # noqa: S704


def interval_bar(css: str, *, mean: float, low: float, high: float, thin: tuple[float, float]) -> Markup:
    """The bar of one outcome cell: positions are shares 0..1 of the row's scale."""
    at = [_percent(value) for value in (mean, low, high, *thin)]
    grid = "".join(f'<line class="base" x1="{x}%" x2="{x}%" y1="3" y2="11"/>' for x in (0, 25, 50, 75, 100))
    return Markup(  # noqa: S704  numbers and constants only
        f'<svg class="ib {css}" aria-hidden="true" focusable="false" height="14">{grid}'
        '<line class="base" x1="0" x2="100%" y1="7" y2="7"/>'
        f'<line class="thin" x1="{at[3]}%" x2="{at[4]}%" y1="7" y2="7"/>'
        f'<rect class="thick" x="{at[1]}%" width="{max(at[2] - at[1], 0):.1f}%" y="3" height="8"/>'
        f'<svg x="{at[0]}%" overflow="visible"><g class="mark">{_MARKERS[css]}</g></svg></svg>'
    )


def _percent(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 1)
