"""What do a hundred patients look like? Dots full up to the low end, half up to the high end, rings above."""

from __future__ import annotations

from markupsafe import escape

from pelvicrt.report.look import colour, colours

_STEP, _HALF, _RADIUS = 18.0, 9.0, 6.6
_ROW = 10


def icon_array(css: str, *, mean: float, low: float, high: float, said: str) -> str:
    """A hundred dots, ten a row. `mean`, `low`, `high` are shares 0..1; the stepped line ends at the best estimate."""
    full, reach, best = (round(100 * share) for share in (low, high, mean))
    dots = "".join(_dot(place, full, reach, css) for place in range(100))
    ink = colours()["ink"]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="array" viewBox="-2 -2 184 184" role="img" '
        f'aria-label="{escape(said)}">{dots}'
        f'<path d="{_cut(best)}" fill="none" stroke="{ink}" stroke-width="2.2" stroke-linejoin="round"/></svg>'
    )


def dot_sample(kind: str, css: str = "e") -> str:
    """One dot (sure, half, ring) or the stepped line (cut), for the key."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 18" aria-hidden="true" focusable="false">'
    if kind == "cut":
        ink = colours()["ink"]
        return head.format(width=30) + f'<path d="M0 16H14V2H28" fill="none" stroke="{ink}" stroke-width="2.2"/></svg>'
    drawn = {"sure": (1, 1), "half": (0, 1), "ring": (0, 0)}[kind]
    return head.format(width=18) + _dot(0, *drawn, css) + "</svg>"


def _dot(place: int, full: int, reach: int, css: str) -> str:
    x, y = _STEP * (place % _ROW) + _HALF, _STEP * (place // _ROW) + _HALF
    if place < full:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{_RADIUS}" fill="{colour(css)}"/>'
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="none" stroke="{{}}" stroke-width="1.3"/>'
    if place < reach:
        half = f'<path d="M{x:g} {y - _RADIUS:g}a{_RADIUS} {_RADIUS} 0 0 0 0 {2 * _RADIUS:g}z" fill="{colour(css)}"/>'
        return half + ring.format(colour(css))
    return ring.format("#8b959c")


def _cut(best: int) -> str:
    """The stepped line between the first `best` dots and the others."""
    row, column = divmod(best, _ROW)
    below, x, above = _STEP * (row + 1), _STEP * column, _STEP * row
    if column == 0:
        return f"M0 {above:g}H180"
    return f"M0 {below:g}H{x:g}V{above:g}H180"
