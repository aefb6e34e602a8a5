"""The calibration against posteriors known without it: closed forms, quadrature, and a dense grid."""

import numpy as np
import pytest
from scipy import integrate, special, stats
from tests.support.calibration_toys import Bent, LogLinear, a_target

from pelvicrt.evidence import library
from pelvicrt.foundation import Streams, expit
from pelvicrt.research.calibrate import Settings, calibrate, pareto_k
from pelvicrt.research.calibrate_emulator import fit_emulator
from pelvicrt.research.calibrate_smc import temper
from pelvicrt.research.heterogeneity import Comparison
from pelvicrt.research.predict import OUTCOME_CLASSES

IDS = ("sys.progression.median", "sys.post_progression.median", "relapse.median")
POWERS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1.0]])
STUDIES = ("a", "a", "b", "b")
PRINTED = (12.0, 150.0, 180.0, 9.0)
SE = 0.1
DRAWS = 3000


def log_linear():
    targets = [
        a_target(id=f"t{n}", cohort=study, overlap_group=study, observed=value, se_scale=SE)
        for n, (study, value) in enumerate(zip(STUDIES, PRINTED, strict=True))
    ]
    return LogLinear(tuple(targets), IDS, POWERS)


def closed_form():
    """Mean and SD of the normal scores and mean of tau: Gaussian given tau, tau by a fine grid."""
    spreads = [library().parameters[name].spread for name in IDS]
    design = POWERS * np.array([item.b for item in spreads])
    rest = np.log(PRINTED) - POWERS @ np.log([item.a for item in spreads])
    scale = library().parameters["between_centre.time"].spread.b
    same = np.equal.outer(STUDIES, STUDIES).astype(float)
    taus = np.linspace(1e-4, 1.0, 3000)
    logs, means, squares = [], [], []
    for tau in taus:
        error = SE**2 * np.eye(4) + tau**2 * same
        total = design @ design.T + error
        logs.append(-0.5 * ((tau / scale) ** 2 + np.linalg.slogdet(total)[1] + rest @ np.linalg.solve(total, rest)))
        gain = design.T @ np.linalg.inv(total)
        means.append(gain @ rest)
        squares.append(np.diag(np.eye(3) - gain @ design) + means[-1] ** 2)
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    mean = weights @ np.array(means)
    return mean, np.sqrt(weights @ np.array(squares) - mean**2), weights @ taus


@pytest.fixture(scope="module")
def fit():
    return calibrate(log_linear(), library(), settings=Settings(members=300, steps=4, draws=DRAWS, seed=2))


def test_means_of_a_linear_model_are_those_of_the_closed_form(fit):
    mean, sd, _ = closed_form()
    assert fit.scores[:, :3].mean(axis=0) == pytest.approx(mean, abs=4 * sd.max() / np.sqrt(DRAWS / 2))


def test_spreads_of_a_linear_model_are_those_of_the_closed_form(fit):
    _, sd, _ = closed_form()
    assert fit.scores[:, :3].std(axis=0) == pytest.approx(sd, rel=4 / np.sqrt(DRAWS))


def test_the_between_study_sd_is_that_of_the_closed_form(fit):
    tau = fit.priors.tau(fit.scores)[:, OUTCOME_CLASSES.index("time")]
    assert tau.mean() == pytest.approx(closed_form()[2], abs=4 * tau.std() / np.sqrt(DRAWS / 2))


def test_what_no_figure_speaks_of_keeps_its_prior(fit):
    other = fit.scores[:, 3 + OUTCOME_CLASSES.index("symptom")]
    assert stats.kstest(other, "norm").pvalue > 0.001


def test_a_curved_model_agrees_with_a_dense_grid():
    names = ("sys.progression.hr_off_treatment", "sys.hr_frail")
    targets = (
        a_target(id="p", outcome_class="os", scale="logit", observed=0.12, se_scale=0.35),
        a_target(id="m", observed=0.9, se_scale=0.12),
    )
    found = calibrate(Bent(targets, names), library(), settings=Settings(members=400, steps=4, draws=DRAWS, seed=3))
    spreads = [library().parameters[name].spread for name in names]
    grid = np.linspace(-5, 5, 241)
    one, two = np.meshgrid(grid, grid, indexing="ij")
    first, second = (s.a * np.exp(s.b * z) for s, z in zip(spreads, (one, two), strict=True))
    survival = special.logit(np.exp(-first * second))
    level = stats.norm.logpdf(one) + stats.norm.logpdf(two)
    for distance, se, kind in (
        (special.logit(0.12) - survival, 0.35, "os"),
        (np.log(0.9) - np.log(first / second), 0.12, "time"),
    ):
        scale = library().parameters[f"between_centre.{kind}"].spread.b
        taus = np.linspace(0, 4 * scale, 120)
        spread = np.sqrt(se**2 + taus**2)[:, None, None]
        level += special.logsumexp(
            stats.norm.logpdf(distance, 0, spread) - 0.5 * (taus / scale)[:, None, None] ** 2, axis=0
        )
    weight = np.exp(level - level.max())
    weight /= weight.sum()
    expected = np.array([(weight * one).sum(), (weight * two).sum()])
    assert found.scores[:, :2].mean(axis=0) == pytest.approx(expected, abs=4 / np.sqrt(DRAWS / 2))


