"""What does an evaluated plan hand to an assessment? Its chances of harm and the bowel volumes, by standard name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pelvicrt.dosimetry import Metric, NotComputable, parse_metric
from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Text
from pelvicrt.plans.naming import name_in_words
from pelvicrt.plans.results import NotKnown, PlanEvaluation

if TYPE_CHECKING:
    from pelvicrt.assessment import PlanToxicity

LOOPS, BAG = "Bowel_Small", "Bag_Bowel"
LONG_COURSE = "lcrt-pelvis"
"""The limits these volumes belong to: elsewhere the same grays mean something else."""
_LOOPS_V15, _BAG_V45 = parse_metric("V15Gy[cc]"), parse_metric("V45Gy[cc]")
_WITHHELD = "complication"
"""The code under which an evaluation says that a complication model was withheld from a structure."""


def toxicity_of(evaluation: PlanEvaluation, *, library: Library | None = None) -> PlanToxicity:
    """The part of an evaluation that concerns strategies: chances of harm, bowel volumes, what was withheld."""
    from pelvicrt.assessment import PlanHarm, PlanToxicity  # the whole data path, which a plan alone does not need

    shelf = library or shipped_library()
    first, last = shelf.limits[LONG_COURSE].fractions
    long_course = evaluation.fractions is not None and first <= evaluation.fractions <= last
    return PlanToxicity(
        label=evaluation.plan,
        fractions=evaluation.fractions,
        prescribed_gy=_prescribed(evaluation),
        harms=tuple(
            PlanHarm(structure=item.structure, name=name_in_words(item.structure, shelf), estimate=item.estimate)
            for item in evaluation.complications
        ),
        bowel_loops_v15_cc=_volume_cc(evaluation, LOOPS, _LOOPS_V15) if long_course else None,
        bowel_bag_v45_cc=_volume_cc(evaluation, BAG, _BAG_V45) if long_course else None,
        withheld=tuple(_said(item, shelf) for item in evaluation.not_known if item.code == _WITHHELD),
    )


def _prescribed(evaluation: PlanEvaluation) -> tuple[float, ...]:
    """The doses asked for [Gy], each once, ascending."""
    targets = (item.prescribed_gy for item in evaluation.structures)
    found = {dose for dose in targets if dose is not None}
    if not found and evaluation.prescribed_gy is not None:
        found = {evaluation.prescribed_gy}
    return tuple(sorted(found))


def _volume_cc(evaluation: PlanEvaluation, name: str, metric: Metric) -> float | None:
    found = evaluation.structure(name)
    value = None if found is None else metric.of(found.physical.histogram)
    return None if value is None or isinstance(value, NotComputable) else value


def _said(item: NotKnown, library: Library) -> Text:
    return _NOT_GIVEN.fill(name=name_in_words(item.structure, library), what=item.what, why=item.why)


_NOT_GIVEN = Text("{name}, {what}: not known, because {why}", "{name}，{what}：不详，因为{why}")
