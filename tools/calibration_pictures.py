"""Draw the two pictures of docs/explanation/calibration.md from the report of `pelvicrt research calibrate -o DIR`.

python tools/calibration_pictures.py build/posterior/posterior-2026-11-25.json docs/images
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import vl_convert

GREY, BLUE, RED = "#9aa5b1", "#1f5fa8", "#b3261e"
SHOWN = 24


def main(report: Path, folder: Path) -> None:
    """Write calibration-parameters.png and calibration-left-out.png."""
    found = json.loads(report.read_text(encoding="utf-8"))
    for name, picture in (("parameters", _parameters(found)), ("left-out", _left_out(found))):
        (folder / f"calibration-{name}.png").write_bytes(vl_convert.vegalite_to_png(picture, scale=2))


def _parameters(found: dict[str, Any]) -> dict[str, Any]:
    """Prior and posterior intervals of the most informed parameters, each over its prior median."""
    rows = []
    for item in [item for item in found["parameters"] if item["informed"]][:SHOWN]:
        low, high = item["prior"][1], item["prior"][2]
        for which in ("prior", "posterior"):
            middle, left, right = ((value - low) / (high - low) for value in item[which])
            rows.append({"id": item["id"], "which": which, "middle": middle, "low": left, "high": right})
    colour = {
        "field": "which",
        "type": "nominal",
        "title": None,
        "scale": {"domain": ["prior", "posterior"], "range": [GREY, BLUE]},
    }
    y = {"field": "id", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 300}}
    offset = {"field": "which", "type": "nominal", "sort": ["prior", "posterior"]}
    axis = {
        "type": "quantitative",
        "title": "position within the 95 % interval of the prior (0 = lower end, 1 = upper end)",
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 420,
        "height": {"step": 13},
        "data": {"values": rows},
        "encoding": {"y": y, "yOffset": offset, "color": colour},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3},
                "encoding": {"x": {"field": "low", **axis}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45},
                "encoding": {"x": {"field": "middle", "type": "quantitative"}},
            },
        ],
    }


def _left_out(found: dict[str, Any]) -> dict[str, Any]:
    """Printed proportions beside their 95 and 50 % intervals predicted without their group of studies."""
    rows = [
        {**item, "name": item["id"], "where": "inside" if item["inside95"] else "outside"}
        for group in found["leave_out"]
        for item in group["findings"]
        if not item["quantity"].startswith("median_")
    ]
    rows.sort(key=lambda item: item["mean"])
    y = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 420, "labelFontSize": 9},
    }
    x = {"type": "quantitative", "title": "proportion", "scale": {"domain": [0, 1]}}
    dot = {
        "field": "where",
        "type": "nominal",
        "title": "printed figure",
        "scale": {"domain": ["inside", "outside"], "range": [BLUE, RED]},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 420,
        "height": {"step": 12},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": GREY},
                "encoding": {"x": {"field": "low95", **x}, "x2": {"field": "high95"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 6, "color": GREY},
                "encoding": {"x": {"field": "low50", **x}, "x2": {"field": "high50"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45},
                "encoding": {"x": {"field": "observed", **x}, "color": dot},
            },
        ],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
