"""Are the steps of every strategy those of the outcome model, in kind, order and weeks?

Source: the project's outcome model, section 2.2, re-entered by hand on 2026-11-22. Weeks stand after the colon. A radiotherapy
step is written `rt` where the model allows either course.
"""

from __future__ import annotations

import pytest

from pelvicrt.evidence import Step, library

CONVERSION = "wait:5 liver_local wait:4 tme"
LISTS = {
    "scrt_chemo_surgery:SC-25-del": "short_course wait:1.5 systemic:18 restage wait:5 liver_local wait:3 assess_pelvis tme",
    "interval:SC-25-del": "systemic:12 restage short_course wait:2 liver_local wait:3 assess_pelvis tme",
    "interval:LC-50.4": "systemic:12 restage long_course wait:2 liver_local wait:3 assess_pelvis tme",
    "liver_first:LC-50.4": "systemic:12 restage wait:3 liver_local wait:2 long_course wait:7 assess_pelvis tme",
    "liver_first:SC-25-del": "systemic:12 restage wait:3 liver_local wait:2 short_course wait:7 assess_pelvis tme",
    "rectum_first:SC-25-del": "short_course wait:2 systemic:6 tme systemic:12 restage wait:4 liver_local",
    "simultaneous:SC-25-del": "short_course wait:1.5 systemic:18 restage wait:4 simultaneous_surgery",
    "simultaneous": "systemic:18 restage wait:4 simultaneous_surgery",
    "no_rt_surgery": "systemic:18 restage wait:4 liver_local wait:4 tme",
    "lcrt_tnt:LC-50.4": "long_course wait:2 systemic:16 restage wait:4 liver_local wait:3 assess_pelvis tme",
    "watch_and_wait:SC-25-del": "short_course wait:1.5 systemic:18 restage wait:5 liver_local wait:3 assess_pelvis tme",
    "watch_and_wait:LC-50.4": "long_course wait:2 systemic:16 restage wait:4 liver_local wait:3 assess_pelvis tme",
    "palliative_chemo": f"systemic:18 restage {CONVERSION}",
    "palliative_rt:P-25": f"palliative_rt systemic:18 restage {CONVERSION}",
    "consolidative_rt:P-25": "systemic:18 restage consolidative_rt systemic:8 restage",
    "immunotherapy_first": "immunotherapy:26 restage assess_pelvis",
}


def steps_of(key: str) -> tuple[Step, ...]:
    strategy, _, regimen = key.partition(":")
    return next(v.steps for v in library().strategies[strategy].variants if (v.regimen or "") == regimen)


@pytest.mark.parametrize("key", LISTS)
def test_the_steps_are_those_of_the_outcome_model(key: str) -> None:
    written = " ".join(f"{s.kind}:{s.weeks:g}" if s.weeks else s.kind for s in steps_of(key))
    assert written == LISTS[key]


@pytest.mark.parametrize("key", ["palliative_chemo", "palliative_rt:P-25"])
def test_unresectable_paths_carry_the_way_back_to_surgery(key: str) -> None:
    """The model's warning: without it a curative path wins only because it alone can convert."""
    assert [step.kind for step in steps_of(key) if step.optional][-4:] == ["wait", "liver_local", "wait", "tme"]


def test_transplant_needs_half_a_year_of_therapy_and_three_months_of_control_after_the_primary_is_out() -> None:
    steps = steps_of("transplant")
    kinds = [step.kind for step in steps]
    assert kinds.index("tme") < kinds.index("transplant")
    assert steps[0].weeks >= 26
    assert sum(step.weeks or 0 for step in steps[kinds.index("tme") :]) >= 13
