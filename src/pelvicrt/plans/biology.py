"""What does the dose do? Dose in 2 Gy fractions by structure, chances of complications and of tumour regression.

Dose is changed bin by bin with the fractions really planned before any metric or model sees it. What no verified
parameter is known for is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pelvicrt.dose import alpha_beta, complication_models, lq_validity, response_models
from pelvicrt.dosimetry import Histogram, parse_metric
from pelvicrt.evidence import DoseLimitSet, Library
from pelvicrt.foundation import Text
from pelvicrt.plans.results import (
    Complication,
    EvaluatedStructure,
    NamedStructure,
    NotKnown,
    TumourResponse,
)
from pelvicrt.radiobiology import LkbModel, PhysicalBins

MOST_BINS = 400
"""Bins a complication model is given; each keeps the mean dose of what it holds, so more change no printed digit."""
OUTSIDE_SHARE = 0.01  # number: above 1 % of the volume without a dose no chance is given (our convention)
RECTUM = "Rectum"
_MIDDLE = parse_metric("D50%[Gy]")


def ratios_of(named: NamedStructure, template: DoseLimitSet | None, library: Library) -> tuple[tuple[float, Text], ...]:
    """Every alpha/beta [Gy] a structure is looked at with, headline first, and why; none for an unknown structure."""
    if named.kind == "unknown":
        return ()
    if named.kind == "target":
        return (
            (alpha_beta(library, "tumour_planning"), _TUMOUR_PLANNING),
            (alpha_beta(library, "tumour_fitted"), _TUMOUR_FITTED),
        )
    own = template.alpha_beta_gy.get(named.tg263 or "") if template is not None else None
    if template is not None and own is not None:
        return ((own, _TEMPLATE.fill(template=template.name)),)
    return ((alpha_beta(library, "late_low"), _LATE),)


def complications_of(
    structures: Sequence[EvaluatedStructure], fractions: int, library: Library
) -> tuple[tuple[Complication, ...], tuple[NotKnown, ...]]:
    """Every complication model of every organ with a sure name; and the organs a model was withheld from, with why."""
    found: list[Complication] = []
    withheld: list[NotKnown] = []
    validity = lq_validity(library)
    for item in structures:
        name, histogram = item.named.tg263, item.physical.histogram
        if name is None or item.named.kind != "organ":
            continue
        models = complication_models(library, structure=name)
        reason = _TOO_LARGE if histogram.covered_cc > 0 and not item.eqd2 else _reason_to_withhold(name, histogram)
        if models and reason is not None:
            withheld.append(NotKnown(code="complication", what=_CHANCES, why=reason, structure=name))
            continue
        flags = validity.flags(histogram.max_gy / fractions)
        found += [_complication(model, name, few_bins(histogram, fractions), flags) for model in models]
    return tuple(found), tuple(withheld)


def few_bins(histogram: Histogram, fractions: int) -> PhysicalBins:
    """The histogram as the volume models take it, in at most MOST_BINS bins, each at the mean dose of what it holds.

    Raises:
        ValueError: nothing covered by dose.
    """
    bins = histogram.physical_bins(fractions)
    if len(bins.dose_gy) <= MOST_BINS:
        return bins
    group = np.minimum((bins.dose_gy / histogram.max_gy * MOST_BINS).astype(np.int64), MOST_BINS - 1)
    share = np.asarray(np.bincount(group, weights=bins.volume_share, minlength=MOST_BINS), dtype=np.float64)
    dose = np.asarray(
        np.bincount(group, weights=bins.volume_share * bins.dose_gy, minlength=MOST_BINS), dtype=np.float64
    )
    filled = share > 0
    return PhysicalBins(dose[filled] / share[filled], share[filled], fractions)


def responses_of(structures: Sequence[EvaluatedStructure], library: Library) -> tuple[TumourResponse, ...]:
    """Tumour regression at the median dose of the tumour, under both readings of the curve's dose.

    The tumour is the GTV, else the CTV, else the PTV; of several the one that gets the most.
    """
    drawn = [item for kind in ("GTV", "CTV", "PTV") for item in _of_kind(structures, kind)]
    if not drawn or not drawn[0].eqd2:
        return ()
    kind = drawn[0].named.kind_of_target
    item = max((each for each in drawn if each.named.kind_of_target == kind), key=_middle_gy)
    planning = item.eqd2[0].histogram
    return tuple(
        TumourResponse(structure=item.named.shown, estimate=estimate)
        for model in response_models(library)
        for estimate in (
            model.estimate(_middle_gy(item), dose_metric="physical"),
            model.estimate(planning.dose_at_volume_gy(planning.covered_cc / 2), dose_metric="eqd2"),
        )
    )


def never_known(*, has_fractions: bool) -> tuple[NotKnown, ...]:
    """What is not given for any plan, and why."""
    missing = () if has_fractions else (NotKnown(code="no_fractions", what=_BIOLOGY, why=_NO_FRACTIONS),)
    return (
        *missing,
        NotKnown(code="tumour_control", what=_CONTROL, why=_NO_CONTROL),
        NotKnown(code="relative_seriality", what=_SERIALITY, why=_NOT_VERIFIED),
        NotKnown(code="acute_bowel", what=_ACUTE_BOWEL, why=_NO_COEFFICIENTS),
    )


def _complication(model: LkbModel, structure: str, bins: PhysicalBins, flags: tuple[object, ...]) -> Complication:
    two_gy = bins.in_two_gy_fractions(alpha_beta_gy=model.alpha_beta_gy)
    return Complication(
        model=f"{model.organ} | {model.endpoint.en} | {model.population.en}",
        structure=structure,
        estimate=model.estimate(two_gy, flags=flags),  # type: ignore[arg-type]
        drawn_chances=model.drawn(two_gy),
    )


def _reason_to_withhold(name: str, histogram: Histogram) -> Text | None:
    if name == RECTUM:
        return _BEARS_TUMOUR
    if histogram.covered_cc <= 0:
        return _NO_DOSE
    share = histogram.outside_cc / histogram.volume_cc
    return _OUTSIDE.fill(percent=f"{100 * share:.1f}") if share > OUTSIDE_SHARE else None


def _of_kind(structures: Sequence[EvaluatedStructure], kind: str) -> Iterator[EvaluatedStructure]:
    return (item for item in structures if item.named.kind_of_target == kind and item.physical.histogram.covered_cc > 0)


def _middle_gy(item: EvaluatedStructure) -> float:
    histogram = item.physical.histogram
    return histogram.dose_at_volume_gy(histogram.covered_cc / 2)


_TUMOUR_PLANNING = Text("the customary value for tumour", "肿瘤习用值")
_TUMOUR_FITTED = Text("fitted to local control of rectal cancer", "由直肠癌局部控制拟合")
_TEMPLATE = Text("of the limits: {template}", "出自限值模板：{template}")
_LATE = Text("the customary value for late damage", "晚期损伤习用值")
_CHANCES = Text("chances of complications", "并发症概率")
_BEARS_TUMOUR = Text(
    "the only model was fitted to prostate patients and does not apply to a rectum that bears the tumour",
    "仅有的模型拟合自前列腺癌患者，不适用于有肿瘤的直肠",
)
_NO_DOSE = Text("no part of it has a dose", "该结构没有剂量")
_OUTSIDE = Text("{percent} % of it lies outside the dose grid", "其 {percent}% 位于剂量网格之外")
_TOO_LARGE = Text(
    "fractions too large for the linear-quadratic formula, so no dose in 2 Gy fractions",
    "每次剂量过大，线性二次模型不适用，故无 2 Gy 等效剂量",
)
_BIOLOGY = Text("dose in 2 Gy fractions, limits and chances of harm", "2 Gy 分次等效剂量、限值判断与并发症概率")
_NO_FRACTIONS = Text(
    "no file says in how many fractions the dose is given; give --fractions",
    "没有文件说明分次数；请用 --fractions 指定",
)
_CONTROL = Text("chance of tumour control", "肿瘤控制概率")
_NO_CONTROL = Text(
    "no verified parameters for rectal cancer: the number of clonogens and the spread of sensitivity are not published",
    "直肠癌缺乏经核实的参数：克隆源细胞数与敏感性离散度均未见发表",
)
_SERIALITY = Text("complications by the relative seriality model", "相对串联模型的并发症概率")
_NOT_VERIFIED = Text("its parameters are remembered, not verified at a source", "其参数凭记忆而来，未经来源核实")
_ACUTE_BOWEL = Text("chance of acute bowel toxicity", "急性肠道毒性概率")
_NO_COEFFICIENTS = Text(
    "the published curves for small bowel at 15 Gy are known by their abstracts only, without coefficients; the limits "
    "on V15 stand for them",
    "小肠 15 Gy 体积的已发表曲线仅见摘要，无系数；以 V15 限值代替",
)
