"""How a row of the decision table becomes a patient, and what the rules then say of each plan."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pelvicrt.case import Case, Extrahepatic, LateralNode, PriorPelvicRt, with_fact
from pelvicrt.classify import Classification, Finding
from pelvicrt.evidence import library
from pelvicrt.foundation import UNKNOWN
from pelvicrt.strategies import Candidate, candidates

TABLE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "spec" / "decision_table.yaml").read_text(encoding="utf-8")
)
BASE: dict[str, Any] = TABLE["base"]
ROWS: list[dict[str, Any]] = [{"id": "base", "section": "C1", **BASE}, *TABLE["rows"]]
DAY = dt.date(2026, 5, 4)


def _value(name: str, written: Any) -> Any:
    if written == "unknown":
        return UNKNOWN
    if name == "patient.prior_pelvic_rt" and isinstance(written, dt.date):
        return (PriorPelvicRt(site="prostate", dose_gy=50.4, fractions=28, end_date=written, dicom_available=True),)
    if name == "primary.lateral_nodes" and isinstance(written, int):
        return (LateralNode(compartment="obturator", side="left", short_axis_mm=float(written)),)
    if name == "elsewhere" and isinstance(written, str):
        return (Extrahepatic(site="lung", count=1, largest_mm=8, treatable=True),)
    return tuple(written) if isinstance(written, list) else written


def patient(row: Mapping[str, Any]) -> Case:
    """The base patient with what the row changes."""
    case = Case(id=str(row["id"]), assessed_on=DAY, elsewhere=(), treated_so_far=())
    start = {"patient.prior_pelvic_rt": [], "primary.lateral_nodes": [], "preferences.declines": []}
    for name, written in {**start, **BASE["facts"], **row.get("facts", {})}.items():
        case = with_fact(case, name, _value(name, written))
    return case


def classes(row: Mapping[str, Any]) -> Classification:
    """The seven classes the row states; an unknown class asks for the fact the row calls missing."""
    named = {**BASE["classes"], **row.get("classes", {})}
    asked = (str(row["missing"]),) if "missing" in row else ()
    return Classification(
        **{kind: Finding(value=value, missing=asked if value == "unknown" else ()) for kind, value in named.items()}
    )


@functools.cache
def plans(row_id: str) -> tuple[Candidate, ...]:
    """Every plan of one row."""
    row = next(item for item in ROWS if item["id"] == row_id)
    return candidates(patient(row), classes(row), library())


def matching(row_id: str, key: str) -> list[Candidate]:
    """The plans a key speaks about; a strategy's name speaks about the schedules not named otherwise in the row."""
    row = next(item for item in ROWS if item["id"] == row_id)
    named = {other for other in row["expect"] if ":" in other}
    if key == "all":
        return list(plans(row_id))
    if ":" in key:
        return [plan for plan in plans(row_id) if plan.key == key]
    return [plan for plan in plans(row_id) if plan.strategy == key and plan.key not in named]
