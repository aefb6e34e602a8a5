"""What do stage, ranks and responses say, when a report gives only part of them? Derived facts over single words.

Partial stages settle what they can: T3 without its substage is not T4 (known), while its substage questions stay
UNKNOWN; N+ is node-positive (known) while N2 stays UNKNOWN. The depth that divides T3a/b from T3c/d is never guessed
from another measurement.
"""

from __future__ import annotations

from typing import Final

from pelvicrt.case.derived import Answer, MaybeBool, derived, either, one_of, opposite
from pelvicrt.case.fields import fields_of
from pelvicrt.case.model import Case, Symptoms, known_items
from pelvicrt.foundation import UNKNOWN, Unknown

_POSSIBLE: Final[dict[str, frozenset[str]]] = {
    "T1": frozenset({"T1"}),
    "T2": frozenset({"T2"}),
    "T1-2": frozenset({"T1", "T2"}),
    "T3": frozenset({"T3ab", "T3cd"}),
    "T3a": frozenset({"T3ab"}),
    "T3b": frozenset({"T3ab"}),
    "T3c": frozenset({"T3cd"}),
    "T3d": frozenset({"T3cd"}),
    "T4": frozenset({"T4a", "T4b"}),
    "T4a": frozenset({"T4a"}),
    "T4b": frozenset({"T4b"}),
}
"""Which groups a reported stage may mean; Tx (and no report) may mean any."""

_ANY: Final = frozenset().union(*_POSSIBLE.values())


def _groups(case: Case) -> frozenset[str]:
    stage = case.primary.ct
    return _ANY if isinstance(stage, Unknown) else _POSSIBLE.get(stage, _ANY)


def _in_groups(case: Case, wanted: set[str]) -> MaybeBool:
    possible = _groups(case)
    if possible <= wanted:
        return True
    return UNKNOWN if possible & wanted else False


@derived("primary.ct")
def ct_group(case: Case) -> Answer:
    """T1, T2, T3ab, T3cd, T4a or T4b; UNKNOWN when the report leaves more than one of them open."""
    possible = _groups(case)
    return next(iter(possible)) if len(possible) == 1 else UNKNOWN


@derived("primary.ct")
def t_major(case: Case) -> Answer:
    """T category as a number 1 to 4; UNKNOWN for Tx and for T1-2 (ask `is_t1_or_t2`)."""
    numbers = {int(group[1]) for group in _groups(case)}
    return numbers.pop() if len(numbers) == 1 else UNKNOWN


@derived("primary.ct")
def is_t1_or_t2(case: Case) -> Answer:
    """Whether the tumour stays within the bowel wall (T1, T2 or T1-2)."""
    return _in_groups(case, {"T1", "T2"})


@derived("primary.ct")
def is_t3(case: Case) -> Answer:
    """Whether the tumour is T3, whatever its substage."""
    return _in_groups(case, {"T3ab", "T3cd"})


@derived("primary.ct")
def is_t3ab(case: Case) -> Answer:
    """Whether the tumour is T3a or T3b; UNKNOWN for T3 without substage."""
    return _in_groups(case, {"T3ab"})


@derived("primary.ct")
def is_t3cd(case: Case) -> Answer:
    """Whether the tumour is T3c or T3d; UNKNOWN for T3 without substage."""
    return _in_groups(case, {"T3cd"})


@derived("primary.ct")
def is_t3cd_or_t4(case: Case) -> Answer:
    """Whether the tumour is T3c or deeper; UNKNOWN for T3 without substage."""
    return _in_groups(case, {"T3cd", "T4a", "T4b"})


@derived("primary.ct")
def is_t3ab_or_less(case: Case) -> Answer:
    """Whether the tumour is T3b or shallower; UNKNOWN for T3 without substage."""
    return _in_groups(case, {"T1", "T2", "T3ab"})


@derived("primary.ct")
def is_t4(case: Case) -> Answer:
    """Whether the tumour is T4, whatever its substage."""
    return _in_groups(case, {"T4a", "T4b"})


@derived("primary.ct")
def is_t4a(case: Case) -> Answer:
    """Whether the tumour is T4a; UNKNOWN for T4 without substage."""
    return _in_groups(case, {"T4a"})


