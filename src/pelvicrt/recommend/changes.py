"""What would change the advice? Assumptions, facts, wishes and conditions, with the difference at both their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from pelvicrt.evidence import Library
from pelvicrt.foundation import Text, average_ranks
from pelvicrt.recommend.information import grouped
from pelvicrt.recommend.results import Change
from pelvicrt.recommend.weigh import Standing
from pelvicrt.recommend.wishes import FULL_WISH, SURVIVAL_LABEL, SURVIVAL_WISH, WISHES, Floats, Values, utilities
from pelvicrt.recommend.words import fact_label
from pelvicrt.simulate import SimulatedOutcomes

SHOWN: Final = 8
"""Assumptions shown at most; facts, wishes and conditions are all shown."""
ENDS: Final = (5, 95)
"""Percentiles of an assumption at which the difference is read."""
CURVE: Final = 2
"""Degree of the curve through the differences."""
NOISE: Final = 3
"""An assumption is named when its correlation is this many standard errors from none."""

WITH_CORRELATION: Final = Text("{name} (rank correlation {rho})", "{name}（秩相关 {rho}）")
WISH: Final = Text("wish: {name}", "意愿：{name}")
CONDITION: Final = Text("the condition of {name}", "{name}的附加条件")
NOW, MET = Text("as now", "现状"), Text("condition met", "条件满足")


def assumption_changes(
    rival: str, difference: Floats, *, simulated: SimulatedOutcomes, library: Library
) -> tuple[Change, ...]:
    """The assumptions that move leader minus rival most, read at their 5th and 95th percentile, the others averaged.

    `difference` [quality-adjusted months] is leader minus `rival`, one per draw.
    """
    ids = [name for name, drawn in simulated.parameter_draws.items() if np.ptp(drawn) > 0]
    if not ids or np.ptp(difference) == 0:
        return ()
    table = np.stack([simulated.parameter_draws[name] for name in ids], axis=1)
    rho = _rank_correlations(_ranks(simulated, table), difference)
    strong = [i for i in np.argsort(-np.abs(rho), kind="stable") if abs(rho[i]) * len(difference) ** 0.5 >= NOISE]
    made = [
        _assumption(ids[i], float(rho[i]), table[:, i], difference, rival=rival, library=library)
        for i in strong[:SHOWN]
    ]
    return tuple(sorted(made, key=lambda item: -abs(item.high_difference - item.low_difference)))


_RANKED: list[tuple[Mapping[str, Floats], Floats]] = []
_RANKED_MOST: Final = 4


def _ranks(simulated: SimulatedOutcomes, table: Floats) -> Floats:
    """Ranks of the parameters about their mean, kept for as long as wishes are tried on the very same draws."""
    for drawn, found in _RANKED:
        if drawn is simulated.parameter_draws:
            return found
    ranks = np.apply_along_axis(average_ranks, 0, table)
    ranks -= ranks.mean(axis=0)
    _RANKED[:] = [*_RANKED[1 - _RANKED_MOST :], (simulated.parameter_draws, ranks)]
    return ranks


def _rank_correlations(ranks: Floats, difference: Floats) -> Floats:
    target = average_ranks(difference)
    target = target - target.mean()
    spread = np.sqrt((ranks**2).sum(axis=0) * (target**2).sum())
    return np.asarray(ranks.T @ target / spread, dtype=np.float64)


def _assumption(name: str, rho: float, drawn: Floats, difference: Floats, *, rival: str, library: Library) -> Change:
    scaled = (drawn - drawn.mean()) / drawn.std()
    ends = np.percentile(drawn, ENDS)
    low, high = np.polyval(np.polyfit(scaled, difference, CURVE), (ends - drawn.mean()) / drawn.std())
    label = library.parameters[name].name if name in library.parameters else Text(name, name)
    return Change(
        what=WITH_CORRELATION.fill(name=label, rho=f"{rho:+.2f}"),
        to=rival,
        low_label=Text(f"{ends[0]:.3g}", f"{ends[0]:.3g}"),
        high_label=Text(f"{ends[1]:.3g}", f"{ends[1]:.3g}"),
        low_difference=float(low),
        high_difference=float(high),
        flips=bool(min(low, high) < 0),
        kind="parameter",
        parameter=name if name in library.parameters else "",
    )


def fact_changes(rival: str, difference: Floats, simulated: SimulatedOutcomes) -> Iterator[Change]:
    """For each fact the model had to guess: leader minus rival at its worst and at its best for the leader."""
    for fact, drawn in simulated.assumed.items():
        groups, values = grouped(drawn.tolist())
        means = [float(difference[groups == i].mean()) for i in range(len(values))]
        if len(values) > 1:
            low, high = int(np.argmin(means)), int(np.argmax(means))
            yield Change(
                what=fact_label(fact),
                to=rival,
                low_label=say_value(values[low]),
                high_label=say_value(values[high]),
                low_difference=means[low],
                high_difference=means[high],
                flips=means[low] < 0,
                kind="fact",
            )


def wish_changes(
    leader: str, values: Values, wishes: Mapping[str, float], *, led_by: Callable[[str, int], Standing]
) -> Iterator[Change]:
    """For each wish the model can weigh: leader minus whoever would lead, with the wish at 0 and at 10."""
    for name, label in usable_wishes(values):
        ends = {end: led_by(name, end).leader for end in (0, FULL_WISH)}
        other = next((key for key in ends.values() if key not in (None, leader)), None)
        if other is None:
            continue
        low, high = (_mean_gap(leader, other, values, {**wishes, name: end}) for end in ends)
        yield Change(
            what=WISH.fill(name=label),
            to=other,
            low_label=Text("0", "0"),
            high_label=Text(f"{FULL_WISH}", f"{FULL_WISH}"),
            low_difference=low,
            high_difference=high,
            flips=True,
            kind="preference",
        )


def condition_changes(standing: Standing, conditional: Sequence[str], names: Mapping[str, Text]) -> Iterator[Change]:
    """Options bound to a condition that would be ahead of the leader if it were met."""
    if standing.leader is None:
        return
    for key in conditional:
        gap = standing.mean[standing.leader] - standing.mean[key]
        if key != standing.leader and gap < 0:
            yield Change(
                what=CONDITION.fill(name=names[key]),
                to=key,
                low_label=MET,
                high_label=NOW,
                low_difference=gap,
                high_difference=gap,
                flips=True,
                kind="condition",
            )


def usable_wishes(values: Values) -> list[tuple[str, Text]]:
    """Name and words of every wish the model can weigh for every option."""
    weighed = [(wish.name, wish.label) for wish in WISHES if wish.name in values.attributes]
    return [*weighed, (SURVIVAL_WISH, SURVIVAL_LABEL)]


def say_value(value: object) -> Text:
    """A fact's value as words.

    >>> say_value(True).zh, say_value("wild_type").en
    ('是', 'wild type')
    """
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    if isinstance(value, float):
        return Text(f"{value:g}", f"{value:g}")
    known = VALUES.get(str(value))
    return known or Text(str(value).replace("_", " "), str(value).replace("_", " "))


VALUES: Final[dict[str, Text]] = {
    "present": Text("present", "有"),
    "absent": Text("absent", "无"),
    "none": Text("none", "无"),
    "proficient": Text("proficient", "完整（pMMR）"),
    "deficient": Text("deficient", "缺陷（dMMR）"),
    "wild_type": Text("wild type", "野生型"),
    "mutant": Text("mutant", "突变型"),
    "v600e": Text("V600E", "V600E"),
    "other_mutant": Text("other mutation", "其他突变"),
    "negative": Text("negative", "阴性"),
    "positive": Text("positive", "阳性"),
    "unilobar": Text("one lobe", "单叶"),
    "bilobar": Text("both lobes", "双叶"),
    "resectable": Text("resectable", "可切除"),
    "resectable_with_ablation": Text("resectable with ablation", "联合消融可切除"),
    "borderline": Text("borderline", "临界可切除"),
    "unresectable": Text("unresectable", "不可切除"),
    "male": Text("male", "男"),
    "female": Text("female", "女"),
}


def _mean_gap(a: str, b: str, values: Values, wishes: Mapping[str, float]) -> float:
    utility = utilities(values, wishes)
    return float((utility[:, values.keys.index(a)] - utility[:, values.keys.index(b)]).mean())
