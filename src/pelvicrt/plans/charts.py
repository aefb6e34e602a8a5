"""What do a plan's curves look like? Cumulative histograms as charts, each line known by colour, dash and name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry import Histogram, parse_metric
from pelvicrt.plans.compared import CurvePair
from pelvicrt.plans.results import ConstraintVerdict, DoseFigures, EvaluatedStructure
from pelvicrt.plans.words import PlanWords
from pelvicrt.report import DASHES, colour, colours, kit

Floats = npt.NDArray[np.float64]
LOOKS = "abcde"
MOST_LINES = 10
STEPS = 160
_BEYOND = 1.05  # number: room to the right of the last line, where limits above the highest dose are drawn
PADDING = {"left": 52, "top": 10, "right": 14, "bottom": 44}
WIDE, NARROW, SMALL = (760, 330), (300, 240), (330, 190)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """One structure as a line: its place among the lines, its name, its histogram."""

    place: int
    name: str
    histogram: Histogram

    @property
    def css(self) -> str:
        """The letter of its colour."""
        return LOOKS[self.place % len(LOOKS)]

    @property
    def dash(self) -> list[float]:
        """Its dash: a second round of colours takes other dashes."""
        return list(DASHES[LOOKS[(self.place + self.place // len(LOOKS)) % len(LOOKS)]])

    @property
    def mark(self) -> str:
        """The class its strokes have in the chart."""
        return f"line{self.place}"


def drawable(structures: Sequence[EvaluatedStructure]) -> tuple[EvaluatedStructure, ...]:
    """The structures with a dose, targets first, then recognised organs, then what was not recognised."""
    rank = {"target": 0, "organ": 1, "unknown": 2, "body": 3}
    covered = [item for item in structures if item.physical.histogram.covered_cc > 0]
    return tuple(sorted(covered, key=lambda item: rank[item.named.kind]))


def lines_of(structures: Sequence[EvaluatedStructure], *, biological: bool) -> tuple[Line, ...]:
    """The lines of a chart; in 2 Gy fractions only those that were converted, in the same looks."""
    chosen: list[tuple[int, EvaluatedStructure, DoseFigures]] = []
    for place, item in enumerate(structures[:MOST_LINES]):
        figures = item.eqd2[0] if biological and item.eqd2 else None if biological else item.physical
        if figures is not None:
            chosen.append((place, item, figures))
    return tuple(
        Line(place=place, name=item.named.shown, histogram=figures.histogram) for place, item, figures in chosen
    )


def axis_gy(lines: Iterable[Line]) -> Floats:
    """Doses at which the lines are drawn and read [Gy], from 0 to beyond the highest."""
    top = max(line.histogram.max_gy for line in lines)
    return np.linspace(0.0, float(np.ceil(top * _BEYOND)), STEPS + 1)


def dvh_svg(
    lines: Sequence[Line],
    verdicts: Iterable[ConstraintVerdict],
    words: PlanWords,
    *,
    name: str,
    size: tuple[int, int],
    font: str,
) -> str:
    """One chart of all lines; limits as wedges when it shows physical dose."""
    dose_gy = axis_gy(lines)
    layers = [_layer(line, dose_gy) for line in lines]
    if name == "physical":
        layers.extend(_wedges(lines, verdicts, last_gy=float(dose_gy[-1])))
    spec = _spec(layers, dose_gy, words, axis=words(f"dvh.{name}_axis"), size=size, font=font)
    return kit.draw_chart(spec, said=sentence(lines, words, name=name), prefix=f"{name}{size[0]}-")


def sentence(lines: Sequence[Line], words: PlanWords, *, name: str) -> str:
    """What a chart shows, with its numbers."""
    said = [
        words(
            "dvh.said_one",
            name=line.name,
            dose=words.number(line.histogram.dose_at_volume_gy(line.histogram.covered_cc / 2), 1),
        )
        for line in lines
    ]
    return words("dvh.said", title=words(f"dvh.{name}"), values=words.semicolon.join(said))


def pair_svg(pair: CurvePair, words: PlanWords, *, name: str, said: str, font: str, place: int) -> str:
    """Both plans' curves of one structure and, below, the difference: B minus A in percent of the volume."""
    top = float(np.ceil(pair.dose_gy[-1]))
    both = [
        _curve(pair.dose_gy, values, mark=f"curve{letter}", ink=colour(letter), dash=list(DASHES[letter]))
        for letter, values in (("a", pair.a_percent), ("b", pair.b_percent))
    ]
    apart = pair.difference_percent
    reach = 5 * max(1, int(np.ceil(np.abs(apart).max() / 5)))
    zero = {"mark": {"type": "rule", "color": colours()["line"]}, "data": {"values": [{"v": 0}]}}
    axis = words("dvh.physical_axis" if pair.alpha_beta_gy is None else "dvh.eqd2_axis")
    width, height = SMALL
    x = {"field": "d", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": {"left": 2, "top": 6, "right": 8, "bottom": 2},
        "config": kit.chart_config(font),
        "spacing": 14,
        "vconcat": [
            {
                "width": width,
                "height": height,
                "layer": both,
                "encoding": {
                    "x": x | {"axis": {"title": None, "grid": False, "tickCount": 6}},
                    "y": _y(words("dvh.volume_axis"), [0, 100]),
                },
            },
            {
                "width": width,
                "height": 70,
                "layer": [
                    zero | {"encoding": {"y": {"field": "v", "type": "quantitative"}}},
                    _curve(pair.dose_gy, apart, mark="apart", ink=colours()["ink"], dash=[]),
                ],
                "encoding": {
                    "x": x | {"axis": {"title": axis, "grid": False, "tickCount": 6}},
                    "y": _y(words("compare.difference"), [-reach, reach]),
                },
            },
        ],
    }
    return kit.draw_chart(spec, said=said, prefix=f"pair{place}{name}-")


