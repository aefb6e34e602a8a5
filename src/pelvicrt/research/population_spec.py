"""What does a user ask about a region? Patients, policies, outcomes, prices and capacities."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pelvicrt.evidence import Condition, Library, parse
from pelvicrt.foundation import Text
from pelvicrt.research.population_cohort import Described

SCHEMA: Final = "pelvicrt.population/1"
RECOMMENDED: Final = "recommended"
"""The word for the plan that `assess` would name first for a patient."""
TIMED: Final = (
    "overall_survival",
    "progression_free_survival",
    "local_recurrence",
    "distant_progression",
    "all_sites_cleared",
    "organ_preservation",
    "stoma_free",
    "permanent_stoma",
    "pelvic_symptom_free",
    "major_lars",
)
ONCE: Final = (
    "grade3plus_toxicity",
    "complete_clinical_response",
    "life_months",
    "quality_adjusted_months",
    "treatment_days",
)
"""Outcomes of all patients; those of some only (the operated, the symptomatic) have no meaning for a region."""
USED: Final = (
    "radiotherapy_courses",
    "fractions",
    "liver_operations",
    "rectal_operations",
    "stoma_operations",
    "bed_days",
    "operative_deaths",
)
PRICED: Final = USED[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """Shares of strategies for patients of whom `when` holds; without it, for all."""

    when: Mapping[str, Any] | None
    strategies: Mapping[str, float]

    @property
    def condition(self) -> Condition | None:
        """The condition, ready to be asked."""
        return None if self.when is None else parse(self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named way to treat everybody: the first rule that holds decides; the last one holds for all."""

    id: str
    name: Text
    rules: tuple[PolicyRule, ...]

    @property
    def asks_advice(self) -> bool:
        """Whether any rule wants the plan that would be named first."""
        return any(RECOMMENDED in rule.strategies for rule in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A part of the region's patients; what it describes replaces what is said of all."""

    name: str
    share: float
    described: Described


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Price of one unit of what is used, in one currency, with where it comes from."""

    currency: str
    per: Mapping[str, float]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Everything a run is made from. `hash` is over all of it."""

    name: Text
    patients_per_year: float
    patients: int
    draws: int
    seed: int
    horizon_months: int
    assessed_on: dt.date
    described: Described
    groups: tuple[Group, ...]
    policies: tuple[Policy, ...]
    outcomes: Mapping[str, tuple[int, ...]]
    costs: Costs | None = None
    capacities: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def hash(self) -> str:
        """Twelve hex digits over everything asked."""
        # In the order written: figures stand in it, and floating sums run in it.
        plain = json.dumps(dataclasses.asdict(self), default=str, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:12]


def plan_keys(library: Library) -> tuple[str, ...]:
    """Every plan of the library: strategy, or strategy and schedule, in the library's order."""
    pairs = ((strategy.id, variant.regimen) for strategy in library.strategies for variant in strategy.variants)
    return tuple(dict.fromkeys(f"{name}:{regimen}" if regimen else name for name, regimen in pairs))
