"""What dose was each target meant to get? From the user, the plan, or the target's own name; never a guess.

In this order: the plan's prescription to that very structure; the dose the target's name carries; the user's
`--prescription`; the plan's dose when it has only one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pelvicrt.dicom import Prescription
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text
from pelvicrt.plans.results import NamedStructure

SAME = 0.01  # number: a dose in a name and a prescription differ when they are more than 1 % apart (our convention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescribed:
    """Doses [Gy] by drawn name of the targets that have one, the highest of all, and what a reader must know."""

    by_target_gy: dict[str, float]
    highest_gy: float | None
    notices: tuple[Notice, ...]


def prescribed_doses(
    named: Sequence[NamedStructure], prescriptions: Iterable[Prescription], stated_gy: float | None
) -> Prescribed:
    """The prescribed dose of each target.

    Raises:
        ValueError: a stated dose that is not above 0.
    """
    if stated_gy is not None and not stated_gy > 0:
        raise ValueError(f"a prescribed dose must be above 0 Gy; got {stated_gy:g}")
    asked = tuple(prescriptions)
    targets = [item for item in named if item.kind == "target"]
    found = {item.drawn: dose for item in targets if (dose := _dose_gy(item, asked, stated_gy)) is not None}
    every = [*found.values(), *(each.dose_gy for each in asked), *([] if stated_gy is None else [stated_gy])]
    notices = [notice for item in targets for notice in _contradictions(item, found.get(item.drawn))]
    return Prescribed(by_target_gy=found, highest_gy=max(every, default=None), notices=tuple(notices))


def _dose_gy(item: NamedStructure, asked: tuple[Prescription, ...], stated_gy: float | None) -> float | None:
    own = [each.dose_gy for each in asked if each.structure == item.drawn]
    if own:
        return max(own)
    if item.dose_in_name_gy is not None:
        return item.dose_in_name_gy
    doses = {each.dose_gy for each in asked}
    if stated_gy is not None:
        return stated_gy
    return doses.pop() if len(doses) == 1 else None


def _contradictions(item: NamedStructure, used_gy: float | None) -> list[Notice]:
    named_gy = item.dose_in_name_gy
    if used_gy is None or named_gy is None or abs(named_gy - used_gy) <= SAME * used_gy:
        return []
    text = _CONTRADICTION.fill(name=item.drawn, named=f"{named_gy:g}", used=f"{used_gy:g}")
    return [Notice(code="dose_in_name", text=text, about=item.drawn)]


_CONTRADICTION = Text(
    "{name}: its name says {named} Gy and the plan prescribes {used} Gy to it; the plan's dose is used",
    "{name}：名称中为 {named} Gy，而计划处方为 {used} Gy；按计划处方计算",
)