def test_figures_of_one_study_and_class_count_as_a_correlated_normal():
    targets = [
        a_target(id=str(n), outcome_class="os", scale="logit", observed=p, se_scale=s)
        for n, (p, s) in enumerate([(0.4, 0.2), (0.6, 0.3)])
    ]
    predicted, tau = np.array([[0.1, 0.2]]), np.full((1, 10), 0.5)
    covariance = np.diag([0.04, 0.09]) + 0.25
    expected = stats.multivariate_normal.logpdf(special.logit([0.4, 0.6]), predicted[0], covariance)
    assert Comparison(targets).log_likelihood(predicted, tau)[0, 0] == pytest.approx(expected, abs=1e-12)


def test_none_of_n_counts_by_its_binomial_over_the_deviations_a_study_may_have():
    targets = [
        a_target(id="p", outcome_class="pelvic", scale="logit", observed=0.1, se_scale=0.4),
        a_target(id="none", outcome_class="pelvic", scale="logit", observed=0.0, se_scale=None, exact=(0, 20)),
    ]
    tau = np.full((1, 10), 0.6)

    def density(u):
        return (
            stats.norm.pdf(u, 0, 0.6)
            * stats.norm.pdf(special.logit(0.1), -2 + u, 0.4)
            * (1 - expit(np.array(-2.5 + u))) ** 20
        )

    expected = np.log(integrate.quad(density, -6, 6)[0])
    assert Comparison(targets).log_likelihood(np.array([[-2.0, -2.5]]), tau)[0, 0] == pytest.approx(expected, abs=1e-6)


def test_a_narrow_curved_likelihood_in_many_dimensions_is_sampled():
    """A banana in two of forty scores: E[z0^2] and E[z1] by a grid."""

    def level(z):
        return -0.5 * ((z[:, 1] - z[:, 0] ** 2 + 0.5) / 0.15) ** 2

    size = 4000
    start = special.ndtri(Streams(5).uniforms("luck/start", rows=size, columns=40))
    found = temper(start, level, streams=Streams(5), name="banana", sweeps=2).scores
    grid = np.linspace(-5, 5, 801)
    one, two = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-0.5 * (one**2 + two**2) + level(np.stack([one.ravel(), two.ravel()], axis=1)).reshape(one.shape))
    weight /= weight.sum()
    expected = [(weight * one**2).sum(), (weight * two).sum(), 1.0]
    assert [(found[:, 0] ** 2).mean(), found[:, 1].mean(), found[:, 2:].var()] == pytest.approx(expected, abs=0.06)


def test_the_tail_of_heavy_weights_is_recognised():
    uniform = (np.arange(20000) + 0.5) / 20000
    assert pareto_k(-0.9 * np.log(uniform)) == pytest.approx(0.9, abs=0.15)


def test_the_error_of_the_emulator_is_that_of_members_it_did_not_see():
    z = np.random.default_rng(4).normal(size=(600, 5))
    predicted = (z[:, :1] + 0.1 * z[:, :1] ** 3) + 0.2 * np.random.default_rng(5).normal(size=(600, 1))
    emulator = fit_emulator(z[:300], predicted[:300], mattering=3)
    fresh = (emulator(z[300:]) - predicted[300:]).std()
    assert emulator.error[0] == pytest.approx(fresh, rel=0.3)


def test_parameters_no_figure_speaks_of_keep_their_prior_beside_a_sharp_likelihood():
    """Thirty sharp figures of ten scores; fifty others must stay standard normal, each within four standard errors."""
    weights = np.random.default_rng(11).normal(size=(10, 30))
    seen = np.random.default_rng(12).normal(size=30)

    def level(z):
        return -0.5 * (((z[:, :10] @ weights - seen) / 0.3) ** 2).sum(axis=1)

    size = 1000
    start = special.ndtri(Streams(6).uniforms("luck/start", rows=size, columns=60))
    idle = temper(start, level, streams=Streams(6), name="idle").scores[:, 10:]
    assert np.abs(idle.mean(axis=0)).max() < 4 / np.sqrt(size)
    assert np.abs(idle.var(axis=0) - 1).max() < 4 * np.sqrt(2 / size)
