"""T8 for names: a limit meets the structure it was made for, or it is not judged."""

import pytest
from tests.support.two_courses import box, course

from pelvicrt.evidence import library
from pelvicrt.plans import evaluate

TEMPLATE = library().limits["lcrt-pelvis"]


def _verdicts(*names):
    plan = course(50.0, 25, structures=tuple(box(name) for name in names))
    found = evaluate(plan, template=TEMPLATE, prescription=50.0)
    return {(each.limit.structure, each.limit.metric): each for each in found.constraints}


def _judged(found, structure):
    return {each.standing != "cannot_be_judged" for (name, _), each in found.items() if name == structure}


def test_limits_of_the_bag_are_not_put_to_drawn_loops():
    found = _verdicts("Small bowel loops")

    assert _judged(found, "Bag_Bowel") == {False}
    assert True in _judged(found, "Bowel_Small")


def test_limits_of_loops_are_not_put_to_the_bag():
    found = _verdicts("Bowel_Bag")

    assert _judged(found, "Bowel_Small") == {False}
    assert True in _judged(found, "Bag_Bowel")


@pytest.mark.parametrize("name", ["Bowel", "Darm", "肠道"])
def test_a_name_that_says_neither_gets_neither_limit(name):
    found = _verdicts(name)

    assert _judged(found, "Bag_Bowel") == _judged(found, "Bowel_Small") == {False}


@pytest.mark.parametrize("name", ["Femur_L", "Femur_Neck_L", "hip_left", "Femoral head"])
def test_limits_of_the_femoral_head_are_put_to_nothing_else(name):
    found = _verdicts(name)

    assert _judged(found, "Femur_Head_L") == _judged(found, "Femur_Head_R") == {False}


def test_a_left_head_is_not_judged_as_a_right_one():
    found = _verdicts("股骨头左")

    assert _judged(found, "Femur_Head_R") == {False}
    assert True in _judged(found, "Femur_Head_L")


@pytest.mark.parametrize("names", [("Blader",), ("Bladder", "Blære"), ("Bladder-PTV",), ("Bladder_PRV05",)])
def test_a_bladder_that_is_not_sure_is_not_judged(names):
    assert _judged(_verdicts(*names), "Bladder") == {False}
