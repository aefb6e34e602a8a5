"""A letter is a name an option keeps, whatever becomes of the others."""

from __future__ import annotations

import dataclasses

import pytest
from tests.support import assessment_builder as builder

from pelvicrt.assessment import head_to_head
from pelvicrt.foundation import UsageError
from pelvicrt.report import page, to_text
from pelvicrt.report.options import choose

LIBRARY = builder.a_library()


def _letters() -> dict[str, str]:
    return {option.key: option.letter for option in choose(builder.an_assessment()).all}


def test_an_option_keeps_its_letter_when_the_order_is_turned_round() -> None:
    turned = dataclasses.replace(
        builder.an_assessment(), strategies=tuple(reversed(builder.an_assessment().strategies))
    )
    assert {option.key: option.letter for option in choose(turned, _letters()).all} == _letters()


def test_a_new_option_gets_a_letter_nobody_ever_had() -> None:
    first = choose(builder.an_assessment()).columns[0]
    kept = {key: letter for key, letter in _letters().items() if key != first.key} | {"gone": "A"}
    new = choose(builder.an_assessment(), kept).of(first.key)
    assert new is not None
    assert new.letter not in set(kept.values())


def test_no_two_columns_look_alike_even_with_late_letters() -> None:
    keys = [option.key for option in choose(builder.an_assessment()).columns]
    kept = _letters() | dict(zip(keys, ("Z1", "B", "Z2", "F"), strict=False))
    looks = [option.css for option in choose(builder.an_assessment(), kept).columns]
    assert len(set(looks)) == len(looks)
    assert looks[keys.index(keys[1])] == "b"


def test_the_text_calls_the_options_by_their_kept_letters() -> None:
    first = choose(builder.an_assessment()).columns[0]
    kept = _letters() | {first.key: "Q"}
    built = page.build_page(builder.an_assessment(), "en", LIBRARY, letters=kept)
    assert "Q" in [option.letter for option in built.options.columns]
    assert "Q " in to_text(builder.an_assessment(), library=LIBRARY, letters=kept)


def test_any_two_simulated_options_are_compared_and_turning_them_round_turns_the_sign() -> None:
    assessment = builder.an_assessment()
    left, right = (option.key for option in choose(assessment).columns[:2])
    there, back = head_to_head(assessment, left, right), head_to_head(assessment, right, left)
    assert [item.outcome for item in there] == [item.outcome for item in back]
    assert [round(item.difference, 9) for item in there] == [-round(item.difference, 9) for item in back]


def test_an_option_is_not_compared_with_itself() -> None:
    key = choose(builder.an_assessment()).columns[0].key
    with pytest.raises(UsageError, match="cannot be compared"):
        head_to_head(builder.an_assessment(), key, key)
