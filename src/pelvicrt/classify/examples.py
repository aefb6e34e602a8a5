"""Do the examples written beside each rule file and score still come out as written?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from pelvicrt.case import Case, Extrahepatic, Facts, LateralNode, MesorectalNode, PriorPelvicRt, TreatedStep, with_fact
from pelvicrt.classify.findings import cautions_of, views
from pelvicrt.classify.rules import Facing, decide
from pelvicrt.evidence import Example, FactValue, Guideline, Library, LookUp
from pelvicrt.foundation import UNKNOWN, Unknown

EXAMPLE_DAY: Final = dt.date(2026, 5, 4)
_LISTS: Final[dict[str, type[Any]]] = {
    "primary.lateral_nodes": LateralNode,
    "primary.mesorectal_nodes": MesorectalNode,
    "elsewhere": Extrahepatic,
    "patient.prior_pelvic_rt": PriorPelvicRt,
    "treated_so_far": TreatedStep,
}


def look_up_of(given: Mapping[str, Any]) -> LookUp:
    """The facts of an example: contract facts make a case; derived facts and classes given stand over it.

    Raises:
        KeyError: when no fact has one of the names.
        ValueError: when a value is not allowed.

    >>> look_up = look_up_of({"primary.ct": "T3b", "elsewhere": []})
    >>> look_up("derived.is_t4"), look_up("derived.metastasis_count"), look_up("derived.extrahepatic_present")
    (False, UNKNOWN, False)
    """
    over = {name: value for name, value in given.items() if name.startswith(("derived.", "class.", "lars."))}
    case = Case(id="example", assessed_on=EXAMPLE_DAY)
    for name, value in given.items():
        if name not in over:
            case = with_fact(case, name, _records(name, value))
    facts = Facts(case)

    def look_up(name: str) -> FactValue | Unknown:
        if name.startswith(("class.", "lars.")):
            return over.get(name, UNKNOWN) if over.get(name) != "unknown" else UNKNOWN
        return over[name] if name in over else facts.get(name)

    return look_up


def answer_of(guideline: Guideline, example: Example, library: Library) -> Any:
    """What the guideline answers in an example: its value, or for cautions the list of their ids."""
    facing = Facing(look_up_of(example.given))
    if guideline.question == "caution":
        return [caution.id for caution in cautions_of(guideline, facing)]
    if guideline.question == "pelvic_summary":
        for item in views(library, facing):
            facing = facing.knowing(f"view.{item.guideline}", item.value, item.missing)
    return decide(guideline, facing).value


def _records(name: str, value: Any) -> Any:
    if isinstance(value, list):
        kind = _LISTS.get(name)
        return tuple(kind(**item) for item in value) if kind else tuple(value)
    return value
