"""Which virtual arm answers each printed figure of a user's cohort, and which figures cannot be answered, and why?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pelvicrt.evidence import Library, Step, Strategy, Variant
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.research.calibrate_cohorts import WATCHED, Arm, Reading
from pelvicrt.research.cohort_rules import Assumption, Settled, rules, settle
from pelvicrt.research.cohorts import Cohort, Printed
from pelvicrt.research.predict import OutcomeClass
from pelvicrt.research.replay_targets import target_of
from pelvicrt.research.virtual import Described, check_virtual, describe, unused
from pelvicrt.simulate import ArmPlan, radiotherapy_family

MONTHS = 120
_NEAR = 0.2  # number: a time this near the median follow-up, relatively, counts as that follow-up
_IRRADIATIONS = ("short_course", "long_course", "palliative_rt", "consolidative_rt")
_AFTER_RT = ("organ_kept", "regrowth", "ccr")
_WITHOUT_M1 = ("pelvic", "response", "toxicity", "symptom", "regrowth", "completion")
_UNKNOWN = Text("no outcome of the model has this name", "模型没有此名称的结局")
_NO_VALUE = Text("no single value is printed", "未给出单一数值")
_NO_GROUP = Text("the subgroup {group} is not followed by the model", "模型不跟踪亚组 {group}")
_NO_TIME = Text("no month is printed for it", "未给出月份")
_PAST = Text("month {at} lies beyond the {months} months of the model", "第 {at} 个月超出模型的 {months} 个月")
_NO_M1 = Text("the model describes relapse and death of metastatic disease only", "模型仅描述转移性疾病的复发与死亡")
_NOT_WATCHED = Text("only for series that start on watch and wait", "仅适用于从等待观察开始的系列")
_WATCHED_ONLY = Text("a series that starts on watch and wait is read for regrowth only", "等待观察系列仅读取再生长")
_OF_WHOM = Text("the record does not say of whom: of all or of those operated", "未说明分母：全体还是手术者")
_NO_RT = Text("no plan of this arm holds radiotherapy of the rectum", "该组方案不含直肠放疗")
_NO_MONTHS = Text("a median that is no positive number of months", "中位数不是正的月数")
_NO_PROPORTION = Text("no proportion from 0 to 1", "不是 0～1 的比例")
_OF_HOW_MANY = Text("none or all of a number that is not printed", "全无或全有，但未给出人数")
_LATER = Text("conditional on time already free of an event", "以已无事件的时间为条件")
_PART = Text("counted within {whole}", "已计入 {whole}")
_CONTRAST = Text("a contrast between groups", "组间对比")
_NOT_IN_FILE = Text("a figure the file marks as not seen", "文件标记为未核对的数字")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A finding that is not replayed, with the reason."""

    cohort: str
    quantity: str
    arm: str
    subgroup: str
    at_months: float | None
    observed: float | None
    because: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayable:
    """Arms ready for the model, what cannot be answered, what was assumed, fields without use; cohorts in order."""

    cohorts: tuple[str, ...]
    arms: tuple[Arm, ...]
    unanswered: tuple[Unanswered, ...]
    assumed: Mapping[str, tuple[Assumption, ...]]
    unused: Mapping[str, tuple[str, ...]]


class _Unreadable(Exception):
    def __init__(self, because: Text) -> None:
        self.because = because


def replayable(cohorts: Iterable[Cohort], library: Library, *, file: str = "cohorts") -> Replayable:
    """The arms of some cohorts.

    Raises:
        InvalidInput: for a field of `virtual_cohort` or a strategy that does not exist.
    """
    chosen = tuple(cohorts)
    problems = [problem for cohort in chosen for problem in _check(cohort, library, file)]
    if problems:
        raise InvalidInput(problems)
    arms: list[Arm] = []
    missed: list[Unanswered] = []
    assumed: dict[str, tuple[Assumption, ...]] = {}
    for cohort in chosen:
        made, unread, taken = _arms(cohort, library)
        arms += made
        missed += unread
        assumed[cohort.id] = taken
    return Replayable(
        cohorts=tuple(item.id for item in chosen),
        arms=tuple(arms),
        unanswered=tuple(missed),
        assumed=assumed,
        unused={item.id: unused(item.virtual_cohort) for item in chosen if unused(item.virtual_cohort)},
    )


