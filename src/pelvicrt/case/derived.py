"""What follows from the recorded facts? One small three-valued function per derived fact.

A derived fact is UNKNOWN when an input is UNKNOWN, unless the other inputs already settle the answer. "Never" counts as
infinitely long ago (`inf`), so that a patient known to have had no earlier course is not asked for its date.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pelvicrt.case.model import Case, Extrahepatic, LateralNode, TreatedStep, known_items
from pelvicrt.evidence import FactValue
from pelvicrt.foundation import UNKNOWN, Unknown, months_from_days

Answer = FactValue | Unknown
MaybeBool = bool | Unknown
DAYS_PER_WEEK: Final = 7

SYSTEMIC: Final = frozenset({"systemic", "immunotherapy"})
PELVIC_RT: Final = frozenset({"short_course", "long_course", "palliative_rt", "consolidative_rt"})
RECTAL_RESECTION: Final = frozenset({"tme", "simultaneous_surgery"})
LIVER_TREATMENT: Final = frozenset({"liver_local", "simultaneous_surgery", "transplant"})
DIFFUSE_SITES: Final = frozenset({"peritoneum"})


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one derived fact is found, and from which contract facts."""

    function: Callable[[Case], Answer]
    inputs: tuple[str, ...]


DERIVATIONS: Final[dict[str, Derivation]] = {}


def derived(*inputs: str) -> Callable[[Callable[[Case], Answer]], Callable[[Case], Answer]]:
    """Register a function of a case as the derived fact `derived.<its name>`."""

    def register(function: Callable[[Case], Answer]) -> Callable[[Case], Answer]:
        DERIVATIONS[f"derived.{function.__name__}"] = Derivation(function, inputs)
        return function

    return register


# --- three-valued words ---


def either(values: Iterable[MaybeBool]) -> MaybeBool:
    """Kleene "or" of plain values.

    >>> either([UNKNOWN, True]), either([UNKNOWN, False]), either([])
    (True, UNKNOWN, False)
    """
    found = list(values)
    if any(value is True for value in found):
        return True
    return UNKNOWN if any(value is UNKNOWN for value in found) else False


def opposite(value: MaybeBool) -> MaybeBool:
    """Kleene "not" of a plain value.

    >>> opposite(True), opposite(UNKNOWN)
    (False, UNKNOWN)
    """
    return UNKNOWN if isinstance(value, Unknown) else not value


def both(*values: MaybeBool) -> MaybeBool:
    """Kleene "and" of plain values.

    >>> both(False, UNKNOWN), both(True, UNKNOWN)
    (False, UNKNOWN)
    """
    return opposite(either(opposite(value) for value in values))


def one_of(value: str | Unknown, words: Iterable[str]) -> MaybeBool:
    """Whether a recorded word is one of some words."""
    return UNKNOWN if isinstance(value, Unknown) else value in set(words)


def positive(number: float | Unknown) -> MaybeBool:
    """Whether a recorded number is above zero."""
    return UNKNOWN if isinstance(number, Unknown) else number > 0


def days_between(first: dt.date | Unknown, second: dt.date | Unknown) -> int | Unknown:
    """Days from the first date to the second [days]; negative when the second came earlier."""
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return UNKNOWN
    return (second - first).days


# --- lateral nodes ---


def _largest_axis(node: LateralNode) -> float | Unknown:
    return node.short_axis_mm


@derived("primary.lateral_nodes")
def lateral_node_count(case: Case) -> Answer:
    """Number of side-wall nodes listed."""
    nodes = case.primary.lateral_nodes
    return UNKNOWN if isinstance(nodes, Unknown) else len(nodes)


@derived("primary.lateral_nodes")
def lateral_node_max_mm(case: Case) -> Answer:
    """Largest short axis before radiotherapy [mm]; 0 when it is known that there is no such node."""
    return _maximum(case.primary.lateral_nodes, _largest_axis)


