"""What is known of this patient, by name? Contract facts (`primary.mrf_mm`) and derived facts (`derived.is_t4`)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pelvicrt.case import staging as _staging  # noqa: F401 -- registers its derived facts
from pelvicrt.case.derived import DERIVATIONS
from pelvicrt.case.fields import FieldSpec, fields_of
from pelvicrt.case.model import Case
from pelvicrt.evidence import FactValue
from pelvicrt.foundation import UNKNOWN, Unknown

_NEAR: Final = 0.6  # number: how alike two spellings must be to suggest one, the library's own default
_NOT_FACTS: Final = frozenset({"id", "assessed_on"})


def _contract() -> Iterator[tuple[str, FieldSpec]]:
    for name, spec in fields_of(Case).items():
        if spec.kind == "section" and spec.record is not None:
            for inner, inner_spec in fields_of(spec.record).items():
                yield f"{name}.{inner}", inner_spec
        elif name not in _NOT_FACTS:
            yield name, spec


CONTRACT_FACTS: Final[dict[str, FieldSpec]] = dict(_contract())
"""Every fact a case file can hold, by dotted name; the lists of records are read through derived facts."""

DERIVED_FACTS: Final[tuple[str, ...]] = tuple(DERIVATIONS)
FACT_NAMES: Final[tuple[str, ...]] = (*CONTRACT_FACTS, *DERIVED_FACTS)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one case; an object that rules can use as their look-up.

    >>> case = Case(id="a", assessed_on=dt.date(2026, 5, 4), elsewhere=())
    >>> Facts(case).get("derived.extrahepatic_present"), Facts(case).get("primary.emvi")
    (False, UNKNOWN)
    """

    case: Case
    _found: dict[str, FactValue | Unknown] = field(default_factory=dict, init=False, repr=False, compare=False)

    def get(self, name: str) -> FactValue | Unknown:
        """The value of one fact, or UNKNOWN. Dates come as ISO text.

        Raises:
            KeyError: when no fact has that name, naming the nearest ones; when the fact is a list of records.
        """
        if name not in self._found:
            self._found[name] = _find(self.case, name)
        return self._found[name]

    def __call__(self, name: str) -> FactValue | Unknown:
        """The same as `get`."""
        return self.get(name)


def inputs_of(name: str) -> tuple[str, ...]:
    """The contract facts a fact is found from; a contract fact stands for itself.

    Raises:
        KeyError: when no fact has that name.

    >>> inputs_of("derived.is_t4"), inputs_of("primary.ct")
    (('primary.ct',), ('primary.ct',))
    """
    _check_name(name)
    return DERIVATIONS[name].inputs if name in DERIVATIONS else (name,)


def with_fact(case: Case, name: str, value: Any) -> Case:
    """The same case with one contract fact replaced; a list of records takes a tuple of them.

    Raises:
        KeyError: when no contract fact has that name.
        ValueError: when the value is not allowed there.

    >>> case = Case(id="a", assessed_on=dt.date(2026, 5, 4))
    >>> with_fact(case, "primary.mrf_mm", 0.5).primary.mrf_mm
    0.5
    """
    if name not in CONTRACT_FACTS:
        _check_name(name)
        raise KeyError(f"{name} is derived; replace one of {', '.join(inputs_of(name))}")
    section, _, inner = name.partition(".")
    if not inner:
        return dataclasses.replace(case, **{section: value})
    return dataclasses.replace(case, **{section: dataclasses.replace(getattr(case, section), **{inner: value})})


def unknown_facts(case: Case) -> tuple[str, ...]:
    """Every contract fact nobody has recorded, in order; inside lists as `primary.lateral_nodes.1.side` (from 1)."""
    return tuple(name for top in CONTRACT_FACTS for name in _unknown_below(top, raw_value(case, top)))


def raw_value(case: Case, name: str) -> Any:
    """The recorded value of a contract fact as the case holds it (dates, tuples of records)."""
    section, _, inner = name.partition(".")
    held = getattr(case, section)
    return getattr(held, inner) if inner else held


def _unknown_below(name: str, value: Any) -> Iterator[str]:
    if value is UNKNOWN:
        yield name
    elif isinstance(value, tuple):
        for number, item in enumerate(value, start=1):
            if dataclasses.is_dataclass(item):
                for inner in fields_of(type(item)):
                    yield from _unknown_below(f"{name}.{number}.{inner}", getattr(item, inner))


def _find(case: Case, name: str) -> FactValue | Unknown:
    _check_name(name)
    if name in DERIVATIONS:
        return DERIVATIONS[name].function(case)
    if CONTRACT_FACTS[name].kind == "records":
        offers = [other for other, how in DERIVATIONS.items() if name in how.inputs]
        raise KeyError(f"{name} is a list of records; ask a derived fact: {', '.join(offers) or 'none yet'}")
    value = raw_value(case, name)
    return value.isoformat() if isinstance(value, dt.date) else value


def _check_name(name: str) -> None:
    if name in CONTRACT_FACTS or name in DERIVATIONS:
        return
    near = difflib.get_close_matches(name, FACT_NAMES, n=3, cutoff=_NEAR)
    near = near or [fact for fact in FACT_NAMES if fact.rpartition(".")[2] == name.rpartition(".")[2]]
    raise KeyError(f"no fact is called {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
