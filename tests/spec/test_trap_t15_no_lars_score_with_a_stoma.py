"""T15: a LARS score with a stoma is meaningless; and the worked numbers of the instrument."""

from __future__ import annotations

import pytest

from pelvicrt.classify import ScoreResult, lars_score
from pelvicrt.foundation import UNKNOWN

WORST = {
    "flatus": "at_least_weekly",
    "liquid": "at_least_weekly",
    "frequency": "less_than_1",
    "clustering": "at_least_weekly",
    "urgency": "at_least_weekly",
}
BEST = {"flatus": "never", "liquid": "never", "frequency": "1_to_3", "clustering": "never", "urgency": "never"}


def scored(answers: dict[str, object], stoma: object = "none", **more: object) -> ScoreResult:
    return lars_score(**answers, stoma=stoma, **more)


@pytest.mark.parametrize("stoma", ["loop_ileostomy", "loop_colostomy", "end"])
def test_with_a_stoma_it_does_not_apply(stoma: str) -> None:
    found = scored(WORST, stoma)
    assert (found.value, found.group) == (None, "not_applicable")


def test_with_a_rectum_out_of_use_it_does_not_apply() -> None:
    assert scored(WORST, rectum_in_use=False).group == "not_applicable"


def test_an_unknown_stoma_is_asked_for() -> None:
    found = scored(BEST, UNKNOWN)
    assert found.value is None
    assert "symptoms.stoma" in found.missing


def test_best_answers_give_nothing() -> None:
    assert (scored(BEST).value, scored(BEST).group) == (0, "none")


def test_the_maximum_is_42() -> None:
    assert (scored(WORST).value, scored(WORST).group) == (42, "major")


def test_the_worked_example_gives_37_major() -> None:
    answers = BEST | {
        "flatus": "at_least_weekly",
        "liquid": "less_than_weekly",
        "frequency": "4_to_7",
        "clustering": "less_than_weekly",
        "urgency": "at_least_weekly",
    }
    assert (scored(answers).value, scored(answers).group) == (37, "major")


@pytest.mark.parametrize(
    ("answers", "points", "group"),
    [
        ({"urgency": "at_least_weekly", "flatus": "less_than_weekly"}, 20, "none"),
        ({"urgency": "less_than_weekly", "clustering": "less_than_weekly"}, 20, "none"),
        ({"urgency": "at_least_weekly", "frequency": "less_than_1"}, 21, "minor"),
        ({"urgency": "at_least_weekly", "clustering": "at_least_weekly", "frequency": "4_to_7"}, 29, "minor"),
        ({"urgency": "at_least_weekly", "clustering": "at_least_weekly", "liquid": "less_than_weekly"}, 30, "major"),
    ],
)
def test_groups_change_at_21_and_30(answers: dict[str, str], points: int, group: str) -> None:
    assert (scored(BEST | answers).value, scored(BEST | answers).group) == (points, group)


def test_an_unanswered_question_gives_a_range() -> None:
    found = scored(BEST | {"urgency": UNKNOWN})
    assert (found.value, found.range, found.missing) == (None, (0, 16), ("lars.urgency",))


def test_an_answer_that_was_not_offered_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"lars.urgency: found 'often'; expected one of never"):
        scored(BEST | {"urgency": "often"})
