"""An examination that can err about a missing fact, priced with the rules' answer to each result."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.recommend_builders import a_plan

from pelvicrt.evidence import library
from pelvicrt.foundation import Status
from pelvicrt.recommend import worth_of_examination
from pelvicrt.recommend.missing import Question
from pelvicrt.recommend.thresholds import thresholds


def _question(utility: np.ndarray) -> Question:
    return Question(
        keys=("a", "b"),
        utility=utility,
        candidates=(a_plan("a"), a_plan("b")),
        lines=thresholds(library()),
        leader=None,
        seed=1,
        may_lead=frozenset({"a", "b"}),
    )


def _open(_fact: str, _value: object) -> dict[str, Status]:
    return {"a": "acceptable", "b": "acceptable"}


def test_mri_for_emvi_is_worth_what_bayes_makes_of_its_accuracy() -> None:
    """By hand: chance .4, a gains 1 with EMVI and loses 1 without; .4 x .61 - .6 x .13 = .166 on a positive MRI."""
    present = np.arange(5000) % 5 < 2
    question = _question(np.stack([np.where(present, 1.0, -1.0), np.zeros(5000)], axis=1))
    drawn = ["present" if is_ else "absent" for is_ in present]
    found = worth_of_examination(question, "primary.emvi", drawn, _open, accuracy=library().accuracies["mri-emvi"])
    assert found.value == pytest.approx(0.166, abs=0.01)


def test_an_examination_of_another_fact_is_refused() -> None:
    question = _question(np.zeros((30, 2)))
    with pytest.raises(ValueError, match="mri-emvi tells"):
        worth_of_examination(question, "x", ["wild_type"] * 30, _open, accuracy=library().accuracies["mri-emvi"])
