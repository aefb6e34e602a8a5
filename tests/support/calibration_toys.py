"""Predictors whose posterior is known without the calibration, on parameters of the shipped library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pelvicrt.research.predict import Target


def a_target(**changes):
    facts = {
        "id": "t",
        "cohort": "c",
        "overlap_group": "c",
        "quantity": "median_overall_survival",
        "arm": "",
        "subgroup": "",
        "at_months": None,
        "n": 50,
        "outcome_class": "time",
        "scale": "log",
        "observed": 1.0,
        "se_scale": 0.1,
        "exact": None,
        "score": "primary",
    }
    return Target(**{**facts, **changes})


@dataclass(frozen=True)
class LogLinear:
    """Medians that are products of powers of parameters: on the log, linear in the scores of log-normal priors."""

    targets: tuple
    parameter_ids: tuple
    powers: np.ndarray  # (targets, parameters)

    def expected(self, parameters, *, progress=None):
        logs = np.stack([np.log(parameters[name]) for name in self.parameter_ids], axis=1)
        return np.exp(logs @ self.powers.T)


@dataclass(frozen=True)
class Bent:
    """A proportion that falls with a product of two hazards, and a median that rises with their ratio."""

    targets: tuple
    parameter_ids: tuple

    def expected(self, parameters, *, progress=None):
        first, second = (parameters[name] for name in self.parameter_ids)
        survival = np.exp(-first * second)
        median = first / second
        return np.stack([survival if t.scale == "logit" else median for t in self.targets], axis=1)