def _check(cohort: Cohort, library: Library, file: str) -> list[Problem]:
    places = [(cohort.id, cohort.virtual_cohort, cohort.strategies)]
    places += [(f"{cohort.id}.arms.{arm.name}", arm.virtual_cohort, arm.strategies) for arm in cohort.arms]
    problems: list[Problem] = []
    for where, described, strategies in places:
        problems += check_virtual(described, file, f"{where}.virtual_cohort")
        for key in strategies:
            name, _, regimen = key.partition(":")
            if name not in library.strategies:
                expected = f"{', '.join(item.id for item in library.strategies)}"
                wanted = Text(f"one of {expected}", f"策略之一：{expected}")
                problems.append(Problem(file=file, field=f"{where}.strategies", found=repr(name), expected=wanted))
            elif regimen and regimen not in library.regimens:
                wanted = Text("a schedule of the library (pelvicrt evidence list regimens)", "证据库中的放疗方案")
                problems.append(Problem(file=file, field=f"{where}.strategies", found=repr(key), expected=wanted))
    return problems


def _arms(cohort: Cohort, library: Library) -> tuple[list[Arm], list[Unanswered], tuple[Assumption, ...]]:
    made: list[Arm] = []
    missed: list[Unanswered] = []
    taken: list[Assumption] = []
    for name in dict.fromkeys(item.arm for item in cohort.findings):
        settled = settle(cohort, name)
        described = describe(settled.virtual, library)
        readings, parts = [], _parts_of(cohort, name)
        for finding in (item for item in cohort.findings if item.arm == name):
            try:
                found = _reading(parts.get(id(finding), finding), cohort, settled, described)
                readings.append(_possible(found, settled, library))
            except _Unreadable as reason:
                missed.append(_unanswered(cohort, finding, reason.because))
        if readings:
            made.append(_arm(cohort, settled, described, _once(readings), library))
            taken += settled.assumed
    return made, missed, tuple(dict.fromkeys(taken))


def _possible(found: Reading, settled: Settled, library: Library) -> Reading:
    """A reading, unless it speaks of an organ kept after radiotherapy nobody had."""
    if found.figure in _AFTER_RT and not settled.watched and not _irradiates(settled, library):
        raise _Unreadable(_NO_RT)
    return found


def _irradiates(settled: Settled, library: Library) -> bool:
    names = (key.partition(":")[0] for key in settled.strategies)
    return any(step.kind in _IRRADIATIONS for name in names for step in library.strategies[name].variants[0].steps)


def _unanswered(cohort: Cohort, finding: Printed, because: Text) -> Unanswered:
    return Unanswered(
        cohort=cohort.id,
        quantity=finding.quantity,
        arm=finding.arm,
        subgroup=finding.subgroup,
        at_months=finding.at_months,
        observed=finding.value,
        because=because,
    )


def _parts_of(cohort: Cohort, arm: str) -> dict[int, Printed]:
    """Parts that are compared as their sum: the first is replaced by the sum, the others name it."""
    found: dict[int, Printed] = {}
    for rule in rules()["sums"]:
        parts = [
            next((x for x in cohort.findings if x.quantity == q and x.arm == arm and not x.subgroup), None)
            for q in rule["parts"]
        ]
        if any(item is None or item.value is None for item in parts) or not parts:
            continue
        whole = [cast("Printed", item) for item in parts]
        hits = [item.numerator for item in whole]
        found[id(whole[0])] = dataclasses.replace(
            whole[0],
            quantity=rule["quantity"],
            value=sum(item.value or 0.0 for item in whole),
            numerator=None if None in hits else sum(item or 0 for item in hits),
            ci95=(None, None),
        )
        for item in whole[1:]:
            found[id(item)] = dataclasses.replace(item, known={**item.known, "part_of": rule["quantity"]})
    return found


