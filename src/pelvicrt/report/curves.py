"""How do outcomes unfold? Vega-Lite specifications built here in either language, drawn to SVG without a browser."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pelvicrt.evidence import Library
from pelvicrt.report.estimates import spread, told
from pelvicrt.report.kit import FONT, PDF_FONT, chart_config, draw_chart
from pelvicrt.report.look import DASHES, VEGA_SHAPES, colour, colours
from pelvicrt.report.options import Option
from pelvicrt.report.words import Words

CURVES = ("overall_survival", "local_recurrence")
MOST_BANDS = 2
MARKED_MONTHS = (12, 24, 36)
LONGEST_MONTHS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One option's curve on a monthly grid, all values of 100."""

    option: Option
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: its curves, the options whose range is shaded, and how far the sources follow patients [months]."""

    name: str
    curves: tuple[Curve, ...]
    shaded: tuple[str, ...]
    follow_up_months: float | None
    top: float
    last_month: int


def charts(columns: tuple[Option, ...], library: Library) -> tuple[Chart, ...]:
    """The charts that have at least one curve."""
    found = (_chart(name, columns, library) for name in CURVES)
    return tuple(chart for chart in found if chart is not None)


def _chart(name: str, columns: tuple[Option, ...], library: Library) -> Chart | None:
    curves = tuple(curve for option in columns if (curve := _curve(option, name)) is not None)
    if not curves:
        return None
    by_chance = sorted(curves, key=lambda curve: -(curve.option.chance or 0.0))
    shaded = tuple(sorted(curve.option.letter for curve in by_chance[:MOST_BANDS]))
    top = 100.0 if name == "overall_survival" else _round_top(curves, shaded)
    return Chart(
        name=name,
        curves=curves,
        shaded=shaded,
        follow_up_months=follow_up_months(name, columns, library),
        top=top,
        last_month=max(len(curve.mean) for curve in curves) - 1,
    )


def _curve(option: Option, name: str) -> Curve | None:
    outcomes = option.assessed.outcomes
    draws = outcomes.curves.get(name) if outcomes else None
    if draws is None:
        return None
    grid = 100 * np.asarray(draws[:, : LONGEST_MONTHS + 1])
    ends = [spread(grid[:, month]) for month in range(grid.shape[1])]
    return Curve(
        option=option,
        mean=tuple(float(value) for value in grid.mean(axis=0)),
        low=tuple(low for low, _ in ends),
        high=tuple(high for _, high in ends),
    )


def _round_top(curves: tuple[Curve, ...], shaded: tuple[str, ...]) -> float:
    """The next ten above everything drawn, so that a small probability is not a flat line."""
    tops = [max(curve.high if curve.option.letter in shaded else curve.mean) for curve in curves]
    return float(min(100, max(10, 10 * math.ceil(max(tops) / 10))))


def follow_up_months(name: str, columns: tuple[Option, ...], library: Library) -> float | None:
    """The longest time at which any study behind an outcome reports it [months]; None when no study says.

    Beyond it the curve rests on the model alone and is hatched.
    """
    sources = {
        source
        for option in columns
        if option.assessed.outcomes and (draws := option.assessed.outcomes.outcome(name))
        for source in draws.sources
    }
    times = [
        finding.at_months
        for source in sources
        if source in library.studies
        for finding in library.studies[source].findings
        if finding.at_months is not None
    ]
    return max(times, default=None)


def values_at(chart: Chart, month: int, words: Words) -> list[tuple[Option, str, str, str]]:
    """Each option's number and range at one month, for the sentence and the table."""
    rows = []
    for curve in chart.curves:
        if month < len(curve.mean):
            shown = [told(series[month] / 100, "share", words) for series in (curve.mean, curve.low, curve.high)]
            rows.append((curve.option, shown[0], shown[1], shown[2]))
    return rows


def sentence(chart: Chart, words: Words) -> str:
    """What the chart shows, with its numbers."""
    month = min(36, chart.last_month)
    said = [
        words("time.said_one", letter=option.letter, n=mean, low=low, high=high, time=words.horizon(month))
        for option, mean, low, high in values_at(chart, month, words)
    ]
    return words("time.said", title=words(f"time.{chart.name}"), values="; ".join(said))


def spec(chart: Chart, words: Words, *, width: int, height: int, font: str = FONT) -> dict[str, Any]:
    """The Vega-Lite specification of a chart; every string in it is already translated."""
    layers = [*_hatching(chart, words), *_bands(chart), *_lines(chart), _end_letters(chart, height)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 2, "top": 8, "right": 6, "bottom": 2},
        "background": None,
        "layer": layers,
        "config": chart_config(font),
        "encoding": _axes(chart, words),
    }


