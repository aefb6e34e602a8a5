"""The solver of what follows clearance against closed forms and against one life after another."""

import numpy as np
import pytest
from tests.support.simulate_oracle import Lives

from pelvicrt.simulate.host import WORK_ROWS, solve_landing, survivors_by_age_of_entry

SPEC = {
    "cure": 0.25, "scale": np.log(2), "median": 10.5, "shape": 1.25, "cure2": 0.27, "scale2": np.log(2), "median2": 9.0,
    "cumhaz60": 0.5, "pelvic_shape": 1.1, "salvage": 0.4, "both": 0.28, "clear_single": 0.4, "clear_both": 0.07,
    "hr": 0.85, "hr_both": 1.7, "death_median": 15.0, "death_shape": 1.15, "wait": 4.0,
}  # fmt: skip


def solve(spec, *, step=1.0, months=120.0, remissions=2, distant_hr=1.0):
    cells = round(months / step)
    grid, mid = np.arange(cells + 1) * step, (np.arange(cells) + 0.5) * step

    def mixture(t, cure, scale, median):
        return cure + (1 - cure) * np.exp(-scale * (t / median) ** spec["shape"])

    def death(ratio):
        return np.exp(-np.log(2) * ratio * (mid / spec["death_median"]) ** spec["death_shape"])

    def cumhaz(t):
        return spec["cumhaz60"] * (t / 60) ** spec["pelvic_shape"]

    out = np.empty((8, cells + 1))
    solve_landing(
        mixture(grid, spec["cure"], spec["scale"], spec["median"]),
        mixture(mid, spec["cure"], spec["scale"], spec["median"]),
        mixture(mid, spec["cure2"], spec["scale2"], spec["median2"]),
        np.exp(-cumhaz(grid)), np.exp(-cumhaz(mid)), np.diff(cumhaz(grid)), spec["salvage"], distant_hr, True,
        np.array([spec["both"], spec["clear_single"], spec["clear_both"]]),
        death(spec["hr"]), death(spec["hr"] * spec["hr_both"]), round(spec["wait"] / step), remissions,
        np.empty((WORK_ROWS, cells + 1)), out,
    )  # fmt: skip
    return grid, out


def life(step):
    grid, out = solve(SPEC, step=step)
    return area(grid, out[0])


def area(grid, curve):
    return ((curve[1:] + curve[:-1]) / 2 * np.diff(grid)).sum()


@pytest.fixture(scope="module")
def lives():
    return Lives(SPEC, patients=60_000, seed=3).run()


@pytest.mark.parametrize("month", [12, 36, 60, 120])
def test_survival_equals_one_life_after_another(lives, month):
    _, out = solve(SPEC)
    share = (lives["death"] > month).mean()
    assert out[0, month] == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / len(lives["death"])))


@pytest.mark.parametrize(("row", "name"), [(5, "event"), (6, "relapse")])
def test_incidence_equals_one_life_after_another(lives, row, name):
    _, out = solve(SPEC)
    share = ((lives[name] <= 60) & (lives[name] < lives["death"])).mean()
    assert out[row, 60] == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / len(lives["death"])) + 2e-4)


def test_life_months_equal_one_life_after_another(lives):
    grid, out = solve(SPEC)
    lived = np.minimum(lives["death"], 120.0)
    assert area(grid, out[0]) == pytest.approx(lived.mean(), abs=3 * lived.std() / np.sqrt(len(lived)))


def test_monthly_step_is_within_a_tenth_of_a_month_of_a_fine_one():
    coarse, fine = life(1.0), life(0.125)
    assert coarse == pytest.approx(fine, abs=0.1)


def test_error_falls_with_the_square_of_the_step():
    coarse, half, fine = life(1.0), life(0.5), life(0.125)
    assert abs(half - fine) < 0.4 * abs(coarse - fine)


def test_relapse_without_other_events_is_the_weibull_mixture():
    spec = {**SPEC, "cumhaz60": 0.0}
    grid, out = solve(spec)
    closed = 0.25 + 0.75 * np.exp(-np.log(2) * (grid / 10.5) ** 1.25)
    assert np.abs(1 - out[6] - closed).max() < 1e-12


def test_competing_exponential_risks_divide_by_their_rates():
    rate, pelvic = 0.03, 0.01
    spec = {
        **SPEC, "cure": 0.0, "scale": rate, "median": 1.0, "shape": 1.0, "pelvic_shape": 1.0, "cumhaz60": 60 * pelvic,
        "salvage": 0.0, "clear_single": 0.0, "clear_both": 0.0, "hr": 1e6, "hr_both": 1.0, "wait": 4.0,
    }  # fmt: skip
    grid, out = solve(spec)
    closed = rate / (rate + pelvic) * -np.expm1(-(rate + pelvic) * grid)
    assert np.abs(out[6] - closed).max() < 1e-6


def test_salvage_of_everybody_leaves_relapse_untouched_by_pelvic_events():
    """n1t -> n1x keeps the relapse clock, so salvaging all pelvic events must give the plain relapse law."""
    grid, out = solve({**SPEC, "salvage": 1.0})
    closed = 0.25 + 0.75 * np.exp(-np.log(2) * (grid / 10.5) ** 1.25)
    assert np.abs(1 - out[6] - closed).max() < 5e-4


def test_exponential_two_state_chain_with_richardson_to_1e_6():
    rate, out_rate, t = 0.05, 0.11, 24.0
    values = []
    for step in (0.5, 0.25, 0.125):
        cells = round(t / step)
        mid = (np.arange(cells) + 0.5) * step
        edges = np.arange(cells + 1) * step
        entries = np.diff(-np.exp(-rate * edges))
        held = np.empty(cells + 1)
        survivors_by_age_of_entry(entries, np.exp(-out_rate * mid), held)
        values.append(held[-1])
    first, second = (4 * values[1] - values[0]) / 3, (4 * values[2] - values[1]) / 3
    best = (16 * second - first) / 15
    closed = rate / (out_rate - rate) * (np.exp(-rate * t) - np.exp(-out_rate * t))
    assert best == pytest.approx(closed, abs=1e-6)
