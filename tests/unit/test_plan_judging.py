"""Is each limit put to its own structure, judged by the right rule, and left open with a reason where it must be?"""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.support.treatment_plans import box_plan

from pelvicrt.dicom import Prescription
from pelvicrt.evidence import Cited, DoseLimit, DoseLimitSet, library
from pelvicrt.foundation import InvalidInput, Text, UsageError
from pelvicrt.plans import evaluate, template_for, template_of

LCRT = library().limits["lcrt-pelvis"]
SCRT = library().limits["scrt-derived"]
DAY = dt.date(2026, 11, 26)


def _row(structure, metric, op, limit, **more):
    unit = metric.split("[")[1][:-1]
    options = {"priority": "P2", "mark": "D", "evidence": (Cited(source="pelvicrt-convention"),), **more}
    return DoseLimit(structure=structure, metric=metric, op=op, limit=limit, unit=unit, **options)


def _set(*rows, fractions=(25, 28)):
    return DoseLimitSet(
        id="own",
        name=Text("Own", "自定"),
        regimen_family="long_course",
        fractions=fractions,
        rows=rows,
        valid_from=DAY,
        checked_on=DAY,
    )


def _judged(plan, *rows, fractions=(25, 28), **options):
    return evaluate(plan, template=_set(*rows, fractions=fractions), **options).constraints


def test_a_goal_kept_is_met_with_the_room_left() -> None:
    found = _judged(box_plan({"Bladder": 20}, fractions=25), _row("Bladder", "Mean[Gy]", "<=", 30))
    assert (found[0].standing, found[0].met, round(found[0].margin, 3)) == ("met", True, 10.0)


def test_a_goal_broken_says_by_how_much() -> None:
    found = _judged(box_plan({"Bladder": 40}, fractions=25), _row("Bladder", "Mean[Gy]", "<=", 30))
    assert (found[0].standing, found[0].met, round(found[0].margin, 3)) == ("missed", False, -10.0)


def test_a_hard_limit_broken_is_exceeded_and_the_headline_asks_for_approval() -> None:
    plan = box_plan({"Bladder": 40}, fractions=25)
    found = evaluate(plan, template=_set(_row("Bladder", "Mean[Gy]", "<=", 30, priority="P1")))
    assert found.constraints[0].standing == "exceeded"
    assert "approval" in found.verdict.en
    assert "审批" in found.verdict.zh


@pytest.mark.parametrize(("op", "standing"), [("<", "missed"), ("<=", "met"), (">", "missed"), (">=", "met")])
def test_a_value_on_the_limit_is_kept_only_where_the_sign_allows_it(op, standing) -> None:
    found = _judged(box_plan({"Bladder": 40}, fractions=25), _row("Bladder", "V30Gy[%]", op, 100))
    assert found[0].standing == standing


def test_a_row_without_limit_is_reported_and_counts_for_nothing() -> None:
    found = _judged(box_plan({"Bladder": 40}, fractions=25), _row("Bladder", "Mean[Gy]", "report", None))
    assert (found[0].standing, found[0].met) == ("reported", None)
    assert found[0].value == pytest.approx(40)


def test_a_row_from_memory_is_never_judged() -> None:
    row = _row("Bladder", "Mean[Gy]", "<=", 10, mark="M", enabled=False)
    found = _judged(box_plan({"Bladder": 40}, fractions=25), row)
    assert found[0].standing == "cannot_be_judged"
    assert "not verified" in found[0].why.en


def test_without_the_number_of_fractions_nothing_is_judged_and_no_biological_dose_is_given() -> None:
    found = evaluate(box_plan({"Bladder": 40, "PTV": 50}, fractions=None), template=LCRT)
    assert {item.standing for item in found.constraints} == {"cannot_be_judged"}
    assert not found.complications
    assert not any(item.eqd2 for item in found.structures)
    assert found.not_known[0].code == "no_fractions"


def test_a_template_for_other_fractions_is_refused_naming_both() -> None:
    with pytest.raises(UsageError, match="scrt-derived is made for 5 fractions and the plan has 25"):
        evaluate(box_plan({"PTV": 50}, fractions=25), template=SCRT)


def test_a_stated_number_of_fractions_replaces_that_of_the_plan() -> None:
    found = evaluate(box_plan({"PTV": 25}, fractions=None), template=SCRT, fractions=5)
    assert found.structure("PTV").eqd2[0].histogram.mean_gy == pytest.approx(31.25)


def test_a_percentage_without_a_prescription_is_not_judged() -> None:
    found = _judged(box_plan({"PTV": 50}, fractions=25), _row("PTV", "D95%[%]", ">=", 95))
    assert found[0].standing == "cannot_be_judged"
    assert "prescribed" in found[0].why.en


def test_a_stated_prescription_lets_a_percentage_be_judged() -> None:
    found = _judged(box_plan({"PTV": 50}, fractions=25), _row("PTV", "D95%[%]", ">=", 95), prescription=50)
    assert (found[0].standing, round(found[0].value, 3)) == ("met", 100.0)


def test_each_target_is_judged_by_its_own_prescription() -> None:
    plan = box_plan({"PTV_4500": 45, "PTV_5000": 50}, fractions=25)
    found = _judged(plan, _row("PTV", "D95%[%]", ">=", 95))
    assert [(item.structure, round(item.value)) for item in found] == [("PTV_4500", 100), ("PTV_5000", 100)]


