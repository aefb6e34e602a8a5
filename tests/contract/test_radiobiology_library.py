"""Every parameter, limit and conflict of radiobiology keeps the promises of its kind."""

import re

import pytest

from pelvicrt.case import FACT_NAMES
from pelvicrt.evidence import facts_of, holds, library, parse
from pelvicrt.foundation import CLASSIFICATION_VALUES, STRATEGY_IDS, UNKNOWN
from pelvicrt.radiobiology import eqd2, total_dose_in_fractions

PARAMETERS = [p for p in library().parameters if p.id.startswith("radiobiology.")]
ROWS = [
    pytest.param(each, row, id=f"{each.id}-{row.structure}-{row.metric}")
    for each in library().limits
    for row in each.rows
]
CONFLICTS = list(library().conflicts)
SHORT_COURSE_GY = 25
UNITS = {"Gy", "1", "hours", "days", "months", "Gy/day"}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.id)
def test_a_parameter_was_seen_somewhere(parameter):
    assert parameter.mark in {"V1", "V2", "D"}
    assert parameter.unit in UNITS
    assert all(cited.says for cited in parameter.evidence)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.id)
def test_our_own_conventions_are_called_assumptions(parameter):
    assert (parameter.mark == "D") == (parameter.grade == "assumption")


@pytest.mark.parametrize(("limits", "row"), ROWS)
def test_a_row_from_memory_is_disabled(limits, row):
    assert row.enabled == (row.mark != "M")


@pytest.mark.parametrize(("limits", "row"), ROWS)
def test_a_row_has_a_limit_unless_it_only_reports(limits, row):
    assert (row.limit is None) == (row.op == "report")


DERIVED = [
    (each, row)
    for each in library().limits
    for row in each.rows
    if row.derived and row.evidence[0].source == "pelvicrt-convention"
]


@pytest.mark.parametrize(("limits", "row"), DERIVED, ids=lambda x: getattr(x, "metric", "") or "")
def test_a_derived_dose_is_the_same_effect_in_five_fractions(limits, row):
    alpha_beta_gy, long_gy = map(
        float, re.fullmatch(r"EQD2 at alpha/beta (\S+) of (\S+) Gy in 25 fractions", row.evidence[0].locator).groups()
    )
    metric_gy = float(re.match(r"V([\d.]+)Gy", row.metric).group(1))
    same = eqd2(dose_per_fraction_gy=long_gy / 25, fractions=25, alpha_beta_gy=alpha_beta_gy)
    exact_gy = total_dose_in_fractions(eqd2_gy=same.value_gy, fractions=5, alpha_beta_gy=alpha_beta_gy)
    assert metric_gy == pytest.approx(exact_gy, abs=0.05)


def limiting_dose_gy(row):
    named = re.match(r"V([\d.]+)Gy", row.metric)
    if named:
        return float(named.group(1))
    return row.limit if row.unit == "Gy" and row.op != "report" and row.derived else 0.0


@pytest.mark.parametrize(("limits", "row"), [p for p in ROWS if p.values[0].regimen_family == "short_course"])
def test_a_limit_above_the_prescription_is_shown_as_one_that_cannot_be_violated(limits, row):
    assert row.never_binding == (limiting_dose_gy(row) > SHORT_COURSE_GY)


def test_long_course_limits_of_the_trial_table_are_the_printed_ones():
    rows = {
        (row.structure, row.metric): row.limit
        for row in library().limits["lcrt-pelvis"].rows
        if row.evidence[0].source == "trials-2016-constraints" and row.structure != "Femur_Head_R"
    }
    assert rows == {
        ("Bladder", "V40Gy[%]"): 50,
        ("Bladder", "V45Gy[%]"): 30,
        ("Bowel_Small", "V35Gy[cc]"): 180,
        ("Bowel_Small", "V40Gy[cc]"): 100,
        ("Bowel_Small", "V45Gy[cc]"): 65,
        ("Femur_Head_L", "V25Gy[%]"): 45,
        ("Femur_Head_L", "V40Gy[%]"): 40,
        ("Femur_Head_L", "V50Gy[%]"): 10,
    }


def test_there_are_28_conflicts_numbered_without_gap():
    assert [int(re.match(r"j(\d\d)-", each.id).group(1)) for each in CONFLICTS] == list(range(1, 29))


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda c: c.id)
def test_a_conflict_asks_a_question_and_has_two_sides(conflict):
    assert conflict.question.en.endswith("?")
    assert conflict.question.zh.endswith("？")
    assert len(conflict.positions) >= 2


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda c: c.id)
def test_a_conflict_reads_only_known_facts_and_concerns_known_strategies(conflict):
    classes = {f"class.{kind}" for kind in CLASSIFICATION_VALUES}
    assert facts_of(parse(conflict.applies_when)) <= classes | set(FACT_NAMES)
    assert set(conflict.concerns) <= set(STRATEGY_IDS)


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda c: c.id)
def test_a_position_from_memory_says_so(conflict):
    assert all("ot verified" in p.says.en and "未核实" in p.says.zh for p in conflict.positions if p.mark == "M")


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda c: c.id)
def test_words_of_a_conflict_keep_the_house_rules(conflict):
    texts = [conflict.question, conflict.behaviour]
    texts += [text for p in conflict.positions for text in (p.who, p.says, p.then)]
    assert not [
        t for t in texts if re.search(r"[!！–—]", t.en + t.zh) or re.search(r"\d-\d", t.en.replace("TRG1-2", ""))
    ]


