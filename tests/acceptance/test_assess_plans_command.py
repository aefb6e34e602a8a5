"""Dose plans given to an assessment on the command line: whose they are, what they say, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pelvicrt.dicom import write_demo_plans

EXAMPLE = Path(__file__).parents[2] / "examples" / "example-1.yaml"


def _assess(*words):
    return subprocess.run(
        [sys.executable, "-m", "pelvicrt.cli", "assess", str(EXAMPLE), "--draws", "100", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    write_demo_plans(folder)
    return folder


@pytest.fixture(scope="module")
def made(demo):
    found = _assess("--plans", demo / "scrt", "--plans", demo / "lcrt", "--plans", demo / "sib", "--format", "json")
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def _plans(made, regimen):
    return {
        plan["plan"]: plan
        for item in made["strategies"]
        if item["regimen"] == regimen
        for plan in item.get("plans", ())
    }


def test_each_plan_stands_with_the_schedule_it_delivers(made):
    assert set(_plans(made, "SC-25-del")) == {"SCRT 5x5"}
    assert set(_plans(made, "LC-50")) == {"LCRT 25x2"}
    assert _plans(made, "LC-50.4") == {}


def test_a_plan_that_delivers_no_schedule_here_is_named(made):
    assert any("SIB 45-50 (45 / 50 Gy in 25 fractions)" in said for said in made["warnings"])


def test_every_chance_of_a_plan_has_a_band_and_flags(made):
    harms = _plans(made, "LC-50")["LCRT 25x2"]["complications"]

    assert {harm["structure"] for harm in harms} >= {"Bladder", "Femur_Head_L", "Femur_Head_R"}
    assert all(harm["low"] <= harm["value"] <= harm["high"] and harm["flags"] for harm in harms)


def test_grays_of_a_long_course_are_not_read_off_a_short_one(made):
    """T8, T20: 45 Gy are out of reach of 25 Gy in 5, so "0 cc at 45 Gy" would say nothing and look like much."""
    assert _plans(made, "SC-25-del")["SCRT 5x5"]["bowel_bag_v45_cc"] is None
    assert _plans(made, "LC-50")["LCRT 25x2"]["bowel_bag_v45_cc"] > 50


def test_complications_are_worked_out_on_two_gray_fractions(made):
    """T20: 25 Gy in 5 to the bladder are more than 25 Gy to a model fitted in 2 Gy fractions."""
    doses = {
        name: harm["equivalent_uniform_dose_gy"]
        for name, regimen in (("SCRT 5x5", "SC-25-del"), ("LCRT 25x2", "LC-50"))
        for harm in _plans(made, regimen)[name]["complications"]
        if "urgency" in harm["endpoint"]
    }

    # The two plans have one physical shape, half the dose: in 2 Gy fractions the short one is worth more than half.
    assert doses["LCRT 25x2"] / 2 < doses["SCRT 5x5"] < doses["LCRT 25x2"]


def test_a_folder_without_a_plan_ends_with_code_3(tmp_path):
    found = _assess("--plans", tmp_path)

    assert (found.returncode, found.stdout) == (3, "")
    assert "Traceback" not in found.stderr