def _reading(finding: Printed, cohort: Cohort, settled: Settled, described: Described) -> Reading:
    """How a finding is read off the model.

    Raises:
        _Unreadable: with the reason.
    """
    how = _quantity(finding)
    value = finding.value
    if value is None:
        raise _Unreadable(_NO_VALUE)
    kind: OutcomeClass = how["class"]
    if not described.metastases and kind not in _WITHOUT_M1:
        raise _Unreadable(_NO_M1)
    group, among = _group(finding, cohort)
    landed = settled.cleared or (how.get("landed", False) and group in {"", "completed"})
    figure = _figure(how["reads"], "completed" if landed and not group else group)
    if settled.watched != (figure in WATCHED):
        figure = {"organ_kept": "organ_kept", "regrowth": "regrowth"}.get(figure, "") if not settled.watched else ""
        if not figure:
            raise _Unreadable(_WATCHED_ONLY if settled.watched else _NOT_WATCHED)
    if how.get("needs_group") and not group:
        raise _Unreadable(_OF_WHOM)
    median = kind == "time"
    _check_value(value, finding, settled, median=median)
    at = _month(finding, how, median=median, figure=figure)
    return Reading(
        target=target_of(
            finding, cohort, settled, how, value=value, kind=kind, group=group, among=among, described=described
        ),
        figure=figure,
        at=at,
        among=among,
        after_clearance=landed and figure.endswith("_completed"),
        follow_up=_is_crude(finding, cohort, how),
    )


def _check_value(value: float, finding: Printed, settled: Settled, *, median: bool) -> None:
    if median and value <= 0.0:
        raise _Unreadable(_NO_MONTHS)
    if not median and not 0.0 <= value <= 1.0:
        raise _Unreadable(_NO_PROPORTION)
    if not median and value in {0.0, 1.0} and finding.denominator is None and settled.n is None:
        raise _Unreadable(_OF_HOW_MANY)


def _quantity(finding: Printed) -> Mapping[str, Any]:
    if finding.known.get("source") == "memory" or finding.known.get("provenance") == "memory":
        raise _Unreadable(_NOT_IN_FILE)
    if "part_of" in finding.known:
        raise _Unreadable(_PART.fill(whole=finding.known["part_of"]))
    if finding.known.get("given_months_free") is not None:
        raise _Unreadable(_LATER)
    if finding.known.get("comparison") or finding.known.get("measure") in {"hr", "or", "rr"}:
        raise _Unreadable(_CONTRAST)
    known: Mapping[str, Any] = rules()["quantities"]
    if finding.known.get("endpoint") or finding.quantity not in known:
        for rule in rules()["not_outcomes"].values():
            if any(word in finding.quantity for word in rule["words"]):
                raise _Unreadable(Text(rule["because"]["en"], rule["because"]["zh"]))
        raise _Unreadable(_UNKNOWN)
    return dict(known[finding.quantity])


def _group(finding: Printed, cohort: Cohort) -> tuple[str, str]:
    """The later state a figure is conditional on, and the patients it speaks of."""
    group = among = ""
    for word in (finding.subgroup or cohort.subgroup, finding.denominator_population):
        if not word:
            continue
        state = next((name for name, words in rules()["groups"].items() if word in words), None)
        kind = next((name for name, words in rules()["among"].items() if word in words), None)
        if state is None and kind is None:
            raise _Unreadable(_NO_GROUP.fill(group=word))
        group, among = state or group, kind or among
    return group, among


def _figure(reads: str, group: str) -> str:
    readings: Mapping[str, str] = rules()["readings"].get(reads, {"all": reads})
    if group in readings:
        return readings[group]
    if group in {"", "completed"} and "all" in readings and (not group or reads not in {"survival", "free"}):
        return readings["all"]
    raise _Unreadable(_NO_GROUP.fill(group=group))


def _month(finding: Printed, how: Mapping[str, Any], *, median: bool, figure: str) -> float | None:
    if median:
        return None
    at = finding.at_months if finding.at_months is not None else how.get("at")
    timed = figure in _TIMED or figure in WATCHED[:4]
    if timed and at is None:
        raise _Unreadable(_NO_TIME)
    if timed and at is not None and at > MONTHS:
        raise _Unreadable(_PAST.fill(at=f"{at:g}", months=MONTHS))
    return at if timed else None


