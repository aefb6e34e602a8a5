"""May a fluoropyrimidine be started, and with what dose, given the DPYD activity score?"""

from __future__ import annotations

from pelvicrt.classify.findings import find, only_guideline
from pelvicrt.classify.results import Finding
from pelvicrt.classify.rules import UNDECIDED, Facing
from pelvicrt.evidence import Library, LookUp
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Reason, Text


def dpyd_advice(look_up: LookUp, library: Library | None = None) -> Finding:
    """Starting dose of 5-FU or capecitabine: full, start_half, start_reduced_disputed, avoid or unknown.

    Unknown comes with a blocking reason: without a score no starting dose is given, never full dose by default.
    [@cpic-dpyd-2017; @dpwg-dpyd; @dpyd-agency-comparison-2023].

    >>> from pelvicrt.foundation import UNKNOWN
    >>> dpyd_advice(lambda name: 1.0).value, dpyd_advice(lambda name: UNKNOWN).value
    ('start_half', 'unknown')
    """
    found = find(only_guideline(library or shipped_library(), "fluoropyrimidine"), Facing(look_up))
    if found.value != UNDECIDED:
        return found
    return Finding(value=UNDECIDED, reasons=(_blocked(),), missing=found.missing)


def _blocked() -> Reason:
    return Reason(
        rule="DPYD-unknown",
        text=Text(
            "DPYD activity is unknown, not normal: no starting dose of 5-FU or capecitabine before it is tested",
            "DPYD 活性为“未知”，不是“正常”：检测前不给出 5-FU 或卡培他滨的起始剂量",
        ),
        sources=("cpic-dpyd-2017", "pelvicrt-convention"),
        grade="expert",
        mark="D",
        direction="block",
        facts=("patient.dpyd_activity",),
    )
