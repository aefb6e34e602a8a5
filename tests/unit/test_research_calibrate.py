"""The cohorts of the calibration, their virtual arms, and a small calibration from end to end."""

import json
import re

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from pelvicrt.cli.app import app
from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput, Streams
from pelvicrt.research.calibrate_cohorts import SHIPPED, read_cohorts
from pelvicrt.research.calibrate_predictor import ClinicalPredictor, virtual_patients
from pelvicrt.research.calibrate_priors import read_priors

SMALL = ("iwwd-2018-watch-and-wait", "smith-2019-mskcc-watch-and-wait", "bachet-2018-ffcd1102")
TOY = ["--members", "40", "--steps", "2", "--rounds", "1", "--draws", "400", "--truths", "2"]


@pytest.fixture(scope="module")
def small():
    """Three arms with four patients each."""
    arms = tuple(arm for arm in read_cohorts(library()) if arm.key in SMALL)
    return ClinicalPredictor(arms, library(), patients=4)


def scores(predictor, members):
    priors = read_priors(library(), predictor.parameter_ids)
    return priors, priors.start(members, Streams(5), "test")


def test_every_calibration_study_of_the_library_has_an_arm():
    known = {study.id for study in library().studies if study.topic == "calibration"}
    assert {arm.key.split("/")[0] for arm in read_cohorts(library())} == known


def test_no_survival_difference_between_observational_arms_is_fitted():
    fitted = [item.target for arm in read_cohorts(library()) for item in arm.readings if item.target.score == "primary"]
    assert not [item for item in fitted if "ratio" in item.quantity or "difference" in item.quantity]
    assert not [item for item in fitted if item.cohort.startswith("picardi") and item.outcome_class == "os"]


def test_a_cohort_with_a_figure_nobody_printed_is_refused_by_name(tmp_path):
    raw = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    raw["arms"][0]["targets"][0]["quantity"] = "happiness"
    file = tmp_path / "cohorts.yaml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(InvalidInput, match="happiness"):
        read_cohorts(library(), file)


def test_virtual_patients_have_the_shares_that_are_said_of_them():
    arm = next(arm for arm in read_cohorts(library()) if arm.key == "jain-2021-tata")
    people = virtual_patients(arm, 100, old_age=75.0)
    shares = [(people.liver == place).mean() for place in (1, 2, 3)]
    assert shares == pytest.approx(arm.patients["liver"], abs=0.011)


def test_a_member_is_predicted_alike_whatever_stands_beside_it(small):
    priors, z = scores(small, 6)
    whole, alone = small.expected(priors.values(z)), small.expected(priors.values(z[2:3]))
    assert np.array_equal(whole[2], alone[0])


def test_a_longer_first_line_lengthens_the_median_without_progression(small):
    priors, z = scores(small, 1)
    z = np.repeat(z, 2, axis=0)
    z[1, priors.names.index("sys.progression.median")] += 1.0
    place = [item.quantity for item in small.targets].index("median_progression_free_survival_months")
    short, long = small.expected(priors.values(z))[:, place]
    assert long > short + 1


def test_regrowth_without_false_complete_responses_does_not_happen(small):
    priors, z = scores(small, 1)
    values = {**priors.values(z), "ccr.false_positive": np.zeros(1)}
    found = dict(zip([item.id for item in small.targets], small.expected(values)[0], strict=True))
    assert found["iwwd-2018-watch-and-wait/local_regrowth/24"] == pytest.approx(0.0, abs=1e-12)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A calibration to two watch-and-wait series through the command line, twice."""
    folder = tmp_path_factory.mktemp("calibration")
    raw = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    raw["arms"] = [arm for arm in raw["arms"] if arm["study"] in SMALL[:2]]
    file = folder / "cohorts.yaml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    for name in ("one", "two"):
        words = ["research", "calibrate", str(file), "-o", str(folder / name), "--leave-out", "--format", "json", *TOY]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout)


def test_the_same_seed_gives_the_same_files_the_day_apart(toy):
    folder, _ = toy
    one, two = (sorted((folder / name).glob("posterior-*")) for name in ("one", "two"))
    day = re.compile(rb"\d{4}-\d{2}-\d{2}")
    assert [day.sub(b"", path.read_bytes()) for path in one] == [day.sub(b"", path.read_bytes()) for path in two]


def test_regrowth_figures_narrow_the_regrowth_parameters(toy):
    cut = {item["id"]: item["variance_cut"] for item in toy[1]["parameters"]}
    assert cut["ccr.false_positive"] > 0.2


def test_every_group_is_left_out_once(toy):
    assert [item["group"] for item in toy[1]["leave_out"]] == ["mskcc", "iwwd"]


def test_a_recipe_written_is_a_record_of_the_library(toy):
    recipe = yaml.safe_load(next((toy[0] / "one").glob("posterior-*.yaml")).read_text(encoding="utf-8"))
    assert {"prior_hash", "target_hash", "draws_hash", "seed", "settings", "diagnostics"} <= set(recipe)


def test_a_folder_of_cohorts_without_anything_to_fit_is_told(tmp_path):
    file = tmp_path / "cohorts.yaml"
    file.write_text("arms: 3\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="a list of arms"):
        read_cohorts(library(), file)