_TIMED = {
    "alive", "progression_free", "alive_completed", "alive_not_completed", "event_free_completed", "lars",
    "event_free_not_completed", "cancer_survival", "cancer_survival_completed", "recurrence_completed", "organ_kept",
    "distant_completed", "distant_progression", "pelvic_completed", "pelvic_first_completed",
    "disease_free", "alive_resected", "alive_not_resected", "alive_liver_treated", "alive_liver_not_treated",
    "symptomatic", "relief_kept", "not_diverted", "regrowth",
}  # fmt: skip


def _is_crude(finding: Printed, cohort: Cohort, how: Mapping[str, Any]) -> bool:
    """A count at the median follow-up is no incidence at that month: patients were followed for various times."""
    if isinstance(crude := finding.known.get("crude"), bool):
        return crude
    if not how.get("crude") or finding.at_months is None or finding.ci95 != (None, None):
        return False
    follow_ups = [x.value for x in cohort.findings if x.quantity == "median_follow_up_months" and x.value is not None]
    near = any(abs(value - finding.at_months) <= _NEAR * value for value in follow_ups)
    return finding.numerator is not None and (near or not follow_ups)


def _once(readings: list[Reading]) -> tuple[Reading, ...]:
    """Figures that say the same twice (one reading, month and group) share one weight."""
    same = [(item.figure, item.at, item.among, item.target.outcome_class) for item in readings]
    names: dict[str, int] = {}
    found = []
    for item, key in zip(readings, same, strict=True):
        number = names[item.target.id] = names.get(item.target.id, 0) + 1
        label = item.target.id if number == 1 else f"{item.target.id}#{number}"
        target = dataclasses.replace(item.target, id=label, weight=item.target.weight / same.count(key))
        found.append(dataclasses.replace(item, target=target))
    return tuple(found)


def _arm(
    cohort: Cohort, settled: Settled, described: Described, readings: tuple[Reading, ...], library: Library
) -> Arm:
    mixture = tuple(
        (plan, share * part)
        for key, share in settled.strategies.items()
        for plan, part in _plans(key, settled, described, library, keeps=_keeps_organ(readings))
        if share * part > 0.0
    )
    return Arm(
        key="/".join(filter(None, (cohort.id, settled.name))),
        plan=mixture[0][0],
        without_rt=0.0,
        watched_weeks=float(rules()["watched_weeks"]) if settled.watched else None,
        patients=described.said,
        readings=readings,
        mixture=mixture,
        metastases=described.metastases,
    )


def _keeps_organ(readings: tuple[Reading, ...]) -> bool:
    """Whether a figure is printed that only a series with watch and wait can have."""
    return any(item.figure in {"organ_kept", "regrowth"} for item in readings)


def _plans(
    key: str, settled: Settled, described: Described, library: Library, *, keeps: bool
) -> list[tuple[ArmPlan, float]]:
    """One strategy as plans: with doublets and, for a share, with a triplet."""
    name, _, wanted = key.partition(":")
    strategy = library.strategies[name]
    variant = _variant(strategy, wanted, library)
    regimen = library.regimens[wanted] if wanted else library.regimens[variant.regimen] if variant.regimen else None
    kinds = {step.kind for step in variant.steps}
    family = radiotherapy_family(regimen, kinds, library) if kinds & set(_IRRADIATIONS) else "none"
    plan = ArmPlan(
        steps=variant.steps,
        rt_family=family,
        regimen=regimen if family != "none" else None,
        surgery=described.surgery,
        policy=strategy.organ_preservation_policy or keeps,
        limited_access=described.limited_access,
        life_table=settled.life_table,
        months=MONTHS,
    )
    triplet = dataclasses.replace(plan, steps=tuple(_triplet(step) for step in plan.steps))
    return [(plan, 1.0 - described.triplet), (triplet, described.triplet)]


def _variant(strategy: Strategy, regimen: str, library: Library) -> Variant:
    """The variant with that schedule, else the first whose schedule is of the same family."""
    if not regimen:
        return strategy.variants[0]
    family = library.regimens[regimen].family
    same = [item for item in strategy.variants if item.regimen == regimen]
    alike = [item for item in strategy.variants if item.regimen and library.regimens[item.regimen].family == family]
    return (same or alike or list(strategy.variants))[0]


def _triplet(step: Step) -> Step:
    return dataclasses.replace(step, agents=(*step.agents, "irinotecan")) if step.kind == "systemic" else step