def _y(title: str, domain: list[int]) -> dict[str, Any]:
    return {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False},
        "axis": {"title": title, "tickCount": 4},
    }


def _layer(line: Line, dose_gy: Floats) -> dict[str, Any]:
    return _curve(
        dose_gy, line.histogram.percent_at_dose(dose_gy), mark=line.mark, ink=colour(line.css), dash=line.dash
    )


def _curve(dose_gy: Floats, values: Floats, *, mark: str, ink: str, dash: list[float]) -> dict[str, Any]:
    points = [
        {"d": round(float(dose), 3), "v": round(float(value), 2)} for dose, value in zip(dose_gy, values, strict=True)
    ]
    drawn = {"type": "line", "color": ink, "strokeWidth": 2, "strokeDash": dash, "clip": True}
    return {"name": mark, "mark": drawn, "data": {"values": points}}


def _wedges(lines: Sequence[Line], verdicts: Iterable[ConstraintVerdict], *, last_gy: float) -> list[dict[str, Any]]:
    """A wedge at each limit of a structure that is drawn, pointing to the side to stay on."""
    found = []
    by_name = {line.name: line for line in lines}
    for verdict in verdicts:
        line = by_name.get(verdict.structure)
        place = _place(verdict, line.histogram) if line else None
        if line and place and place[0] <= last_gy:
            found.append({"d": place[0], "v": place[1], "mark": line.mark, "up": verdict.limit.op in (">", ">=")})
    return [
        {
            "name": f"{mark}w{number}",
            "mark": {
                "type": "point",
                "filled": True,
                "size": 90,
                "color": colours()["stop"],
                "opacity": 1,
                "shape": shape,
            },
            "data": {"values": values},
        }
        for number, (mark, shape, values) in enumerate(_grouped(found))
    ]


def _grouped(wedges: list[dict[str, Any]]) -> Iterable[tuple[str, str, list[dict[str, Any]]]]:
    for mark in dict.fromkeys(item["mark"] for item in wedges):
        for up in (False, True):
            values = [{"d": w["d"], "v": w["v"]} for w in wedges if w["mark"] == mark and w["up"] is up]
            if values:
                yield mark, "triangle-right" if up else "triangle-left", values


def _place(verdict: ConstraintVerdict, histogram: Histogram) -> tuple[float, float] | None:
    """Where a limit lies on the chart: dose [Gy] and percent of the volume."""
    row, metric = verdict.limit, parse_metric(verdict.limit.metric)
    if row.limit is None or verdict.standing in ("cannot_be_judged", "cannot_be_violated") or metric.number is None:
        return None
    if metric.kind == "V" and metric.asked == "Gy":
        percent = row.limit if metric.unit == "%" else 100 * row.limit / histogram.covered_cc
        return (metric.number, percent) if percent <= 100 else None
    if metric.kind == "D" and metric.unit == "Gy":
        percent = metric.number if metric.asked == "%" else 100 * metric.number / histogram.covered_cc
        return row.limit, min(percent, 100.0)
    return None


def _spec(
    layers: list[dict[str, Any]], dose_gy: Floats, words: PlanWords, *, axis: str, size: tuple[int, int], font: str
) -> dict[str, Any]:
    width, height = size
    x = {
        "field": "d",
        "type": "quantitative",
        "scale": {"domain": [0, float(dose_gy[-1])], "nice": False},
        "axis": {"title": axis, "grid": False, "tickCount": 8 if width > NARROW[0] else 5},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "autosize": {"type": "none"},
        "padding": PADDING,
        "background": None,
        "layer": layers,
        "config": kit.chart_config(font),
        "encoding": {"x": x, "y": _y(words("dvh.volume_axis"), [0, 100])},
    }
