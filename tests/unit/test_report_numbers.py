"""Do the numbers of the report say what the draws say, in the right unit, and never as zero or certain when they are not?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.support import assessment_builder as builder

from pelvicrt.foundation import EVIDENCE_GRADES, OUTCOME_NAMES, STATUSES, InvalidInput
from pelvicrt.report.calendar import calendar
from pelvicrt.report.curves import charts, follow_up_months, spec
from pelvicrt.report.estimates import estimates_of, kind_of, told, told_range
from pelvicrt.report.icon_array import icon_array
from pelvicrt.report.options import choose
from pelvicrt.report.page import build_page
from pelvicrt.report.verdicts import rung, verdict
from pelvicrt.report.words import Words, read_words
from pelvicrt.simulate import OutcomeDraws


def draws(values: np.ndarray, months: tuple[float, ...] = (36.0,)) -> OutcomeDraws:
    return OutcomeDraws(
        name="overall_survival",
        at_months=months,
        values=values,
        centre_values=values,
        grade="cohort",
        from_m0=False,
        parameters=(),
        sources=(),
    )


def test_the_range_of_evenly_spread_draws_is_their_middle_95_percent() -> None:
    found = estimates_of(draws(np.linspace(0, 1, 1001)[:, None]))[0]
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975), abs=1e-12)


def test_estimates_come_in_time_order_whatever_the_order_of_the_draws() -> None:
    values = np.array([[0.2, 0.8], [0.4, 0.6]])
    assert [item.at_months for item in estimates_of(draws(values, (60.0, 12.0)))] == [12.0, 60.0]


def test_an_outcome_without_time_has_no_month() -> None:
    assert estimates_of(draws(np.array([[0.5]]), (float("nan"),)))[0].at_months is None


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [(0.0, "share", "0"), (0.004, "share", "under 1"), (0.025, "rare", "25"), (1.0, "share", "100"), (0.996, "share", "over 99"), (7.46, "months", "7.5"), (45.6, "days", "46")],
)  # fmt: skip
def test_a_number_is_told_in_its_unit(value: float, kind: str, said: str) -> None:
    assert told(value, kind, Words("en")) == said


def test_a_range_is_told_in_words_not_with_a_dash() -> None:
    assert (told_range(0.51, 0.75, "share", Words("en")), told_range(0.51, 0.75, "share", Words("zh"))) == (
        "51 to 75",
        "51～75",
    )


def test_mortality_is_told_of_1000() -> None:
    assert kind_of("postoperative_mortality_90d") == "rare"


@pytest.mark.parametrize(
    ("chance", "word"), [(0.74, None), (0.75, "probably"), (0.9, "probably"), (0.91, "very"), (0.976, "plain")]
)
def test_the_ladder_of_chances_has_the_words_of_the_interface_design(chance: float, word: str | None) -> None:
    assert rung(chance) == word


def test_a_verdict_uses_the_comparison_of_recommend_before_its_own() -> None:
    assessment = builder.an_assessment()
    options = choose(assessment).columns[:2]
    said_by_recommend = dataclasses.replace(assessment.advice.comparisons[0], chance_a_better=0.99)
    found = verdict(options, "overall_survival", 36.0, (said_by_recommend,), Words("en"))
    assert found is not None
    assert found.said == "more with A"


def test_options_with_the_same_draws_are_too_close_to_tell_apart() -> None:
    first = choose(builder.an_assessment()).columns[0]
    twin = dataclasses.replace(first, letter="B")
    found = verdict((first, twin), "overall_survival", 36.0, (), Words("en"))
    assert found is not None
    assert not found.apart


def test_columns_are_the_open_options_likely_enough_then_the_others_likely_enough() -> None:
    chosen = [option.assessed.candidate.strategy for option in choose(builder.an_assessment()).columns]
    assert chosen == ["interval", "scrt_chemo_surgery", "watch_and_wait", "no_rt_surgery"]


def test_a_contraindicated_option_is_never_a_column() -> None:
    rest = [option.status for option in choose(builder.one_option()).rest]
    assert set(rest) == {"contraindicated"}


def test_letters_follow_the_assessment_not_the_ranking() -> None:
    assessment = builder.an_assessment()
    swapped = [assessment.strategies[1], assessment.strategies[0], *assessment.strategies[2:]]
    columns = choose(dataclasses.replace(assessment, strategies=tuple(swapped))).columns
    assert [(o.letter, o.assessed.candidate.strategy) for o in columns[:2]] == [
        ("A", "scrt_chemo_surgery"),
        ("B", "interval"),
    ]


def test_no_letter_is_used_twice() -> None:
    letters = [option.letter for option in choose(builder.an_assessment()).all]
    assert len(letters) == len(set(letters))


def test_an_icon_array_has_as_many_full_dots_as_the_low_end() -> None:
    drawn = icon_array("a", mean=0.64, low=0.51, high=0.75, said="")
    full = drawn.count('r="6.6" fill=')
    halves = drawn.count("<path d=") - 1  # the stepped line is the last path
    assert (full, halves, drawn.count("<circle")) == (51, 24, 51 + 24 + 25)


def test_the_curve_specification_holds_no_english_on_a_chinese_page() -> None:
    page = build_page(builder.an_assessment(), "zh", builder.a_library())
    said = spec(page.charts[0], page.words, width=620, height=330)["encoding"]["x"]["axis"]["title"]
    assert said == "自开始起（月）"


def test_at_most_two_options_have_a_band() -> None:
    page = build_page(builder.an_assessment(), "en", builder.a_library())
    made = spec(page.charts[0], page.words, width=620, height=330)
    bands = [layer for layer in made["layer"] if layer["mark"].get("type") == "area"]
    assert len(bands) == 2


def test_the_part_beyond_the_sources_follow_up_is_hatched() -> None:
    page = build_page(builder.an_assessment(), "en", builder.a_library(follow_up_months=48))
    chart = page.charts[0]
    hatch = spec(chart, page.words, width=620, height=330)["layer"][0]["data"]["values"]
    assert min(piece["month"] for piece in hatch) == 48


def test_follow_up_is_the_longest_time_any_study_behind_the_outcome_reports() -> None:
    columns = choose(builder.an_assessment()).columns
    assert follow_up_months("overall_survival", columns, builder.a_library(follow_up_months=54)) == 54


def test_without_a_study_the_follow_up_is_unknown_not_endless() -> None:
    columns = choose(builder.an_assessment()).columns
    assert charts(columns, builder.a_library())[0].follow_up_months is None


def test_every_status_outcome_and_grade_has_a_name_in_both_languages() -> None:
    words = Words("zh")
    kinds = (("status", STATUSES), ("outcome", OUTCOME_NAMES), ("grade", EVIDENCE_GRADES))
    assert all(words.label(kind, value) for kind, values in kinds for value in values)


def test_a_word_without_its_translation_is_refused_by_name(tmp_path) -> None:
    (tmp_path / "page.yaml").write_text("now:\n  best: {en: Best}\n")
    with pytest.raises(InvalidInput, match=r"page\.yaml: page\.now\.best: found dict; expected one text in en"):
        read_words(tmp_path)


def test_a_word_whose_places_differ_between_languages_is_refused(tmp_path) -> None:
    (tmp_path / "page.yaml").write_text("best: {en: 'n is {n}', zh: '数为 {m}'}\n")
    with pytest.raises(InvalidInput, match=r"page\.yaml: page\.best: found different places"):
        read_words(tmp_path)


def test_a_label_nobody_wrote_is_an_error_not_a_bare_code() -> None:
    with pytest.raises(KeyError, match=r"labels\.status\.maybe"):
        Words("en").label("status", "maybe")


def test_a_hard_stop_is_drawn_over_the_therapy_that_runs_through_it() -> None:
    page = build_page(builder.an_assessment(), "en", builder.a_library())
    lane = calendar(page.options.columns[:1], page.words, width=1250)
    assert lane.rindex("url(#hatch-s)") > lane.rindex("url(#hatch-c)")


def test_the_leader_is_always_a_column() -> None:
    assessment = builder.an_assessment()
    key = assessment.strategies[6].candidate.key
    advice = dataclasses.replace(
        assessment.advice, recommendation=dataclasses.replace(assessment.advice.recommendation, strategy=key)
    )
    assert key in [option.key for option in choose(dataclasses.replace(assessment, advice=advice)).columns]
