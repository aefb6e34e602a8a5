"""Small model files: one living state, one way to die, ten years, one patient; every key can be replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def a_file(folder: Path, **change: Any) -> Path:
    """A model file in `folder` with some keys replaced."""
    content = {
        "schema": "pelvicrt.model/1",
        "id": "small",
        "time_unit": "year",
        "horizon": 10,
        "step": 0.02,
        "states": {"well": {}, "dead": {}},
        "strategies": {"usual": {}},
        "transitions": [
            {"id": "death", "from": "well", "to": "dead", "family": "exponential", "parameters": {"rate": 0.2}}
        ],
        "patients": {"start": {"state": "well"}},
    }
    path = folder / "model.yaml"
    path.write_text(yaml.safe_dump(content | change, sort_keys=False), encoding="utf-8")
    return path
