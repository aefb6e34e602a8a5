"""Which JSON Schema describes a case file? Generated from the same field specs the loader reads by."""

from __future__ import annotations

from typing import Any, Final

from pelvicrt.case import FACT_LABELS, FACT_SUPPLIERS, Case, FieldSpec, fields_of, label_of
from pelvicrt.intake.expected import MAX_ITEMS, MAX_TEXT, expected
from pelvicrt.intake.parsing import ID_PATTERN, SCHEMA

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_UNKNOWN: Final[list[dict[str, Any]]] = [{"const": "unknown"}, {"type": "null"}]
_WORD: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}


def case_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a case file, units and allowed values in the descriptions."""
    facts = {name: _field(spec, name) for name, spec in fields_of(Case).items() if name not in ("id", "assessed_on")}
    head = {
        "schema": {"const": SCHEMA},
        "id": {"type": "string", "pattern": ID_PATTERN},
        "assessed_on": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    }
    return {
        "$schema": DIALECT,
        "title": SCHEMA,
        "description": "One patient on one day. Any fact may be left out, null or unknown; none of these means no.",
        "type": "object",
        "required": ["schema", "id", "assessed_on"],
        "additionalProperties": False,
        "properties": head | facts,
    }


def _field(spec: FieldSpec, name: str) -> dict[str, Any]:
    if spec.kind == "section":
        return {"anyOf": [_record(spec, name), *_UNKNOWN]}
    return {"description": _describe(spec, name), "anyOf": [_known(spec, name), *_UNKNOWN]}


def _known(spec: FieldSpec, name: str) -> dict[str, Any]:
    if spec.kind in ("integer", "number"):
        return {"type": spec.kind, **_limits(spec)}
    if spec.kind in ("choices", "texts", "records"):
        return {"type": "array", "maxItems": MAX_ITEMS, "items": _item(spec, name)}
    simple: dict[str, dict[str, Any]] = {
        "boolean": {"type": "boolean"},
        "choice": {"enum": list(spec.allowed)},
        "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "text": _WORD,
    }
    return simple[spec.kind]


def _limits(spec: FieldSpec) -> dict[str, Any]:
    if spec.range is None:
        return {}
    step = {"multipleOf": spec.range.step} if spec.range.step else {}
    return {"minimum": spec.range.low, "maximum": spec.range.high, **step}


def _item(spec: FieldSpec, name: str) -> dict[str, Any]:
    if spec.kind == "records":
        return _record(spec, f"{name}.1")
    if spec.kind == "texts":
        return _WORD
    numbers = [int(word) for word in spec.allowed if word.isdigit()]
    return {"enum": [*spec.allowed, *numbers]}


def _record(spec: FieldSpec, name: str) -> dict[str, Any]:
    assert spec.record is not None
    inner = {key: _field(inner_spec, f"{name}.{key}") for key, inner_spec in fields_of(spec.record).items()}
    return {"type": "object", "additionalProperties": False, "properties": inner}


def _describe(spec: FieldSpec, name: str) -> str:
    label, allowed = label_of(name), expected(spec)
    supplier = f" Supplied by {FACT_SUPPLIERS[name].en}." if name in FACT_LABELS else ""
    return f"{label.en} ({label.zh}): {allowed.en}.{supplier}"
