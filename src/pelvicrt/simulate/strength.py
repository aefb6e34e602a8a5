"""How strong is the evidence behind one outcome? The weakest grade among the parameters that move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from pelvicrt.evidence import Parameter
from pelvicrt.foundation import EVIDENCE_GRADES, Grade

Floats = npt.NDArray[np.float64]
LEAST_CORRELATION = 0.1
_STANDARD_ERRORS = 3.5
_NOT_EFFECTS = ("between_centre.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Parameters that matter, their weakest grade, whether any came from patients without metastases, and sources."""

    parameters: tuple[str, ...]
    grade: Grade
    from_m0: bool
    sources: tuple[str, ...]


class Judge:
    """Rank correlations of outcomes with parameters under one set of draws."""

    def __init__(self, parameters: Mapping[str, Floats], records: Mapping[str, Parameter]) -> None:
        self.records = records
        self.names = [n for n in parameters if np.ptp(parameters[n]) > 0 and not n.startswith(_NOT_EFFECTS)]
        self.draws = len(next(iter(parameters.values())))
        ranks = np.array([_standard_ranks(parameters[name]) for name in self.names])
        self.ranks = ranks.reshape(len(self.names), self.draws)

    def of(self, values: Floats) -> Strength:
        """The strength of one outcome's draws (its middle time when it has several).

        A parameter matters when its rank correlation is at least 0.1 and beyond chance (3.5 standard errors); when
        none does, all that is known is that the outcome rests on assumptions of the structure.
        """
        column = values[:, values.shape[1] // 2] if values.ndim == 2 else values
        if np.ptp(column) == 0.0 or self.draws < 3:
            return Strength(parameters=(), grade="assumption", from_m0=False, sources=())
        least = max(LEAST_CORRELATION, _STANDARD_ERRORS / np.sqrt(self.draws))
        strength = np.abs(self.ranks @ _standard_ranks(column))
        order = np.argsort(-strength, kind="stable")
        found = [self.names[i] for i in order if strength[i] >= least]
        return self._strength(found)

    def _strength(self, found: list[str]) -> Strength:
        if not found:
            return Strength(parameters=(), grade="assumption", from_m0=False, sources=())
        records = [self.records[name] for name in found]
        grade = max((record.grade for record in records), key=EVIDENCE_GRADES.index)
        cited = dict.fromkeys(item.source for record in records for item in record.evidence)
        return Strength(
            parameters=tuple(found),
            grade=grade,
            from_m0=any(record.from_m0 for record in records),
            sources=tuple(cited),
        )


def _standard_ranks(values: Floats) -> Floats:
    ranks = rankdata(values)
    ranks = ranks - ranks.mean()
    length = np.sqrt((ranks**2).sum())
    return np.asarray(ranks / length if length > 0.0 else ranks, dtype=np.float64)
