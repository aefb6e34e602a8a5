"""What do a region's policies bring one patient? The plans they ask for, followed under all draws."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.case import Case, Facts
from pelvicrt.classify import Classification, classify
from pelvicrt.evidence import FactValue, Library, holds
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Status, Unknown
from pelvicrt.recommend import Table
from pelvicrt.research.population_cohort import group_of, patient
from pelvicrt.research.population_spec import RECOMMENDED, USED, Policy, Population
from pelvicrt.simulate import Followed, follow_plans, sample_parameters
from pelvicrt.strategies import Candidate, candidates

Floats = npt.NDArray[np.float64]
_ORDER: tuple[Status, ...] = (
    "recommended",
    "acceptable",
    "conditional",
    "needs_information",
    "not_recommended",
    "contraindicated",
)
_OPEN: tuple[Status, ...] = ("recommended", "acceptable", "conditional")
_LAST_RESORT = "palliative_chemo"
_SEEDS_APART = 1_000_003


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Shares of plans one policy gives one patient, and what of it went otherwise.

    `undelivered`: the share whose strategy is contraindicated for the patient. `unadvised`: whether a plan was to be
    recommended and none could be. `unjudged`: whether a rule's condition could not be judged. `against`: the share
    given a plan the rules do not recommend, or cannot yet.
    """

    plans: Mapping[str, float]
    undelivered: float
    unadvised: bool
    unjudged: bool
    against: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """One patient under all policies: group, classes, choices, and values (policies, figures, draws)."""

    group: int
    classes: Mapping[str, str]
    chosen: tuple[Chosen, ...]
    tied: bool
    values: Floats


@functools.lru_cache(maxsize=2)
def parameters_of(draws: int, seed: int) -> Mapping[str, Floats]:
    """The parameter draws every patient of a region shares: what is not known is not known of all of them."""
    return sample_parameters(shipped_library(), draws=draws, seed=seed)


def figures(population: Population) -> tuple[tuple[str, float], ...]:
    """Every figure followed: outcomes with their months (nan without), then what is used."""
    outcomes = [(name, float(at)) for name, months in population.outcomes.items() for at in (months or (np.nan,))]
    return (*outcomes, *((name, float("nan")) for name in USED))


def live(population: Population, place: int) -> Lived:
    """Patient `place` of the region under every policy."""
    library = shipped_library()
    group = group_of([item.share for item in population.groups], place=place, seed=population.seed)
    case = patient(population.groups[group].described, place=place, seed=population.seed, day=population.assessed_on)
    classification = classify(case, library)
    region = _Region(population, library, case, classification, place)
    chosen = tuple(region.choose(policy) for policy in population.policies)
    return Lived(
        group=group,
        classes={
            "liver": classification.liver.value,
            "pelvis": classification.pelvis.value,
            "fitness": classification.fitness.value,
            "mmr": classification.mmr.value,
        },
        chosen=chosen,
        tied=region.tied,
        values=np.stack([region.values(item) for item in chosen]),
    )


class _Region:
    """One patient's open plans and what following them gives; each plan is followed once, when first asked for."""

    def __init__(
        self, population: Population, library: Library, case: Case, classification: Classification, place: int
    ) -> None:
        self.population, self.library, self.case, self.classification = population, library, case, classification
        self.place, self.tied = place, False
        self.options = {item.key: item for item in candidates(case, classification, library, dated=False)}
        self.followed: dict[str, tuple[Floats, Followed]] = {}

    @functools.cached_property
    def advised(self) -> str | None:
        """The plan `assess` names first, or None; only plans open without a condition contend when there are any."""
        free = [item for item in self.options.values() if item.status in ("recommended", "acceptable")]
        leader = self._leader(free) if free else None
        return leader or self._leader([item for item in self.options.values() if item.status in _OPEN])

    def _leader(self, contenders: Sequence[Candidate]) -> str | None:
        if not contenders:
            return None
        table = Table.of(
            self.case,
            self.classification,
            tuple(self.options.values()),
            self._follow(contenders).simulated,
            self.library,
            gate_statuses=None,
        )
        standing = table.standing(table.wishes)
        self.tied = standing.equipoise
        return standing.leader

    def choose(self, policy: Policy) -> Chosen:
        """The plans of one policy: the first rule that holds, without what this patient cannot have."""
        unjudged = False
        for rule in policy.rules:
            verdict = None if rule.condition is None else holds(rule.condition, self._fact)
            unjudged = unjudged or (verdict is not None and verdict.value is None)
            if verdict is None or verdict.value is True:
                return self._deliver(rule.strategies, unjudged=unjudged)
        raise AssertionError("the last rule of a policy holds for all")

    def _deliver(self, strategies: Mapping[str, float], *, unjudged: bool) -> Chosen:
        plans: dict[str, float] = {}
        undelivered, unadvised = 0.0, False
        for strategy, share in strategies.items():
            key = self.advised if strategy == RECOMMENDED else self._deliverable(strategy)
            if key is not None:
                plans[key] = plans.get(key, 0.0) + share
            elif strategy == RECOMMENDED:
                unadvised = True
            else:
                undelivered += share
        total = sum(plans.values())
        if not plans:
            plans, total = {self.advised or self._last_resort(): 1.0}, 1.0
        plans = {key: share / total for key, share in plans.items()}
        return Chosen(
            plans=plans,
            undelivered=undelivered,
            unadvised=unadvised,
            unjudged=unjudged,
            against=sum(share for key, share in plans.items() if self.options[key].status not in _OPEN),
        )

    def _deliverable(self, strategy: str) -> str | None:
        """The best schedule of a strategy that this patient can have."""
        found = [
            item
            for key, item in self.options.items()
            if strategy in (key, item.strategy) and item.status != "contraindicated"
        ]
        return min(found, key=lambda item: _ORDER.index(item.status)).key if found else None

    def _last_resort(self) -> str:
        """For a patient nothing can be advised for: the plan the rules speak least against."""
        return min(
            self.options.values(), key=lambda item: (_ORDER.index(item.status), item.strategy != _LAST_RESORT)
        ).key

    def _fact(self, name: str) -> FactValue | Unknown:
        if name.startswith("class."):
            return self.classification.look_up(name)
        return Facts(self.case).get(name)

    def values(self, chosen: Chosen) -> Floats:
        """Figures (figures, draws) of a choice: those of its plans by their shares."""
        missing = [self.options[key] for key in chosen.plans if key not in self.followed]
        if missing:
            self._follow(missing)
        return np.asarray(sum(share * self.followed[key][0] for key, share in chosen.plans.items()))

    def _follow(self, plans: Iterable[Candidate]) -> Followed:
        found = follow_plans(
            self.case,
            self.classification,
            tuple(plans),
            self.library,
            parameters=parameters_of(self.population.draws, self.population.seed),
            seed=self.population.seed + _SEEDS_APART * (self.place + 1),
            horizon_months=self.population.horizon_months,
        )
        for key in found.used:
            self.followed.setdefault(key, (self._figures(found, key), found))
        return found

    def _figures(self, found: Followed, key: str) -> Floats:
        outcomes = {item.name: item for item in found.simulated.by_candidate[key].outcomes}
        rows = []
        for name, at in figures(self.population):
            if name in found.used[key]:
                rows.append(found.used[key][name])
            else:
                values = outcomes[name].values
                rows.append(values[:, 0 if np.isnan(at) else outcomes[name].at_months.index(at)])
        return np.stack(rows)
