"""Does each check of the library catch the violation it is for? One planted fault a test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from pelvicrt.evidence import Library, check_library, list_records, show_record
from pelvicrt.evidence.licence import copied
from pelvicrt.foundation import UsageError

TODAY = dt.date(2026, 11, 22)
DAY = {"valid_from": TODAY, "checked_on": TODAY}


def both(words: str) -> dict[str, str]:
    return {"en": words, "zh": "中文"}


SOURCE: dict[str, Any] = {
    "id": "trial-a",
    "title": "A trial",
    "kind": "trial",
    "mark": "V1",
    "seen": {"what": "abstract", "on": TODAY},
}
REGIMEN: dict[str, Any] = {
    "id": "R-1",
    "name": both("five fractions"),
    "family": "short_course",
    "intent": "preoperative",
    "total_gy": 25.0,
    "fractions": 5,
    "duration_days": 5,
    "evidence": [{"source": "trial-a"}],
    "grade": "randomised",
    "mark": "V1",
    **DAY,
}
PARAMETER: dict[str, Any] = {
    "id": "p.one",
    "name": both("one number"),
    "quantity": "ratio",
    "unit": "1",
    "spread": {"family": "lognormal", "a": 0.5, "b": 0.1},
    "applies_to": "everyone",
    "evidence": [{"source": "trial-a"}],
    "grade": "cohort",
    "mark": "V1",
    **DAY,
}
WINDOW: dict[str, Any] = {
    "id": "w.one",
    "name": both("a window"),
    "from_event": "rt",
    "to_event": "tme",
    "min_days": 7,
    "preferred_days": [14, 21],
    "max_days": 28,
    "reason": both("because"),
    "evidence": [{"source": "trial-a"}],
    "grade": "cohort",
    "mark": "V1",
    **DAY,
}
FINDING: dict[str, Any] = {"quantity": "overall_survival", "value": 0.5, "unit": "proportion"}
RULE: dict[str, Any] = {
    "id": "r1",
    "when": {"fact": "primary.emvi", "is": "present"},
    "then": "high",
    "text": both("vessels invaded"),
    "evidence": [{"source": "trial-a"}],
    "grade": "expert",
    "mark": "V1",
}
GUIDELINE: dict[str, Any] = {
    "id": "g.one",
    "name": both("a guideline"),
    "question": "pelvic_risk",
    "population": both("patients without metastases"),
    "from_m0": True,
    "rules": [RULE],
    **DAY,
}
STRATEGY: dict[str, Any] = {
    "id": "scrt_chemo_surgery",
    "name": both("a plan"),
    "summary": both("a plan in short"),
    "intent": "curative",
    "variants": [{"regimen": "R-1", "steps": [{"id": "rt", "kind": "short_course", "label": both("radiotherapy")}]}],
    "windows": ["w.one"],
    "rules": [],
    **DAY,
}
CONFLICT: dict[str, Any] = {
    "id": "c.one",
    "question": both("which one"),
    "positions": [
        {
            "who": both("these"),
            "says": both("this"),
            "then": both("so"),
            "evidence": [{"source": "trial-a"}],
            "mark": "V1",
        }
    ],
    "behaviour": both("both are shown"),
    "applies_when": {"fact": "primary.emvi", "is": "present"},
    "concerns": ["scrt_chemo_surgery"],
    **DAY,
}


def study(**changes: Any) -> dict[str, Any]:
    finding = {**FINDING, **changes}
    return {
        "source": {**SOURCE, "id": "study-a"},
        "topic": "pelvic",
        "design": "trial",
        "population": "patients",
        "findings": [finding],
    }


def problems(tmp_path: Path, *records: tuple[str, dict[str, Any]], **options: Any) -> list[str]:
    """What the check says of a library of these records beside one sound source."""
    for kind, record in (("sources", SOURCE), *records):
        folder = tmp_path / kind
        folder.mkdir(exist_ok=True)
        record_id = record.get("id") or record["source"]["id"]
        (folder / f"{record_id}.yaml").write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    return [problem.say("en") for problem in check_library(Library(tmp_path), today=TODAY, **options)]


def only(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]


def test_a_sound_library_has_no_problem(tmp_path):
    sound = [
        ("studies", study()),
        ("regimens", REGIMEN),
        ("parameters", PARAMETER),
        ("windows", WINDOW),
        ("guidelines", GUIDELINE),
        ("strategies", STRATEGY),
        ("conflicts", CONFLICT),
    ]

    assert problems(tmp_path, *sound) == []


def test_a_file_outside_its_schema_is_named_and_hides_no_other_problem(tmp_path):
    found = problems(tmp_path, ("regimens", {**REGIMEN, "dose": 25}), ("parameters", {**PARAMETER, "unit": "furlong"}))

    assert any("regimens/R-1.yaml: dose" in line for line in found)
    assert any("parameters/p.one.yaml: unit: found 'furlong'" in line for line in found)


def test_an_id_may_not_be_both_a_source_and_a_study(tmp_path):
    twin = {**study(), "source": SOURCE}

    assert "an id used once; sources/trial-a.yaml has it" in only(problems(tmp_path, ("studies", twin)))


def test_a_file_must_bear_the_name_of_its_record(tmp_path):
    problems(tmp_path)
    (tmp_path / "sources" / "other.yaml").write_text(yaml.safe_dump({**SOURCE, "id": "trial-b"}), encoding="utf-8")

    assert "the file's name, other" in only(problems(tmp_path))


def test_a_file_of_no_known_kind_is_refused(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "x.yaml").write_text("id: x\n", encoding="utf-8")

    assert "a .yaml file in one of" in only(problems(tmp_path))


@pytest.mark.parametrize(
    ("kind", "record"),
    [("regimens", REGIMEN), ("parameters", PARAMETER), ("windows", WINDOW), ("guidelines", GUIDELINE)],
)
def test_a_source_nobody_recorded_is_refused_in_every_kind(tmp_path, kind, record):
    nobody = [{"source": "nobody"}]
    broken = (
        {**record, "evidence": nobody} if "evidence" in record else {**record, "rules": [{**RULE, "evidence": nobody}]}
    )

    assert "'nobody'; expected an id of sources or studies" in only(problems(tmp_path, (kind, broken)))


def test_a_record_without_any_source_is_refused(tmp_path):
    assert "expected at least one source" in only(problems(tmp_path, ("windows", {**WINDOW, "evidence": []})))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variants": [{**STRATEGY["variants"][0], "regimen": "R-9"}]}, "variants.0.regimen: found 'R-9'"),
        ({"windows": ["w.nine"]}, "windows.0: found 'w.nine'"),
        ({"id": "wishful"}, "id: found 'wishful'"),
    ],
)
def test_a_strategy_may_only_name_what_exists(tmp_path, change, message):
    shelf = [("regimens", REGIMEN), ("windows", WINDOW), ("strategies", {**STRATEGY, **change})]

    assert message in only(problems(tmp_path, *shelf))


def test_a_conflict_may_only_concern_what_exists(tmp_path):
    found = problems(tmp_path, ("conflicts", {**CONFLICT, "concerns": ["wishful"]}))

    assert "concerns.0: found 'wishful'" in only(found)


def test_one_publication_is_not_two_sources(tmp_path):
    twins = [("sources", {**SOURCE, "id": name, "doi": "10.1/ABC"}) for name in ("trial-b", "trial-c")]

    assert "doi: found 10.1/ABC, as in trial-b" in only(problems(tmp_path, *twins))


def test_one_publication_is_two_studies_only_when_they_count_once(tmp_path):
    twins = [{**study(), "source": {**SOURCE, "id": name, "doi": "10.1/abc"}} for name in ("study-b", "study-c")]

    assert "the overlap group of study-b" in only(problems(tmp_path, *(("studies", twin) for twin in twins)))
    grouped = [("studies", {**twin, "overlap_group": "abc"}) for twin in twins]
    assert problems(tmp_path, *grouped) == []


def test_a_parameter_from_memory_is_refused(tmp_path):
    assert "a figure that was read" in only(problems(tmp_path, ("parameters", {**PARAMETER, "mark": "M"})))


@pytest.mark.parametrize(("kind", "record"), [("regimens", REGIMEN), ("windows", WINDOW)])
def test_a_record_from_memory_must_be_switched_off(tmp_path, kind, record):
    found = problems(tmp_path, (kind, {**record, "mark": "M"}))

    assert "enabled: found true" in only(found)


@pytest.mark.parametrize(("kind", "record"), [("regimens", REGIMEN), ("windows", WINDOW)])
def test_a_record_from_memory_that_is_switched_off_passes(tmp_path, kind, record):
    assert problems(tmp_path, (kind, {**record, "mark": "M", "enabled": False})) == []


def test_a_rule_from_memory_inside_a_live_guideline_must_be_switched_off(tmp_path):
    found = problems(tmp_path, ("guidelines", {**GUIDELINE, "rules": [{**RULE, "mark": "M"}]}))

    assert "rules.0.enabled: found true" in only(found)


@pytest.mark.parametrize(("mark", "source_mark"), [("V1", "V2"), ("V1", "M"), ("V2", "M"), ("V2", "D")])
def test_a_record_cannot_be_better_read_than_its_sources(tmp_path, mark, source_mark):
    source = {**SOURCE, "id": "digest", "mark": source_mark}
    window = {**WINDOW, "mark": mark, "evidence": [{"source": "digest"}]}
    found = problems(tmp_path, ("sources", source), ("windows", window))

    assert f"{mark} on sources marked {source_mark}" in only(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": 50}, "value: found 50"),
        ({"value": 0.5, "ci95": [0.6, 0.7]}, "an interval that holds its value"),
        ({"unit": "parrots"}, "unit: found 'parrots'"),
        ({"unit": "hazard_ratio", "value": -1}, "a ratio above 0"),
        ({"numerator": 9, "denominator": 10}, "0.900, its counts' share"),
        ({"numerator": 11, "denominator": 10}, "a part of the whole"),
        ({"range": [0.6, 0.9]}, "an interval that holds its value"),
    ],
)
def test_an_impossible_finding_is_refused(tmp_path, change, message):
    found = problems(tmp_path, ("studies", study(**change)))

    assert any(message in line for line in found), found


@pytest.mark.parametrize(
    ("family", "a", "b"),
    [
        ("normal", 0.0, 0.0),
        ("lognormal", -1.0, 0.1),
        ("beta", 2.0, 0.0),
        ("uniform", 2.0, 1.0),
        ("logitnormal", 1.5, 0.1),
        ("fixed", 1.0, 0.2),
        ("truncated_normal", 1.0, -0.1),
        ("normal", float("nan"), 1.0),
    ],
)
def test_numbers_a_distribution_cannot_have_are_refused(tmp_path, family, a, b):
    found = problems(tmp_path, ("parameters", {**PARAMETER, "spread": {"family": family, "a": a, "b": b}}))

    assert "numbers this family can have" in only(found)


def test_a_date_to_come_is_refused(tmp_path):
    found = problems(tmp_path, ("windows", {**WINDOW, "checked_on": dt.date(2026, 11, 23)}))

    assert "checked_on: found 2026-11-23; expected a date not after 2026-11-22" in only(found)


def test_a_text_left_untranslated_is_refused(tmp_path):
    found = problems(tmp_path, ("windows", {**WINDOW, "reason": {"en": "because of this", "zh": "because"}}))

    assert "reason.zh: found no Chinese characters" in only(found)


@pytest.mark.parametrize(
    ("en", "zh"), [("CAPOX", "CAPOX"), ("1 mm or less", "≤1 mm"), ("ASTRO 2020 and 2024", "ASTRO 2020、2024")]
)
def test_what_symbols_and_usual_abbreviations_say_needs_no_chinese(tmp_path, en, zh):
    assert problems(tmp_path, ("windows", {**WINDOW, "name": {"en": en, "zh": zh}})) == []


def test_a_whole_sentence_said_by_symbols_only_is_refused(tmp_path):
    found = problems(tmp_path, ("windows", {**WINDOW, "name": {"en": "not before the wound has healed", "zh": "TODO"}}))

    assert "name.zh: found no Chinese characters" in only(found)


def test_the_news_typo_of_990_gy_is_caught(tmp_path):
    # T14: one news page prints contact brachytherapy as "990 Gy/3 fractions" instead of 90.
    typo = {**REGIMEN, "family": "brachytherapy", "total_gy": 990.0, "fractions": 3}
    found = problems(tmp_path, ("regimens", typo))

    assert any("at most 150 Gy" in line for line in found)


def test_a_second_source_does_not_lift_the_ceiling(tmp_path):
    typo = {**REGIMEN, "family": "brachytherapy", "total_gy": 990.0, "fractions": 3}
    two = [{"source": "trial-a"}, {"source": "trial-b"}]
    found = problems(tmp_path, ("sources", {**SOURCE, "id": "trial-b"}), ("regimens", {**typo, "evidence": two}))

    assert "at most 150 Gy" in only(found)


def test_an_unusual_dose_needs_two_different_sources(tmp_path):
    unusual = {**REGIMEN, "total_gy": 35.0}
    same_twice = [{"source": "trial-a"}, {"source": "trial-a", "locator": "table 2"}]

    assert any(
        "two different sources" in line
        for line in problems(tmp_path, ("regimens", {**unusual, "evidence": same_twice}))
    )


def test_an_unusual_dose_with_two_sources_passes(tmp_path):
    two = [{"source": "trial-a"}, {"source": "trial-b"}]
    shelf = [("sources", {**SOURCE, "id": "trial-b"}), ("regimens", {**REGIMEN, "total_gy": 35.0, "evidence": two})]

    assert problems(tmp_path, *shelf) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fractions": 25}, "fractions: found 1 Gy"),
        ({"duration_days": 3}, "duration_days: found 3"),
        ({"duration_days": 50}, "duration_days: found 50"),
        ({"fractions": 10, "fractions_per_day": 2}, "min_gap_hours: found None"),
    ],
)
def test_a_schedule_that_does_not_add_up_is_refused(tmp_path, change, message):
    assert any(message in line for line in problems(tmp_path, ("regimens", {**REGIMEN, **change})))


@pytest.mark.parametrize(
    "change", [{"min_days": 20}, {"max_days": 16}, {"max_days": 9000}, {"forbidden_days": [17, 11]}]
)
def test_a_window_that_cannot_be_met_is_refused(tmp_path, change):
    assert len(problems(tmp_path, ("windows", {**WINDOW, **change}))) == 1


def test_a_condition_without_meaning_is_refused(tmp_path):
    found = problems(tmp_path, ("windows", {**WINDOW, "applies_when": {"fact": "x", "about": 3}}))

    assert "applies_when" in only(found)


def test_a_condition_on_a_fact_no_case_has_is_refused_when_facts_are_known(tmp_path):
    found = problems(tmp_path, ("guidelines", GUIDELINE), known_facts={"primary.mrf_mm"})

    assert "rules.0.when: found 'primary.emvi'; expected a fact of a case" in only(found)


RESTRICTED = {**SOURCE, "id": "trial-a", "licence_note": "All rights reserved."}


def test_a_long_text_on_a_restricted_source_is_refused(tmp_path):
    problems(tmp_path)
    long = {"en": " ".join(["word"] * 61), "zh": "中文"}
    found = problems(tmp_path, ("sources", RESTRICTED), ("windows", {**WINDOW, "reason": long}))

    assert "reason.en: found 61 words" in only(found)


def test_the_same_long_text_on_a_free_source_passes(tmp_path):
    assert problems(tmp_path, ("windows", {**WINDOW, "reason": {"en": " ".join(["word"] * 61), "zh": "中文"}})) == []


def test_a_quotation_from_a_restricted_source_is_refused(tmp_path):
    quoted = {"en": 'they say "one two three four five six seven" there', "zh": "中文"}
    found = problems(tmp_path, ("sources", RESTRICTED), ("windows", {**WINDOW, "reason": quoted}))

    assert "a quotation of 7 words" in only(found)


def test_wording_of_a_protected_text_is_refused_on_any_source(tmp_path):
    item = {"en": "asks about the past: During the past week, were you tired", "zh": "中文"}

    assert "'during the past week'" in only(problems(tmp_path, ("windows", {**WINDOW, "reason": item})))


def test_a_guideline_with_its_own_licence_note_is_held_to_the_strict_rule(tmp_path):
    text = {"en": " ".join(["word"] * 61), "zh": "中文"}
    strict = {**GUIDELINE, "licence_note": "Not to be embedded.", "rules": [{**RULE, "text": text}]}

    assert "rules.0.text.en" in only(problems(tmp_path, ("guidelines", strict)))


def test_the_licence_rule_reads_nothing_it_was_not_given():
    assert list(copied(object(), restricted=())) == []


def test_dates_may_be_written_with_a_plain_on(tmp_path):
    problems(tmp_path)
    plain = "id: trial-b\ntitle: T\nkind: trial\nmark: V1\nseen: {what: abstract, on: 2026-11-22}\n"
    (tmp_path / "sources" / "trial-b.yaml").write_text(plain, encoding="utf-8")

    assert Library(tmp_path).sources["trial-b"].seen.on == TODAY


def test_an_unknown_kind_names_those_that_exist():
    with pytest.raises(UsageError, match="the kinds are sources, studies"):
        list_records("sourcez")


def test_an_unknown_record_names_the_nearest():
    with pytest.raises(UsageError, match="near: pelvicrt-convention"):
        show_record("pelvicrt-conventions")
