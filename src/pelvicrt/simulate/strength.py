"""How strong is the evidence behind one outcome? The weakest grade that carries a fair share of what moves it.

A parameter matters for an outcome when the rank correlation of their draws is beyond chance. The squares of those
correlations say how much of the outcome's variation each of them explains; together they are the explained variance.
The grade of the outcome is the weakest grade g such that parameters graded g or weaker carry at least
`strength.weak_share` of it, so that one assumption of little weight does not hide a randomised comparison, and an
assumption of weight is never hidden by many good figures of little weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Parameter
from pelvicrt.foundation import EVIDENCE_GRADES, Grade, average_ranks

Floats = npt.NDArray[np.float64]
_NOT_EFFECTS = ("between_centre.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Parameters that matter, strongest first, their joint grade, whether M0 data carry a fair share, and sources."""

    parameters: tuple[str, ...]
    grade: Grade
    from_m0: bool
    sources: tuple[str, ...]


NOTHING_KNOWN = Strength(parameters=(), grade="assumption", from_m0=False, sources=("pelvicrt-convention",))
"""When no parameter moves the outcome, all that is known is that it rests on the structure of the model."""


class Judge:
    """Rank correlations of outcomes with parameters under one set of draws."""

    def __init__(self, parameters: Mapping[str, Floats], records: Mapping[str, Parameter]) -> None:
        self.records = records
        self.weak_share = records["strength.weak_share"].spread.a
        self.standard_errors = records["strength.standard_errors"].spread.a
        self.names = [n for n in parameters if np.ptp(parameters[n]) > 0 and not n.startswith(_NOT_EFFECTS)]
        self.draws = len(next(iter(parameters.values())))
        ranks = np.array([_standard_ranks(parameters[name]) for name in self.names])
        self.ranks = ranks.reshape(len(self.names), self.draws)

    def of(self, values: Floats) -> Strength:
        """The strength of one outcome's draws (its middle time when it has several).

        A parameter matters when its rank correlation lies `strength.standard_errors` standard errors, each
        1 / sqrt(draws), from none. `from_m0` is true when parameters read across from patients without metastases
        carry at least `strength.weak_share` of the explained variance.
        """
        column = values[:, values.shape[1] // 2] if values.ndim == 2 else values
        if np.ptp(column) == 0.0:
            return NOTHING_KNOWN
        # Not a matrix product: its rounding may depend on the number of threads.
        strength = np.abs(np.einsum("ij,j->i", self.ranks, _standard_ranks(column)))
        least = self.standard_errors / np.sqrt(self.draws)
        found = [int(i) for i in np.argsort(-strength, kind="stable") if strength[i] >= least]
        records = [self.records[self.names[i]] for i in found]
        return judged(records, [float(strength[i]) ** 2 for i in found], weak_share=self.weak_share)


def judged(records: Sequence[Parameter], explained: Sequence[float], *, weak_share: float) -> Strength:
    """The strength of an outcome moved by parameters, strongest first, that explain so much of its variance each."""
    if not records:
        return NOTHING_KNOWN
    total = sum(explained)

    def share(chosen: Sequence[bool]) -> float:
        return sum(part for part, counts in zip(explained, chosen, strict=True) if counts) / total

    order = EVIDENCE_GRADES.index
    grade = next(
        grade
        for grade in reversed(EVIDENCE_GRADES)
        if share([order(record.grade) >= order(grade) for record in records]) >= weak_share
    )
    return Strength(
        parameters=tuple(record.id for record in records),
        grade=grade,
        from_m0=share([record.from_m0 for record in records]) >= weak_share,
        sources=tuple(dict.fromkeys(item.source for record in records for item in record.evidence)),
    )


def _standard_ranks(values: Floats) -> Floats:
    ranks = average_ranks(values)
    ranks = ranks - ranks.mean()
    length = np.sqrt((ranks**2).sum())
    return np.asarray(ranks / length if length > 0.0 else ranks, dtype=np.float64)
