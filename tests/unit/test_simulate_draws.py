"""Draws of the parameters: jointly from the posterior of the library, evenly from the priors."""

import datetime as dt
import shutil

import numpy as np
import pytest
from scipy import stats

from pelvicrt.evidence import Library, Recipe, hash_of_draws, library
from pelvicrt.foundation import InvalidInput, Streams
from pelvicrt.research.calibrate_report import recipe_yaml
from pelvicrt.research.posterior import packed
from pelvicrt.simulate import evenly, prior_hash, sample_parameters
from pelvicrt.simulate.draws import calibration_note, usable_posterior

NAMES = ("relapse.cure", "relapse.median")
ROWS = np.column_stack([np.linspace(0.2, 0.3, 50), np.linspace(12.0, 9.0, 50)]).astype(np.float32)


@pytest.fixture
def shelf(tmp_path):
    """A library with a posterior of two parameters that fall together."""
    folder = tmp_path / "library"
    (folder / "posterior").mkdir(parents=True)
    for kind in ("parameters", "sources", "studies"):
        (folder / kind).symlink_to(library().folder / kind)
    content = packed(ROWS)
    recipe = Recipe(
        id="toy",
        made_on=dt.date(2026, 11, 25),
        code_version="0",
        model_id="m",
        seed=1,
        prior_hash=prior_hash(library(), NAMES),
        target_hash="",
        draws_hash=hash_of_draws(content),
        draws=len(ROWS),
        effective_size=50.0,
        parameters=NAMES,
        depends_on=NAMES,
        settings={},
    )
    (folder / "posterior" / "toy.npz").write_bytes(content)
    (folder / "posterior" / "toy.yaml").write_text(recipe_yaml(recipe), encoding="utf-8")
    return Library(folder)


def test_calibrated_parameters_come_row_by_row_from_the_posterior(shelf):
    drawn = sample_parameters(shelf, draws=20, seed=3)
    assert np.array_equal(np.column_stack([drawn[name] for name in NAMES]), ROWS[:20].astype(np.float64))


def test_the_posterior_starts_again_when_more_draws_are_asked_for_than_it_has(shelf):
    drawn = sample_parameters(shelf, draws=70, seed=3)["relapse.cure"]
    assert np.array_equal(drawn[50:], drawn[:20])


def test_other_parameters_are_drawn_as_without_a_posterior(shelf):
    with_it, without = (sample_parameters(item, draws=30, seed=3) for item in (shelf, bare(shelf)))
    assert all(np.array_equal(with_it[name], without[name]) for name in without if name not in NAMES)


def test_a_prior_that_changed_puts_the_posterior_out_of_use(shelf):
    edit(shelf, "relapse.cure", "b: 0.", "b: 0.9")
    assert usable_posterior(Library(shelf.folder)) is None


def test_a_posterior_out_of_use_is_told(shelf):
    edit(shelf, "relapse.cure", "b: 0.", "b: 0.9")
    assert "recalibrate" in calibration_note(Library(shelf.folder))


def test_a_prior_the_calibration_did_not_depend_on_may_change(shelf):
    edit(shelf, "toxicity.io", "b: 0.", "b: 0.9")
    assert usable_posterior(Library(shelf.folder)) is not None


def test_draws_that_are_not_those_of_the_recipe_are_refused(shelf):
    (shelf.folder / "posterior" / "toy.npz").write_bytes(packed(ROWS + 1))
    with pytest.raises(InvalidInput, match=r"toy\.npz.*calibrate again"):
        sample_parameters(Library(shelf.folder), draws=4, seed=1)


def test_row_i_never_depends_on_the_number_of_draws():
    few, many = (sample_parameters(library(), draws=n, seed=1) for n in (37, 450))
    assert all(np.array_equal(few[name], many[name][:37]) for name in few)


def test_evenly_spread_numbers_are_uniform_and_independent_of_their_neighbours():
    first, second = (evenly(Streams(7), name, rows=5000) for name in ("params/a", "params/b"))
    assert stats.kstest(first, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(5000)
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 4 / np.sqrt(5000)


def test_evenly_spread_numbers_make_a_mean_thirty_times_as_sure():
    means = [np.mean(evenly(Streams(seed), "params/a", rows=500)) for seed in range(200)]
    assert np.std(means) < np.sqrt(1 / 12 / 500) / 30


def bare(shelf):
    folder = shelf.folder.parent / "bare"
    shutil.copytree(shelf.folder, folder, symlinks=True, ignore=shutil.ignore_patterns("posterior"))
    return Library(folder)


def edit(shelf, name, old, new):
    """Replace the linked parameters by copies with one line changed."""
    place = shelf.folder / "parameters"
    origin = place.resolve()
    place.unlink()
    shutil.copytree(origin, place)
    file = place / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
