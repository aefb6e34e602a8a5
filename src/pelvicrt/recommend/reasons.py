"""Why is the leader ahead of the next option? The difference of utility split into clinical parts that add up to it.

Utility difference = length of life (each cause of death apart) + quality of the time lived + stated wishes.
With q the mean quality of a month over both options, life counts q (L_a - L_b); what is left of Q_a - Q_b is quality.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from pelvicrt.foundation import Text
from pelvicrt.recommend.results import Driver
from pelvicrt.recommend.wishes import FULL_WISH, SURVIVAL_LABEL, SURVIVAL_WISH, WISHES, Floats, Values, wish_terms
from pelvicrt.simulate import CandidateOutcomes, SimulatedOutcomes

CAUSES: Final[dict[str, Text]] = {
    "cancer": Text("deaths from the cancer", "癌症死亡"),
    "pelvic": Text("deaths from disease in the pelvis", "盆腔病变所致死亡"),
    "systemic": Text("deaths from disease outside the pelvis", "盆腔外病变所致死亡"),
    "operation": Text("deaths from operations", "手术相关死亡"),
    "treatment": Text("deaths from treatment", "治疗相关死亡"),
    "other": Text("deaths from other causes", "其他原因死亡"),
}
OCCUPIED: Final[tuple[tuple[str, tuple[str, ...], Text], ...]] = (
    (
        "permanent_stoma",
        ("u.stoma",),
        Text("time lived with a permanent stoma", "带永久性造口生活的时间"),
    ),
    (
        "major_lars",
        ("u.lars_major",),
        Text("time lived with major bowel trouble", "伴重度排便障碍生活的时间"),
    ),
)
"""Outcomes that say how many live in a state, the parameters that may hold its decrement of quality, and words."""

LESS: Final = Text("{what}: less with {a} than with {b}", "{what}：{a}少于{b}")
MORE: Final = Text("{what}: more with {a} than with {b}", "{what}：{a}多于{b}")
FOR: Final = Text("{what}: speaks for {a}", "{what}：有利于{a}")
AGAINST: Final = Text("{what}: speaks for {b}", "{what}：有利于{b}")
LIFE: Final = Text("length of life", "生存时间")
QUALITY: Final = Text("symptoms, toxicity, operations and the rest of daily life", "症状、毒性、手术及其他日常生活质量")


def drivers(
    a: str,
    b: str,
    *,
    values: Values,
    wishes: Mapping[str, float],
    simulated: SimulatedOutcomes,
    names: Mapping[str, Text],
) -> tuple[Driver, ...]:
    """Parts of E[U_a - U_b] [quality-adjusted months], largest first; they sum to the whole difference."""
    parts = [*_of_life(a, b, values, simulated), *_of_quality(a, b, values, simulated)]
    share = wishes.get(SURVIVAL_WISH, 0) / FULL_WISH
    gaps = {name: _gap(a, b, values, table) for name, table in wish_terms(values, wishes).items()}
    labels = {wish.name: wish.label for wish in WISHES}
    parts += [(FOR, AGAINST, labels[name], gap, ()) for name, gap in gaps.items()]
    if share:
        life = _gap(a, b, values, values.life_months)
        rest = _gap(a, b, values, values.quality_months) + sum(gaps.values())
        parts.append((FOR, AGAINST, SURVIVAL_LABEL, share * (life - rest), ()))
    said = {"a": names[a], "b": names[b]}
    made = [
        Driver(text=(up if effect >= 0 else down).fill(what=what, **said), effect_qalm=effect, sources=sources)
        for up, down, what, effect, sources in parts
        if effect
    ]
    return tuple(sorted(made, key=lambda item: -abs(item.effect_qalm)))


_Part = tuple[Text, Text, Text, float, tuple[str, ...]]


def _gap(a: str, b: str, values: Values, table: Floats) -> float:
    left, right = values.keys.index(a), values.keys.index(b)
    return float((table[:, left] - table[:, right]).mean())


def _quality_of_a_month(a: str, b: str, values: Values) -> float:
    both = [values.keys.index(a), values.keys.index(b)]
    lived = float(values.life_months[:, both].mean())
    return float(values.quality_months[:, both].mean()) / lived if lived > 0 else 0.0


def _of_life(a: str, b: str, values: Values, simulated: SimulatedOutcomes) -> Iterator[_Part]:
    """Life months split by what people die of: months lost to a cause are the area under its incidence."""
    quality = _quality_of_a_month(a, b, values)
    whole = quality * _gap(a, b, values, values.life_months)
    left, right = simulated.by_candidate[a], simulated.by_candidate[b]
    explained = 0.0
    for cause in left.death_by_cause:
        if cause in right.death_by_cause:
            effect = quality * (_months_lost(right, cause) - _months_lost(left, cause))
            explained += effect
            yield LESS, MORE, CAUSES.get(cause, Text(cause, cause)), effect, ()
    yield FOR, AGAINST, LIFE, _cleaned(whole - explained), ()


def _months_lost(item: CandidateOutcomes, cause: str) -> float:
    return float(np.trapezoid(item.death_by_cause[cause], dx=1.0, axis=1).mean())


def _of_quality(a: str, b: str, values: Values, simulated: SimulatedOutcomes) -> Iterator[_Part]:
    quality = _quality_of_a_month(a, b, values)
    rest = _gap(a, b, values, values.quality_months) - quality * _gap(a, b, values, values.life_months)
    left, right = simulated.by_candidate[a], simulated.by_candidate[b]
    for outcome, parameters, label in OCCUPIED:
        decrement = next((simulated.parameter_draws[p] for p in parameters if p in simulated.parameter_draws), None)
        here, there = _months_in(left, outcome), _months_in(right, outcome)
        if decrement is None or here is None or there is None:
            continue
        effect = float((decrement * (there - here)).mean())
        rest -= effect
        yield LESS, MORE, label, effect, (left.outcome(outcome) or right.outcome(outcome)).sources  # type: ignore[union-attr]
    yield FOR, AGAINST, QUALITY, _cleaned(rest), ()


def _months_in(item: CandidateOutcomes, name: str) -> Floats | None:
    """Months spent in a state up to the last month shown, by trapezoids between the months shown."""
    outcome = item.outcome(name)
    if outcome is None or len(outcome.at_months) < 2:
        return None
    months = np.array([0.0, *outcome.at_months])
    values = np.concatenate([np.zeros((len(outcome.values), 1)), outcome.values], axis=1)
    return np.asarray(np.trapezoid(values, months, axis=1))


def _cleaned(value: float) -> float:
    """Rounding dust is no reason."""
    return 0.0 if abs(value) < _DUST else value


_DUST: Final = 1e-9
