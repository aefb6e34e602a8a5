"""What does a replay look like? One line a figure: the predicted intervals, and a mark where the study printed."""

from __future__ import annotations

from typing import Any

import vl_convert

from pelvicrt.foundation import Language
from pelvicrt.research import replay_words as words
from pelvicrt.research.leave_out import Foreseen
from pelvicrt.research.replay import Replay

FONT = '"Source Sans 3", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif'
_WIDTH, _ROW, _LABEL = 430, 17, 580
_WIDE, _NARROW, _MIDDLE = "#9bb5d3", "#2b6cb0", "#1a3a5c"
_INSIDE, _OUTSIDE = "#1f2a36", "#c2410c"
_SIZES = {"rule": 2, "bar": 7}
_SMALL = 0.5  # number: panels whose figures all lie below are drawn to their own scale
_TICK = {"type": "tick", "color": _MIDDLE, "thickness": 2, "size": 13}
_POINT = {"type": "point", "filled": True, "size": 60, "opacity": 1, "stroke": "white", "strokeWidth": 1}


def to_svg(made: Replay, lang: Language = "en") -> str:
    """The picture as SVG."""
    return str(vl_convert.vegalite_to_svg(spec(made, lang)))


def to_png(made: Replay, lang: Language = "en", *, scale: float = 2.0) -> bytes:
    """The picture as PNG."""
    return bytes(vl_convert.vegalite_to_png(spec(made, lang), scale=scale))


def spec(made: Replay, lang: Language = "en") -> dict[str, Any]:
    """The picture as Vega-Lite: a panel for each kind of outcome, proportions on one axis, months on a log axis."""
    panels = []
    for kind, label in words.CLASSES.items():
        rows = [item for item in made.found if item.target.outcome_class == kind]
        if rows:
            panels.append(_panel(label.say(lang), rows, lang, months=kind == "time"))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": words.TITLE.say(lang), "subtitle": _legend(lang), "anchor": "start", "offset": 12},
        "background": "white",
        "vconcat": panels,
        "spacing": 14,
        "config": {
            "font": FONT,
            "axis": {"labelFontSize": 11, "titleFontSize": 11, "gridColor": "#e8ecf0", "domain": False},
            "title": {
                "font": FONT,
                "subtitleFont": FONT,
                "fontSize": 16,
                "subtitleFontSize": 12,
                "subtitleColor": "#52606d",
            },
            "view": {"stroke": None},
        },
    }


def _legend(lang: Language) -> list[str]:
    inside, outside = words.INSIDE.say(lang), words.OUTSIDE.say(lang)
    line, bar = words.INTERVAL95.say(lang), words.INTERVAL50.say(lang)
    tick, mark = words.PREDICTED.say(lang), words.OBSERVED.say(lang)
    return [f"─ {line} · ▬ {bar} · | {tick} · ● {mark}, {inside} 95 % · ◆ {mark}, {outside}"]


def _panel(title: str, rows: list[Foreseen], lang: Language, *, months: bool) -> dict[str, Any]:
    values = [_row(item, place, lang) for place, item in enumerate(rows)]
    top = min(1.0, max(max(item.high95, item.target.observed) for item in rows))
    scale = {"type": "log", "nice": False} if months else {"domain": [0, top if top < _SMALL else 1]}
    axis = {"title": (words.MONTHS if months else words.PROPORTION).say(lang), "grid": True, "tickCount": 6}
    x = {"type": "quantitative", "scale": scale, "axis": axis}
    y = {
        "field": "figure",
        "type": "nominal",
        "sort": {"field": "place"},
        "axis": {"title": None, "labelLimit": _LABEL, "minExtent": _LABEL, "ticks": False},
    }
    colour = {"condition": {"test": "datum.inside", "value": _INSIDE}, "value": _OUTSIDE}
    shape = {"condition": {"test": "datum.inside", "value": "circle"}, "value": "diamond"}
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 13, "offset": 4},
        "width": _WIDTH,
        "height": {"step": _ROW},
        "data": {"values": values},
        "encoding": {"y": y},
        "layer": [
            _span("low95", "high95", x, _WIDE, _SIZES["rule"]),
            _span("low50", "high50", x, _NARROW, _SIZES["bar"]),
            {"mark": _TICK, "encoding": {"x": {**x, "field": "mean"}}},
            {
                "mark": _POINT,
                "encoding": {"x": {**x, "field": "observed"}, "color": colour, "shape": shape},
            },
        ],
    }  # fmt: skip


def _span(low: str, high: str, x: dict[str, Any], colour: str, thick: float) -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "color": colour, "strokeWidth": thick},
        "encoding": {"x": {**x, "field": low}, "x2": {"field": high}},
    }


def _row(item: Foreseen, place: int, lang: Language) -> dict[str, Any]:
    least = 0.1 if item.target.scale == "log" else 0.0  # number: a log axis has no zero
    return {
        "figure": f"{item.target.cohort}: {words.figure_of(item, lang)}",
        "place": place,
        "mean": max(item.expected, least),
        "low50": max(item.low50, least),
        "high50": item.high50,
        "low95": max(item.low95, least),
        "high95": item.high95,
        "observed": max(item.target.observed, least),
        "inside": item.inside95,
    }
