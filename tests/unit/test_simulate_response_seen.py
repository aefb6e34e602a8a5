"""A primary that was looked at again: what it showed is where the numbers start, never drawn anew."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from tests.support.simulate_plans import a_case, a_classification, built, candidate
from tests.support.simulate_twin import a_setting

from pelvicrt.case import TreatedStep
from pelvicrt.evidence import library
from pelvicrt.simulate import GOMPERTZ, simulate
from pelvicrt.simulate.block import parts_of_block
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.pelvis import still_clear
from pelvicrt.simulate.start import read_start
from pelvicrt.simulate.tree import Course

TODAY = a_case().assessed_on
MONTH = dt.timedelta(days=365.25 / 12)
RT = TreatedStep(step="long_course", start=TODAY - 8 * MONTH, end=TODAY - 7 * MONTH)
DRUGS = TreatedStep(step="systemic", start=TODAY - 6 * MONTH, end=TODAY - 2 * MONTH)
LIVER = TreatedStep(step="liver_local", start=TODAY - MONTH, end=TODAY - MONTH)
LATER = TreatedStep(step="systemic", start=TODAY - MONTH / 2, end=TODAY)
DRAWS = 40
LINEAR = (
    "overall_survival", "progression_free_survival", "local_recurrence", "distant_progression", "all_sites_cleared",
    "organ_preservation",
)  # fmt: skip


def looked(word: str, on: dt.date = TODAY, step: str = "restage") -> TreatedStep:
    return TreatedStep(step=step, start=on, end=on, response_primary=word)


def after(*steps: TreatedStep):
    return replace(a_case(), treated_so_far=steps)


def curves(*steps: TreatedStep, policy: bool = True, spec: str = "assess_pelvis tme"):
    setting = a_setting(candidate("p", spec, "LC-50.4", policy=policy), case=after(*steps), draws=DRAWS)
    return parts_of_block(setting, slice(0, DRAWS))[0]


def only(result):
    return next(iter(result.by_candidate.values()))


def raw(part, name: str):
    return next(item for item in part.raws if item.name == name)


# --- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "response"),
    [
        ((RT, DRUGS), ""),
        ((RT, DRUGS, looked("complete")), "complete"),
        ((RT, looked("complete", TODAY - MONTH), LATER), "complete"),
        ((RT, DRUGS, looked("partial")), "incomplete"),
        ((RT, DRUGS, looked("stable")), "incomplete"),
        ((RT, DRUGS, looked("progression")), "incomplete"),
        ((RT, looked("partial", TODAY - MONTH), LATER), ""),
        ((RT, DRUGS, looked("near_complete")), ""),
        ((RT, looked("partial"), looked("complete")), "complete"),
        ((RT, looked("complete"), looked("partial")), "incomplete"),
        ((looked("complete", TODAY - 9 * MONTH, "systemic"), RT), ""),
        ((DRUGS, looked("complete")), ""),
        ((TreatedStep(step="immunotherapy"), looked("complete")), "complete"),
        ((replace(RT, response_primary="complete"),), "complete"),
        ((RT, looked("complete"), TreatedStep(step="tme", end=TODAY)), ""),
    ],
)  # fmt: skip
def test_only_what_the_primary_last_showed_after_pelvic_treatment_counts(steps, response) -> None:
    assert read_start(after(*steps)).response == response


@pytest.mark.parametrize("word", ["complete", "near_complete", "partial"])
def test_a_reader_is_told_what_was_made_of_it(word) -> None:
    (said,) = read_start(after(RT, looked(word, TODAY - MONTH))).notes
    assert word.replace("partial", "not complete").replace("_", "-") in said.en
    assert "{" not in said.en + said.zh


def test_how_long_ago_it_was_seen() -> None:
    assert read_start(after(RT, looked("complete", TODAY - 3 * MONTH))).response_seen == pytest.approx(3.0, abs=0.02)


# --- what follows ---------------------------------------------------------------------------------------------------


def test_what_was_expected_is_the_mixture_of_both_answers() -> None:
    """Law of total probability, draw by draw: chance of cCR x (cCR seen) + the rest x (none seen)."""
    expected, yes, no = (curves(RT, DRUGS, LIVER, *seen) for seen in ((), (looked("complete"),), (looked("partial"),)))
    chance = raw(expected, "complete_clinical_response").values
    assert 0.05 < chance.mean() < 0.6
    for name in LINEAR:
        mixed = chance * yes.curves[name] + (1.0 - chance) * no.curves[name]
        assert np.abs(expected.curves[name] - mixed).max() < 1e-9, name


def test_those_operated_on_have_the_pathology_of_what_was_seen() -> None:
    """The same law for pCR when nobody keeps the rectum; nine in ten or so of complete responders have it."""
    steps = (RT, DRUGS, LIVER)
    chance = raw(curves(*steps), "complete_clinical_response").values
    whole, yes, no = (
        raw(curves(*steps, *seen, policy=False), "pathological_complete_response").values
        for seen in ((), (looked("complete"),), (looked("partial"),))
    )
    # The odds ratio of long against short course moves the chance of cCR, not what stands behind it.
    assert whole.mean() == pytest.approx((chance * yes + (1.0 - chance) * no).mean(), abs=0.03)
    assert no.mean() < whole.mean() < yes.mean()


def test_a_response_already_seen_is_no_outcome_any_more() -> None:
    assert not raw(curves(RT, looked("complete")), "complete_clinical_response").applies
    assert raw(curves(RT), "complete_clinical_response").applies


def test_a_complete_response_keeps_the_organ_in_everyone_today() -> None:
    kept = curves(RT, DRUGS, LIVER, looked("complete")).curves["organ_preservation"]
    assert np.abs(kept[:, 0] - 1.0).max() < 1e-12
    assert (np.diff(kept, axis=1) <= 1e-12).all()


def test_a_complete_response_holds_while_the_liver_still_waits() -> None:
    kept = curves(RT, DRUGS, looked("complete"), spec="wait:4 liver_local assess_pelvis tme").curves
    assert np.abs(kept["organ_preservation"][:, 0] - 1.0).max() < 1e-12
    assert (kept["all_sites_cleared"][:, 0] == 0.0).all()
    assert (kept["all_sites_cleared"][:, 12] > 0.5).all()


def test_without_a_complete_response_nobody_keeps_the_organ_unless_much_more_is_given() -> None:
    seen = (RT, DRUGS, LIVER, looked("partial"))
    assert not curves(*seen).curves["organ_preservation"][:, 24].any()
    assert curves(*seen, spec="systemic:30 assess_pelvis tme").curves["organ_preservation"][:, 24].any()


def test_months_already_free_of_regrowth_count() -> None:
    """No relapse and no other death: kept for s more months is G(t + s) / G(t), t the months since it was seen."""
    alone = {"relapse.cure": 1.0 - 1e-12, "background.h65.male": 1e-12}
    year_ago = TODAY - 12 * MONTH
    rt = replace(RT, start=year_ago - 6 * MONTH, end=year_ago - 5 * MONTH)
    case = after(rt, replace(LIVER, start=year_ago - MONTH, end=year_ago), looked("complete", year_ago))
    plan = candidate("p", "assess_pelvis tme", "LC-50.4", policy=True)
    found = simulate(case, a_classification(), [plan], library(), draws=DRAWS, seed=2, fixed=alone, life_table=GOMPERTZ)
    setting = a_setting(plan, case=case, draws=DRAWS, seed=2, fixed=alone, life_table=GOMPERTZ)
    kept = only(found).curves["organ_preservation"]
    course = Course(
        setting.plans[0], Disease(setting.parameters, setting.patient, limited_access=False), setting.start, cells=60
    )
    course.run()
    (landing,) = course.ledger.landings
    months, ago = np.array([12.0, 24.0, 36.0]), setting.start.response_seen
    answer = landing.branch.answer
    whole = still_clear(
        setting.parameters, setting.patient, landing.branch.rt, answer.residual, np.zeros(DRAWS),
        np.tile(np.append(0.0, months) + ago, (DRAWS, 1)),
    )  # fmt: skip
    assert ago == pytest.approx(12.0, abs=0.02)
    assert kept[:, [12, 24, 36]] == pytest.approx(whole[:, 1:] / whole[:, :1], abs=2e-3)


def test_the_longer_clear_the_less_regrowth_to_come() -> None:
    risks = [
        raw(curves(RT, DRUGS, LIVER, looked("complete", TODAY - months * MONTH)), "local_regrowth").values[:, 2].mean()
        for months in (0, 1)
    ]
    assert risks[1] < risks[0]


def test_every_plan_of_the_library_can_start_from_it() -> None:
    plans = [
        built(name, policy=policy) for name in ("lcrt_tnt", "interval", "palliative_rt") for policy in (False, True)
    ]
    case = after(RT, DRUGS, looked("complete"))
    found = simulate(case, a_classification(), plans, library(), draws=DRAWS, seed=2)
    for outcomes in found.by_candidate.values():
        alive = outcomes.curves["overall_survival"]
        assert ((alive >= 0.0) & (alive <= 1.0 + 1e-12)).all()
        assert (outcomes.curves["organ_preservation"] <= alive + 1e-12).all()
