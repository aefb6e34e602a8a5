"""What is a plan made of, in the words gates use to say whom they concern?"""

from __future__ import annotations

from collections.abc import Sequence

from pelvicrt.evidence import Regimen, Step, Strategy
from pelvicrt.strategies.events import OPERATIONS, PELVIC_RT

PELVIC_OPERATIONS = frozenset({"tme", "simultaneous_surgery"})


def tags_of(strategy: Strategy, steps: Sequence[Step], regimen: Regimen | None) -> tuple[str, ...]:
    """The tags of one plan, in name order; steps marked optional do not count."""
    kinds = {step.kind for step in steps if not step.optional}
    curative = strategy.intent == "curative"
    rt, surgery = bool(kinds & PELVIC_RT), bool(kinds & OPERATIONS)
    pelvic = bool(kinds & PELVIC_OPERATIONS)
    again = regimen is not None and regimen.family == "reirradiation"
    concurrent = "long_course" in kinds
    truths = {
        "all": True,
        strategy.intent: True,
        "contains_rt": rt,
        "no_rt": not rt,
        "standard_rt": rt and not again,
        "reirradiation": again,
        "contains_surgery": surgery,
        "surgery_planned": surgery and not strategy.organ_preservation_policy,
        "pelvic_surgery": pelvic,
        "contains_chemo": "systemic" in kinds or concurrent,
        "immunotherapy": "immunotherapy" in kinds,
        "chemo_only": strategy.intent == "disease_control",
        "curative_rt": curative and rt,
        "curative_no_rt": curative and surgery and not rt,
        "intensive": curative and (rt or surgery),
        "pelvic_decision": curative and pelvic and "transplant" not in kinds,
        "clears_all_sites": curative and surgery,
        "organ_preservation_policy": strategy.organ_preservation_policy,
    }
    return tuple(sorted(name for name, true in truths.items() if true))
