"""What holds of every plan, whatever its doses: more dose keeps no more limits, more fractions harm no more."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.treatment_plans import box_plan

from pelvicrt.dosimetry import dose_volume
from pelvicrt.evidence import Cited, DoseLimit, DoseLimitSet
from pelvicrt.foundation import Text
from pelvicrt.plans import compare, evaluate
from pelvicrt.plans.outside import filled

DOSES = st.lists(st.floats(0.5, 60), min_size=1, max_size=3)
QUICK = settings(max_examples=12, deadline=None)
DAY = dt.date(2026, 11, 26)


def _limits(*rows):
    made = tuple(
        DoseLimit(
            structure="Bladder",
            metric=metric,
            op="<=",
            limit=limit,
            unit=metric.split("[")[1][:-1],
            priority="P2",
            mark="D",
            evidence=(Cited(source="pelvicrt-convention"),),
        )
        for metric, limit in rows
    )
    name = Text("Own", "自定")
    return DoseLimitSet(
        id="own", name=name, regimen_family="long_course", fractions=(1, 40), rows=made, valid_from=DAY, checked_on=DAY
    )


LIMITS = _limits(("Mean[Gy]", 30.0), ("V20Gy[%]", 50.0), ("D0.03cc[Gy]", 45.0), ("V10Gy[cc]", 5.0))


def _bladder(doses, fractions=25, template=LIMITS):
    return evaluate(box_plan({"Bladder": doses}, fractions=fractions), template=template)


@QUICK
@given(doses=DOSES, factor=st.floats(1.01, 1.6))
def test_more_dose_never_keeps_a_limit_that_less_dose_broke(doses, factor) -> None:
    less, more = (_bladder([dose * by for dose in doses]) for by in (1.0, factor))
    for before, after in zip(less.constraints, more.constraints, strict=True):
        assert after.value >= before.value - 1e-4 * max(1.0, before.value)
        assert not (before.met is False and after.met is True)


@QUICK
@given(doses=DOSES, fractions=st.integers(10, 24))
def test_the_same_dose_in_more_fractions_has_less_effect(doses, fractions) -> None:
    few, many = _bladder(doses, fractions), _bladder(doses, fractions + 1)
    before, after = (item.structure("Bladder").eqd2[0].histogram for item in (few, many))
    assert after.mean_gy <= before.mean_gy
    assert after.max_gy <= before.max_gy
    for one, other in zip(few.complications, many.complications, strict=True):
        assert other.estimate.value <= one.estimate.value + 1e-12


@QUICK
@given(fractions=st.integers(1, 40))
def test_in_fractions_of_2_gy_nothing_is_converted(fractions) -> None:
    dose_gy = 2.0 * fractions
    found = evaluate(box_plan({"PTV": dose_gy, "Bladder": dose_gy}, fractions=fractions), template=None)
    for item in found.structures:
        assert [each.histogram.mean_gy for each in item.eqd2] == pytest.approx([dose_gy] * len(item.eqd2))


@QUICK
@given(first=DOSES, second=DOSES)
def test_the_difference_of_two_plans_lies_within_its_band_and_changes_sign_with_their_order(first, second) -> None:
    a, b = _bladder(first, 5, None), _bladder(second, 25, None)
    for one, other in zip(compare(a, b).complications, compare(b, a).complications, strict=True):
        assert one.low <= one.difference <= one.high
        assert one.difference == pytest.approx(-other.difference, abs=1e-12)


@QUICK
@given(dose_gy=st.floats(0, 80), beyond_mm=st.sampled_from([20.0, 40.0]))
def test_filling_what_lies_outside_keeps_the_volume_and_only_adds(dose_gy, beyond_mm) -> None:
    plan = box_plan({"Bladder": [10.0, 40.0]}, fractions=25, outside_mm={"Bladder": beyond_mm})
    known = dose_volume(plan.dose, plan.structures[0]).physical
    whole = filled(known, dose_gy)
    assert whole.outside_cc == 0
    assert whole.differential_cc.sum() == pytest.approx(known.volume_cc)
    for at_gy in np.linspace(0.5, 79.5, 9):
        added = whole.volume_at_dose_cc(at_gy) - known.volume_at_dose_cc(at_gy)
        assert -1e-9 <= added <= known.outside_cc + 1e-9