@pytest.mark.parametrize("conflict", [c for c in CONFLICTS if c.ruler_fact], ids=lambda c: c.id)
def test_a_ruler_has_a_range_between_its_thresholds(conflict):
    marks = [p.threshold for p in conflict.positions if p.threshold is not None]
    assert (conflict.disputed_from, conflict.disputed_to) == (min(marks), max(marks))


CURABLE = {"class.liver": "upfront_local"}
HIGH = {"class.pelvis": "high"}
HOLDS = {
    "j01-omission-height": {"primary.distance_anal_verge_cm": 8, "class.pelvis": "low"},
    "j02-long-course-base-dose": HIGH,
    "j03-height-anchor": {"primary.distance_anal_verge_cm": 6, "primary.distance_anorectal_junction_cm": 3},
    "j04-mesorectal-fascia-cut": {"primary.mrf_mm": 1.5},
    "j05-short-or-long-high-risk": HIGH,
    "j06-order-of-treatment": CURABLE,
    "j07-radiotherapy-and-survival": {"derived.liver_present": True, **HIGH},
    "j08-chemotherapy-before-easy-liver-surgery": CURABLE,
    "j09-deficient-repair-first-step": {"class.mmr": "deficient"},
    "j10-watch-and-wait-with-metastases": {"preferences.organ_preservation": 8, **CURABLE},
    "j11-small-bowel-limit": HIGH,
    "j12-tumour-alpha-beta": {"class.symptomatic": "symptomatic"},
    "j13-cycles-before-liver-surgery": CURABLE,
    "j14-dpyd-intermediate": {"patient.dpyd_activity": 1.5},
    "j15-interval-after-long-course": HIGH,
    "j16-lateral-node": {"derived.lateral_node_max_at_least_mm": 7.0},
    "j17-stent-or-stoma": {"symptoms.obstruction": "impending"},
    "j18-chemotherapy-after-liver-surgery": CURABLE,
    "j19-synchronous-definition": {"derived.synchronicity_days": 90},
    "j20-liver-mri": {"liver.mri_done": False},
    "j21-nodes-as-high-risk": {
        "primary.cn": "N2",
        "primary.emvi": "absent",
        "primary.mrf_mm": 4,
        "derived.is_t4": False,
    },
    "j22-first-step": {**CURABLE, **HIGH},
    "j23-regimen-for-organ-preservation": {"preferences.organ_preservation": 8},
    "j24-radiotherapy-and-leak": {**CURABLE, **HIGH},
    "j25-response-and-control": HIGH,
    "j26-early-metachronous-clock": {"derived.synchronicity_days": 90},
    "j27-bed-cut": {"class.symptomatic": "symptomatic"},
    "j28-short-course-limits": HIGH,
}
DOES_NOT_HOLD = {
    "j01-omission-height": {"primary.distance_anal_verge_cm": 10.5, "class.pelvis": "low"},
    "j03-height-anchor": {"primary.distance_anal_verge_cm": 4, "primary.distance_anorectal_junction_cm": 1},
    "j04-mesorectal-fascia-cut": {"primary.mrf_mm": 1},
    "j10-watch-and-wait-with-metastases": {"preferences.organ_preservation": 2, **CURABLE},
    "j14-dpyd-intermediate": {"patient.dpyd_activity": 2},
    "j16-lateral-node": {"derived.lateral_node_max_mm": 6.9, "derived.lateral_node_max_at_least_mm": 6.9},
    "j19-synchronous-definition": {"derived.synchronicity_days": 0, "liver.synchronicity": "synchronous"},
    "j21-nodes-as-high-risk": {
        "primary.cn": "N2",
        "primary.emvi": "present",
        "primary.mrf_mm": 4,
        "derived.is_t4": False,
    },
}


def verdict(conflict_id, facts):
    return holds(parse(library().conflicts[conflict_id].applies_when), lambda name: facts.get(name, UNKNOWN)).value


@pytest.mark.parametrize("conflict_id", HOLDS)
def test_a_conflict_shows_for_a_patient_it_is_about(conflict_id):
    assert verdict(conflict_id, HOLDS[conflict_id]) is True


@pytest.mark.parametrize("conflict_id", DOES_NOT_HOLD)
def test_a_conflict_stays_away_from_a_patient_it_is_not_about(conflict_id):
    assert verdict(conflict_id, DOES_NOT_HOLD[conflict_id]) is False


@pytest.mark.parametrize("conflict_id", HOLDS)
def test_a_conflict_is_undecided_when_nothing_is_known(conflict_id):
    assert verdict(conflict_id, {}) is None


def test_every_conflict_has_a_patient_it_is_about():
    assert set(HOLDS) == {each.id for each in CONFLICTS}


def test_every_source_of_limits_and_conflicts_exists():
    cited = {c.source for each in library().limits for row in each.rows for c in row.evidence}
    cited |= {c.source for each in CONFLICTS for p in each.positions for c in p.evidence}
    cited |= {c.source for p in PARAMETERS for c in p.evidence}
    assert sorted(s for s in cited if s not in library().sources and s not in library().studies) == []
