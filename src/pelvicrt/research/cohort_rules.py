"""What is taken of a cohort that does not say? Rules over its words, each assumption told with its reason."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pelvicrt.foundation import Text
from pelvicrt.research.cohorts import Cohort, StudyArm

_RULES = Path(__file__).parent / "replay_rules.yaml"
_STRATEGY = Text("Strategy taken from the words of the study: {what}", "由研究文字推定的策略：{what}")
_BASELINE = Text("{key} of the baseline read as {what}", "基线 {key} 读作 {what}")
_LIMITED = Text("few later lines of treatment (country or years)", "后续治疗线有限（国家或年代）")
_UNFIT = Text("not operated on", "不手术")
_TRIPLET = Text("a triplet", "三药方案")
_LONG_COURSE = Text("long course before, as in most such series", "此前为长程放疗，与多数同类系列一致")
_WEIGHTED = Text("all arms together, by their sizes", "各组按人数合并")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing the file did not say, what was taken instead, and why."""

    arm: str
    about: str
    taken: str
    because: Text


@dataclass(slots=True, kw_only=True)
class Settled:
    """An arm with everything decided; what was assumed is listed."""

    name: str
    n: int | None
    virtual: dict[str, Any]
    strategies: dict[str, float]
    cleared: bool
    watched: bool
    life_table: str
    assumed: list[Assumption] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What a record says in words, in small letters; what an arm is called comes first where there are `several`."""

    several: bool
    name: str
    treatment: str
    tags: str
    study: str

    @property
    def whole(self) -> str:
        """All of them."""
        return f"{self.name} {self.treatment} {self.tags} {self.study}"


@functools.cache
def rules() -> dict[str, Any]:
    """The rules of replay, as data."""
    found: dict[str, Any] = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    return found


def settle(cohort: Cohort, name: str) -> Settled:
    """What one arm is taken to be; the name "" means all arms together."""
    arm = next((item for item in cohort.arms if item.name == name), None)
    if arm is None and not name and len(cohort.arms) == 1:
        arm = cohort.arms[0]
    arm = arm or StudyArm(name=name, n=None if name else cohort.n)
    words = _Words(
        several=len(cohort.arms) > 1,
        name=f"{arm.name} {arm.name.replace('_', ' ')}".lower(),
        treatment=arm.treatment.lower(),
        tags=" ".join(cohort.tags).lower(),
        study=f"{cohort.population} {cohort.id}".lower(),
    )
    made = Settled(
        name=name,
        n=arm.n or (cohort.n if not name or len(cohort.arms) == 1 else _share_of_study(cohort)),
        virtual={**cohort.virtual_cohort, **arm.virtual_cohort},
        strategies=dict(arm.strategies or cohort.strategies),
        cleared=False,
        watched=False,
        life_table=_life_table(f"{words.tags} {words.study} {cohort.design.lower()}"),
    )
    _read_baseline(made, cohort)
    _fill(made, words)
    _start(made, {**cohort.given, **arm.given}, words)
    if not made.strategies and not name and len(cohort.arms) > 1:
        _pool(made, cohort)
    if not made.strategies and made.watched:
        made.strategies = {rules()["watched_strategy"]: 1.0}
        _note(made, "strategies", rules()["watched_strategy"], _LONG_COURSE)
    if not made.strategies:
        _choose_strategy(made, words, cohort.baseline)
    return made


def _share_of_study(cohort: Cohort) -> int | None:
    return None if cohort.n is None or not cohort.arms else max(cohort.n // len(cohort.arms), 1)


def has(words: Sequence[str], text: str) -> bool:
    """Whether one of the words stands in a text, not as the end of a longer word.

    >>> has(["resectable"], "unresectable disease"), has(["resect"], "resected")
    (False, True)
    """
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) is not None for word in words)


def _applies(rule: Mapping[str, Any], text: str) -> bool:
    if not has(rule["words"], text) or has(rule.get("but_not", ()), text):
        return False
    return "and" not in rule or has(rule["and"], text)


def _first(kind: str, *texts: str) -> Mapping[str, Any] | None:
    """The first rule that fits the arm's own words, else the first that fits those of the study."""
    for text in texts:
        for rule in rules()["assume"][kind]:
            if _applies(rule, text):
                return dict(rule)
    return None


def _note(made: Settled, about: str, taken: object, because: Text) -> None:
    made.assumed.append(Assumption(arm=made.name, about=about, taken=str(taken), because=because))