@derived("primary.lateral_nodes")
def lateral_node_max_at_least_mm(case: Case) -> Answer:
    """Largest short axis measured so far [mm], other nodes may be larger; for "above" conditions beside the maximum."""
    axes = [node.short_axis_mm for node in known_items(case.primary.lateral_nodes)]
    measured = [axis for axis in axes if not isinstance(axis, Unknown)]
    return max(measured) if measured else lateral_node_max_mm(case)


@derived("primary.lateral_nodes")
def lateral_node_max_after_rt_mm(case: Case) -> Answer:
    """Largest short axis after radiotherapy [mm]; 0 when there is no such node."""
    return _maximum(case.primary.lateral_nodes, lambda node: node.post_rt_short_axis_mm)


@derived("primary.lateral_nodes")
def internal_iliac_max_after_rt_mm(case: Case) -> Answer:
    """Largest short axis of an internal iliac node after radiotherapy [mm]; 0 when there is no such node."""
    nodes = case.primary.lateral_nodes
    if isinstance(nodes, Unknown) or any(node.compartment is UNKNOWN for node in nodes):
        return UNKNOWN
    inside = tuple(node for node in nodes if node.compartment == "internal_iliac")
    return _maximum(inside, lambda node: node.post_rt_short_axis_mm)


@derived("primary.lateral_nodes")
def any_lateral_malignant(case: Case) -> Answer:
    """Whether any side-wall node looks malignant to the radiologist."""
    nodes = case.primary.lateral_nodes
    return UNKNOWN if isinstance(nodes, Unknown) else either(node.malignant_features for node in nodes)


def _maximum(nodes: tuple[LateralNode, ...] | Unknown, axis: Callable[[LateralNode], float | Unknown]) -> Answer:
    if isinstance(nodes, Unknown):
        return UNKNOWN
    axes = [axis(node) for node in nodes]
    known = [size for size in axes if not isinstance(size, Unknown)]
    return max(known, default=0.0) if len(known) == len(axes) else UNKNOWN


# --- liver and elsewhere ---


@derived("liver.lesion_count", "liver.disappeared_lesions", "liver.diffuse", "liver.largest_mm", "treated_so_far")
def liver_present(case: Case) -> Answer:
    """Whether the liver holds disease; lesions that vanished from view under systemic therapy still count.

    No lesion now means a clear liver only when none can have vanished; records that contradict each other say nothing.
    """
    liver = case.liver
    counted = positive(liver.lesion_count)
    seen = either((liver.diffuse, positive(liver.largest_mm)))
    if counted is not False:
        return True if counted is True or seen is True else either((positive(liver.disappeared_lesions), UNKNOWN))
    if seen is True:
        return UNKNOWN
    vanished = positive(liver.disappeared_lesions)
    systemic = _given(case, SYSTEMIC)
    return UNKNOWN if vanished is True and systemic is False else both(vanished, systemic)


@derived("liver.mri_done", "liver.ct_sufficient_per_hpb")
def liver_imaging_sufficient(case: Case) -> Answer:
    """Whether the liver was seen well enough to judge it: MRI, or a CT the hepatobiliary team accepts."""
    return either((case.liver.mri_done, case.liver.ct_sufficient_per_hpb))


@derived("liver.hpb_review_on")
def hpb_review_age_days(case: Case) -> Answer:
    """Days from the hepatobiliary review to the assessment [days]."""
    return days_between(case.liver.hpb_review_on, case.assessed_on)


@derived("primary.mri_on")
def mri_age_days(case: Case) -> Answer:
    """Days from the staging MRI to the assessment [days]."""
    return days_between(case.primary.mri_on, case.assessed_on)


@derived("primary.diagnosed_on", "liver.detected_on")
def synchronicity_days(case: Case) -> Answer:
    """Days from diagnosis of the primary to detection in the liver [days]; negative when the liver was seen first."""
    return days_between(case.primary.diagnosed_on, case.liver.detected_on)


@derived("primary.resected_on", "liver.detected_on")
def liver_after_resection_days(case: Case) -> Answer:
    """Days from resection of the primary to detection in the liver [days]; negative when the liver was seen first."""
    return days_between(case.primary.resected_on, case.liver.detected_on)


