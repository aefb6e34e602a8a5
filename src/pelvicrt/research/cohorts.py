"""What does a file of cohorts say? Study records checked by name, before anything is assumed or replayed.

A file is a YAML list of study records (fields of the evidence files) with two keys of ours: `virtual_cohort` and
`strategies`. Keys of a record that replay does not use are passed over; what it does use must be well formed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.intake import read_plain
from pelvicrt.research.predict import Score

GIVEN = ("liver.cleared", "primary.resected", "primary.watched")
"""What `given` may condition on: state at time zero of the series."""
_SCORES: Mapping[Any, Score] = {"primary": "primary", "secondary": "secondary", "no": "no", False: "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One finding as printed. Times in months, proportions 0 to 1; `known` holds every other key of the record."""

    quantity: str
    value: float | None
    arm: str = ""
    subgroup: str = ""
    at_months: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    denominator_population: str = ""
    ci95: tuple[float | None, float | None] = (None, None)
    score: Score | None = None
    weight: float = 1.0
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArm:
    """One arm: its size, its treatment in words, and what the file adds for it alone."""

    name: str
    n: int | None = None
    treatment: str = ""
    virtual_cohort: Mapping[str, Any] = field(default_factory=dict)
    strategies: Mapping[str, float] = field(default_factory=dict)
    given: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One study record; `subgroup` conditions every finding that names none itself."""

    id: str
    overlap_group: str
    design: str
    population: str
    n: int | None
    tags: tuple[str, ...]
    baseline: Mapping[str, Any]
    arms: tuple[StudyArm, ...]
    virtual_cohort: Mapping[str, Any]
    strategies: Mapping[str, float]
    given: Mapping[str, bool]
    subgroup: str
    findings: tuple[Printed, ...]


def read_cohorts_file(path: Path) -> tuple[Cohort, ...]:
    """The cohorts of one file.

    Raises:
        InvalidInput: naming every record and key that cannot be used, what was found and what to write.
    """
    return cohorts_of(read_plain(path), path.name)


def cohorts_of(raw: object, file: str) -> tuple[Cohort, ...]:
    """The cohorts in the data of one file.

    Raises:
        InvalidInput: as `read_cohorts_file`.
    """
    checks = _Checks(file)
    records = raw if isinstance(raw, list) else [raw] if isinstance(raw, dict) else None
    if not records:
        expected = Text("a list of study records", "研究记录的列表")
        raise InvalidInput([Problem(file=file, field="(file)", found=_name(raw), expected=expected)])
    found = [checks.cohort(record, f"[{place}]") for place, record in enumerate(records)]
    ids = [item.id for item in found if item is not None]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        checks.wrong("id", repr(name), Text("an id used once", "唯一的标识"))
    if checks.problems:
        raise InvalidInput(checks.problems)
    return tuple(item for item in found if item is not None)


def _name(value: object) -> str:
    return "nothing" if value is None else type(value).__name__


class _Checks:
    """Reads records and collects what is wrong, so that all problems are told at once."""

    def __init__(self, file: str) -> None:
        self.file, self.problems = file, list[Problem]()

    def wrong(self, key: str, found: str, expected: Text) -> None:
        self.problems.append(Problem(file=self.file, field=key, found=found[:60], expected=expected))

    def cohort(self, raw: object, where: str) -> Cohort | None:
        if not isinstance(raw, dict):
            self.wrong(where, _name(raw), Text("a study record (keys and values)", "一条研究记录（键值对）"))
            return None
        name = raw.get("id")
        if not isinstance(name, str) or not name.strip():
            self.wrong(f"{where}.id", _name(name), Text("a name for the study", "研究的标识"))
            return None
        findings = self._list(raw, "findings", name, needed=True)
        own = self._settings(raw, name)
        return Cohort(
            id=name,
            overlap_group=str(raw.get("overlap_group") or name),
            design=str(raw.get("design") or ""),
            population=str(raw.get("population") or ""),
            n=self._whole(raw, "n", name),
            tags=tuple(str(word) for word in self._list(raw, "strategy_tags", name)),
            baseline=self._mapping(raw, "baseline", name),
            arms=self._arms(raw, name),
            subgroup=str(raw.get("subgroup") or ""),
            findings=tuple(
                item
                for place, one in enumerate(findings)
                if (item := self._finding(one, f"{name}.findings[{place}]")) is not None
            ),
            **own,
        )

    def _settings(self, raw: Mapping[str, Any], where: str) -> dict[str, Any]:
        """The keys that may stand at a study or at an arm."""
        given = self._mapping(raw, "given", where)
        for key, value in given.items():
            if key not in GIVEN:
                self.wrong(f"{where}.given.{key}", repr(key), Text(f"one of {', '.join(GIVEN)}", "、".join(GIVEN)))
            elif not isinstance(value, bool):
                self.wrong(f"{where}.given.{key}", repr(value), Text("true or false", "true 或 false"))
        return {
            "virtual_cohort": self._mapping(raw, "virtual_cohort", where),
            "strategies": self._shares(raw, where),
            "given": given,
        }

    def _shares(self, raw: Mapping[str, Any], where: str) -> dict[str, float]:
        shares = self._mapping(raw, "strategies", where)
        good = {str(k): float(v) for k, v in shares.items() if isinstance(v, int | float) and not isinstance(v, bool)}
        bad = [key for key in shares if str(key) not in good or not 0.0 <= good[str(key)] <= 1.0]
        for key in bad:
            self.wrong(f"{where}.strategies.{key}", repr(shares[key]), Text("a share from 0 to 1", "0～1 的比例"))
        total = sum(good.values())
        if shares and not bad and abs(total - 1.0) > 0.02:  # number: rounding of printed shares
            self.wrong(f"{where}.strategies", f"a sum of {total:g}", Text("shares that add up to 1", "合计为 1 的比例"))
        return {key: value / total for key, value in good.items()} if total > 0.0 else {}

    def _arms(self, raw: Mapping[str, Any], where: str) -> tuple[StudyArm, ...]:
        arms = []
        for place, one in enumerate(self._list(raw, "arms", where)):
            here = f"{where}.arms[{place}]"
            if isinstance(one, str):
                arms.append(StudyArm(name=one))
            elif not isinstance(one, dict) or not isinstance(one.get("name"), str):
                self.wrong(here, _name(one), Text("an arm with a name", "带 name 的组"))
            else:
                treatment = str(one.get("treatment") or "")
                settings = self._settings(one, here)
                arms.append(StudyArm(name=one["name"], n=self._whole(one, "n", here), treatment=treatment, **settings))
        return tuple(arms)

    def _finding(self, raw: object, where: str) -> Printed | None:
        if not isinstance(raw, dict) or not isinstance(raw.get("quantity"), str):
            self.wrong(f"{where}.quantity", _name(raw), Text("a finding with a quantity", "带 quantity 的结果"))
            return None
        score = raw.get("score")
        if score is not None and score not in _SCORES:
            self.wrong(f"{where}.score", repr(score), Text("primary, secondary or no", "primary、secondary 或 no"))
        value = self._number(raw, "value", where)
        numerator, denominator = self._whole(raw, "numerator", where), self._whole(raw, "denominator", where)
        if numerator is not None and denominator is not None:
            if numerator > denominator:
                expected = Text(f"at most the denominator, {denominator}", f"不大于分母 {denominator}")
                self.wrong(f"{where}.numerator", str(numerator), expected)
            elif value is None and denominator:
                value = numerator / denominator
        if value is not None and raw.get("unit") == "proportion" and not 0.0 <= value <= 1.0:
            self.wrong(f"{where}.value", f"{value:g}", Text("a proportion from 0 to 1", "0～1 的比例"))
        known = {key: item for key, item in raw.items() if key not in _READ}
        return Printed(
            quantity=raw["quantity"],
            value=value,
            arm=str(raw.get("arm") or ""),
            subgroup=str(raw.get("subgroup") or raw.get("stratum") or ""),
            at_months=self._number(raw, "at_months", where),
            numerator=numerator,
            denominator=denominator or self._whole(raw, "n", where),
            denominator_population=str(raw.get("denominator_population") or ""),
            ci95=self._interval(raw, where),
            score=_SCORES.get(score) if score is not None else None,
            weight=self._number(raw, "weight", where) or 1.0,
            known=known,
        )

    def _interval(self, raw: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
        pair = raw.get("ci95")
        if pair is None:
            low, high = self._number(raw, "ci95_low", where), self._number(raw, "ci95_high", where)
            return low, high
        good = isinstance(pair, list) and len(pair) == 2 and all(item is None or _is_number(item) for item in pair)
        if not good:
            self.wrong(f"{where}.ci95", repr(pair), Text("two numbers, low and high", "两个数：下限与上限"))
            return None, None
        low, high = (None if item is None else float(item) for item in pair)
        if low is not None and high is not None and low > high:
            self.wrong(f"{where}.ci95", repr(pair), Text("the lower limit first", "下限在前"))
        return low, high

    def _number(self, raw: Mapping[str, Any], key: str, where: str) -> float | None:
        value = raw.get(key)
        if value is None:
            return None
        if not _is_number(value):
            self.wrong(f"{where}.{key}", repr(value), Text("a number", "数字"))
            return None
        return float(value)

    def _whole(self, raw: Mapping[str, Any], key: str, where: str) -> int | None:
        value = self._number(raw, key, where)
        if value is None:
            return None
        if value != int(value) or value < 0.0:
            self.wrong(f"{where}.{key}", f"{value:g}", Text("a whole number of patients", "患者人数（整数）"))
            return None
        return int(value)

    def _mapping(self, raw: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        value = raw.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(f"{where}.{key}", _name(value), Text("keys and values", "键值对"))
            return {}
        return {str(name): item for name, item in value.items()}

    def _list(self, raw: Mapping[str, Any], key: str, where: str, *, needed: bool = False) -> list[Any]:
        value = raw.get(key)
        if value is None and not needed:
            return []
        if not isinstance(value, list):
            self.wrong(f"{where}.{key}", _name(value), Text("a list", "列表"))
            return []
        return value


_READ = frozenset(
    {
        "quantity", "value", "arm", "subgroup", "stratum", "at_months", "numerator", "denominator", "n", "score",
        "denominator_population", "ci95", "ci95_low", "ci95_high", "weight",
    }
)  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
