"""What does the evaluation of one plan say? Its structures, its limits, its chances of harm, as plain values.

Nothing is silent: a structure carries the way its name was read, a limit why it was not judged, an estimate its flags,
and what cannot be known stands in `not_known` beside what can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom import Reference
from pelvicrt.dosimetry import Histogram, NotComputable, Notice
from pelvicrt.evidence import DoseLimit, DoseLimitSet
from pelvicrt.foundation import Text
from pelvicrt.radiobiology import NtcpEstimate, ResponseEstimate

Floats = npt.NDArray[np.float64]

Way = Literal["exact", "synonym", "confirmed", "left_out", "proposed", "doubly", "unknown"]
"""How a drawn name was read: the standard name itself, a synonym of the table, the user's word; or not at all, because
the user left it out, a likeness waits for confirmation, two structures claim one name, or nothing is like it."""

StructureKind = Literal["target", "organ", "body", "unknown"]

Standing = Literal["met", "missed", "exceeded", "cannot_be_violated", "reported", "cannot_be_judged"]
"""How a plan stands to a limit. A goal is missed; a hard limit (P1) is exceeded and needs approval; a converted limit
above what the prescription can reach is never shown as met."""

METRICS = ("D98%", "D95%", "D50%", "D2%", "D0.03cc")
"""Read off every histogram, physical and in 2 Gy fractions [Gy]; mean, lowest and highest dose stand beside them."""

INTENDED_USE = Text(
    "Plan evaluation for professionals and research: it shows what the plan's files say. It is not a tool for quality "
    "assurance of treatment plans and not a medical device, it approves no plan and replaces no check.",
    "计划评价供专业人员与科研使用：仅显示计划文件所载内容。它不是治疗计划质量保证工具，也不是医疗器械，不审批计划，不替代任何核查。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A standard name that is like a drawn name, `likeness` 0 to 1; never used before the user confirms it."""

    tg263: str
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStructure:
    """How one drawn name was read.

    `tg263` is None unless the reading is sure (exact, synonym or confirmed). `kind_of_target` is PTV, CTV, GTV and so
    on for a target, `dose_in_name_gy` the dose its name carries [Gy]. `said` tells the reading in words.
    """

    drawn: str
    way: Way
    kind: StructureKind
    said: Text
    tg263: str | None = None
    kind_of_target: str | None = None
    dose_in_name_gy: float | None = None
    proposals: tuple[Proposal, ...] = ()

    @property
    def shown(self) -> str:
        """The standard name, or the drawn one where none is sure."""
        return self.tg263 or self.drawn


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DoseFigures:
    """One histogram and its metrics [Gy]: physical when `alpha_beta_gy` is None, else in 2 Gy fractions."""

    alpha_beta_gy: float | None
    why: Text
    histogram: Histogram
    metrics: Mapping[str, float | NotComputable]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EvaluatedStructure:
    """One structure: its name, its dose, and what a reader must know of it.

    `eqd2` holds the dose in 2 Gy fractions, the headline alpha/beta first; it is empty when the number of fractions is
    not known or the structure was not recognised. `prescribed_gy` is the physical dose a target was asked for.
    """

    named: NamedStructure
    prescribed_gy: float | None
    physical: DoseFigures
    eqd2: tuple[DoseFigures, ...]
    warnings: tuple[Notice, ...]

    @property
    def volume_cc(self) -> float:
        """Volume of the structure [cc], with what lies outside the dose grid."""
        return self.physical.histogram.volume_cc

    @property
    def outside_cc(self) -> float:
        """Volume without a dose because it lies outside the dose grid [cc]."""
        return self.physical.histogram.outside_cc


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintVerdict:
    """One limit put to one structure.

    `drawn` is the structure's own name, None when none was judged. `value` and `margin` are in the unit of the limit;
    the margin is the room left, negative when the limit is not kept. `why` explains what is not simply met or missed.
    """

    limit: DoseLimit
    standing: Standing
    structure: str
    drawn: str | None = None
    value: float | None = None
    margin: float | None = None
    why: Text | None = None
    origin: Text

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None when that was not judged or would say nothing."""
        return {"met": True, "missed": False, "exceeded": False}.get(self.standing)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Complication:
    """The chance of one complication in one structure. `drawn_chances` holds it for each draw of the parameters.

    The draws are those of the model, so the same row of two plans belongs to the same parameters.
    """

    model: str
    structure: str
    estimate: NtcpEstimate
    drawn_chances: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKnown:
    """What a reader might look for and is not given, and why; `structure` is empty for the whole plan."""

    code: str
    what: Text
    why: Text
    structure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TumourResponse:
    """The chance of one grade of tumour regression at the median dose of `structure`."""

    structure: str
    estimate: ResponseEstimate


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanEvaluation:
    """All that is said about one plan under one set of limits; `template` is None when no limits were asked for.

    `prescribed_gy` is the highest prescribed dose [Gy], what percentages of dose outside targets refer to.
    """

    plan: str
    fractions: int | None
    prescribed_gy: float | None
    template: DoseLimitSet | None
    structures: tuple[EvaluatedStructure, ...]
    constraints: tuple[ConstraintVerdict, ...]
    complications: tuple[Complication, ...]
    responses: tuple[TumourResponse, ...]
    not_known: tuple[NotKnown, ...]
    notices: tuple[Notice, ...]
    references: tuple[Reference, ...]
    frame_of_reference_uid: str
    library_hash: str
    version: str

    def structure(self, tg263: str) -> EvaluatedStructure | None:
        """The structure whose name is sure and reads so, if there is one."""
        return next((item for item in self.structures if item.named.tg263 == tg263), None)

    def count(self, standing: Standing) -> int:
        """How many limits stand so."""
        return sum(item.standing == standing for item in self.constraints)

    @property
    def verdict(self) -> Text:
        """One line: hard limits exceeded first, then goals missed, then what could not be judged."""
        if self.template is None:
            return _NO_TEMPLATE
        hard, soft, open_ = (self.count(each) for each in ("exceeded", "missed", "cannot_be_judged"))
        first = _HARD.fill(n=hard) if hard else _SOFT.fill(n=soft) if soft else _KEPT.fill(n=self.count("met"))
        also = [_SOFT.fill(n=soft)] if hard and soft else []
        if open_:
            also.append(_OPEN.fill(n=open_))
        en, zh = ([part.say(lang) for part in (first, *also)] for lang in ("en", "zh"))
        return Text("; ".join(en), "；".join(zh))


_NO_TEMPLATE = Text("no limits were asked for", "未选用限值模板")
_HARD = Text("hard limits exceeded: {n} (approval needed)", "超出硬性限值：{n} 项（须审批）")
_SOFT = Text("goals missed: {n}", "未达目标：{n} 项")
_KEPT = Text("no limit that could be judged is broken ({n} met)", "可判断的限值均未被突破（达标 {n} 项）")
_OPEN = Text("cannot be judged: {n}", "无法判断：{n} 项")
