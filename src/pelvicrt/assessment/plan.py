"""What does a dose plan tell of harm, for strategies whose schedule it delivers? Its own chances, beside the model's.

The simulated chance of grade 3 or worse toxicity stays what the trials say. It counts every kind of toxicity of the
whole course, and no verified dose response says by how much its odds follow the dose to the bowel: the studies read
give thresholds or significance without coefficients, and one found no association. So a plan's estimates stand beside
that number with their own endpoints, bands and flags, and it is said that the number was not changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pelvicrt.evidence import Regimen
from pelvicrt.foundation import Text
from pelvicrt.radiobiology import NtcpEstimate
from pelvicrt.strategies import Candidate

SAME_DOSE_GY = 0.5
"""Prescriptions nearer than this are one: files round doses, and plans are normalised by some tenths of a gray."""

NOT_CHANGED = Text(
    "The simulated chance of grade 3 or worse toxicity was not changed by the plan: it counts every kind of toxicity, "
    "and no verified dose response says how its odds follow the dose to the bowel (one study gives a best cut-off "
    "without its coefficients, a meta-analysis significance, a review thresholds, and one study found no association).",
    "计划未改变模拟的 3 级及以上毒性概率：该数值涵盖各类毒性，而尚无经核实的剂量-效应关系能说明其比值随肠道剂量的变化"
    "（一项研究仅给出最佳界值而无系数，一项荟萃分析仅给出显著性，一篇综述给出阈值，另一项研究未见关联）。",
)
NOT_CHANGED_SOURCES = ("robertson-diarrhea-2010", "small-bowel-meta-analysis", "quantec-bowel-2010", "xu-imrt-63")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHarm:
    """The chance of one complication in one structure (TG-263 name, and in words), with its band and flags."""

    structure: str
    name: Text
    estimate: NtcpEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanToxicity:
    """What one plan says of harm; filled by the plans room, which stands above this one.

    `prescribed_gy` are the doses its targets were asked for [Gy], empty when no file says any. `bowel_loops_v15_cc` and
    `bowel_bag_v45_cc` are physical volumes [cc] of a long course, None for another schedule, whose grays mean something
    else, and where that structure was not drawn; the two are never exchanged. `withheld` says in words what a reader
    might look for and is not given.
    """

    label: str
    fractions: int | None
    prescribed_gy: tuple[float, ...]
    harms: tuple[PlanHarm, ...]
    bowel_loops_v15_cc: float | None = None
    bowel_bag_v45_cc: float | None = None
    withheld: tuple[Text, ...] = ()

    def fits(self, regimen: Regimen | None) -> bool:
        """Whether the plan delivers a schedule: as many fractions, and within 0.5 Gy the dose to pelvis and boost.

        A plan that states no prescription is held to its fractions alone, and `by_fractions_alone` says so.
        """
        if regimen is None or self.fractions != regimen.fractions:
            return False
        if self.by_fractions_alone:
            return True
        asked = (regimen.total_gy, regimen.boost_total_gy or regimen.total_gy)
        planned = (min(self.prescribed_gy), max(self.prescribed_gy))
        return all(abs(one - other) <= SAME_DOSE_GY for one, other in zip(planned, asked, strict=True))

    @property
    def by_fractions_alone(self) -> bool:
        """Whether the plan states no prescription, so that only its fractions say which schedules it fits."""
        return not self.prescribed_gy

    @property
    def schedule(self) -> Text:
        """Its prescribed doses in words, as `45 / 50 Gy`."""
        if self.by_fractions_alone:
            return _NO_DOSE
        said = f"{' / '.join(f'{dose:g}' for dose in sorted(self.prescribed_gy))} Gy"
        return Text(said, said)


def plans_for(option: Candidate, plans: Sequence[PlanToxicity]) -> tuple[PlanToxicity, ...]:
    """The plans that deliver an option's schedule."""
    return tuple(plan for plan in plans if plan.fits(option.regimen))


def plan_warnings(options: Sequence[Candidate], plans: Sequence[PlanToxicity]) -> tuple[Text, ...]:
    """What must be said of the plans given: those that fit no option, those fitted by fractions alone."""
    found = []
    for plan in plans:
        if not any(plan.fits(option.regimen) for option in options):
            words = _FITS_NONE if plan.fractions is not None else _NO_FRACTIONS
            found.append(words.fill(plan=plan.label, dose=plan.schedule, n=plan.fractions))
        elif plan.by_fractions_alone:
            found.append(_BY_FRACTIONS.fill(plan=plan.label, n=plan.fractions))
    return tuple(found)


_FITS_NONE = Text(
    "Plan {plan} ({dose} in {n} fractions) delivers the schedule of no strategy here: its estimates stand with none.",
    "计划 {plan}（{dose}，{n} 次）与此处任何策略的方案均不符，故其估计不附于任何策略。",
)
_NO_FRACTIONS = Text(
    "Plan {plan} states no number of fractions, so its dose has no biological meaning and it stands with no strategy.",
    "计划 {plan} 未说明分次数，其剂量无法作生物学换算，故不附于任何策略。",
)
_BY_FRACTIONS = Text(
    "Plan {plan} states no prescription: it stands with every schedule of {n} fractions, whatever their dose.",
    "计划 {plan} 未说明处方剂量：凡 {n} 次的方案均附上其估计，不论剂量。",
)
_NO_DOSE = Text("no dose stated", "剂量未说明")