def test_an_upper_limit_does_not_count_a_boost_as_a_fault_of_the_target_around_it() -> None:
    plan = box_plan({"PTV_4500": [45, 50], "PTV_5000": 50}, fractions=25)
    around, boost = _judged(plan, _row("PTV", "D0.03cc[%]", "<=", 107))
    assert (around.standing, boost.standing) == ("cannot_be_judged", "met")
    assert "higher dose" in around.why.en


def test_the_plans_prescription_beats_the_dose_in_a_name_and_the_difference_is_said() -> None:
    asked = [Prescription(structure="PTV_4500", dose_gy=50.0)]
    found = evaluate(box_plan({"PTV_4500": 50}, fractions=25, prescriptions=asked), template=None)
    assert found.structure("PTV_4500").prescribed_gy == 50
    assert any(notice.code == "dose_in_name" for notice in found.notices)


def test_a_converted_limit_above_what_the_prescription_gives_is_never_met() -> None:
    found = evaluate(box_plan({"PTV": 25, "Bladder": 20}, fractions=5), template=SCRT, prescription=25)
    row = next(item for item in found.constraints if item.limit.metric == "V26.2Gy[%]")
    assert (row.standing, row.met) == ("cannot_be_violated", None)


def test_a_converted_limit_is_judged_again_once_the_prescription_reaches_it() -> None:
    found = evaluate(box_plan({"PTV": 30, "Bladder": 20}, fractions=5), template=SCRT, prescription=30)
    row = next(item for item in found.constraints if item.limit.metric == "V26.2Gy[%]")
    assert row.standing == "met"


def test_a_converted_limit_that_is_broken_all_the_same_is_said_to_be_broken() -> None:
    found = evaluate(box_plan({"PTV": 25, "Bladder": 27}, fractions=5), template=SCRT, prescription=25)
    row = next(item for item in found.constraints if item.limit.metric == "V26.2Gy[%]")
    assert row.standing == "missed"


def test_derived_limits_say_so() -> None:
    found = evaluate(box_plan({"Bladder": 20}, fractions=5), template=SCRT)
    row = next(item for item in found.constraints if item.limit.metric == "V23.7Gy[%]")
    assert row.origin == Text("derived, not validated", "换算所得，未经验证")


def test_the_practice_of_a_department_is_called_practice() -> None:
    practice = library().limits["scrt-practice-second-department"]
    found = evaluate(box_plan({"Bladder": 20}, fractions=5), template=practice)
    row = next(item for item in found.constraints if item.limit.metric == "Mean[Gy]")
    assert "practice" in row.origin.en


def test_volume_outside_the_grid_leaves_a_verdict_open_when_its_dose_could_change_it() -> None:
    plan = box_plan({"Bladder": 20}, fractions=25, outside_mm={"Bladder": 40})
    mean, volume = _judged(plan, _row("Bladder", "Mean[Gy]", "<=", 15), _row("Bladder", "V30Gy[%]", "<", 50))
    assert mean.standing == "cannot_be_judged"
    assert "outside the dose grid" in mean.why.en
    assert volume.standing == "met"


def test_a_plan_without_limits_is_evaluated_and_says_that_none_were_asked_for() -> None:
    found = evaluate(box_plan({"Bladder": 20}, fractions=25), template=None)
    assert found.constraints == ()
    assert found.verdict.en == "no limits were asked for"


def test_limits_are_chosen_by_the_number_of_fractions_only_where_one_set_fits() -> None:
    assert template_for(5, library()).id == "scrt-derived"
    assert template_for(28, library()).id == "lcrt-pelvis"
    assert template_for(30, library()) is None
    assert template_for(None, library()) is None


OWN = """id: own
name: {en: "Own limits", zh: "自定限值"}
regimen_family: long_course
fractions: [25, 28]
rows:
  - {structure: Bladder, metric: "V40Gy[%]", op: "<", limit: 50, unit: "%", priority: P2, mark: D,
     evidence: [{source: our-protocol}]}
valid_from: 2026-11-26
checked_on: 2026-11-26
"""


def test_a_sites_own_file_judges_like_the_librarys(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    found = evaluate(box_plan({"Bladder": 20}, fractions=25), template=template_of(str(path), library()))
    assert found.constraints[0].standing == "met"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"V40Gy[%]"', '"V40Gy[kg]"', "rows.0.metric"),
        ('unit: "%"', "unit: cc", "rows.0.unit"),
        ("limit: 50", "limit: -1", "rows.0.limit"),
        ("limit: 50, ", "", "rows.0.limit"),
        ("mark: D", "mark: M", "rows.0.enabled"),
        ("[25, 28]", "[28, 25]", "fractions"),
        ("priority: P2", "priority: P9", "rows.0.priority"),
        ("valid_from", "valid_since", "valid_since"),
    ],
)
def test_a_bad_limits_file_is_refused_naming_the_field(tmp_path, old, new, field) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(old, new))
    with pytest.raises(InvalidInput) as refused:
        template_of(str(path), library())
    assert field in [problem.field for problem in refused.value.problems]
    assert {problem.file for problem in refused.value.problems} == {"own.yaml"}


def test_a_template_nobody_knows_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="lcrt, scrt, lcrt-pelvis"):
        template_of("nonsense", library())


def test_the_headline_counts_every_kind_of_verdict() -> None:
    plan = box_plan({"Bladder": 40}, fractions=25)
    hard = _row("Bladder", "Mean[Gy]", "<=", 30, priority="P1")
    rows = (hard, dataclasses.replace(hard, priority="P2"), _row("Rectum", "Mean[Gy]", "<=", 30))
    found = evaluate(plan, template=_set(*rows))
    assert found.verdict.en == "hard limits exceeded: 1 (approval needed); goals missed: 1; cannot be judged: 1"
