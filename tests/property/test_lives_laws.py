"""Do results keep their bits whatever the block, the threads, the order and the company of strategies?"""

from dataclasses import fields, replace

import numpy as np
import pytest

from pelvicrt.bench import w1
from pelvicrt.engine import Numbers, simulate_lives
from pelvicrt.engine.lives import lives_statistics

TIMES = np.array([0.0, 1.0, 5.0, 20.0])


def _same(a, b) -> None:
    for field in fields(a):
        x, y = getattr(a, field.name), getattr(b, field.name)
        assert (x is None and y is None) or np.array_equal(x, y), field.name


def _some_draws(numbers: Numbers, part) -> Numbers:
    return Numbers(**{field.name: getattr(numbers, field.name)[part] for field in fields(numbers)})


@pytest.mark.parametrize(("lanes", "threads"), [(64, 1), (64, 2), (256, 1), (256, 2), (1, 1), (1000, 2)])
def test_lanes_and_threads_change_no_bit(lanes: int, threads: int) -> None:
    problem = w1.whole(draws=6, patients=97)
    reference = lives_statistics(*problem, seed=5, threads=1, occupancy_times=TIMES)
    _same(reference, lives_statistics(*problem, seed=5, lanes=lanes, threads=threads, occupancy_times=TIMES))


@pytest.mark.parametrize("chunk", [1, 4])
def test_draws_cut_into_runs_change_no_bit(chunk: int) -> None:
    model, numbers, patients, rewards = w1.whole(draws=8, patients=50)
    whole = simulate_lives(model, numbers, patients, rewards, seed=5)
    parts = [
        simulate_lives(model, _some_draws(numbers, slice(i, i + chunk)), patients, rewards, seed=5, first_draw=i)
        for i in range(0, 8, chunk)
    ]
    assert np.array_equal(whole.rewards, np.concatenate([part.rewards for part in parts]))
    assert np.array_equal(whole.error, np.concatenate([part.error for part in parts]))


def test_a_patient_lives_the_same_life_in_any_company() -> None:
    model, numbers, patients, rewards = w1.whole(draws=3, patients=40)
    all_of_them = simulate_lives(model, numbers, patients, rewards, seed=5, by_patient=True)
    tail = replace(patients, **{f.name: getattr(patients, f.name)[25:] for f in fields(patients)})
    some = simulate_lives(model, numbers, tail, rewards, seed=5, by_patient=True, first_patient=25)
    assert np.array_equal(all_of_them.rewards[:, :, 25:], some.rewards)


def test_adding_a_strategy_changes_no_other() -> None:
    model, numbers, patients, rewards = w1.whole(draws=4, patients=60)
    three = simulate_lives(model, numbers, patients, rewards, seed=5)
    two = simulate_lives(
        replace(model, strategies=model.strategies[:2], strategy_allows=model.strategy_allows[:2]),
        replace(numbers, strategy_effects=numbers.strategy_effects[:, :, :2]),
        patients,
        replace(rewards, rate=rewards.rate[:, :, :2], once=rewards.once[:, :, :2], at_start=rewards.at_start[:, :, :2]),
        seed=5,
    )
    assert np.array_equal(three.rewards[:, :2], two.rewards)


def test_a_strategy_lives_the_same_lives_alone_even_where_strategies_forbid_transitions() -> None:
    model, numbers, patients, rewards = w1.whole(draws=4, patients=150)
    allows = model.strategy_allows.copy()
    allows[1, 0] = allows[2, 6] = allows[0, 9] = False
    allows[:, 11] = False
    together = lives_statistics(replace(model, strategy_allows=allows), numbers, patients, rewards, seed=5)
    assert (together.transitions.sum(axis=0)[~allows] == 0).all()
    for a in range(3):
        own = slice(a, a + 1)
        alone = lives_statistics(
            replace(model, strategies=model.strategies[own], strategy_allows=allows[own]),
            replace(numbers, strategy_effects=numbers.strategy_effects[:, :, own]),
            patients,
            replace(
                rewards,
                rate=rewards.rate[:, :, own],
                once=rewards.once[:, :, own],
                at_start=rewards.at_start[:, :, own],
            ),
            seed=5,
        )
        assert np.array_equal(together.transitions[:, own], alone.transitions)
        assert np.array_equal(together.sums[:, own], alone.sums)


def test_everyone_is_somewhere_at_every_time_and_ends_once() -> None:
    found = lives_statistics(*w1.whole(draws=4, patients=60), seed=5, occupancy_times=TIMES)
    np.testing.assert_allclose(found.occupancy.sum(axis=-1), 1.0, atol=1e-12)
    assert (found.occupancy[:, :, 0, 0] == 1.0).all()
    assert (found.final.sum(axis=-1) == 60).all()
    np.testing.assert_allclose(found.occupancy[:, :, -1], found.final / 60.0, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"lanes": 0}, "lanes 0"), ({"lives": 0}, "lives 0"), ({"first_draw": -1}, "draws -1"),
     ({"occupancy_times": np.array([21.0])}, "occupancy_times")],
)  # fmt: skip
def test_a_run_that_cannot_be_says_why(options, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_lives(*w1.whole(draws=1, patients=2), seed=1, **options)
