"""How is a region's file read? Checked by name before anything runs, every problem told at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeGuard

from pelvicrt.case import FACT_NAMES
from pelvicrt.evidence import Library, facts_of, parse
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import CLASSIFICATION_VALUES, HORIZONS_MONTHS, InvalidInput, Problem, Text
from pelvicrt.intake import read_plain
from pelvicrt.research.population_cohort import Described, check_described
from pelvicrt.research.population_spec import (
    ONCE,
    PRICED,
    RECOMMENDED,
    SCHEMA,
    TIMED,
    Costs,
    Group,
    Policy,
    PolicyRule,
    Population,
    plan_keys,
)

_BY_DEFAULT: Final[Mapping[str, tuple[int, ...]]] = {
    "overall_survival": (12, 36, 60),
    "all_sites_cleared": (36,),
    "local_recurrence": (36,),
    "organ_preservation": (36,),
    "permanent_stoma": (36,),
    "pelvic_symptom_free": (12,),
    "grade3plus_toxicity": (),
    "life_months": (),
    "quality_adjusted_months": (),
}
_KEYS: Final = (
    "schema", "name", "patients_per_year", "patients", "draws", "seed", "horizon_months", "assessed_on", "sources",
    "virtual_cohort", "groups", "policies", "outcomes", "costs", "capacities_per_month", "note",
)  # fmt: skip
_ONE = 0.02  # number: shares printed with two digits may miss 1 by their rounding


def read_population(path: Path, *, library: Library | None = None) -> Population:
    """The population of one YAML or JSON file.

    Raises:
        InvalidInput: naming every field that cannot be used, what was found and what to write instead.
    """
    return population_of(read_plain(path), file=path.name, library=library or shipped_library())


def population_of(raw: object, *, file: str, library: Library) -> Population:
    """The population that plain data describes.

    Raises:
        InvalidInput: as `read_population`.
    """
    reader = _Reader(file, library)
    made = reader.population(raw)
    if reader.problems or made is None:
        raise InvalidInput(reader.problems)
    return made


class _Reader:
    """Reads and collects what is wrong, so that all problems are told at once."""

    def __init__(self, file: str, library: Library) -> None:
        self.file, self.library, self.problems = file, library, list[Problem]()

    def wrong(self, where: str, found: object, expected: Text) -> None:
        shown = "nothing" if found is None else found if isinstance(found, str) else repr(found)
        self.problems.append(Problem(file=self.file, field=where, found=shown[:60], expected=expected))

    def population(self, raw: object) -> Population | None:
        if not isinstance(raw, dict):
            self.wrong("(file)", type(raw).__name__, Text("keys and values, first schema", "键值对，首先是 schema"))
            return None
        self._known_keys(raw, _KEYS, "")
        if raw.get("schema") != SCHEMA:
            self.wrong("schema", raw.get("schema"), Text(SCHEMA, SCHEMA))
        day = self._day(raw.get("assessed_on", "2026-01-01"))
        described = self._described(raw.get("virtual_cohort", {}), "virtual_cohort", day)
        made: dict[str, Any] = {
            "name": self._text(raw.get("name"), "name"),
            "patients_per_year": self._number(raw, "patients_per_year", low=0.0, needed=True),
            "patients": self._whole(raw, "patients", low=1, high=1_000_000, default=None),
            "draws": self._whole(raw, "draws", low=2, high=100_000, default=200),
            "seed": self._whole(raw, "seed", low=0, high=2**31, default=1),
            "horizon_months": self._whole(raw, "horizon_months", low=max(HORIZONS_MONTHS), high=360, default=120),
            "assessed_on": day,
            "described": described,
            "groups": self._groups(raw.get("groups"), described, day),
            "policies": self._policies(raw.get("policies")),
            "outcomes": self._outcomes(raw.get("outcomes")),
            "costs": self._costs(raw.get("costs")),
            "capacities": self._amounts(raw.get("capacities_per_month", {}), "capacities_per_month"),
            "sources": self._sources(raw.get("sources", {})),
            "note": str(raw.get("note") or ""),
        }
        return None if self.problems else Population(**made)

    def _known_keys(self, raw: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in raw:
            if key not in known:
                expected = Text(f"one of {', '.join(known)}", f"以下之一：{'、'.join(known)}")
                self.wrong(f"{where}{key}", "an unknown key", expected)

    def _text(self, raw: object, where: str) -> Text:
        if isinstance(raw, str) and raw.strip():
            return Text(raw, raw)
        if isinstance(raw, dict) and set(raw) == {"en", "zh"} and all(isinstance(v, str) and v for v in raw.values()):
            return Text(raw["en"], raw["zh"])
        self.wrong(where, raw, Text("a name, or {en: ..., zh: ...}", "名称，或 {en: ..., zh: ...}"))
        return Text("?", "?")

    def _day(self, raw: object) -> dt.date:
        try:
            return raw if isinstance(raw, dt.date) else dt.date.fromisoformat(str(raw))
        except ValueError:
            self.wrong("assessed_on", raw, Text("a date such as 2026-01-01", "日期，例如 2026-01-01"))
            return dt.date(2026, 1, 1)

    def _number(self, raw: Mapping[str, Any], key: str, *, low: float, needed: bool = False) -> float:
        value = raw.get(key)
        if value is None and not needed:
            return low
        if not _is_number(value) or value <= low:
            self.wrong(key, value, Text(f"a number above {low:g}", f"大于 {low:g} 的数"))
            return low
        return float(value)

    def _whole(self, raw: Mapping[str, Any], key: str, *, low: int, high: int, default: int | None) -> int:
        value = raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(key, value, Text(f"a whole number from {low} to {high}", f"{low}～{high} 的整数"))
            return low
        return value

    def _described(self, raw: object, where: str, day: dt.date) -> Described:
        if not isinstance(raw, dict):
            self.wrong(where, raw, Text("fields of a case file with values or shares", "病例字段及其取值或比例"))
            return {}
        self.problems += check_described(raw, file=self.file, where=where, day=day)
        return raw

    def _groups(self, raw: object, described: Described, day: dt.date) -> tuple[Group, ...]:
        if raw is None:
            return (Group(name="all", share=1.0, described=described),)
        if not isinstance(raw, list) or not raw:
            self.wrong("groups", raw, Text("a list of groups with name and share", "含 name 和 share 的分组列表"))
            return ()
        groups = [self._group(item, f"groups[{place}]", described, day) for place, item in enumerate(raw)]
        total = sum(item.share for item in groups)
        if abs(total - 1.0) > _ONE:
            self.wrong("groups", f"shares that add up to {total:g}", Text("shares that add up to 1", "合计为 1 的比例"))
        self._once([item.name for item in groups], "groups")
        return tuple(dataclasses.replace(item, share=item.share / max(total, 1e-9)) for item in groups)

    def _group(self, raw: object, where: str, described: Described, day: dt.date) -> Group:
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
            self.wrong(where, raw, Text("a group with a name", "带 name 的分组"))
            return Group(name=where, share=0.0, described={})
        self._known_keys(raw, ("name", "share", "virtual_cohort"), f"{where}.")
        share = raw.get("share")
        if not _is_number(share) or not 0.0 <= share <= 1.0:
            self.wrong(f"{where}.share", share, Text("a share from 0 to 1", "0～1 的比例"))
            share = 0.0
        own = self._described(raw.get("virtual_cohort", {}), f"{where}.virtual_cohort", day)
        return Group(name=raw["name"], share=float(share), described={**described, **own})

    def _once(self, names: list[str], where: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.wrong(where, f"{name!r} twice", Text("each name once", "名称不可重复"))

    def _policies(self, raw: object) -> tuple[Policy, ...]:
        if not isinstance(raw, list) or not raw:
            self.wrong("policies", raw, Text("a list of policies", "策略方案列表"))
            return ()
        made = [self._policy(item, f"policies[{place}]") for place, item in enumerate(raw)]
        self._once([item.id for item in made], "policies")
        return tuple(made)

    def _policy(self, raw: object, where: str) -> Policy:
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
            self.wrong(where, raw, Text("a policy with id, name and strategies", "含 id、name、strategies 的方案"))
            return Policy(id=where, name=Text("?", "?"), rules=())
        self._known_keys(raw, ("id", "name", "rules", "strategies"), f"{where}.")
        rules = raw.get("rules", [])
        if not isinstance(rules, list):
            self.wrong(f"{where}.rules", rules, Text("a list of rules with when and strategies", "规则列表"))
            rules = []
        made = [self._rule(item, f"{where}.rules[{place}]") for place, item in enumerate(rules)]
        for_all = self._shares(raw.get("strategies"), f"{where}.strategies")
        return Policy(
            id=raw["id"],
            name=self._text(raw.get("name", raw["id"]), f"{where}.name"),
            rules=(*made, PolicyRule(when=None, strategies=for_all)),
        )

    def _rule(self, raw: object, where: str) -> PolicyRule:
        if not isinstance(raw, dict) or set(raw) != {"when", "strategies"}:
            self.wrong(where, raw, Text("a rule with when and strategies", "含 when 和 strategies 的规则"))
            return PolicyRule(when=None, strategies={})
        try:
            facts = facts_of(parse(raw["when"]))
        except ValueError as error:
            self.wrong(
                f"{where}.when", str(error), Text("a condition {fact: NAME, is: VALUE}", "条件 {fact: 名称, is: 值}")
            )
            return PolicyRule(when=None, strategies={})
        classes = {f"class.{name}" for name in CLASSIFICATION_VALUES}
        for fact in sorted(facts - classes - set(FACT_NAMES)):
            expected = Text(
                "a field of a case, or class.liver, class.pelvis ...", "病例字段，或 class.liver、class.pelvis 等"
            )
            self.wrong(f"{where}.when", repr(fact), expected)
        return PolicyRule(when=raw["when"], strategies=self._shares(raw["strategies"], f"{where}.strategies"))

    def _shares(self, raw: object, where: str) -> dict[str, float]:
        if not isinstance(raw, dict) or not raw:
            self.wrong(
                where,
                raw,
                Text("strategies with shares, such as {recommended: 1.0}", "策略及比例，如 {recommended: 1.0}"),
            )
            return {}
        keys = {item.id for item in self.library.strategies} | {RECOMMENDED} | set(plan_keys(self.library))
        for key, share in raw.items():
            if key not in keys:
                names = [RECOMMENDED, *(item.id for item in self.library.strategies)]
                expected = Text(f"one of {', '.join(names)}, or strategy:schedule", f"{'、'.join(names)}，或 策略:方案")
                self.wrong(where, repr(key), expected)
            if not _is_number(share) or not 0.0 <= share <= 1.0:
                self.wrong(f"{where}.{key}", share, Text("a share from 0 to 1", "0～1 的比例"))
                return {}
        total = float(sum(raw.values()))
        if abs(total - 1.0) > _ONE:
            self.wrong(where, f"shares that add up to {total:g}", Text("shares that add up to 1", "合计为 1 的比例"))
            return {}
        return {str(key): float(share) / total for key, share in raw.items() if share > 0.0}

    def _outcomes(self, raw: object) -> dict[str, tuple[int, ...]]:
        if raw is None:
            return dict(_BY_DEFAULT)
        if not isinstance(raw, dict):
            self.wrong("outcomes", raw, Text("outcome names with months", "结局名称及月份"))
            return {}
        made: dict[str, tuple[int, ...]] = {}
        for name, months in raw.items():
            listed = [] if months is None else months if isinstance(months, list) else [months]
            if name not in (*TIMED, *ONCE):
                expected = ", ".join((*TIMED, *ONCE))
                self.wrong(
                    f"outcomes.{name}", "an unknown outcome", Text(f"one of {expected}", f"以下之一：{expected}")
                )
            elif name in TIMED and (not listed or any(month not in HORIZONS_MONTHS for month in listed)):
                known = ", ".join(str(month) for month in HORIZONS_MONTHS)
                self.wrong(f"outcomes.{name}", months, Text(f"months out of {known}", f"月份：{known}"))
            elif name in ONCE and listed:
                self.wrong(f"outcomes.{name}", months, Text("no month: leave it empty", "无月份：请留空"))
            made[str(name)] = tuple(listed)
        return made

    def _costs(self, raw: object) -> Costs | None:
        if raw is None:
            return None
        if not isinstance(raw, dict) or not isinstance(raw.get("currency"), str) or not raw.get("source"):
            self.wrong("costs", raw, Text("currency, per and source", "currency、per 和 source"))
            return None
        self._known_keys(raw, ("currency", "per", "source"), "costs.")
        return Costs(
            currency=raw["currency"], per=self._amounts(raw.get("per"), "costs.per"), source=str(raw["source"])
        )

    def _amounts(self, raw: object, where: str) -> dict[str, float]:
        if not isinstance(raw, dict):
            self.wrong(where, raw, Text(f"numbers by {', '.join(PRICED)}", f"按 {'、'.join(PRICED)} 的数值"))
            return {}
        for key, value in raw.items():
            if key not in PRICED:
                self.wrong(f"{where}.{key}", "an unknown key", Text(f"one of {', '.join(PRICED)}", "、".join(PRICED)))
            elif not _is_number(value) or value <= 0:
                self.wrong(f"{where}.{key}", value, Text("a number above 0", "大于 0 的数"))
        return {str(key): float(value) for key, value in raw.items() if _is_number(value)}

    def _sources(self, raw: object) -> dict[str, str]:
        if not isinstance(raw, dict):
            self.wrong("sources", raw, Text("sources by field, such as patient.age", "按字段列出的来源"))
            return {}
        return {str(key): str(value) for key, value in raw.items()}


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
