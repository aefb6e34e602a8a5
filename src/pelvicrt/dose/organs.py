"""Which limits apply to the contours at hand, and what chance of damage goes with an organ's histogram?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pelvicrt.dose.numbers import complication_models, lq_validity
from pelvicrt.evidence import DoseLimit, DoseLimitSet, Library
from pelvicrt.foundation import Text, UsageError
from pelvicrt.radiobiology import NtcpEstimate, PhysicalBins


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicableLimits:
    """The rows of one named set that may be judged here, and the rows left out with the reason."""

    set_id: str
    rows: tuple[DoseLimit, ...]
    left_out: tuple[tuple[DoseLimit, Text], ...]


def applicable_limits(limits: DoseLimitSet, *, structures: Collection[str]) -> ApplicableLimits:
    """The rows of a set whose structure was contoured, bag and loops never exchanged.

    Raises:
        UsageError: two structures that exclude each other are both contoured; leave one of them out.

    A row that is disabled (not verified) or whose structure is missing is listed in `left_out`.
    """
    _refuse_exclusive(limits.rows, structures)
    kept: list[DoseLimit] = []
    left_out: list[tuple[DoseLimit, Text]] = []
    for row in limits.rows:
        if not row.enabled:
            left_out.append((row, _NOT_VERIFIED))
        elif row.structure in structures:
            kept.append(row)
        elif row.exclusive_with in structures:
            left_out.append((row, _OTHER_CONTOUR.fill(wanted=row.structure, found=row.exclusive_with)))
        else:
            left_out.append((row, _NOT_CONTOURED.fill(wanted=row.structure)))
    return ApplicableLimits(set_id=limits.id, rows=tuple(kept), left_out=tuple(left_out))


def _refuse_exclusive(rows: Iterable[DoseLimit], structures: Collection[str]) -> None:
    for row in rows:
        if row.enabled and row.exclusive_with and {row.structure, row.exclusive_with} <= set(structures):
            raise UsageError(_BOTH.fill(first=row.structure, second=row.exclusive_with))


def complication_chances(library: Library, *, structure: str, bins: PhysicalBins) -> tuple[NtcpEstimate, ...]:
    """Every complication model of one structure on its planned histogram, each with band and flags.

    The histogram is given as planned, with its number of fractions, and is changed to 2 Gy fractions bin by bin with
    the model's own alpha/beta; physical dose never reaches a model. No model of the structure: an empty tuple.
    """
    validity = lq_validity(library)
    flags = validity.flags(float(bins.dose_gy.max()) / bins.fractions)
    return tuple(
        model.estimate(bins.in_two_gy_fractions(alpha_beta_gy=model.alpha_beta_gy), flags=flags)
        for model in complication_models(library, structure=structure)
    )


_NOT_VERIFIED = Text("not verified at a source, so not judged", "未经来源核实，不作判断")
_NOT_CONTOURED = Text("{wanted} is not contoured", "未勾画 {wanted}")
_OTHER_CONTOUR = Text(
    "needs {wanted}; {found} is contoured, and the two are never exchanged",
    "需要 {wanted}；现勾画为 {found}，两者不可互换",
)
_BOTH = Text(
    "{first} and {second} are both contoured, but their limits exclude each other; leave one of them out",
    "同时勾画了 {first} 与 {second}，而两者的限值互斥；请去掉其一",
)
