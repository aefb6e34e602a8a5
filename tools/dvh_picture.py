"""Draw the picture of docs/explanation/dose-volume-histograms.md: one sphere by voxel centres, by us, and in truth.

python tools/dvh_picture.py docs/images
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import vl_convert

from pelvicrt.dosimetry import ContourPlane, DoseGrid, Structure, dose_volume

GREY, BLUE, RED = "#9aa5b1", "#1f5fa8", "#b3261e"
RADIUS_MM, SPACING_MM, VOXEL_MM, CENTRE_GY = 12.0, 3.0, 2.5, 50.0
HEIGHTS = np.arange(-10.5, 11.0, SPACING_MM)
RADII = np.sqrt(RADIUS_MM**2 - HEIGHTS**2)
DOSES = np.linspace(54.5, 62.5, 321)
NAMES = ("voxel centres", "pelvicrt", "true")


def main(folder: Path) -> None:
    """Write dvh-sphere.png."""
    curves = (_by_centres(), _by_us(), _true())
    rows = [
        {"curve": name, "dose": float(dose), "volume": float(volume)}
        for name, curve in zip(NAMES, curves, strict=True)
        for dose, volume in zip(DOSES, curve, strict=True)
    ]
    (folder / "dvh-sphere.png").write_bytes(vl_convert.vegalite_to_png(_picture(rows), scale=2))


def _grid() -> DoseGrid:
    x, y, z = (np.arange(-25.0, 26.0, VOXEL_MM) + share * VOXEL_MM for share in (0.37, 0.21, 0.43))
    dose = np.broadcast_to(CENTRE_GY + z[:, None, None], (len(z), len(y), len(x)))
    return DoseGrid(dose_gy=dose, x_mm=x, y_mm=y, z_mm=z)


def _true() -> np.ndarray:
    """Volume of the stack of discs above each height [cc]."""
    above = np.clip((HEIGHTS + SPACING_MM / 2 - (DOSES[:, None] - CENTRE_GY)) / SPACING_MM, 0, 1)
    return np.asarray(above @ (np.pi * RADII**2) * SPACING_MM / 1000)


def _by_us() -> np.ndarray:
    around = np.arange(360) * np.pi / 180
    ring = np.column_stack([np.cos(around), np.sin(around)])
    planes = tuple(ContourPlane(float(z), (r * ring,)) for z, r in zip(HEIGHTS, RADII, strict=True))
    found = dose_volume(_grid(), Structure(name="sphere", planes=planes)).physical
    return np.array([found.volume_at_dose_cc(dose) for dose in DOSES])


def _by_centres() -> np.ndarray:
    """Every voxel whose centre lies inside, with the dose of its centre."""
    grid = _grid()
    across = np.hypot(grid.x_mm[None, None, :], grid.y_mm[None, :, None])
    nearest = np.abs(grid.z_mm[:, None] - HEIGHTS).argmin(axis=1)
    in_slab = np.abs(grid.z_mm) <= HEIGHTS[-1] + SPACING_MM / 2
    inside = (across <= RADII[nearest][:, None, None]) & in_slab[:, None, None]
    return np.array([(grid.dose_gy[inside] >= dose).sum() * grid.voxel_cc for dose in DOSES])


def _picture(rows: list[dict[str, Any]]) -> dict[str, Any]:
    colour = {"field": "curve", "sort": NAMES, "title": None, "scale": {"domain": NAMES, "range": [GREY, RED, BLUE]}}
    shown = {
        "x": {"field": "dose", "type": "quantitative", "title": "dose [Gy]", "scale": {"domain": [54.5, 62.5]}},
        "y": {"field": "volume", "type": "quantitative", "title": "volume at this dose or more [cc]"},
        "color": {**colour, "type": "nominal"},
    }
    marks = [
        ({"type": "line", "strokeWidth": 1.5}, "voxel centres"),
        ({"type": "line", "strokeWidth": 5, "opacity": 0.45}, "pelvicrt"),
        ({"type": "line", "strokeWidth": 1.2}, "true"),
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 520,
        "height": 260,
        "data": {"values": rows},
        "layer": [
            {"mark": mark, "transform": [{"filter": {"field": "curve", "equal": name}}], "encoding": shown}
            for mark, name in marks
        ],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
