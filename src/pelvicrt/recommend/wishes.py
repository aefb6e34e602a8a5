"""What do a patient's stated wishes add to quality-adjusted months?

    U = (1 - s) (Q + sum over wishes of  w / 10 * S_w * A_w) + s L          [quality-adjusted months]

Q and L are the quality-adjusted and the plain months of life to the horizon, w a stated wish (0 to 10), S_w what a
whole swing of attribute A_w (0 to 1) is worth when the wish is 10, and s = wish "survival over function" / 10: at 10
every month counts alike, whatever its quality. A wish nobody stated weighs 0. Q already holds what living with a stoma
or bowel trouble costs people in general; S_w is only what this patient says on top of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.case import Preferences
from pelvicrt.evidence import Library
from pelvicrt.foundation import Streams, Text, is_known
from pelvicrt.simulate import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes

Floats = npt.NDArray[np.float64]

ATTRIBUTE_MONTHS = 36
"""Month at which organ and stoma are read."""
FULL_WISH = 10
SURVIVAL_WISH = "survival_over_function"
SCALE_OF_DAYS = "preference.scale.treatment_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One wish: the field of `Preferences`, its words, and the outcome that says how far a plan meets it."""

    name: str
    label: Text
    outcome: str

    @property
    def swing(self) -> str:
        """Id of the parameter that says what a whole swing is worth."""
        return f"preference.swing.{self.name}"


WISHES: tuple[Wish, ...] = (
    Wish(
        name="organ_preservation",
        label=Text("keeping the rectum", "保留直肠"),
        outcome="organ_preservation",
    ),
    Wish(name="avoid_stoma", label=Text("avoiding a permanent stoma", "避免永久性造口"), outcome="permanent_stoma"),
    Wish(
        name="low_treatment_burden",
        label=Text("few treatment days", "减轻治疗负担"),
        outcome="treatment_days",
    ),
)
SURVIVAL_LABEL = Text("length of life above its quality", "生存时间优先于功能")
UNMODELLED: dict[str, Text] = {"sexual_function": Text("sexual function", "性功能")}
"""Wishes no outcome of the model speaks about; they are shown as not used, never guessed."""
WISH_FIELDS: tuple[str, ...] = (*(wish.name for wish in WISHES), SURVIVAL_WISH, *UNMODELLED)
"""Fields of `Preferences` that hold a wish from 0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Everything utility is made of, one row per draw and one column per candidate of `keys`."""

    keys: tuple[str, ...]
    quality_months: Floats
    life_months: Floats
    attributes: Mapping[str, Floats]
    swings: Mapping[str, Floats]
    unusable: tuple[str, ...] = ()


def stated(preferences: Preferences) -> dict[str, int]:
    """The wishes somebody recorded, 0 to 10; the others are absent and weigh nothing.

    >>> stated(Preferences(organ_preservation=8))
    {'organ_preservation': 8}
    """
    found = {name: getattr(preferences, name) for name in WISH_FIELDS}
    return {name: value for name, value in found.items() if is_known(value)}


def values_of(simulated: SimulatedOutcomes, library: Library) -> Values:
    """Draws of quality-adjusted months, life months and attributes of every candidate that was simulated.

    Raises:
        KeyError: when a candidate lacks life_months or the library a swing.
    """
    rows = {key: item for key, item in simulated.by_candidate.items() if item.outcome("quality_adjusted_months")}
    shared = {wish.name: _attribute(wish, tuple(rows.values()), library) for wish in WISHES}
    usable = {name: table for name, table in shared.items() if table is not None}
    return Values(
        keys=tuple(rows),
        quality_months=_columns([_needed(item, "quality_adjusted_months") for item in rows.values()], simulated.draws),
        life_months=_columns([_needed(item, "life_months") for item in rows.values()], simulated.draws),
        attributes=usable,
        swings={wish.name: _swing(wish.swing, simulated, library) for wish in WISHES},
        unusable=(*(name for name in shared if name not in usable), *UNMODELLED),
    )


