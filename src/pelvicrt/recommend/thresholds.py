"""From where is one option better than another? Our conventions, read from the evidence library."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.evidence import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The lines between a tie and a lead.

    `tie_chance`, `very_chance` and `sure_chance` are the rungs of the ladder of chance words; `minimal_difference` is
    the smallest difference [quality-adjusted months] worth choosing by; `watch_and_wait_wish` is the wish (0 to 10)
    for organ preservation from which watch and wait may stand first.
    """

    tie_chance: float
    very_chance: float
    sure_chance: float
    minimal_difference: float
    watch_and_wait_wish: float


def thresholds(library: Library) -> Thresholds:
    """The thresholds of a library.

    Raises:
        KeyError: naming the parameter the library lacks.

    >>> from pelvicrt.evidence import library
    >>> thresholds(library()).tie_chance
    0.75
    """
    return Thresholds(
        tie_chance=_value(library, "preference.equipoise.chance"),
        very_chance=_value(library, "preference.equipoise.chance_very"),
        sure_chance=_value(library, "preference.equipoise.chance_sure"),
        minimal_difference=_value(library, "preference.equipoise.minimal_difference"),
        watch_and_wait_wish=_value(library, "preference.watch_and_wait.minimum_wish"),
    )


def _value(library: Library, parameter_id: str) -> float:
    median: float = library.parameters[parameter_id].spread.distribution().median()
    return median