def _because(rule: Mapping[str, Any]) -> Text:
    return Text(rule["because"]["en"], rule["because"]["zh"])


def _read_baseline(made: Settled, cohort: Cohort) -> None:
    for key, how in rules()["baseline"].items():
        value = cohort.baseline.get(key)
        if how["field"] in made.virtual or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if "as" in how:
            taken: Any = {how["as"]: float(value)}
        elif 0.0 <= value <= 1.0:
            if how["field"] == "liver.technical":
                continue
            taken = {how["share_of"]: float(value), how["other"]: 1.0 - float(value)}
        else:
            continue
        made.virtual[how["field"]] = taken
        _note(made, how["field"], taken, _BASELINE.fill(key=key, what=how["field"]))


def _fill(made: Settled, words: _Words) -> None:
    said = "metastases.present" in made.virtual or any(key.startswith("liver.") for key in made.virtual)
    if not said and not made.strategies and (rule := _first("metastases", words.whole)):
        made.virtual["metastases.present"] = False
        _note(made, "metastases.present", False, _because(rule))
    places = (words.name if words.several else "", words.tags, words.study, words.treatment)
    for kind, name in (("liver", "liver.technical"), ("frail", "patient.ecog")):
        if name not in made.virtual and (rule := _first(kind, *places)):
            made.virtual[name] = dict(rule["shares"])
            _note(made, name, rule["shares"], _because(rule))
    assume = rules()["assume"]
    for name, signs, value, because in (
        ("treatment.triplet", assume["triplet"], True, _TRIPLET),
        ("treatment.limited_access", assume["limited_access"], True, _LIMITED),
        ("treatment.surgery", assume["unfit_for_surgery"], False, _UNFIT),
    ):
        if name not in made.virtual and has(signs, words.whole):
            made.virtual[name] = value
            _note(made, name, value, because)


def _start(made: Settled, given: Mapping[str, bool], words: _Words) -> None:
    made.watched = given.get("primary.watched", False)
    made.cleared = given.get("liver.cleared", False)
    if not given and not made.strategies:
        if rule := _first("watched", f"{words.name} {words.treatment}", words.tags):
            made.watched = True
            _note(made, "given", "primary.watched", _because(rule))
        elif rule := _first("given", words.tags, words.study):
            made.cleared = True
            _note(made, "given", "liver.cleared", _because(rule))
    if made.watched:
        for name, value in rules()["assume"]["watched_patients"].items():
            if name != "because" and name not in made.virtual:
                made.virtual[name] = value
                _note(made, name, value, _because(rules()["assume"]["watched_patients"]))


def _pool(made: Settled, cohort: Cohort) -> None:
    """All arms together: their strategies by size."""
    arms = [settle(cohort, item.name) for item in cohort.arms]
    total = float(sum(item.n or 1 for item in arms))
    for item in arms:
        for key, share in item.strategies.items():
            made.strategies[key] = made.strategies.get(key, 0.0) + share * (item.n or 1) / total
    _note(made, "strategies", _shares(made.strategies), _WEIGHTED)


def _choose_strategy(made: Settled, words: _Words, baseline: Mapping[str, Any]) -> None:
    own = f"{words.name} {words.treatment}"
    order = (own, words.whole) if words.several else (words.tags, own, words.whole)
    rule = _first("strategies", *order)
    shares: Mapping[str, float] = {"no_rt_surgery": 1.0} if rule is None else rule["shares"]
    rt_share = baseline.get("rt_share")
    without = rules()["assume"]["without_rt"]
    if isinstance(rt_share, int | float) and 0.0 < rt_share < 1.0:
        names = list(shares)
        shares = {"lcrt_tnt": float(rt_share), "no_rt_surgery": 1.0 - float(rt_share)} if names[0] not in without else {
            names[0]: float(rt_share), without[names[0].split(":", maxsplit=1)[0]]: 1.0 - float(rt_share)
        }  # fmt: skip
    made.strategies = dict(shares)
    _note(made, "strategies", _shares(shares), _STRATEGY.fill(what=_shares(shares)))


def _shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in shares.items())


def _life_table(text: str) -> str:
    assume = rules()["assume"]
    found = [table for table, words in assume["life_table"].items() if has(words, text)]
    return str(found[0] if found else assume["any_life_table"])
