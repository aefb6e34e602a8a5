"""A small region: two kinds of liver, few facts drawn, three policies."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "population" / "region.yaml"


def raw_region(**changes):
    """The worked example as plain data, with top-level keys replaced; a value of None drops the key."""
    raw = {**yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), "patients": 10, "draws": 12}
    raw["assessed_on"] = str(raw["assessed_on"])
    raw["virtual_cohort"]["liver.hpb_review_on"] = str(raw["virtual_cohort"]["liver.hpb_review_on"])
    raw |= changes
    return {key: value for key, value in raw.items() if value is not None}


def write_region(folder: Path, **changes) -> Path:
    """The same as a file."""
    path = folder / "region.yaml"
    path.write_text(yaml.safe_dump(raw_region(**changes), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
