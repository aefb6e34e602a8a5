"""Do the shipped draws still belong to the priors, figures and model shipped beside them? If not: recalibrate."""

import dataclasses
import math

import numpy as np

from pelvicrt.evidence import library
from pelvicrt.research.calibrate_cohorts import read_cohorts
from pelvicrt.research.heterogeneity import hash_of_targets
from pelvicrt.simulate import MODEL_ID, model_parameters
from pelvicrt.simulate.draws import calibration_note, usable_posterior

POSTERIOR = library().posterior
RECALIBRATE = "recalibrate: pelvicrt research calibrate -o DIR --leave-out"


def test_the_priors_are_those_the_draws_were_made_from():
    assert usable_posterior(library()) is not None, RECALIBRATE


def test_the_figures_are_those_the_draws_were_fitted_to():
    targets = [item.target for arm in read_cohorts(library()) for item in arm.readings]
    assert POSTERIOR.recipe.target_hash == hash_of_targets(targets), RECALIBRATE


def test_a_figure_is_the_same_on_every_processor_though_its_logarithm_ends_in_another_digit():
    targets = [item.target for arm in read_cohorts(library()) for item in arm.readings]
    place = next(number for number, item in enumerate(targets) if item.se_scale is not None)

    def with_error(se: float) -> str:
        return hash_of_targets(
            [*targets[:place], dataclasses.replace(targets[place], se_scale=se), *targets[place + 1 :]]
        )

    error = targets[place].se_scale
    assert with_error(math.nextafter(error, math.inf)) == hash_of_targets(targets)
    assert with_error(error * (1 + 1e-7)) != hash_of_targets(targets)


def test_the_model_is_the_one_that_was_calibrated():
    assert POSTERIOR.recipe.model_id == MODEL_ID, RECALIBRATE


def test_every_parameter_shipped_is_one_of_the_model():
    assert set(POSTERIOR.recipe.parameters) <= set(model_parameters(library()))


def test_the_draws_were_trusted_when_they_were_made():
    diagnostics = POSTERIOR.recipe.diagnostics
    assert diagnostics["trusted"]
    assert diagnostics["correction"]["largest_weight"] < 0.02
    assert diagnostics["correction"]["unique_share"] > 0.6
    assert POSTERIOR.recipe.effective_size >= 1000


def test_studies_left_out_were_foreseen_as_well_as_asked_for():
    left_out = POSTERIOR.recipe.diagnostics["summary"]["leave_out"]
    assert left_out["inside95"] >= 0.85
    assert 0.35 <= left_out["inside50"] <= 0.75
    assert left_out["mae_overall_survival"] <= 0.10
    assert left_out["mae_other_proportions"] <= 0.12
    assert left_out["width95_os36_n100"] <= 0.45


def test_the_first_rows_stand_for_all():
    """Means of the first 250 rows lie three times nearer to those of all than chance would put them."""
    rows = np.column_stack(list(POSTERIOR.draws.values()))
    distance = (rows[:250].mean(axis=0) - rows.mean(axis=0)) / rows.std(axis=0)
    assert np.sqrt((distance**2).mean()) < 1 / np.sqrt(250) / 3


def test_the_draws_are_small_enough_to_ship():
    path = library().folder / "posterior" / f"{POSTERIOR.recipe.id}.npz"
    assert path.stat().st_size < 1_500_000


def test_an_assessment_names_its_calibration():
    note = calibration_note(library())
    assert POSTERIOR.recipe.id in note
    assert str(POSTERIOR.recipe.made_on) in note
