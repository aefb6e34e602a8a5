"""Who leads, when nobody does, and what is said: gates, ties, wishes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.support.recommend_builders import (
    a_case,
    a_classification,
    a_plan,
    noise,
    outcomes_of,
    simulated,
    two_plans,
)

from pelvicrt.case import Preferences
from pelvicrt.evidence import library
from pelvicrt.foundation import Reason, Text
from pelvicrt.recommend import Advice, recommend, thresholds
from pelvicrt.recommend.weigh import Entrant, stand

LIBRARY = library()
LINES = thresholds(LIBRARY)
EXTREME = Preferences(organ_preservation=10, avoid_stoma=10, low_treatment_burden=10, survival_over_function=10)


def advise(plans, outcomes, *, preferences=None, gates=None, **classes) -> Advice:
    return recommend(a_case(preferences), a_classification(**classes), plans, outcomes, LIBRARY, gate_statuses=gates)


def status_of(advice: Advice, key: str) -> str:
    return next(item.status for item in advice.ranked if item.candidate == key)


# --- leads and ties -------------------------------------------------------------------------------------------------


def test_a_large_sure_difference_makes_a_leader() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(3.0))
    assert (advice.recommendation.strategy, advice.recommendation.equipoise) == ("a", False)


def test_the_leader_becomes_recommended_and_the_other_stays_acceptable() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(3.0))
    assert (status_of(advice, "a"), status_of(advice, "b")) == ("recommended", "acceptable")


def test_a_plain_lead_is_stated_plainly() -> None:
    headline = advise([a_plan("a"), a_plan("b")], two_plans(3.0)).recommendation.headline
    assert headline.en == "plan a is the best choice (chance over 99 %)"


def test_a_lead_in_four_of_five_draws_is_called_probable() -> None:
    headline = advise([a_plan("a"), a_plan("b")], two_plans(0.9)).recommendation.headline
    assert headline.en.startswith("plan a is probably the best choice (chance 8")


def test_an_unsure_difference_is_a_tie_between_both() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(0.3))
    assert (advice.recommendation.equipoise, advice.recommendation.alternatives) == (True, ("b",))


def test_a_sure_difference_too_small_to_matter_is_a_tie() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(0.3, spread=0.01))
    assert advice.recommendation.equipoise


def test_a_tie_is_the_headline_in_both_languages() -> None:
    headline = advise([a_plan("a"), a_plan("b")], two_plans(0.0)).recommendation.headline
    assert headline.en.startswith("No clear winner between plan ")
    assert "难分优劣" in headline.zh


def test_tied_options_without_a_preference_are_all_recommended() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(0.3))
    assert {status_of(advice, "a"), status_of(advice, "b")} == {"recommended"}


def test_a_source_preference_decides_who_is_named_first_in_a_tie() -> None:
    advice = advise([a_plan("a"), a_plan("b", preferred=True)], two_plans(0.3))
    assert (advice.recommendation.strategy, advice.recommendation.alternatives) == ("b", ("a",))
    assert (status_of(advice, "b"), status_of(advice, "a")) == ("recommended", "acceptable")


def test_a_source_preference_never_beats_a_clear_difference() -> None:
    advice = advise([a_plan("a"), a_plan("b", preferred=True)], two_plans(3.0))
    assert advice.recommendation.strategy == "a"


def test_the_tie_breaking_reason_names_the_sources_that_prefer() -> None:
    reason = Reason(rule="r", text=Text("x", "x"), sources=("schrag-2023-prospect",), grade="expert", direction="for")
    advice = advise([a_plan("a"), a_plan("b", preferred=True, reasons=(reason,))], two_plans(0.3))
    said = next(item for item in advice.ranked if item.candidate == "b").reasons
    assert ("recommend.preferred_in_tie", ("schrag-2023-prospect",)) in [(r.rule, r.sources) for r in said]


def test_identical_options_share_the_chance_of_being_best() -> None:
    quality = 40 + noise(1)
    advice = advise([a_plan("a"), a_plan("b")], simulated([outcomes_of("a", quality), outcomes_of("b", quality)]))
    assert {item.p_best for item in advice.ranked} == {0.5}


def test_the_set_grows_until_it_holds_the_best_with_three_in_four() -> None:
    rng = np.random.default_rng(2)
    utility = 4 * rng.random((4000, 3)) ** np.array([0.4, 1.6, 1.6])
    standing = stand(utility, [Entrant(key=key) for key in "abc"], dataclasses.replace(LINES, minimal_difference=0.0))
    assert sum(standing.p_best[key] for key in standing.leading) >= LINES.tie_chance


# --- gates stand before weights -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["contraindicated", "not_recommended", "needs_information"])
def test_no_wish_lifts_a_gated_option(status) -> None:
    """Trap T17: preferences overriding safety."""
    better = outcomes_of("b", 80 + noise(2), organ=1.0, stoma=0.0, days=0)
    advice = advise(
        [a_plan("a"), a_plan("b", status, missing=("primary.emvi",) if status == "needs_information" else ())],
        simulated([outcomes_of("a", 20 + noise(1), stoma=1.0), better]),
        preferences=EXTREME,
    )
    assert advice.recommendation.strategy == "a"
    assert status_of(advice, "b") == status
    assert all(step != "b" for strip in advice.preference_strips.values() for step in strip)


def test_a_gated_option_has_no_chance_of_being_best() -> None:
    advice = advise([a_plan("a"), a_plan("b", "contraindicated")], two_plans(0.0))
    assert next(item.p_best for item in advice.ranked if item.candidate == "b") is None


@pytest.mark.parametrize(
    "emergency",
    ["decompress_first", "decompress_or_fast_track", "emergency_surgery", "stabilise_first", "drain_or_divert_first"],
)
def test_an_emergency_comes_first_and_nothing_is_ranked(emergency) -> None:
    """Trap T4: radiotherapy into an obstructed bowel because short course is quick."""
    advice = advise([a_plan("a"), a_plan("b")], two_plans(5.0), emergency=emergency)
    assert advice.recommendation.strategy is None
    assert advice.recommendation.headline.en.startswith("Act first: ")
    assert {item.p_best for item in advice.ranked} == {None}
    assert "recommended" not in {item.status for item in advice.ranked}


def test_an_emergency_that_cannot_be_excluded_names_the_missing_fact() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(5.0), emergency="unknown")
    assert advice.recommendation.strategy is None
    assert "obstruction" in advice.recommendation.headline.en


def test_unknown_mismatch_repair_blocks_the_ranking_and_names_the_fact() -> None:
    """Trap T1: unknown treated as negative."""
    plans = [a_plan("a", "needs_information", missing=("molecular.mmr",)), a_plan("b", intent="palliative")]
    advice = advise(plans, two_plans(5.0), mmr="unknown")
    assert advice.recommendation.strategy is None
    assert "recommended" not in {item.status for item in advice.ranked}
    assert advice.missing_information[0].fact == "molecular.mmr"
    assert advice.recommendation.headline.en.startswith(
        "No ranking yet, because this is unknown and decides the first step: mismatch repair"
    )


def test_unknown_mismatch_repair_never_promotes_a_curative_plan_left_open() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(5.0), mmr="unknown")
    assert advice.recommendation.strategy is None
    assert status_of(advice, "a") == "acceptable"


def test_a_palliative_plan_may_lead_when_mismatch_repair_decides_nothing() -> None:
    plans = [a_plan("a", intent="palliative"), a_plan("b", intent="palliative")]
    assert advise(plans, two_plans(5.0), mmr="unknown").recommendation.strategy == "a"


def test_when_every_option_is_ruled_out_the_headline_says_so() -> None:
    advice = advise([a_plan("a", "contraindicated"), a_plan("b", "not_recommended")], two_plans(1.0))
    assert (advice.recommendation.strategy, advice.recommendation.headline.en) == (None, "No option is open")


def test_when_facts_close_every_option_the_headline_names_them() -> None:
    plans = [a_plan("a", "needs_information", missing=("primary.emvi",)), a_plan("b", "contraindicated")]
    headline = advise(plans, two_plans(1.0)).recommendation.headline
    assert headline.en.startswith("No ranking yet, ")
    assert "EMVI" in headline.en


def test_one_open_option_is_said_to_be_the_only_one() -> None:
    advice = advise([a_plan("a"), a_plan("b", "contraindicated")], two_plans(-5.0))
    assert advice.recommendation.headline.en == "One option is open: plan a"


def test_an_only_conditional_option_leads_but_stays_conditional() -> None:
    advice = advise([a_plan("a", "conditional"), a_plan("b", "contraindicated")], two_plans(1.0))
    assert advice.recommendation.strategy == "a"
    assert status_of(advice, "a") == "conditional"
    assert advice.recommendation.headline.en == "One option is open, on a condition: plan a"


def test_a_better_conditional_option_is_told_with_its_condition_and_neither_leads_nor_ties() -> None:
    advice = advise([a_plan("a", "conditional"), a_plan("b")], two_plans(5.0))
    assert (advice.recommendation.strategy, advice.recommendation.alternatives) == ("b", ())
    assert "if its condition is met" in advice.recommendation.explanation.en
    assert ("condition", "a") in [(change.kind, change.to) for change in advice.recommendation.would_change_it]


def test_a_conditional_option_far_ahead_does_not_make_the_others_look_tied_with_it() -> None:
    """A transplant that few can reach must not enter a tie with what is open to this patient now."""
    advice = advise([a_plan("a", "conditional"), a_plan("b")], two_plans(20.0))
    assert not advice.recommendation.equipoise
    assert advice.recommendation.headline.en == "One option is open without a condition: plan b"
    assert next(item for item in advice.ranked if item.candidate == "a").p_best is None


# --- watch and wait (J10) -------------------------------------------------------------------------------------------


def watch(preferences=None, liver="upfront_local") -> Advice:
    return advise([a_plan("a", watch=True), a_plan("b")], two_plans(5.0), preferences=preferences, liver=liver)


def test_watch_and_wait_never_leads_on_the_model_alone() -> None:
    assert watch().recommendation.strategy == "b"
    assert status_of(watch(), "a") == "acceptable"


def test_watch_and_wait_leads_on_a_strong_stated_wish() -> None:
    assert watch(Preferences(organ_preservation=int(LINES.watch_and_wait_wish))).recommendation.strategy == "a"


def test_watch_and_wait_does_not_lead_just_below_the_line() -> None:
    assert watch(Preferences(organ_preservation=int(LINES.watch_and_wait_wish) - 1)).recommendation.strategy == "b"


def test_watch_and_wait_does_not_lead_where_the_liver_cannot_be_cleared() -> None:
    assert watch(Preferences(organ_preservation=10), liver="unresectable").recommendation.strategy == "b"


def test_watch_and_wait_left_alone_asks_for_the_wish() -> None:
    advice = advise([a_plan("a", watch=True), a_plan("b", "contraindicated")], two_plans(5.0))
    assert advice.recommendation.strategy is None
    assert "keeping the rectum" in advice.recommendation.headline.en


# --- wishes ---------------------------------------------------------------------------------------------------------


def organ_against_time():
    """Plan a gives 1.5 quality-adjusted months more; plan b keeps the rectum in half of all patients."""
    base = 40 + noise(1)
    return simulated([outcomes_of("a", base + 1.5, organ=0.0), outcomes_of("b", base, organ=0.5)])


def test_an_unstated_wish_weighs_nothing() -> None:
    advice = advise([a_plan("a"), a_plan("b")], organ_against_time())
    assert advice.ranked[0].utility_mean == pytest.approx(41.5, abs=0.15)
    assert advice.recommendation.explanation.en.endswith("No wishes are recorded, so none is weighed.")


def test_a_strong_wish_turns_the_order() -> None:
    plans = [a_plan("a"), a_plan("b")]
    wished = advise(plans, organ_against_time(), preferences=Preferences(organ_preservation=10))
    assert (advise(plans, organ_against_time()).recommendation.strategy, wished.recommendation.strategy) == ("a", "b")


def test_the_strip_starts_with_one_plan_ties_and_ends_with_the_other() -> None:
    strip = advise([a_plan("a"), a_plan("b")], organ_against_time()).preference_strips["organ_preservation"]
    assert (strip[0], strip[10], len(strip)) == ("a", "b", 11)
    assert "tie" in strip


def test_the_strip_at_the_stated_level_agrees_with_the_recommendation() -> None:
    advice = advise([a_plan("a"), a_plan("b")], organ_against_time(), preferences=Preferences(organ_preservation=10))
    assert advice.preference_strips["organ_preservation"][10] == advice.recommendation.strategy


def test_a_wish_that_flips_the_lead_is_among_what_would_change_it() -> None:
    changes = advise([a_plan("a"), a_plan("b")], organ_against_time()).recommendation.would_change_it
    assert [(c.to, c.flips, c.low_difference > 0 > c.high_difference) for c in changes if c.kind == "preference"] == [
        ("b", True, True)
    ]


def test_survival_above_function_counts_months_alike() -> None:
    quality = 30 + noise(1)
    outcomes = simulated(
        [outcomes_of("a", quality, life=quality + 20), outcomes_of("b", quality + 1, life=quality + 10)]
    )
    plans = [a_plan("a"), a_plan("b")]
    plain = advise(plans, outcomes).recommendation.strategy
    survival = advise(plans, outcomes, preferences=Preferences(survival_over_function=10)).recommendation.strategy
    assert (plain, survival) == ("b", "a")


def test_a_wish_no_outcome_speaks_about_is_said_not_to_be_weighed() -> None:
    advice = advise([a_plan("a"), a_plan("b")], two_plans(3.0), preferences=Preferences(sexual_function=9))
    assert any("sexual function" in warning.en for warning in advice.warnings)
    assert "sexual_function" not in advice.preference_strips


# --- reasons and banners --------------------------------------------------------------------------------------------


def test_drivers_add_up_to_the_difference_they_explain() -> None:
    quality = 30 + noise(1)
    outcomes = simulated(
        [
            outcomes_of("a", quality + 3, life=quality + 12, organ=0.4, stoma=0.2),
            outcomes_of("b", quality, life=quality + 8, organ=0.1, stoma=0.5),
        ],
        parameters={"u.stoma": np.full(1000, 0.04)},
    )
    wishes = Preferences(organ_preservation=7, avoid_stoma=4, survival_over_function=3)
    advice = advise([a_plan("a"), a_plan("b")], outcomes, preferences=wishes)
    means = {item.candidate: item.utility_mean for item in advice.ranked}
    total = sum(driver.effect_qalm for driver in advice.recommendation.drivers)
    assert total == pytest.approx(means["a"] - means["b"], abs=1e-9)


def test_the_assumption_that_makes_the_difference_is_named_with_its_sign() -> None:
    base, hidden, idle = 40 + noise(1), noise(2), noise(3)
    outcomes = simulated(
        [outcomes_of("a", base + 1.0 + hidden), outcomes_of("b", base)],
        parameters={"u.stoma": hidden, "u.lars_major": idle},
    )
    changes = advise([a_plan("a"), a_plan("b")], outcomes).recommendation.would_change_it
    (change,) = [c for c in changes if c.kind == "parameter"]
    assert change.what.en.startswith(LIBRARY.parameters["u.stoma"].name.en)
    assert change.low_difference == pytest.approx(1.0 - 1.645, abs=0.1)
    assert change.high_difference == pytest.approx(1.0 + 1.645, abs=0.1)
    assert change.flips


def test_figures_from_patients_without_metastases_raise_the_banner() -> None:
    base = 40 + noise(1)
    outcomes = simulated([outcomes_of("a", base + 3, from_m0=True), outcomes_of("b", base)])
    warnings = advise([a_plan("a"), a_plan("b")], outcomes).warnings
    assert any(w.en.startswith("From M0: the figures marked so (1 of the outcomes shown)") for w in warnings)


def test_strategies_that_differ_by_order_are_labelled_observational() -> None:
    base = 40 + noise(1)
    outcomes = simulated([outcomes_of("liver_first", base + 3), outcomes_of("b", base)])
    warnings = advise([a_plan("liver_first"), a_plan("b")], outcomes).warnings
    assert any(w.en.startswith("Observational") for w in warnings)


def test_comparisons_know_that_a_stoma_is_worse() -> None:
    base = 40 + noise(1)
    outcomes = simulated([outcomes_of("a", base + 3, stoma=0.1), outcomes_of("b", base, stoma=0.6)])
    found = [c for c in advise([a_plan("a"), a_plan("b")], outcomes).comparisons if c.outcome == "permanent_stoma"]
    assert [(c.at_months, round(c.difference, 9), c.chance_a_better) for c in found] == [
        (36, -0.5, 1.0),
        (60, -0.5, 1.0),
    ]


# --- missing facts --------------------------------------------------------------------------------------------------


def unknown_fact(effect: float):
    """A fact that is present in half of all draws; plan a gains `effect` where present and loses it where absent."""
    drawn = ["present" if x > 0 else "absent" for x in noise(9)]
    swing = np.array([effect if value == "present" else -effect for value in drawn])
    base = 40 + noise(1)
    return simulated([outcomes_of("a", base + swing), outcomes_of("b", base)], assumed={"primary.emvi": drawn})


def all_open(_fact, _value):
    return {"a": "acceptable", "b": "acceptable"}


def test_a_fact_that_decides_between_plans_is_worth_half_its_effect() -> None:
    (fact,) = advise([a_plan("a"), a_plan("b")], unknown_fact(4.0), gates=all_open).missing_information
    assert fact.value_qalm == pytest.approx(2.0, abs=0.25)  # half of the draws gain 4
    assert fact.chance_changes_advice == pytest.approx(0.5, abs=0.05)
    assert fact.valued


def test_a_fact_without_effect_is_worth_nothing_and_changes_nothing() -> None:
    drawn = ["present" if x > 0 else "absent" for x in noise(9)]
    outcomes = dataclasses.replace(two_plans(3.0), assumed=simulated([], assumed={"primary.emvi": drawn}).assumed)
    (fact,) = advise([a_plan("a"), a_plan("b")], outcomes, gates=all_open).missing_information
    assert (fact.value_qalm, fact.chance_changes_advice) == (0.0, 0.0)
    assert fact.value_low <= 0.0


def test_a_fact_that_would_close_the_leader_changes_the_advice() -> None:
    drawn = ["present" if x > 0 else "absent" for x in noise(9)]
    outcomes = dataclasses.replace(two_plans(3.0), assumed=simulated([], assumed={"primary.emvi": drawn}).assumed)

    def gates(_fact, value):
        return {"a": "contraindicated" if value == "present" else "acceptable", "b": "acceptable"}

    (fact,) = advise([a_plan("a"), a_plan("b")], outcomes, gates=gates).missing_information
    assert fact.chance_changes_advice == pytest.approx(np.mean([v == "present" for v in drawn]))


def test_a_fact_that_opens_a_better_plan_is_worth_its_gain_over_acting_now() -> None:
    drawn = ["present" if x > 0 else "absent" for x in noise(9)]
    outcomes = dataclasses.replace(two_plans(4.0), assumed=simulated([], assumed={"primary.emvi": drawn}).assumed)
    plans = [a_plan("a", "needs_information", missing=("primary.emvi",)), a_plan("b")]

    def gates(_fact, value):
        return {"a": "acceptable" if value == "absent" else "not_recommended", "b": "acceptable"}

    (fact,) = advise(plans, outcomes, gates=gates).missing_information
    assert fact.value_qalm == pytest.approx(4.0 * np.mean([v == "absent" for v in drawn]), abs=0.15)
    assert fact.blocks == ("a",)


def test_a_blocking_fact_the_model_does_not_draw_is_listed_without_a_price() -> None:
    plans = [a_plan("a", "needs_information", missing=("primary.emvi",)), a_plan("b")]
    (fact,) = advise(plans, two_plans(1.0)).missing_information
    assert (fact.fact, fact.valued, fact.blocks) == ("primary.emvi", False, ("a",))


def test_facts_have_no_price_when_no_option_could_be_simulated() -> None:
    nothing = simulated([], assumed={"primary.emvi": ["present", "absent"] * 500})
    advice = advise([a_plan("a", "contraindicated")], nothing, emergency="emergency_surgery")
    assert (advice.recommendation.strategy, advice.missing_information) == (None, ())


# --- laws -----------------------------------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_advice_to_the_last_bit() -> None:
    plans = [a_plan("a"), a_plan("b")]
    first = advise(plans, unknown_fact(1.0), preferences=EXTREME, gates=all_open)
    assert first == advise(plans, unknown_fact(1.0), preferences=EXTREME, gates=all_open)


def test_adding_an_option_far_behind_changes_no_order_and_no_name() -> None:
    base = 40 + noise(1)
    rows = [outcomes_of("a", base + 3 + noise(2)), outcomes_of("b", base), outcomes_of("c", base - 30)]
    two = advise([a_plan("a"), a_plan("b")], simulated(rows[:2]))
    three = advise([a_plan("a"), a_plan("b"), a_plan("c")], simulated(rows))
    assert [r.candidate for r in three.ranked if r.candidate != "c"] == [r.candidate for r in two.ranked]
    assert three.recommendation.headline == two.recommendation.headline


def test_the_order_of_the_candidate_list_does_not_matter() -> None:
    plans = [a_plan("a"), a_plan("b")]
    assert advise(plans, two_plans(0.4)) == advise(plans[::-1], two_plans(0.4))


def test_a_parameter_nothing_depends_on_changes_nothing() -> None:
    outcomes = two_plans(1.0)
    with_idle = dataclasses.replace(outcomes, parameter_draws={"u.stoma": np.random.default_rng(77).random(1000)})
    plans = [a_plan("a"), a_plan("b")]
    plain, idle = advise(plans, outcomes), advise(plans, with_idle)
    assert plain.recommendation.evpi_qalm == idle.recommendation.evpi_qalm
    assert [c for c in idle.recommendation.would_change_it if c.kind == "parameter"] == []
    assert plain.ranked == idle.ranked
