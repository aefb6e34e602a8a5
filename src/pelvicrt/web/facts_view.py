"""What does the page of facts show? Every fact with its field and source, what follows so far, and what to ask next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.case import CONTRACT_FACTS, FACT_SUPPLIERS, Case, FieldSpec, raw_value
from pelvicrt.classify import Classification
from pelvicrt.foundation import CLASSIFICATION_VALUES, DAYS_PER_MONTH, MONTHS_PER_YEAR, is_known
from pelvicrt.intake import dump_case
from pelvicrt.mdt import Kept, agenda, entering, missing, origins, rights, tables
from pelvicrt.web.asking import Asking
from pelvicrt.web.fact_fields import SECTIONS, Cell, ident, plain_of, rows_of, say_value, text_of, unit

_MOST_TESTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FactField:
    """One fact on the page. `typed` is what somebody wrote that was refused, for the `error` it met."""

    name: str
    spec: FieldSpec
    plain: Any
    said: str
    unit: str
    version: int
    editable: bool
    origin: origins.Origin | None
    source: str
    waits: bool
    days_old: int | None = None
    rows: list[list[Cell]] = field(default_factory=list)
    error: str = ""
    typed: str | None = None

    @property
    def ident(self) -> str:
        """The id of the control."""
        return ident(self.name)

    @property
    def known(self) -> bool:
        """Whether a value stands there."""
        return self.plain is not None

    @property
    def text(self) -> str:
        """What stands in the control."""
        return text_of(self.plain) if self.typed is None else self.typed

    @property
    def reason(self) -> str:
        """Why the fact is unknown, when somebody said so."""
        return self.origin.reason if self.origin is not None and not self.known else ""

    @property
    def state(self) -> str:
        """How the field looks: an error before an unknown, a stale value before a plain one."""
        if self.error:
            return "err"
        if not self.known:
            return "unknown"
        return "stale" if self.days_old is not None else "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """What one class says so far, and the facts it waits for."""

    name: str
    value: str
    known: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTest:
    """A fact worth asking for: its worth in quality-adjusted days and chance of changing the advice, where known."""

    fact: str
    who: str
    days: float | None = None
    chance: float | None = None
    width: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """All the page reads."""

    sections: Mapping[str, list[FactField]]
    classes: tuple[ClassLine, ...]
    waiting: tuple[str, ...]
    tests: tuple[NextTest, ...]
    from_where: tuple[tuple[str, int], ...]
    known: int
    total: int
    edits_any: bool

    def one(self, name: str) -> FactField:
        """One field."""
        return next(item for item in self.sections[name.partition(".")[0]] if item.name == name)


def facts_view(
    ask: Asking,
    session: Session,
    kept: Kept,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, entering.Edit] | None = None,
) -> FactsView:
    """The page of one version; `typed` are the edits of a form that was not kept, for `errors` by fact."""
    found, plain = missing.classified(kept.case), dump_case(kept.case)
    waiting = tuple(dict.fromkeys(name for kind in CLASSIFICATION_VALUES for name in getattr(found, kind).missing))
    said = origins.origins(session, kept.case.id)
    wrong, held = errors or {}, typed or {}
    fields = [
        _field(ask, kept, name, plain_of(plain, name), said.get(name), waits=name in waiting, errors=wrong, typed=held)
        for name in CONTRACT_FACTS
    ]
    return FactsView(
        sections={section: [item for item in fields if item.name.partition(".")[0] == section] for section in SECTIONS},
        classes=tuple(_class_line(ask, found, kind) for kind in CLASSIFICATION_VALUES),
        waiting=waiting,
        tests=_tests(ask, session, kept.case, waiting),
        from_where=_from_where(fields),
        known=sum(item.known for item in fields),
        total=len(fields),
        edits_any=any(item.editable for item in fields),
    )


def _field(
    ask: Asking,
    kept: Kept,
    name: str,
    plain: Any,
    origin: origins.Origin | None,
    *,
    waits: bool,
    errors: Mapping[str, str],
    typed: Mapping[str, entering.Edit],
) -> FactField:
    spec, w = CONTRACT_FACTS[name], ask.w
    shown = typed[name].value if name in typed else plain
    return FactField(
        name=name,
        spec=spec,
        plain=plain if spec.kind not in {"choices", "records"} else shown,
        said=say_value(spec, raw_value(kept.case, name), w),
        unit=unit(spec, w),
        version=typed[name].on_version if name in typed else kept.version,
        editable=ask.may("case.edit") and rights.edits_fact(ask.user, name),
        origin=origin,
        source=_source(ask, origin, known=plain is not None),
        waits=waits,
        days_old=_days_old(kept.case, name, ask.today),
        rows=rows_of(name, spec, shown, w) if spec.kind == "records" else [],
        error=errors.get(name, ""),
        typed=text_of(shown) if name in typed else None,
    )


def _source(ask: Asking, origin: origins.Origin | None, *, known: bool) -> str:
    if origin is None or not (known or origin.reason):
        return ""
    return ask.w(
        f"facts.origin.{'why' if origin.reason else origin.kind}",
        who=origin.author,
        date=ask.w.date(origin.at.astimezone().date()),
        source=_source_words(ask, origin),
    ).strip()


def _source_words(ask: Asking, origin: origins.Origin) -> str:
    if origin.kind == "judged":
        return ask.w(f"discipline.{origin.source}")
    if origin.kind == "imported":
        return origin.source
    key = f"facts.by.{origin.source}"
    return ask.w(key) if ask.w.has(key) else ""


def _days_old(case: Case, name: str, today: dt.date) -> int | None:
    """The age of a liver surgeon's review that has grown too old; no other fact has a limit of its own."""
    reviewed = case.liver.hpb_review_on
    if name != agenda.REVIEW or not is_known(reviewed):
        return None
    days = (today - reviewed).days
    return days if days > agenda.LIVER_REVIEW_DAYS else None


