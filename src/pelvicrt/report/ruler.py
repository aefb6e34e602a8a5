"""Where does this patient lie on a disputed scale? A ruler with the disputed zone, the thresholds and the patient."""

from __future__ import annotations

import math

from markupsafe import escape

from pelvicrt.recommend import ConflictCard
from pelvicrt.report.look import colours
from pelvicrt.report.words import Words

_LEFT, _RIGHT = 24.0, 24.0
_SCALE_Y = 46.0


def has_ruler(card: ConflictCard) -> bool:
    """Whether a conflict can be drawn: this patient's value against a disputed range or thresholds above zero."""
    marks = [*(card.disputed or ()), *(at for at, _ in card.thresholds)]
    return card.patient_value is not None and max(marks, default=0.0) > 0.0


def ruler(card: ConflictCard, words: Words, *, width: float = 560, font: str = "") -> str:
    """The ruler as SVG, with its finding as one sentence."""
    top = _top(card)
    ink, ink2, line = colours()["ink"], colours()["ink-2"], colours()["line"]
    marks = sorted({0.0, top, *(card.disputed or ()), *(at for at, _ in card.thresholds)})
    body = [_zone(card, top, width), _tick_line(top, width, line)]
    body += [_text(_x(at, top, width), 74, _number(at, words), ink2) for at in _apart(marks, top, width)]
    body += _thresholds(card, top, width, words)
    if card.patient_value is not None:
        body.append(_patient(card, top, width, ink, words))
    unit = _text(width - 4, 30, escape(card.unit), ink2, anchor="end")
    family = f' font-family="{font}"' if font else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {_height(card):g}" role="img"{family} '
        f'aria-label="{escape(sentence(card, words))}">{"".join(body)}{unit}</svg>'
    )


def sentence(card: ConflictCard, words: Words) -> str:
    """What the ruler shows, in words."""
    low, high = card.disputed or (min(at for at, _ in card.thresholds), max(at for at, _ in card.thresholds))
    patient = words("unknown") if card.patient_value is None else f"{_number(card.patient_value, words)} {card.unit}"
    return words(
        "disputed.ruler", unit=card.unit, low=_number(low, words), high=_number(high, words), n=patient.strip()
    )


def _height(card: ConflictCard) -> float:
    return 84 + 18 * len(card.thresholds)


def _top(card: ConflictCard) -> float:
    """A round end of the scale beyond everything drawn."""
    most = max([*(card.disputed or ()), *(at for at, _ in card.thresholds), card.patient_value or 0.0])
    wanted = 1.25 * max(most, 1e-9)
    power = 10 ** math.floor(math.log10(wanted))
    return next(float(power * step) for step in (1, 1.5, 2, 3, 5, 7.5, 10) if power * step >= wanted)


def _x(at: float, top: float, width: float) -> float:
    return _LEFT + (width - _LEFT - _RIGHT) * min(max(at / top, 0.0), 1.0)


def _apart(marks: list[float], top: float, width: float) -> list[float]:
    """The marks that have room for their number."""
    kept: list[float] = []
    for at in marks:
        if not kept or _x(at, top, width) - _x(kept[-1], top, width) > 26:
            kept.append(at)
    return kept


def _zone(card: ConflictCard, top: float, width: float) -> str:
    if card.disputed is None:
        return ""
    low, high = (_x(at, top, width) for at in card.disputed)
    return f'<rect x="{low:.1f}" y="34" width="{max(high - low, 2):.1f}" height="24" fill="#f2d9a6"/>'


def _tick_line(top: float, width: float, line: str) -> str:
    """The scale, with at most twenty small ticks."""
    step = top / 15 if top in {15, 150, 1500} else top / 10
    count = round(top / step)
    ticks = "".join(
        f'<line x1="{_x(n * step, top, width):.1f}" x2="{_x(n * step, top, width):.1f}" y1="{42 if n % 5 else 39}" '
        f'y2="{50 if n % 5 else 53}" stroke="{line}"/>'
        for n in range(count + 1)
    )
    return f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{_SCALE_Y}" y2="{_SCALE_Y}" stroke="{line}"/>' + ticks


def _thresholds(card: ConflictCard, top: float, width: float, words: Words) -> list[str]:
    """Each threshold's words on their own line, so that they cannot run into each other."""
    ink = colours()["ink-2"]
    drawn = []
    for row, (at, label) in enumerate(sorted(card.thresholds, key=lambda pair: pair[0])):
        x = _x(at, top, width)
        anchor = "end" if x > 0.7 * width else "start" if x < 0.3 * width else "middle"
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="34" y2="58" stroke="{ink}" stroke-width="1.6"/>')
        drawn.append(_text(x, 92 + 18 * row, escape(label.say(words.lang)), ink, anchor=anchor))
    return drawn


def _patient(card: ConflictCard, top: float, width: float, ink: str, words: Words) -> str:
    value = card.patient_value or 0.0
    x = _x(value, top, width)
    anchor = "end" if x > 0.8 * width else "start" if x < 0.2 * width else "middle"
    label = words("disputed.this_patient", n=_number(value, words), unit=card.unit)
    shift = {"end": 10.0, "start": -10.0, "middle": 0.0}[anchor]
    return f'<path d="M{x - 8:.1f} 20h16l-8 14z" fill="{ink}"/>' + _text(
        x + shift, 14, escape(label), ink, anchor=anchor, bold=True
    )


def _text(x: float, y: float, said: str, ink: str, *, anchor: str = "middle", bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:g}" fill="{ink}" font-size="13" text-anchor="{anchor}"{weight}>{said}</text>'


def _number(value: float, words: Words) -> str:
    return words.number(value, 0 if value == round(value) else 1)
