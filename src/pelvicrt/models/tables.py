"""How does background mortality from a life table become transitions on the age clock?

A table is a piecewise constant yearly death rate by age. With the sex in a covariate (1 men, 0 women) it becomes two
transitions, each shut for the other sex by a hazard ratio of exp(-700), about 1e-304.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import library
from pelvicrt.foundation import Text
from pelvicrt.models.draws import Draws
from pelvicrt.models.fields import LifeTable, Transition
from pelvicrt.models.reading import one_of, show

Floats = npt.NDArray[np.float64]
SHUT = 700.0  # number: exp(-700) is near the smallest double, so a hazard times it is none
_NEEDED = Text(
    "a life_table with a table of the library, or with ages, male and female",
    "life_table：文献库中的表，或 ages、male、female",
)
_RISING = Text(
    "ages that begin at 0 and rise, with one rate not below 0 each", "从 0 开始递增的年龄，每个年龄一个非负死亡率"
)


def rates_of(draws: Draws, transition: Transition, field: str) -> tuple[Floats, dict[str, Floats]]:
    """Ages and yearly rates by sex; problems are noted, and a table without deaths stands in."""
    table = transition.life_table
    nothing = np.zeros(1), {"male": np.zeros(1), "female": np.zeros(1)}
    if table is None or (table.table is None) == (table.ages is None):
        draws.refuse(f"{field}.life_table", "nothing or both", _NEEDED)
        return nothing
    if table.table is not None:
        return _of_library(draws, table, field) or nothing
    ages = np.array(table.ages)
    rates = {sex: np.array(getattr(table, sex) or []) for sex in ("male", "female")}
    for sex, found in rates.items():
        needed = table.sex == sex or table.sex not in ("male", "female")
        if needed and (len(found) != len(ages) or (found < 0).any() or ages[0] != 0 or (np.diff(ages) <= 0).any()):
            draws.refuse(f"{field}.life_table.{sex}", f"{len(found)} rates for {len(ages)} ages", _RISING)
            return nothing
    if transition.source is None:
        draws.unsourced.append(f"{field}.life_table")
    else:
        draws.sources.append((f"{field}.life_table", transition.source))
    return ages, rates


def _of_library(draws: Draws, table: LifeTable, field: str) -> tuple[Floats, dict[str, Floats]] | None:
    tables = library().life_tables
    if table.table not in tables:
        draws.refuse(f"{field}.life_table.table", show(table.table), one_of(sorted(tables.by_id), table.table))
        return None
    found = tables[str(table.table)]
    cited = "; ".join(f"{cite.source}, {cite.locator}" for cite in found.evidence)
    draws.sources.append((f"{field}.life_table", f"{found.id}: {cited}"))
    return np.array(found.ages), {"male": np.array(found.male), "female": np.array(found.female)}
