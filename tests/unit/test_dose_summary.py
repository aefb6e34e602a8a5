"""What the dose summary says, refuses and writes as JSON."""

import json

import pytest

from pelvicrt.dose import dose_summary
from pelvicrt.foundation import UsageError


def test_the_headline_uses_the_planning_value_unless_asked():
    assert dose_summary(total_gy=25, fractions=5).alpha_beta_gy == 10


def test_the_headline_uses_the_value_asked_for():
    found = dose_summary(total_gy=25, fractions=5, alpha_beta_gy=3)
    assert (found.alpha_beta_gy, found.eqd2_gy) == (3, pytest.approx(40))


def test_an_own_alpha_beta_gets_its_own_line():
    assert "alpha/beta 7 Gy: BED 42.86 Gy, EQD2 33.33 Gy" in dose_summary(
        total_gy=25, fractions=5, alpha_beta_gy=7
    ).lines("en")


def test_time_is_corrected_with_the_alpha_beta_of_its_own_fit():
    found = dose_summary(total_gy=50.4, fractions=28, days=38, alpha_beta_gy=3).time_corrected
    assert (found.alpha_beta_gy, found.eqd2_gy) == (11.1, pytest.approx(43.931, abs=0.001))


def test_without_days_time_is_not_corrected():
    assert dose_summary(total_gy=50.4, fractions=28).time_corrected is None


def test_with_a_boost_time_is_left_out_and_said_to_be():
    found = dose_summary(total_gy=50.4, fractions=28, days=38, boost_total_gy=10, boost_fractions=2)
    assert (found.time_corrected, "time_left_out" in {each.kind for each in found.warnings}) == (None, True)


def test_a_small_boost_is_added():
    found = dose_summary(total_gy=50.4, fractions=28, boost_total_gy=10, boost_fractions=2)
    assert found.eqd2_gy == pytest.approx(62.06, abs=0.01)


def test_several_fractions_a_day_come_with_incomplete_repair():
    found = dose_summary(total_gy=39, fractions=26, fractions_per_day=2, gap_hours=6)
    values = {(each.half_time_hours, each.alpha_beta_gy): each.eqd2_gy for each in found.incomplete_repair}
    # By hand: h = 2^-(6 / 2) = 0.125, EQD2 = 39 (1 + 1.125 * 1.5 / 3) / (1 + 2 / 3).
    assert values[2.0, 3.0] == pytest.approx(39 * (1 + 1.125 * 0.5) / (5 / 3), abs=1e-9)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "below"), [(25, 5, True), (30, 10, True), (39, 13, False), (8, 1, True)]
)
def test_a_bed_below_the_cut_of_one_series_is_noted(total_gy, fractions, below):
    kinds = {each.kind for each in dose_summary(total_gy=total_gy, fractions=fractions).warnings}
    assert ("bed_cut" in kinds) is below


def test_the_note_on_the_cut_promises_nothing_about_control():
    (note,) = (each for each in dose_summary(total_gy=25, fractions=5).warnings if each.kind == "bed_cut")
    assert "below the 40 Gy cut of one series at alpha/beta 10" in note.text.en
    assert "short" not in note.text.en


@pytest.mark.parametrize(("total_gy", "fractions", "flagged"), [(25, 5, False), (8, 1, True), (90, 3, True)])
def test_fractions_beyond_the_comfortable_range_are_flagged(total_gy, fractions, flagged):
    kinds = {each.kind for each in dose_summary(total_gy=total_gy, fractions=fractions).warnings}
    assert ("large_fraction" in kinds) is flagged


def test_regression_is_run_on_physical_dose_and_eqd2():
    found = dose_summary(total_gy=50.4, fractions=28).tumour_regression
    assert [(each.dose_metric, each.dose_gy) for each in found] == [
        ("physical", 50.4),
        ("eqd2", pytest.approx(49.56, abs=0.005)),
    ] * 2


def test_regression_of_a_short_course_is_flagged_as_outside_the_fit():
    found = dose_summary(total_gy=25, fractions=5).tumour_regression
    assert all(each.flagged("dose_range") for each in found)


def test_regression_outside_the_fit_is_not_printed():
    text = "\n".join(dose_summary(total_gy=25, fractions=5).lines("en"))
    assert "of 100" not in text
    assert "tumour regression not shown" in text


def test_json_holds_the_contract_keys():
    plain = json.loads(json.dumps(dose_summary(total_gy=25, fractions=5, alpha_beta_gy=10).to_json()))
    assert {key: plain[key] for key in ("bed_gy", "eqd2_gy", "alpha_beta_gy", "total_gy", "fractions")} == {
        "bed_gy": 37.5,
        "eqd2_gy": 31.25,
        "alpha_beta_gy": 10,
        "total_gy": 25,
        "fractions": 5,
    }


def test_chinese_lines_hold_no_english_sentence():
    lines = dose_summary(total_gy=50.4, fractions=28, days=38).lines("zh")
    assert [line for line in lines if not any("\u4e00" <= letter <= "\u9fff" for letter in line)] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"total_gy": 990, "fractions": 3}, r"up to 100 Gy; you wrote 990"),
        ({"total_gy": 0, "fractions": 3}, r"above 0 and up to 100 Gy; you wrote 0"),
        ({"total_gy": float("nan"), "fractions": 3}, r"you wrote nan"),
        ({"total_gy": 50, "fractions": 1}, r"up to 30 Gy; this schedule has 50 Gy"),
        ({"total_gy": 25, "fractions": 0}, r"must be 1 or more; you wrote 0"),
        ({"total_gy": 25, "fractions": 5, "alpha_beta_gy": 0}, r"above 0 and up to 50 Gy; you wrote 0"),
        ({"total_gy": 25, "fractions": 5, "alpha_beta_gy": -1}, r"you wrote -1"),
        ({"total_gy": 25, "fractions": 5, "days": 4}, r"at least 5; you wrote 4"),
        ({"total_gy": 39, "fractions": 26, "fractions_per_day": 2}, r"state the hours between them"),
        (
            {"total_gy": 39, "fractions": 26, "fractions_per_day": 2, "gap_hours": 13},
            r"above 0 and up to 12 hours; you wrote 13",
        ),
        ({"total_gy": 45, "fractions": 25, "boost_total_gy": 9}, r"give both or neither"),
    ],
)
def test_a_schedule_without_meaning_is_refused(wrong, words):
    with pytest.raises(UsageError, match=words):
        dose_summary(**wrong)


def test_twenty_six_fractions_twice_a_day_fit_into_thirteen_days():
    found = dose_summary(total_gy=39, fractions=26, fractions_per_day=2, gap_hours=6, days=13)
    assert found.time_corrected is not None


def test_one_fraction_reads_as_one_fraction():
    assert dose_summary(total_gy=8, fractions=1).lines("en")[0] == "8 Gy in a single fraction"
