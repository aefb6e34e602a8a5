"""What does "D0.03cc[Gy]" ask of a histogram? Metrics in the usual notation, read once, then asked of any histogram.

    D98%[Gy]      least dose in the hottest 98 % of the volume; also D0.03cc, and [%] of the prescription
    DC10cc[Gy]    highest dose in the coldest 10 cc, which is D of the rest; also DC5%
    V45Gy[cc]     volume that gets 45 Gy or more; also V95% (of the prescription), and [%] of the volume
    CV20Gy[cc]    volume that gets less than 20 Gy
    Mean Max Min  of dose; [Gy] or [%] of the prescription
    gEUD8[Gy]     generalised equivalent uniform dose with a = 8

Without a unit in brackets a D, Mean, Max, Min or gEUD is in Gy and a V in %. On a histogram in 2 Gy fractions every
Gy is a Gy of EQD2, and the prescription must be given as EQD2 too. Percentages of volume refer to the volume that the
dose grid covers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from pelvicrt.dosimetry.histogram import Histogram
from pelvicrt.foundation import InvalidInput, Problem, Text

Kind = Literal["D", "DC", "V", "CV", "Mean", "Max", "Min", "gEUD"]
Unit = Literal["Gy", "%", "cc"]

_NUMBER = r"(?P<number>-?\d+(?:\.\d+)?)"
_SHAPES = (
    re.compile(rf"(?P<kind>D|DC){_NUMBER}(?P<asked>%|cc)(?:\[(?P<unit>Gy|%)\])?"),
    re.compile(rf"(?P<kind>V|CV){_NUMBER}(?P<asked>Gy|%)(?:\[(?P<unit>cc|%)\])?"),
    re.compile(r"(?P<kind>Mean|Max|Min)(?:\[(?P<unit>Gy|%)\])?"),
    re.compile(rf"(?P<kind>gEUD){_NUMBER}(?:\[(?P<unit>Gy|%)\])?"),
)
_KNOWN = Text(
    "a metric such as D98%[Gy], D0.03cc[%], DC10cc[Gy], V45Gy[cc], V95%[%], CV20Gy[cc], Mean[Gy], Max, Min, gEUD8[Gy]",
    "一个指标，例如 D98%[Gy]、D0.03cc[%]、DC10cc[Gy]、V45Gy[cc]、V95%[%]、CV20Gy[cc]、Mean[Gy]、Max、Min、gEUD8[Gy]",
)
_NO_PRESCRIPTION = Text("no prescribed dose is known for it", "缺少相应的处方剂量")
_NO_DOSE = Text("no part of the structure lies in the dose grid", "该结构没有任何部分位于剂量网格内")
_TOO_SMALL = Text(
    "the structure has only {volume} cc with a dose, less than {asked} cc",
    "该结构仅有 {volume} cc 有剂量数据，小于 {asked} cc",
)
_NO_UNIFORM_DOSE = Text(
    "with an exponent below 0 and a part without dose it has no value", "指数小于 0 且部分体积无剂量时没有数值"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComputable:
    """What stands in place of a number that cannot be had, and why. It is never a zero."""

    metric: str
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One question to a histogram; `number` is what stands in its name, `asked` the unit of that number."""

    kind: Kind
    number: float | None
    asked: Unit | None
    unit: Unit

    def __str__(self) -> str:
        number = "" if self.number is None else f"{self.number:g}"
        return f"{self.kind}{number}{self.asked or ''}[{self.unit}]"

    def needs_prescription(self) -> bool:
        """Whether it can only be answered with a prescribed dose.

        >>> parse_metric("V95%[%]").needs_prescription(), parse_metric("D95%[Gy]").needs_prescription()
        (True, False)
        """
        if self.kind in ("V", "CV"):
            return self.asked == "%"
        return self.unit == "%"

    def of(self, histogram: Histogram, prescription_gy: float | None = None) -> float | NotComputable:
        """The value in `unit`, or why there is none: no prescription, no dose, or less volume than asked for.

        Raises:
            ValueError: a prescription that is not above 0 Gy.
        """
        if prescription_gy is not None and not prescription_gy > 0:
            raise ValueError(f"a prescribed dose must be above 0 Gy; got {prescription_gy:g}")
        if histogram.covered_cc <= 0:
            return self._none(_NO_DOSE)
        if self.needs_prescription() and prescription_gy is None:
            return self._none(_NO_PRESCRIPTION)
        if self.kind in ("V", "CV"):
            return self._volume(histogram, prescription_gy)
        dose_gy = self._dose_gy(histogram)
        if isinstance(dose_gy, NotComputable) or self.unit == "Gy":
            return dose_gy
        return 100 * dose_gy / _given(prescription_gy)

    def _volume(self, histogram: Histogram, prescription_gy: float | None) -> float:
        number = _given(self.number)
        dose_gy = number if self.asked == "Gy" else number / 100 * _given(prescription_gy)
        volume_cc = histogram.volume_at_dose_cc(dose_gy)
        if self.kind == "CV":
            volume_cc = histogram.covered_cc - volume_cc
        return volume_cc if self.unit == "cc" else 100 * volume_cc / histogram.covered_cc

    def _dose_gy(self, histogram: Histogram) -> float | NotComputable:
        match self.kind:
            case "Mean":
                return histogram.mean_gy
            case "Max":
                return histogram.max_gy
            case "Min":
                return histogram.min_gy
            case "gEUD":
                number = _given(self.number)
                if number < 0 and histogram.min_gy == 0:
                    return self._none(_NO_UNIFORM_DOSE)
                return histogram.generalised_eud_gy(number)
            case _:
                return self._dose_at_volume_gy(histogram)

    def _dose_at_volume_gy(self, histogram: Histogram) -> float | NotComputable:
        covered_cc, number = histogram.covered_cc, _given(self.number)
        asked_cc = number if self.asked == "cc" else number / 100 * covered_cc
        if asked_cc > covered_cc:
            return self._none(_TOO_SMALL.fill(volume=f"{covered_cc:.3g}", asked=f"{asked_cc:g}"))
        return histogram.dose_at_volume_gy(covered_cc - asked_cc if self.kind == "DC" else asked_cc)

    def _none(self, reason: Text) -> NotComputable:
        return NotComputable(metric=str(self), reason=reason)


