"""How likely is it to be alive if only other causes of death existed? Survival on the age clock from a life table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, LifeTable
from pelvicrt.foundation import MONTHS_PER_YEAR
from pelvicrt.simulate.draws import ParameterDraws

Floats = npt.NDArray[np.float64]
DEFAULT_LIFE_TABLE = "un-2025-united-states"
GOMPERTZ = "gompertz"
_REFERENCE_AGE = 65.0  # number: the age the parameters background.h65.* are stated at


def cumulative_rate(ages: Floats, rates: Floats, age: Floats) -> Floats:
    """Integral of the step function `rates` (each from its age on) from the first age to `age` [years].

    >>> cumulative_rate(np.array([0.0, 50.0]), np.array([0.01, 0.02]), np.array([60.0])).round(6).tolist()
    [0.7]
    """
    starts = np.concatenate([[0.0], np.cumsum(np.diff(ages) * rates[:-1])])
    place = np.clip(np.searchsorted(ages, age, side="right") - 1, 0, len(ages) - 1)
    return np.asarray(starts[place] + rates[place] * (age - ages[place]), dtype=np.float64)


def _table_survival(table: LifeTable, age: Floats, male: Floats, months: Floats) -> Floats:
    ages = np.asarray(table.ages)
    at = age[:, None] + months[None, :] / MONTHS_PER_YEAR
    hazards = [
        cumulative_rate(ages, rates, at) - cumulative_rate(ages, rates, age)[:, None]
        for rates in (np.asarray(table.male), np.asarray(table.female))
    ]
    share = male[:, None]
    return np.asarray(share * np.exp(-hazards[0]) + (1.0 - share) * np.exp(-hazards[1]), dtype=np.float64)


def _gompertz_survival(parameters: ParameterDraws, age: Floats, male: Floats, months: Floats) -> Floats:
    at = age[:, None] + months[None, :] / MONTHS_PER_YEAR
    curves = []
    for sex in ("male", "female"):
        h65 = parameters[f"background.h65.{sex}"][:, None]
        slope = parameters[f"background.slope.{sex}"][:, None]
        start = np.exp(slope * (age[:, None] - _REFERENCE_AGE))
        curves.append(np.exp(-h65 / slope * (np.exp(slope * (at - _REFERENCE_AGE)) - start)))
    return np.asarray(male[:, None] * curves[0] + (1.0 - male[:, None]) * curves[1], dtype=np.float64)


def other_cause_survival(
    library: Library, parameters: ParameterDraws, *, life_table: str, age: Floats, male: Floats, months: Floats
) -> Floats:
    """Survival to each of `months` if only other causes killed, shape (draws, times).

    `age` [years] at time zero; `male` is 1, 0, or 0.5 when the sex is neither. `life_table` is the id of a table of
    the library or "gompertz" (h65 * exp(slope * (age - 65)) per year).

    Raises:
        KeyError: for a life table the library does not have.
    """
    if life_table == GOMPERTZ:
        return _gompertz_survival(parameters, age, male, months)
    return _table_survival(library.life_tables[life_table], age, male, months)