def draw(chart: Chart, words: Words, *, width: int, height: int, for_pdf: bool = False) -> str:
    """The chart as SVG, labelled with its finding and without anything that could clash inside one page."""
    font = PDF_FONT if for_pdf else FONT
    drawn = spec(chart, words, width=width, height=height, font=font)
    return draw_chart(drawn, said=sentence(chart, words), prefix=f"{chart.name}-{width}-")


def _axes(chart: Chart, words: Words) -> dict[str, Any]:
    months = list(range(0, chart.last_month + 1, 12))
    return {
        "x": {
            "field": "month",
            "type": "quantitative",
            "scale": {"domain": [0, chart.last_month], "nice": False},
            "axis": {"values": months, "title": words("time.x"), "grid": False},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"domain": [0, chart.top], "nice": False},
            "axis": {"title": None, "tickCount": 5},
        },
    }


def _bands(chart: Chart) -> list[dict[str, Any]]:
    """The likely range of at most two options; four bands would be mud."""
    return [
        {
            "mark": {"type": "area", "color": colour(curve.option.css), "opacity": 0.16, "clip": True},
            "data": {
                "values": [
                    {"month": month, "value": round(low, 3), "high": round(high, 3)}
                    for month, (low, high) in enumerate(zip(curve.low, curve.high, strict=True))
                ]
            },
            "encoding": {"y2": {"field": "high"}},
        }
        for curve in chart.curves
        if curve.option.letter in chart.shaded
    ]


def _lines(chart: Chart) -> list[dict[str, Any]]:
    layers = []
    for curve in chart.curves:
        css, values = curve.option.css, [{"month": m, "value": round(v, 3)} for m, v in enumerate(curve.mean)]
        line = {"type": "line", "color": colour(css), "strokeWidth": 2.4, "strokeDash": list(DASHES[css]), "clip": True}
        marks = {"type": "point", "shape": VEGA_SHAPES[css], "filled": True, "color": colour(css), "size": 70}
        marks |= {"stroke": colours()["surface"], "strokeWidth": 1.2, "opacity": 1}
        points = [value for value in values if value["month"] in MARKED_MONTHS]
        layers += [{"mark": line, "data": {"values": values}}, {"mark": marks, "data": {"values": points}}]
    return layers


def _end_letters(chart: Chart, height: int) -> dict[str, Any]:
    """Each option's letter after its line, pushed apart where lines end close together."""
    gap = chart.top * 17 / height
    ordered = sorted(((curve.mean[-1], curve.option) for curve in chart.curves), key=lambda pair: pair[0])
    placed: list[float] = []
    for value, _ in ordered:
        placed.append(max(value, placed[-1] + gap) if placed else value)
    excess = max(0.0, (placed[-1] if placed else 0) - chart.top)
    return {
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 13, "fontWeight": "bold", "clip": False},
        "data": {
            "values": [
                {"month": chart.last_month, "value": y - excess, "letter": option.letter, "ink": colour(option.css)}
                for y, (_, option) in zip(placed, ordered, strict=True)
            ]
        },
        "encoding": {"text": {"field": "letter"}, "color": {"field": "ink", "scale": None}},
    }


def _hatching(chart: Chart, words: Words) -> list[dict[str, Any]]:
    """Slanted lines beyond the sources' follow-up, and the words that say so."""
    start = chart.follow_up_months
    if start is None or start >= chart.last_month:
        return []
    span, slope = chart.last_month - start, chart.top / 14
    segments = []
    count = int((chart.top + slope * span) / (chart.top / 16))
    for n in range(count):
        base = -slope * span + n * chart.top / 16
        segments += _clipped((start, chart.last_month), chart.top, base=base, slope=slope, piece=n)
    label = {"month": (start + chart.last_month) / 2, "value": chart.top * 0.97, "said": words("time.beyond")}
    return [
        {
            "mark": {"type": "line", "color": "#b6bec3", "strokeWidth": 0.8},
            "data": {"values": segments},
            "encoding": {"detail": {"field": "piece"}},
        },
        {
            "mark": {"type": "text", "fontSize": 13, "color": colours()["ink-2"], "baseline": "top"},
            "data": {"values": [label]},
            "encoding": {"text": {"field": "said"}},
        },
    ]


def _clipped(span: tuple[float, float], top: float, *, base: float, slope: float, piece: int) -> list[dict[str, float]]:
    """One slanted line cut to the box start..end, 0..top."""
    start, end = span
    x_low = max(start, start + (0 - base) / slope)
    x_high = min(end, start + (top - base) / slope)
    if x_low >= x_high:
        return []
    return [{"month": x, "value": base + slope * (x - start), "piece": piece} for x in (x_low, x_high)]
