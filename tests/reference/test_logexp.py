"""Is the engine's own log and exp as exact as its page says?"""

import numpy as np
import pytest

from pelvicrt.engine.logexp import exp_each, log_each

needs_long_double = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="no 80-bit arithmetic here")


def _relative(function, exact, x):
    out = np.empty_like(x)
    function(x, out)
    truth = exact(x.astype(np.longdouble))
    return float(np.max(np.abs((out - truth) / truth)))


@needs_long_double
def test_log_is_within_one_rounding_over_all_magnitudes_and_near_one() -> None:
    r = np.random.default_rng(1)
    points = [
        np.exp(r.uniform(-700.0, 700.0, 300_000)),
        r.uniform(0.0, 1.0, 300_000),
        r.uniform(0.6, 1.6, 300_000),
        1.0 - 2.0**-53 * np.arange(1, 2000),
        1.0 + 2.0**-52 * np.arange(1, 2000),
        2.0 ** np.arange(-1022.0, 0.0),
    ]
    assert _relative(log_each, np.log, np.concatenate(points)) < 2.3e-16


@needs_long_double
def test_exp_is_within_one_rounding_where_it_does_not_saturate() -> None:
    r = np.random.default_rng(2)
    points = [np.linspace(-708.0, 709.0, 500_001), r.uniform(-1.0, 1.0, 300_000), r.uniform(-1e-8, 1e-8, 10_000)]
    assert _relative(exp_each, np.exp, np.concatenate(points)) < 2.3e-16


def test_log_and_exp_saturate_instead_of_failing() -> None:
    x = np.array([0.0, np.inf, -np.inf, -1e300, 1e300])
    logs, exps = np.empty(2), np.empty(5)
    log_each(x[:2].copy(), logs)
    exp_each(x, exps)
    assert logs[0] < -708.0
    assert logs[1] > 709.0
    assert exps[0] == 1.0
    assert (exps[[1, 4]] > 1e307).all()
    assert (exps[[2, 3]] < 1e-306).all()
