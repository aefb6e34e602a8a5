"""Two courses added through the command line, as a user adds those of the demonstration."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pelvicrt.dicom import DEMO_PLANS, write_demo_plan


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    for name in ("lcrt", "scrt"):
        write_demo_plan(folder / name, DEMO_PLANS[name])
    return folder


def _sum(*words):
    return subprocess.run(
        [sys.executable, "-m", "pelvicrt.cli", "plan", "sum", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_plans_of_the_demonstration_lie_in_one_frame_and_add_up(demo):
    found = _sum(demo / "lcrt", demo / "scrt", "--format", "json")
    target = next(item for item in json.loads(found.stdout)["structures"] if item["name"] == "PTV")

    # 50 Gy in 25 stay 50 in 2 Gy fractions, 25 Gy in 5 are 31.25 at alpha/beta 10; the phantom's dose varies by a few %.
    assert found.returncode == 0
    assert target["eqd2"][0]["metrics"]["D50%[Gy]"] == pytest.approx(81.25, abs=1.0)


def test_a_course_added_to_itself_is_refused_with_code_3(demo):
    found = _sum(demo / "lcrt", demo / "lcrt", "--lang", "zh")

    assert (found.returncode, found.stdout) == (3, "")
    assert "每个疗程各一" in found.stderr
