"""What does a printed figure weigh? Its number of patients, its error on the scale it is compared on, its biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pelvicrt.research.calibrate_cohorts import standard_error
from pelvicrt.research.cohort_rules import Settled, has, rules
from pelvicrt.research.cohorts import Cohort, Printed
from pelvicrt.research.predict import OutcomeClass, Score, Target
from pelvicrt.research.virtual import Described


def target_of(
    finding: Printed,
    cohort: Cohort,
    settled: Settled,
    how: Mapping[str, Any],
    *,
    value: float,
    kind: OutcomeClass,
    group: str,
    among: str,
    described: Described,
) -> Target:
    """The figure as it is compared: observed value, error on its scale, class, weight and biases.

    `group` is the later state it is conditional on, `among` the patients it speaks of. A figure without any number of
    patients is shown, never scored.
    """
    n = finding.denominator or _size(group, cohort, settled) or _among_size(among, settled, described)
    median, hits = kind == "time", finding.numerator
    bounds = finding.ci95
    sound = all(limit is None or (limit > 0.0 and (median or limit < 1.0)) for limit in bounds)
    if not median and not 0.0 < value < 1.0 and n is not None:
        hits = round(value * n)
    extreme = hits is not None and n is not None and hits in {0, n}
    proxy = "secondary" if not described.metastases and not settled.watched else "primary"
    if group in rules()["secondary_groups"].get(how["reads"], ()):
        proxy = "secondary"
    score: Score = finding.score or how.get("score", proxy)
    if n is None and (bounds == (None, None) or not sound):
        score = "no"
    error = None if extreme else _error(value, bounds if sound else (None, None), n, median, hits is not None)
    parts = (
        cohort.id,
        settled.name,
        finding.quantity,
        finding.subgroup,
        "" if median else f"{finding.at_months or ''}",
    )
    return Target(
        id="/".join(filter(None, parts)),
        cohort=cohort.id,
        overlap_group=cohort.overlap_group,
        quantity=finding.quantity,
        arm=finding.arm,
        subgroup=finding.subgroup or finding.denominator_population,
        at_months=finding.at_months,
        n=n,
        outcome_class=kind,
        scale="log" if median else "logit",
        observed=value,
        se_scale=error,
        exact=None if hits is None or n is None else (hits, n),
        score=score,
        weight=finding.weight,
        biases=_biases(cohort, kind, how["reads"]),
    )


def _error(
    value: float,
    bounds: tuple[float | None, float | None],
    n: int | None,
    median: bool,
    counted: bool,
) -> float:
    """The standard error on the scale; an interval narrower than n patients allow is taken for one standard error.

    Without an interval and without n, as if one patient had been seen: such a figure is shown, never scored.
    """
    by_size = standard_error(value, (None, None), n or 1, median=median, counted=True)
    if bounds == (None, None):
        return standard_error(value, bounds, n or 1, median=median, counted=counted)
    printed = standard_error(value, bounds, n, median=median, counted=counted)
    return max(printed, by_size) if n is not None and not median else printed


def _among_size(among: str, settled: Settled, described: Described) -> int | None:
    if settled.n is None or not among:
        return settled.n
    liver = described.said["liver"]
    share = float(described.said["obstructing"] if among == "obstructing" else liver[0] + liver[1])
    return max(round(settled.n * share), 1)


def _biases(cohort: Cohort, kind: str, reads: str) -> tuple[str, ...]:
    if kind == "completion" and reads not in rules()["bias_readings"]:
        return ()
    empty: dict[str, Any] = {}
    rule = next((item for item in rules()["biases"] if has(item["words"], cohort.design.lower())), empty)
    return tuple(rule.get(kind, ())) if reads != "morbidity" else ()


def _size(group: str, cohort: Cohort, settled: Settled) -> int | None:
    """How many belong to a group, from a figure of the same study that counts them."""
    for word in rules()["sizes"].get(group, ()):
        quantity, rest = word.removeprefix("-"), word.startswith("-")
        for item in cohort.findings:
            if item.quantity != quantity or item.subgroup or item.arm not in {"", settled.name} or item.value is None:
                continue
            n = item.denominator or settled.n
            if n is None:
                continue
            counted = round(item.value * n) if item.numerator is None else item.numerator
            return max(n - counted, 1) if rest else max(counted, 1)
    return None