@derived("elsewhere")
def extrahepatic_present(case: Case) -> Answer:
    """Whether there is disease outside pelvis and liver."""
    return UNKNOWN if isinstance(case.elsewhere, Unknown) else bool(case.elsewhere)


@derived("elsewhere")
def extrahepatic_sites(case: Case) -> Answer:
    """The organs outside pelvis and liver that hold disease."""
    if isinstance(case.elsewhere, Unknown):
        return UNKNOWN
    sites = {item.site for item in case.elsewhere}
    return UNKNOWN if UNKNOWN in sites else tuple(sorted(str(site) for site in sites))


@derived("elsewhere")
def extrahepatic_all_treatable(case: Case) -> Answer:
    """Whether every site outside pelvis and liver can be treated with curative local therapy; yes if there is none."""
    return _every_site(case, lambda item: item.treatable)


@derived("elsewhere")
def diffuse_site(case: Case) -> Answer:
    """Whether disease stands at a site that spreads diffusely (peritoneum), which no local therapy clears."""
    return opposite(_every_site(case, lambda item: opposite(one_of(item.site, DIFFUSE_SITES))))


@derived("liver.lesion_count", "elsewhere")
def metastasis_count(case: Case) -> Answer:
    """Number of metastases in liver and elsewhere."""
    counts = _counts(case)
    return UNKNOWN if UNKNOWN in counts else sum(n for n in counts if not isinstance(n, Unknown))


@derived("liver.lesion_count", "elsewhere")
def metastasis_count_at_least(case: Case) -> Answer:
    """Metastases counted so far, there may be more; for "above" conditions beside the full count."""
    known = [n for n in _counts(case) if not isinstance(n, Unknown)]
    return sum(known) if known else UNKNOWN


def _counts(case: Case) -> list[int | Unknown]:
    elsewhere = case.elsewhere
    sites = [UNKNOWN] if isinstance(elsewhere, Unknown) else [item.count for item in elsewhere]
    return [case.liver.lesion_count, *sites]


def _every_site(case: Case, question: Callable[[Extrahepatic], MaybeBool]) -> MaybeBool:
    if isinstance(case.elsewhere, Unknown):
        return UNKNOWN
    return both(*(question(item) for item in case.elsewhere))


# --- what was given ---


def _given(case: Case, kinds: Iterable[str]) -> MaybeBool:
    if isinstance(case.treated_so_far, Unknown):
        return UNKNOWN
    wanted = frozenset(kinds)
    return either(one_of(step.step, wanted) for step in case.treated_so_far)


def _steps(case: Case, kinds: Iterable[str]) -> tuple[TreatedStep, ...] | Unknown:
    """The steps of some kinds, UNKNOWN when the list or the kind of any step is."""
    steps = case.treated_so_far
    if isinstance(steps, Unknown) or any(step.step is UNKNOWN for step in steps):
        return UNKNOWN
    return tuple(step for step in steps if step.step in frozenset(kinds))


@derived("patient.prior_pelvic_rt")
def prior_pelvic_rt_given(case: Case) -> Answer:
    """Whether the pelvis was irradiated before this illness."""
    courses = case.patient.prior_pelvic_rt
    return UNKNOWN if isinstance(courses, Unknown) else bool(courses)


@derived("patient.prior_pelvic_rt")
def prior_pelvic_rt_months(case: Case) -> Answer:
    """Months since the end of the last earlier pelvic course [months]; `inf` when there was none."""
    courses = case.patient.prior_pelvic_rt
    if isinstance(courses, Unknown):
        return UNKNOWN
    days = [days_between(course.end_date, case.assessed_on) for course in courses]
    known = [n for n in days if not isinstance(n, Unknown)]
    return UNKNOWN if len(known) < len(days) else months_from_days(min(known, default=math.inf))


