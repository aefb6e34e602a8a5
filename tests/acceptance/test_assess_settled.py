"""Are there draws enough? What an assessment says of it, held against two assessments, and draws added until it holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pelvicrt.assessment import Assessment, assess, assess_settled, reweigh
from pelvicrt.assessment import settle as settling
from pelvicrt.case import Case
from pelvicrt.foundation import AMOUNTS
from pelvicrt.intake import load_case
from pelvicrt.report import to_json, to_text

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 100
DIGITS = 1e-4
"""Half of each of two numbers rounded to four decimals."""


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(EXAMPLES / "example-1.yaml")


@pytest.fixture(scope="module")
def doubled(case: Case) -> Assessment:
    return assess(case, draws=2 * DRAWS)


def probabilities(document: dict[str, Any]) -> Iterator[tuple[str, tuple[object, ...], float]]:
    """Every reported probability that the draws make: its kind, what it is of, and its value."""
    for strategy in document["strategies"]:
        key = strategy["key"]
        if strategy["p_best"] is not None:
            yield "chances", (key, "best"), strategy["p_best"]
        for name, times in strategy["outcomes"].items():
            for item in times if name not in AMOUNTS else ():
                yield "best_estimates", (key, name, item["at_months"]), item["mean"]
                for end in ("low", "high", "centre_low", "centre_high"):
                    yield "likely_ranges", (key, name, item["at_months"], end), item[end]
    for pair in document["comparisons"]:
        yield "chances", (pair["a"], pair["b"], pair["outcome"], pair["at_months"]), pair["chance_a_better"]


@pytest.mark.parametrize("file", ["example-1.yaml", "published/CR-010.yaml"])
def test_what_is_said_of_doubling_is_the_largest_move_between_two_assessments(file: str) -> None:
    case = load_case(EXAMPLES / file)
    few, many = (to_json(assess(case, draws=draws)) for draws in (DRAWS, 2 * DRAWS))
    then = {about: value for _, about, value in probabilities(few)}
    moves: dict[str, float] = {"best_estimates": 0.0, "likely_ranges": 0.0, "chances": 0.0}
    for kind, about, value in probabilities(many):
        # A pair that only one of them compares stands nowhere to be looked up.
        moves[kind] = max(moves[kind], abs(value - then.get(about, value)))
    said = many["convergence"]
    assert said["half_draws"] == DRAWS
    assert {kind: said[kind] for kind in moves} == pytest.approx(moves, abs=DIGITS)


def test_one_draw_says_nothing_of_doubling(case: Case) -> None:
    made = assess(case, draws=1)
    assert to_json(made)["convergence"] is None
    assert "no best estimate by more than" not in to_text(made)


def test_the_report_says_it_in_both_languages(doubled: Assessment) -> None:
    found = doubled.advice.convergence
    assert found is not None
    english, chinese = (" ".join(to_text(doubled, lang, width=400).split()) for lang in ("en", "zh"))
    assert (
        f"from 100 to 200 draws moved no best estimate by more than {100 * found.best_estimates:.1f} of 100" in english
    )
    assert "抽样由 100 次增至 200 次时" in chinese


def test_other_wishes_ask_anew_who_is_best_and_keep_the_rest(case: Case, doubled: Assessment) -> None:
    tried = reweigh(doubled, dataclasses.replace(case.preferences, organ_preservation=0)).advice.convergence
    kept = doubled.advice.convergence
    assert tried is not None
    assert kept is not None
    assert (tried.best_estimates, tried.likely_ranges) == (kept.best_estimates, kept.likely_ranges)
    assert tried.chances >= tried.chances_better == kept.chances_better


# --- draws are added ------------------------------------------------------------------------------------------------


def test_draws_are_added_until_nothing_moves_above_the_tolerance(case: Case, doubled: Assessment) -> None:
    before = doubled.advice.convergence
    assert before is not None
    tolerance, told = 0.6 * before.largest, list[float]()
    made = assess_settled(case, draws=2 * DRAWS, tolerance=tolerance, progress=told.append)
    after = made.advice.convergence
    assert after is not None
    assert after.largest <= tolerance < before.largest
    assert made.id == assess(case, draws=made.draws).id
    assert (told == sorted(told), told[0] > 0.0, told[-1] <= 1.0) == (True, True, True)


def test_an_answer_that_stands_still_at_once_is_given_at_once(case: Case, doubled: Assessment) -> None:
    made = assess_settled(case, draws=2 * DRAWS, tolerance=1.0)
    assert (made.draws, made.advice) == (2 * DRAWS, doubled.advice)


def test_the_most_draws_end_it_unsettled(case: Case) -> None:
    made = assess_settled(case, draws=DRAWS, tolerance=1e-9, most_draws=DRAWS + 50)
    assert made.draws == DRAWS + 50
    assert made.advice.convergence is not None
    assert made.advice.convergence.largest > 1e-9


@pytest.mark.parametrize("given", [{"tolerance": 0.0}, {"draws": 500, "most_draws": 400}])
def test_limits_that_make_no_sense_are_refused(case: Case, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be above 0 and most_draws"):
        assess_settled(case, **given)


def test_the_line_and_the_most_draws_are_those_the_command_promises() -> None:
    assert (settling.TOLERANCE, settling.MOST_DRAWS) == (0.01, 16_000)
