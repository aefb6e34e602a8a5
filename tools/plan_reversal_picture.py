"""Draw how two plans of equal physical shape change their order in 2 Gy fractions: docs/images/plan-reversal.png.

30 Gy in 5 fractions against 45 Gy in 25, on the demonstration's pelvis. Run: python tools/plan_reversal_picture.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import vl_convert

from pelvicrt.dicom import DemoPlan, read_plan, write_demo_plan
from pelvicrt.plans import PlanComparison, compare, evaluate

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "plan-reversal.png"
STRUCTURE = "Sacrum"
COLOURS = ["#b45309", "#1d4ed8"]


def comparison() -> PlanComparison:
    """The two plans, written, read and evaluated as a user's would be."""
    plans = (
        DemoPlan(label="30 Gy in 5", fractions=5, dose_gy=30),
        DemoPlan(label="45 Gy in 25", fractions=25, dose_gy=45),
    )
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for plan in plans:
            place = Path(folder) / str(plan.fractions)
            place.mkdir()
            write_demo_plan(place, plan)
            found.append(evaluate(read_plan(place), template=None))
    return compare(*found)


def main() -> None:
    """Write the picture and print the mean doses behind it."""
    both = comparison()
    item = next(each for each in both.structures if each.structure == STRUCTURE)
    charts = []
    for pair, title in ((item.physical, "physical dose [Gy]"), (item.eqd2[0], "dose in 2 Gy fractions, α/β 3 Gy [Gy]")):
        rows = [
            {"dose": float(dose), "percent": float(share), "plan": plan}
            for plan, shares in ((both.a.plan, pair.a_percent), (both.b.plan, pair.b_percent))
            for dose, share in zip(pair.dose_gy, shares, strict=True)
        ]
        means = f"mean {pair.mean_a_gy:.1f} Gy in 5 fractions, {pair.mean_b_gy:.1f} Gy in 25"
        print(f"{title}: {means}")
        charts.append(
            {
                "title": {"text": STRUCTURE, "subtitle": means},
                "width": 320,
                "height": 220,
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": {
                    "x": {"field": "dose", "type": "quantitative", "title": title},
                    "y": {"field": "percent", "type": "quantitative", "title": "volume with at least this dose [%]"},
                    "color": {"field": "plan", "scale": {"range": COLOURS}, "title": None, "sort": None},
                    "strokeDash": {"field": "plan", "title": None, "sort": None},
                },
            }
        )
    TARGET.write_bytes(vl_convert.vegalite_to_png(json.dumps({"hconcat": charts, "background": "white"}), scale=2))


if __name__ == "__main__":
    main()
