"""Does every shipped record keep the rules of the library, and do the studies say what their sources say?"""

from __future__ import annotations

import pytest

from pelvicrt.evidence import KINDS, check_library, library, list_records, show_record
from pelvicrt.evidence.load import LIBRARY


def test_the_shipped_library_has_no_problem():
    problems = check_library(library())

    assert [problem.say("en") for problem in problems] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_file_of_a_kind_is_a_record_of_that_kind(kind):
    files = {path.stem for path in (LIBRARY / kind).rglob("*.yaml")}

    assert files == {row["id"] for row in list_records(kind)}


def test_no_study_is_also_a_source_file():
    assert set(library().sources.by_id) & set(library().studies.by_id) == set()


def test_figures_from_memory_are_only_in_studies_that_say_so_or_flag_them_one_by_one():
    unflagged = [
        (study.id, finding.quantity)
        for study in library().studies
        for finding in study.findings
        if study.source.mark == "M" and finding.provenance != "memory"
    ]

    assert unflagged == []


def test_the_standard_errors_printed_as_intervals_are_left_out_and_said():
    study = library().studies["tyc-szczepaniak-2013"]

    assert all(finding.ci95 is None for finding in study.findings)
    assert any("standard error" in caution for caution in study.cautions)


@pytest.mark.parametrize("study_id", ["rao-2017-ww-cea", "jcrco-2017-seer-local-therapy"])
def test_an_interval_outside_its_estimate_is_left_out_and_said(study_id):
    study = library().studies[study_id]

    assert any("interval" in caution for caution in study.cautions)


@pytest.mark.parametrize(
    ("study_id", "quantity", "arm", "at_months", "value"),
    [
        # Printed in the abstracts, read again on 2026-11-22.
        ("fong-1999-crs", "overall_survival", "hepatectomy", 60, 0.37),
        ("fowarc-2019", "disease_free_survival", "mfolfox6_rt", 36, 0.772),
        ("verheij-2024-opra", "organ_preservation", "crt_consolidation", 60, 0.54),
        ("fowarc-2024-10y", "local_recurrence", "mfolfox6", 120, 0.096),
    ],
)
def test_a_figure_is_the_one_its_abstract_prints(study_id, quantity, arm, at_months, value):
    found = [
        finding.value
        for finding in library().studies[study_id].findings
        if (finding.quantity, finding.arm, finding.at_months) == (quantity, arm, at_months)
    ]

    assert found == [value]


def test_a_rule_set_and_its_source_may_share_an_id_and_both_can_be_shown():
    assert show_record("sources/esmo-rectal-2017")["shelf"] == "sources"
