"""Which measured values of a plan go into a DICOM structured report? Those of structures with a sure name.

Volume, mean, lowest and highest dose, the usual metrics, and the value behind every judged limit; physical and in 2 Gy
fractions. Verdicts and chances stay out: they are opinions of a set of limits or a model, not measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pelvicrt.dicom import Measured, TreatmentPlan, write_structured_report
from pelvicrt.dosimetry import NotComputable, parse_metric
from pelvicrt.plans.results import DoseFigures, EvaluatedStructure, PlanEvaluation

_UNITS = {"Gy": "Gy", "cc": "cm3", "%": "%"}


def measured_values(evaluation: PlanEvaluation) -> tuple[Measured, ...]:
    """Every value in the order of the plan's structures; those of one structure together."""
    return tuple(value for item in evaluation.structures for value in _of(item, evaluation))


def write_evaluation_report(evaluation: PlanEvaluation, plan: TreatmentPlan, path: Path) -> None:
    """The structured report of an evaluation, complete or not at all, with new identifiers on every run.

    Raises:
        UsageError: when no structure has a sure name.
        OSError: when the folder cannot be written.
    """
    write_structured_report(path, measured_values(evaluation), plan=plan)


def _of(item: EvaluatedStructure, evaluation: PlanEvaluation) -> Iterator[Measured]:
    name = item.named.tg263
    if name is None or item.physical.histogram.covered_cc <= 0:
        return
    yield Measured(structure=name, notation="Volume", value=item.volume_cc, unit="cm3")
    for figures in (item.physical, *item.eqd2):
        yield from _figures(name, figures)
    seen = set(item.physical.metrics)
    for verdict in evaluation.constraints:
        metric = parse_metric(verdict.limit.metric)
        notation = str(metric).partition("[")[0]
        is_new = verdict.drawn == item.named.drawn and (metric.unit != "Gy" or notation not in {*seen, "Mean"})
        if is_new and verdict.value is not None and str(metric) not in seen:
            seen.add(str(metric))
            yield Measured(structure=name, notation=notation, value=verdict.value, unit=_UNITS[metric.unit])  # type: ignore[arg-type]


def _figures(name: str, figures: DoseFigures) -> Iterator[Measured]:
    histogram, ratio = figures.histogram, figures.alpha_beta_gy
    values = {"Mean": histogram.mean_gy, "Min": histogram.min_gy, "Max": histogram.max_gy, **figures.metrics}
    for notation, value in values.items():
        if not isinstance(value, NotComputable):
            yield Measured(structure=name, notation=notation, value=value, unit="Gy", alpha_beta_gy=ratio)