@derived("primary.ct")
def is_t4b(case: Case) -> Answer:
    """Whether the tumour is T4b; UNKNOWN for T4 without substage."""
    return _in_groups(case, {"T4b"})


@derived("primary.cn")
def n_major(case: Case) -> Answer:
    """N0, N1 or N2; UNKNOWN for Nx and for N+ (ask `node_positive`)."""
    stage = case.primary.cn
    return UNKNOWN if isinstance(stage, Unknown) or stage in ("Nx", "N+") else stage[:2]


@derived("primary.cn")
def node_positive(case: Case) -> Answer:
    """Whether regional nodes are reported as involved."""
    stage = case.primary.cn
    return UNKNOWN if isinstance(stage, Unknown) or stage == "Nx" else stage != "N0"


@derived("primary.cn")
def is_n2(case: Case) -> Answer:
    """Whether nodes are N2; UNKNOWN for N+ and Nx."""
    stage = n_major(case)
    return UNKNOWN if isinstance(stage, Unknown) else stage == "N2"


@derived("patient.pregnancy", "patient.sex", "patient.menopausal_status")
def pregnancy_now(case: Case) -> Answer:
    """Whether the patient is pregnant; male sex and the time after the menopause settle it, unless contradicted."""
    patient = case.patient
    cannot_be = patient.sex == "male" or patient.menopausal_status == "post"
    recorded = one_of(patient.pregnancy, {"pregnant"})
    if cannot_be:
        return UNKNOWN if recorded is True else False
    return recorded


@derived("symptoms.bleeding")
def bleeding_rank(case: Case) -> Answer:
    """Bleeding from 0 (none) to 4 (haemodynamically unstable)."""
    return _rank("bleeding", case.symptoms.bleeding)


@derived("symptoms.obstruction")
def obstruction_rank(case: Case) -> Answer:
    """Obstruction from 0 (none) to 4 (complete)."""
    return _rank("obstruction", case.symptoms.obstruction)


def _rank(name: str, word: str | Unknown) -> Answer:
    return UNKNOWN if isinstance(word, Unknown) else fields_of(Symptoms)[name].allowed.index(word)


@derived("treated_so_far")
def progression_on_first_line(case: Case) -> Answer:
    """Whether primary or liver progressed under the first systemic therapy given; no when none was given."""
    steps = case.treated_so_far
    if isinstance(steps, Unknown):
        return UNKNOWN
    for step in steps:
        systemic = one_of(step.step, {"systemic", "immunotherapy"})
        if systemic is UNKNOWN:
            return UNKNOWN
        if systemic is True:
            return either(one_of(word, {"progression"}) for word in (step.response_primary, step.response_liver))
    return False


@derived("treated_so_far")
def primary_response_latest(case: Case) -> Answer:
    """Response of the primary at the last step that reports one; `not_treated` when no step was given."""
    return _latest(case, "response_primary")


@derived("treated_so_far")
def liver_response_latest(case: Case) -> Answer:
    """Response of the liver at the last step that reports one; `not_treated` when no step was given."""
    return _latest(case, "response_liver")


@derived("treated_so_far")
def responded_so_far(case: Case) -> Answer:
    """Whether primary or liver last showed at least a partial response; no when nothing was given."""
    good = {"complete", "near_complete", "partial"}
    words = (_latest(case, "response_primary"), _latest(case, "response_liver"))
    return either(UNKNOWN if isinstance(word, Unknown) else word in good for word in words)


@derived("treated_so_far")
def controlled_so_far(case: Case) -> Answer:
    """Whether neither primary nor liver last showed progression under the steps given; no when nothing was given."""
    words = (_latest(case, "response_primary"), _latest(case, "response_liver"))
    return opposite(either(UNKNOWN if isinstance(w, Unknown) else w in ("progression", "not_treated") for w in words))


def _latest(case: Case, field_name: str) -> str | Unknown:
    if isinstance(case.treated_so_far, Unknown):
        return UNKNOWN
    if not case.treated_so_far:
        return "not_treated"
    reported = [word for s in known_items(case.treated_so_far) if isinstance(word := getattr(s, field_name), str)]
    return reported[-1] if reported else UNKNOWN