@derived("patient.prior_pelvic_rt")
def prior_pelvic_rt_total_gy(case: Case) -> Answer:
    """Sum of prescribed doses of earlier pelvic courses [Gy], physical; never a cumulative organ dose."""
    courses = case.patient.prior_pelvic_rt
    if isinstance(courses, Unknown):
        return UNKNOWN
    known = [dose for course in courses if not isinstance(dose := course.dose_gy, Unknown)]
    return sum(known, start=0.0) if len(known) == len(courses) else UNKNOWN


@derived("patient.prior_pelvic_rt")
def prior_pelvic_rt_dicom_available(case: Case) -> Answer:
    """Whether the plans of every earlier pelvic course are at hand; yes when there was none."""
    courses = case.patient.prior_pelvic_rt
    return UNKNOWN if isinstance(courses, Unknown) else both(*(course.dicom_available for course in courses))


@derived("treated_so_far")
def prior_systemic_given(case: Case) -> Answer:
    """Whether systemic therapy (chemotherapy, targeted therapy, immunotherapy) was given for this illness."""
    return _given(case, SYSTEMIC)


@derived("treated_so_far")
def prior_systemic_weeks(case: Case) -> Answer:
    """Weeks of systemic therapy given [weeks], sum over its steps; 0 when none was given."""
    steps = _steps(case, SYSTEMIC)
    if isinstance(steps, Unknown):
        return UNKNOWN
    days = [days_between(step.start, step.end) for step in steps]
    known = [n for n in days if not isinstance(n, Unknown)]
    return sum(known) / DAYS_PER_WEEK if len(known) == len(days) else UNKNOWN


@derived("treated_so_far")
def prior_immunotherapy_given(case: Case) -> Answer:
    """Whether immunotherapy was given for this illness."""
    return _given(case, {"immunotherapy"})


@derived("treated_so_far")
def rt_given_so_far(case: Case) -> Answer:
    """Whether pelvic radiotherapy was given for this illness."""
    return _given(case, PELVIC_RT)


@derived("treated_so_far")
def short_course_given_so_far(case: Case) -> Answer:
    """Whether short-course radiotherapy was given for this illness."""
    return _given(case, {"short_course"})


@derived("treated_so_far")
def long_course_given_so_far(case: Case) -> Answer:
    """Whether long-course chemoradiation was given for this illness."""
    return _given(case, {"long_course"})


@derived("treated_so_far")
def days_since_rt_end(case: Case) -> Answer:
    """Days since the end of the last pelvic radiotherapy of this illness [days]; `inf` when there was none."""
    return _days_since(case, PELVIC_RT)


@derived("treated_so_far")
def days_since_systemic_end(case: Case) -> Answer:
    """Days since the end of the last systemic therapy [days]; `inf` when there was none."""
    return _days_since(case, SYSTEMIC)


def _days_since(case: Case, kinds: Iterable[str]) -> Answer:
    steps = _steps(case, kinds)
    if isinstance(steps, Unknown):
        return UNKNOWN
    days = [days_between(step.end, case.assessed_on) for step in steps]
    known = [n for n in days if not isinstance(n, Unknown)]
    return UNKNOWN if len(known) < len(days) else min(known, default=math.inf)


@derived("treated_so_far", "liver.lesion_count", "liver.disappeared_lesions")
def liver_cleared_so_far(case: Case) -> Answer:
    """Whether the liver was treated locally and holds no disease now; vanished untreated lesions are not cleared."""
    present = liver_present(case)
    absent = opposite(present) if isinstance(present, (bool, Unknown)) else UNKNOWN
    return both(_given(case, LIVER_TREATMENT), absent)


@derived("primary.in_place", "primary.resected_on", "treated_so_far")
def primary_removed(case: Case) -> Answer:
    """Whether the primary was resected: by the recorded state, its date or a step; UNKNOWN when these contradict."""
    date = UNKNOWN if case.primary.resected_on is UNKNOWN else True
    told = [opposite(case.primary.in_place), date, _given(case, RECTAL_RESECTION)]
    known = {answer for answer in told if answer is not UNKNOWN}
    return known.pop() if len(known) == 1 else UNKNOWN
