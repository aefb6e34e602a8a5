"""Is every guideline, score and response scheme complete: examples that hold, sources that exist, marks honoured?"""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from pelvicrt.classify import Score, all_scores, answer_of, look_up_of, result_of, rule_facts, scores
from pelvicrt.classify.findings import VALUE_LABELS
from pelvicrt.classify.scoring import add_score
from pelvicrt.evidence import Example, Guideline, check_library, library
from pelvicrt.foundation import CLASSIFICATION_VALUES

GUIDELINES = list(library().guidelines)
EXAMPLES = [(item, example) for item in GUIDELINES for example in item.examples]
SCORES = list(all_scores().values())
SCORE_EXAMPLES = [(score, example) for score, examples in SCORES for example in examples]
VIEWS = [item for item in GUIDELINES if item.question in {"pelvic_risk", "synchronicity"}]
CLASSES = [item for item in GUIDELINES if item.question in CLASSIFICATION_VALUES]


def shown(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("guideline", "example"), EXAMPLES, ids=lambda item: getattr(item, "id", "example"))
def test_an_example_comes_out_as_written(guideline: Guideline, example: Example) -> None:
    assert answer_of(guideline, example, library()) == example.expect


@pytest.mark.parametrize("guideline", GUIDELINES, ids=lambda item: item.id)
def test_a_guideline_has_three_examples_and_one_unknown(guideline: Guideline) -> None:
    answers = [example.expect for example in guideline.examples]
    only_warns = {rule.then for rule in guideline.rules} <= {"warning", "planning", "scope"}
    assert len(answers) >= 3
    # A warning that cannot be judged stays silent by design; every other answer must show its unknown side.
    assert only_warns or "unknown" in str(answers)


@pytest.mark.parametrize("guideline", CLASSES, ids=lambda item: item.id)
def test_a_class_only_takes_values_of_the_contract(guideline: Guideline) -> None:
    said = {rule.then for rule in guideline.rules} - {"remark"} | {guideline.otherwise or "unknown"}
    assert said <= set(CLASSIFICATION_VALUES[guideline.question])


@pytest.mark.parametrize("guideline", GUIDELINES, ids=lambda item: item.id)
def test_nothing_from_memory_is_switched_on(guideline: Guideline) -> None:
    assert not guideline.enabled or all(rule.mark != "M" or not rule.enabled for rule in guideline.rules)


def test_conditions_read_only_facts_that_exist() -> None:
    problems = check_library(library(), known_facts=rule_facts(library()))
    assert [problem.say("en") for problem in problems if problem.file.startswith("guidelines/")] == []


def test_rule_ids_are_used_once() -> None:
    names = [rule.id for item in GUIDELINES for rule in item.rules]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("score", "example"), SCORE_EXAMPLES, ids=lambda item: getattr(item, "id", "example"))
def test_a_score_example_comes_out_as_written(score: Score, example: Example) -> None:
    found = result_of(score, look_up_of(example.given))
    assert shown(found.range if isinstance(example.expect, list) else found.value) == example.expect


@pytest.mark.parametrize(("score", "examples"), SCORES, ids=lambda item: getattr(item, "id", "examples"))
def test_a_score_has_three_examples_each_with_its_place_in_the_source(
    score: Score, examples: tuple[Example, ...]
) -> None:
    assert len(examples) >= 3
    assert all(example.source for example in examples)


@pytest.mark.parametrize("score", [score for score, _ in SCORES], ids=lambda item: item.id)
def test_the_sources_of_a_score_exist(score: Score) -> None:
    assert all(library().source_of(name) for name in score.sources)


@pytest.mark.parametrize("score", [score for score, _ in SCORES], ids=lambda item: item.id)
def test_a_score_read_only_second_hand_says_so(score: Score) -> None:
    marks = {library().source_of(name).mark for name in score.sources}
    assert score.mark in {"V1", "V2"}
    assert score.mark in marks


def test_every_file_of_the_folder_is_registered() -> None:
    files = [module.name for module in pkgutil.iter_modules(scores.__path__)]
    ids = {importlib.import_module(f"pelvicrt.classify.scores.{name}").SCORE.id for name in files}
    assert ids == set(all_scores())


def test_an_id_used_twice_is_refused_by_name() -> None:
    score, examples = SCORES[0]
    with pytest.raises(ValueError, match=score.id):
        add_score({score.id: (score, examples)}, score, examples)


def test_no_response_scheme_without_a_purpose() -> None:
    assert all(
        scheme.tiers or scheme.visits or scheme.earliest_days_after_rt or scheme.note for scheme in library().response
    )


@pytest.mark.parametrize("guideline", VIEWS, ids=lambda item: item.id)
def test_every_value_a_view_can_take_has_a_label(guideline: Guideline) -> None:
    values = {rule.then for rule in guideline.rules if rule.then != "remark"} | {guideline.otherwise or "unknown"}
    assert values <= set(VALUE_LABELS)