def _class_line(ask: Asking, found: Classification, kind: str) -> ClassLine:
    finding = getattr(found, kind)
    return ClassLine(
        name=ask.w.label("class", kind),
        value=ask.w.classed(kind, finding.value),
        known=finding.value != "unknown",
        missing=finding.missing,
    )


def _tests(ask: Asking, session: Session, case: Case, waiting: tuple[str, ...]) -> tuple[NextTest, ...]:
    """What the newest assessment found worth asking and is still unknown; without one, what classes wait for."""
    document = session.scalars(
        select(tables.AssessmentRow.document)
        .where(tables.AssessmentRow.case_id == case.id)
        .order_by(tables.AssessmentRow.number.desc())
        .limit(1)
    ).one_or_none()
    listed = [] if document is None else document.get("missing_information", [])
    valued = [
        (item["fact"], (item["value"] or 0) * MONTHS_PER_YEAR * DAYS_PER_MONTH, item["chance_changes_advice"])
        for item in listed
        if item["fact"] in CONTRACT_FACTS and not is_known(raw_value(case, item["fact"]))
    ]
    valued = sorted((item for item in valued if item[1] > 0), key=lambda item: -item[1])[:_MOST_TESTS]
    best = max((days for _, days, _ in valued), default=1.0)
    tests = [
        NextTest(fact=name, who=_who(ask, name), days=days, chance=chance, width=max(1, round(100 * days / best)))
        for name, days, chance in valued
    ]
    rest = [name for name in waiting if name not in {test.fact for test in tests}]
    return (*tests, *(NextTest(fact=name, who=_who(ask, name)) for name in rest[: _MOST_TESTS - len(tests)]))


def _who(ask: Asking, fact: str) -> str:
    supplier = FACT_SUPPLIERS.get(fact)
    return "" if supplier is None else supplier.say(ask.lang)


def _from_where(fields: list[FactField]) -> tuple[tuple[str, int], ...]:
    """How many known facts each source brought, the most first."""
    counts: dict[str, int] = {}
    for item in fields:
        if item.known and item.source:
            counts[item.source] = counts.get(item.source, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
