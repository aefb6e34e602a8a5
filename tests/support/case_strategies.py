"""Hypothesis strategies of cases, drawn from the same field specs that readers use."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from pelvicrt.case import Case, FieldSpec, TreatedStep, fields_of
from pelvicrt.foundation import UNKNOWN

ASSESSED_ON = dt.date(2026, 5, 4)
DAYS = st.dates(min_value=dt.date(2000, 1, 1), max_value=ASSESSED_ON)
WORDS = st.one_of(
    st.sampled_from(["yes", "1e5", "060", "null", "~", "2026-05-04", "- a", "a: b", "=1+1", "闭孔", "'", '"', "#x"]),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
).filter(lambda word: word != "unknown" and word.isprintable())


def _known(spec: FieldSpec) -> st.SearchStrategy[Any]:
    if spec.kind in ("integer", "number"):
        assert spec.range is not None
        low, high, step = spec.range.low, spec.range.high, spec.range.step
        if step:
            return st.integers(0, round((high - low) / step)).map(
                lambda k: int(low + k * step) if spec.kind == "integer" else low + k * step
            )
        return st.integers(round(low), round(high)) if spec.kind == "integer" else st.floats(low, high)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "choice": st.sampled_from(spec.allowed or ("",)),
        "choices": st.lists(st.sampled_from(spec.allowed or ("",)), unique=True, max_size=3).map(tuple),
        "date": DAYS,
        "text": WORDS,
        "texts": st.lists(WORDS, unique=True, max_size=3).map(tuple),
    }
    if spec.kind == "section":
        return records(spec.record)
    return records_list(spec) if spec.kind == "records" else plain[spec.kind]


def values_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """A field recorded with any allowed value, or unknown."""
    return st.one_of(st.just(UNKNOWN), _known(spec))


def records_list(spec: FieldSpec) -> st.SearchStrategy[Any]:
    items = st.lists(records(spec.record), max_size=3)
    return items.map(in_order if spec.record is TreatedStep else tuple)


def in_order(steps: list[TreatedStep]) -> tuple[TreatedStep, ...]:
    """Steps one after another: dates given are spread over the years before the assessment."""
    first = dt.date(2020, 1, 1)
    return tuple(
        TreatedStep(
            **{name: getattr(step, name) for name in fields_of(TreatedStep) if name not in ("start", "end")},
            start=step.start if step.start is UNKNOWN else first + dt.timedelta(days=100 * n),
            end=step.end if step.end is UNKNOWN else first + dt.timedelta(days=100 * n + 50),
        )
        for n, step in enumerate(steps)
    )


def records(record: Any) -> st.SearchStrategy[Any]:
    """Records of one class, each field recorded or unknown."""
    fields = {
        name: _known(spec) if spec.kind == "section" else values_of(spec)
        for name, spec in fields_of(record).items()
        if name not in ("id", "assessed_on")
    }
    return st.builds(record, **fields)


def cases() -> st.SearchStrategy[Case]:
    """Whole cases assessed on one day."""
    fields = {
        name: _known(spec) if spec.kind == "section" else values_of(spec)
        for name, spec in fields_of(Case).items()
        if name not in ("id", "assessed_on")
    }
    ids = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
    return st.builds(Case, id=ids, assessed_on=st.just(ASSESSED_ON), **fields)