def only(values: Values, keys: Sequence[str]) -> Values:
    """The same values with the columns of some options only, in the order asked for."""
    if tuple(keys) == values.keys:
        return values
    places = [values.keys.index(key) for key in keys]

    def picked(table: Floats) -> Floats:
        # Row by row in memory, so that a column's mean has the same bits whatever stands beside it.
        return np.ascontiguousarray(table[:, places])

    return Values(
        keys=tuple(keys),
        quality_months=picked(values.quality_months),
        life_months=picked(values.life_months),
        attributes={name: picked(table) for name, table in values.attributes.items()},
        swings=values.swings,
        unusable=values.unusable,
    )


def utilities(values: Values, wishes: Mapping[str, float]) -> Floats:
    """Utility [quality-adjusted months] of every draw and candidate under stated wishes (0 to 10).

    >>> q, life = np.array([[10.0, 9.0]]), np.array([[12.0, 12.5]])
    >>> organ = {"organ_preservation": np.array([[0.0, 1.0]])}
    >>> v = Values(keys=("a", "b"), quality_months=q, life_months=life, attributes=organ,
    ...            swings={"organ_preservation": np.array([4.0])})
    >>> utilities(v, {}).tolist(), utilities(v, {"organ_preservation": 5}).tolist()
    ([[10.0, 9.0]], [[10.0, 11.0]])
    >>> utilities(v, {"organ_preservation": 5, "survival_over_function": 10}).tolist()
    [[12.0, 12.5]]
    """
    total = values.quality_months + sum(wish_terms(values, wishes).values(), start=np.zeros(1))
    share = wishes.get(SURVIVAL_WISH, 0) / FULL_WISH
    return (1.0 - share) * total + share * values.life_months


def wish_terms(values: Values, wishes: Mapping[str, float]) -> dict[str, Floats]:
    """What each stated wish adds, before survival is weighed against function: w / 10 * S_w * A_w."""
    return {
        name: wishes[name] / FULL_WISH * values.swings[name][:, None] * table
        for name, table in values.attributes.items()
        if wishes.get(name)
    }


def at_month(outcome: OutcomeDraws, months: float) -> Floats | None:
    """Draws of an outcome at a month, or its only column when it has no time; None when that month is not there."""
    if len(outcome.at_months) == 1 and (np.isnan(outcome.at_months[0]) or outcome.name in _WITHOUT_TIME):
        return outcome.values[:, 0]
    if months in outcome.at_months:
        return outcome.values[:, outcome.at_months.index(months)]
    return None


_WITHOUT_TIME = frozenset({"life_months", "quality_adjusted_months", "treatment_days", "cost"})


def _needed(item: CandidateOutcomes, name: str) -> Floats:
    outcome = item.outcome(name)
    if outcome is None:
        raise KeyError(f"candidate {item.candidate!r} has no outcome {name!r}")
    return outcome.values[:, -1]


def _columns(columns: Sequence[Floats], draws: int) -> Floats:
    return np.stack(columns, axis=1) if columns else np.zeros((draws, 0))


def _attribute(wish: Wish, rows: Sequence[CandidateOutcomes], library: Library) -> Floats | None:
    """0 to 1, more is better; None when some candidate cannot be judged, so that no plan gains by silence."""
    columns = [_attribute_of(wish, item, library) for item in rows]
    known = [column for column in columns if column is not None]
    return np.stack(known, axis=1) if columns and len(known) == len(columns) else None


def _attribute_of(wish: Wish, item: CandidateOutcomes, library: Library) -> Floats | None:
    outcome = item.outcome(wish.outcome)
    if outcome is None:
        # A plan that never aims at keeping the organ in remission has no such outcome: nobody keeps it.
        return np.zeros_like(_needed(item, "life_months")) if wish.outcome == "organ_preservation" else None
    column = at_month(outcome, ATTRIBUTE_MONTHS)
    if column is None or wish.outcome == "organ_preservation":
        return column
    if wish.outcome == "treatment_days":
        scale_days = library.parameters[SCALE_OF_DAYS].spread.distribution().median()
        return np.asarray(1.0 - column / scale_days, dtype=np.float64)
    return 1.0 - column


def _swing(parameter_id: str, simulated: SimulatedOutcomes, library: Library) -> Floats:
    drawn = simulated.parameter_draws.get(parameter_id)
    if drawn is not None:
        return drawn
    uniforms = Streams(simulated.seed).uniforms(f"params/{parameter_id}", rows=simulated.draws)[:, 0]
    found: Floats = library.parameters[parameter_id].spread.distribution().at(uniforms)
    return found
