"""Does every family wait as its plain definition says, from a clock that reads 0 or not, with effects and cure?"""

import numpy as np
import pytest
from scipy import special
from tests.support.engine_models import a_model

from pelvicrt.engine import Effect, Family, Law
from pelvicrt.engine.lives_laws import log_waits
from pelvicrt.engine.lives_plan import KINDS, draws_of

CASES = [
    (Family.EXPONENTIAL, (0.4,), ()),
    (Family.WEIBULL, (0.7, 3.0), ()),
    (Family.WEIBULL, (2.5, 3.0), ()),
    (Family.GOMPERTZ, (0.09, 0.01), ()),
    (Family.GOMPERTZ, (0.0, 0.2), ()),
    (Family.GOMPERTZ, (-0.3, 0.5), ()),
    (Family.LOG_NORMAL, (0.5, 0.9), ()),
    (Family.LOG_LOGISTIC, (1.6, 2.0), ()),
    (Family.GENERALISED_GAMMA, (0.3, 0.8, 0.6), ()),
    (Family.GENERALISED_GAMMA, (0.3, 0.8, -0.7), ()),
    (Family.GENERALISED_GAMMA, (0.3, 0.8, 2.0), ()),
    (Family.GENERALISED_GAMMA, (0.3, 0.8, 0.0), ()),
    (Family.PIECEWISE_EXPONENTIAL, (0.3, 0.0, 0.8), (0.0, 1.0, 2.5)),
    (Family.SPLINE, (-1.2, 1.1, 0.05, 0.02), (-1.5, 0.2, 1.1, 2.4)),
    (Family.FIXED, (2.0,), ()),
]
EXPONENTIALS = -np.log(np.random.default_rng(5).uniform(size=4000))


def _waits(*, family, parameters, knots, effect, eta, at, cure):
    option = {"knots": knots, "effect": effect} | ({} if cure is None else {"cure": cure})
    model, numbers = a_model([(0, 1, family, parameters, option)], states=2, horizon=50.0)
    draws = draws_of(model, numbers)
    n = len(EXPONENTIALS)
    out = np.empty(n)
    log_waits(
        KINDS[family],
        effect == Effect.PH,
        cure is not None,
        bool((at == 0).all()),
        draws.rows[0, 0],
        draws.tables[draws.table[0, 0]],
        len(knots),
        EXPONENTIALS,
        np.log(EXPONENTIALS),
        np.full(n, eta),
        at,
        np.full(n, 0.0 if cure is None else special.logit(cure)),
        np.empty(n),
        out,
    )
    return np.exp(np.minimum(out, 700.0))


@pytest.mark.parametrize("cure", [None, 0.35])
@pytest.mark.parametrize("start", ["at once", "later", "mixed"])
@pytest.mark.parametrize("effect", [Effect.AFT, Effect.PH])
@pytest.mark.parametrize(("family", "parameters", "knots"), CASES)
def test_a_family_waits_as_its_definition_says(*, family, parameters, knots, effect, start, cure) -> None:
    n, eta = len(EXPONENTIALS), 0.3
    at = {"at once": np.zeros(n), "later": np.full(n, 1.7), "mixed": np.where(np.arange(n) % 2, 0.0, 0.4)}[start]
    found = _waits(family=family, parameters=parameters, knots=knots, effect=effect, eta=eta, at=at, cure=cure)
    law = Law(
        family=family, parameters=np.array(parameters), knots=np.array(knots), effect=effect, eta=eta,
        cure=None if family is Family.FIXED else cure,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        expected = law.waiting_time(EXPONENTIALS, at=at)
    inside = expected < 1e6
    np.testing.assert_allclose(found[inside], expected[inside], rtol=1e-8, atol=1e-9)
    assert (found[~inside] > 1e5).all()