def parse_metric(text: str, *, file: str = "metric", field: str = "metric") -> Metric:
    """The metric a notation stands for; spaces do not matter.

    `file` and `field` say where it was written, for the error.

    Raises:
        InvalidInput: a notation that is not known, a percentage of volume above 100, a gEUD exponent of 0.

    >>> str(parse_metric("D0.03cc")), str(parse_metric("V45 Gy [cc]"))
    ('D0.03cc[Gy]', 'V45Gy[cc]')
    """
    compact = re.sub(r"\s+", "", text)
    for shape in _SHAPES:
        found = shape.fullmatch(compact)
        if found:
            metric = _metric(found.groupdict())
            if _has_meaning(metric):
                return metric
    raise InvalidInput([Problem(file=file, field=field, found=repr(text[:40]), expected=_KNOWN)])


def _metric(parts: dict[str, str | None]) -> Metric:
    kind, number = cast("Kind", parts["kind"]), parts.get("number")
    usual: Unit = "%" if kind in ("V", "CV") else "Gy"
    return Metric(
        kind=kind,
        number=None if number is None else float(number),
        asked=cast("Unit | None", parts.get("asked")),
        unit=cast("Unit | None", parts.get("unit")) or usual,
    )


def _has_meaning(metric: Metric) -> bool:
    if metric.number is None:
        return True
    if metric.kind == "gEUD":
        return metric.number != 0
    of_volume = metric.kind in ("D", "DC") and metric.asked == "%"
    return metric.number >= 0 and not (of_volume and metric.number > 100)


def _given(number: float | None) -> float:
    assert number is not None
    return number
