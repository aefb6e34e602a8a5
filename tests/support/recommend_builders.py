"""Synthetic candidates and outcomes for tests of recommend: numbers are chosen so that answers have closed forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pelvicrt.case import Case, Preferences
from pelvicrt.classify import Classification, Finding
from pelvicrt.foundation import Reason, Status, Text
from pelvicrt.simulate import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.strategies import Candidate, Timeline

Floats = npt.NDArray[np.float64]
DAY = dt.date(2026, 11, 22)
DRAWS = 1000
MONTHS = (12.0, 24.0, 36.0, 60.0)


def a_case(preferences: Preferences | None = None) -> Case:
    return Case(id="synthetic", assessed_on=DAY, preferences=preferences or Preferences())


def a_classification(
    *, emergency: str = "none", mmr: str = "proficient", liver: str = "upfront_local"
) -> Classification:
    def said(value: str, *missing: str) -> Finding:
        return Finding(value=value, missing=missing if value == "unknown" else ())

    return Classification(
        emergency=said(emergency, "symptoms.obstruction"),
        mmr=said(mmr, "molecular.mmr"),
        liver=said(liver),
        pelvis=said("intermediate"),
        fitness=said("fit"),
        symptomatic=said("asymptomatic"),
        oligometastatic=said("oligo"),
    )


def a_plan(
    key: str,
    status: Status = "acceptable",
    *,
    preferred: bool = False,
    intent: str = "curative",
    watch: bool = False,
    missing: tuple[str, ...] = (),
    reasons: tuple[Reason, ...] = (),
) -> Candidate:
    return Candidate(
        strategy=key,
        regimen=None,
        name=Text(f"plan {key}", f"方案{key}"),
        summary=Text("made up", "虚构"),
        intent=intent,  # type: ignore[arg-type]
        organ_preservation_policy=watch,
        status=status,
        preferred=preferred,
        reasons=reasons,
        missing=missing,
        steps=(),
        timeline=Timeline(feasible=True),
        radiobiology=(),
    )


def outcomes_of(
    key: str,
    quality: Floats,
    *,
    life: Floats | None = None,
    organ: float | None = None,
    stoma: float = 0.0,
    days: float = 50.0,
    from_m0: bool = False,
) -> CandidateOutcomes:
    """One option; life defaults to quality-adjusted months / 0.8, the other outcomes are the same in every draw."""
    lived = quality / 0.8 if life is None else life
    flat = np.ones((len(quality), len(MONTHS)))
    found = [
        _draws("quality_adjusted_months", quality[:, None], (float("nan"),)),
        _draws("life_months", lived[:, None], (float("nan"),)),
        _draws("permanent_stoma", stoma * flat, MONTHS),
        _draws("treatment_days", np.full((len(quality), 1), days), (float("nan"),)),
        _draws("local_recurrence", 0.1 * flat, MONTHS, from_m0=from_m0),
        _draws("overall_survival", 0.5 * flat, MONTHS),
    ]
    if organ is not None:
        found.append(_draws("organ_preservation", organ * flat, MONTHS))
    return CandidateOutcomes(candidate=key, outcomes=tuple(found), curves={})


def _draws(name: str, values: Floats, months: tuple[float, ...], *, from_m0: bool = False) -> OutcomeDraws:
    return OutcomeDraws(
        name=name,
        at_months=months,
        values=values,
        centre_values=values,
        grade="cohort",
        from_m0=from_m0,
        parameters=(),
        sources=("bahadoer-2021-rapido",),
    )


def simulated(
    options: Sequence[CandidateOutcomes],
    *,
    draws: int = DRAWS,
    seed: int = 1,
    assumed: Mapping[str, Sequence[object]] | None = None,
    parameters: Mapping[str, Floats] | None = None,
) -> SimulatedOutcomes:
    facts = {}
    for name, values in (assumed or {}).items():
        facts[name] = np.empty(len(values), dtype=object)
        facts[name][:] = list(values)
    return SimulatedOutcomes(
        draws=draws,
        seed=seed,
        model_id="synthetic",
        horizon_months=120,
        by_candidate={item.candidate: item for item in options},
        assumed=facts,
        parameter_draws=dict(parameters or {}),
        parameter_hash="synthetic",
    )


def noise(seed: int, draws: int = DRAWS) -> Floats:
    return np.random.default_rng(seed).standard_normal(draws)


def two_plans(gap: float, *, spread: float = 1.0, draws: int = DRAWS) -> SimulatedOutcomes:
    """Plan a leads plan b by `gap` on average; the paired difference has standard deviation `spread`."""
    base = 40 + 5 * noise(1, draws)
    return simulated([outcomes_of("a", base + gap + spread * noise(2, draws)), outcomes_of("b", base)], draws=draws)
