"""Where does this patient stand? The seven classes, in the order in which they matter.

Emergency first, then mismatch repair, liver, pelvis, fitness, symptoms and oligometastatic state, and what radiotherapy
planning must know. Each class is decided by rules held as data; what is unknown stays unknown and is named.
"""

from __future__ import annotations

import dataclasses

from pelvicrt.case import Case, Facts
from pelvicrt.classify import findings
from pelvicrt.classify.results import Classification, Finding
from pelvicrt.classify.rules import Facing
from pelvicrt.classify.scoring import prognostic_scores
from pelvicrt.evidence import Library, LookUp
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Reason, Text


def classify(case: Case, library: Library | None = None, *, baseline: Classification | None = None) -> Classification:
    """The classification of one case on its day of assessment.

    `baseline` is the classification before systemic therapy, where there is one; disease that was wider then and is
    oligometastatic now is called induced.

    >>> import datetime as dt
    >>> from pelvicrt.case import with_fact
    >>> case = with_fact(Case(id="a", assessed_on=dt.date(2026, 5, 4)), "symptoms.perforation", "free")
    >>> found = classify(case)
    >>> found.emergency.value, found.liver.value
    ('emergency_surgery', 'unknown')
    """
    return classify_facts(Facts(case).get, library or shipped_library(), baseline=baseline)


def classify_facts(look_up: LookUp, library: Library, *, baseline: Classification | None = None) -> Classification:
    """The same from any look-up of facts, for instance one that fills a fact in to see what would change.

    Raises:
        InternalError: when the library does not hold exactly one enabled guideline per class.
    """
    facing = Facing(look_up)

    def found(question: str) -> Finding:
        return findings.find(findings.only_guideline(library, question), facing)

    emergency, mmr, liver = found("emergency"), found("mmr"), found("liver")
    facing = facing.knowing("class.emergency", emergency.value, emergency.missing)
    facing = facing.knowing("class.liver", liver.value, liver.missing)
    seen = findings.views(library, facing)
    for item in seen:
        facing = facing.knowing(f"view.{item.guideline}", item.value, item.missing)
    return Classification(
        emergency=emergency,
        mmr=mmr,
        liver=liver,
        pelvis=found("pelvic_summary"),
        fitness=found("fitness"),
        symptomatic=found("symptomatic"),
        oligometastatic=_induced(found("oligometastatic"), baseline),
        guideline_views=seen,
        cautions=findings.cautions(library, facing),
        scores=prognostic_scores(look_up),
    )


def _induced(now: Finding, baseline: Classification | None) -> Finding:
    """Oligometastatic now, but not before systemic therapy: induced. [@estro-astro-oligometastatic-2020]."""
    if baseline is None or now.value != "oligo" or baseline.oligometastatic.value != "not_oligo":
        return now
    reason = Reason(
        rule="OLIGO.induced",
        text=Text(
            "Oligometastatic now, but wider before systemic therapy: induced oligometastatic disease",
            "目前为寡转移，但全身治疗前更广泛：诱导性寡转移",
        ),
        sources=("estro-astro-oligometastatic-2020",),
        grade="expert",
        mark="V1",
    )
    return dataclasses.replace(now, value="induced", reasons=(reason, *now.reasons))
