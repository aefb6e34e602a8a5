"""What one piece of knowledge looks like: frozen records of the evidence library, one YAML file each.

Every record has an id equal to its file's name (dots or dashes), sources that must exist, a date, and a mark that
decides what it may do: V1 may drive a rule; V2 may, with its mark shown; M is disabled; D is our convention.
A `licence_note` states a limit on using a source's text and is empty when there is none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pelvicrt.evidence.distributions import Distribution, Family
from pelvicrt.foundation import Grade, Mark, Text

STRICT: dict[str, Any] = {"extra": "forbid"}
"""Unknown keys are refused; read by the loader."""

StepKind = Literal[
    "systemic",
    "short_course",
    "long_course",
    "palliative_rt",
    "consolidative_rt",
    "wait",
    "restage",
    "liver_local",
    "assess_pelvis",
    "tme",
    "simultaneous_surgery",
    "immunotherapy",
    "stoma",
    "transplant",
]
Effect = Literal["preferred", "acceptable", "conditional", "not_recommended", "contraindicated"]
IfUnknown = Literal["needs_information", "conditional", "mention", "covered"]
RegimenFamily = Literal["long_course", "short_course", "palliative", "reirradiation", "brachytherapy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """Where a figure was found: the source, the place in it, and in our words what it says."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    source: str
    locator: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What part of a source was read, where and when."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    what: Literal["full_text", "abstract", "table", "registry", "secondary", "existence", "memory", "code", "own"]
    where: str = ""
    on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publication, guideline, registry entry or practice document."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    title: str
    first_author: str = ""
    journal: str = ""
    year: int | None = None
    volume: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry_id: str = ""
    kind: Literal[
        "guideline", "consensus", "trial", "cohort", "review", "meta_analysis", "registry", "practice", "model", "other"
    ]
    mark: Mark
    seen: Seen
    spec_id: str = ""
    licence_note: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure of a study. Proportions 0..1, times in months. `provenance: memory` means it was not seen."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    quantity: str
    value: float | None = None
    unit: str = ""
    arm: str = ""
    comparator: str = ""
    subgroup: str = ""
    at_months: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    denominator_population: str = ""
    ci95: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    p_value: str = ""
    provenance: Literal["read", "memory"] = "read"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study with its figures; its id is also a source id."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    source: Source
    topic: Literal["pelvic", "liver", "calibration", "other"]
    design: str
    population: str
    n: int | None = None
    arms: tuple[dict[str, Any], ...] = ()
    baseline: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    model: dict[str, Any] = field(default_factory=dict)
    companion: str = ""
    overlap_group: str = ""
    tags: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """The id of the study, which is the id of its source."""
        return self.source.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The YAML form of a distribution; see `Distribution` for what `a` and `b` mean in each family."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    family: Family
    a: float
    b: float = 0.0

    def distribution(self) -> Distribution:
        """The distribution this describes."""
        return Distribution(self.family, self.a, self.b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of a model with its uncertainty. `unit` is "1" for ratios and probabilities.

    Numbers of a complication model also name its `endpoint` and the `population` it was fitted to; a `caution` is shown
    whenever the number is used.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    quantity: str
    unit: str
    spread: Spread
    applies_to: str
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    from_m0: bool = False
    group: str = ""
    endpoint: Text | None = None
    population: Text | None = None
    caution: Text | None = None
    valid_from: dt.date
    checked_on: dt.date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeTable:
    """Background mortality of one country and period: central death rates [1/year] from each age in `ages` on.

    A rate holds from its age to the next one; the last rate holds for all higher ages.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    country: str
    period: str
    ages: tuple[float, ...]
    male: tuple[float, ...]
    female: tuple[float, ...]
    evidence: tuple[Cited, ...]
    mark: Mark
    recipe: str
    valid_from: dt.date
    checked_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input with the answer expected, checked by the contract tests."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    given: dict[str, Any]
    expect: Any
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """One radiotherapy schedule. Doses in Gy; `duration_days` runs from first to last fraction, both included."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    family: RegimenFamily
    intent: Literal["preoperative", "organ_preservation", "palliative", "reirradiation", "boost"]
    total_gy: float
    fractions: int
    fractions_per_day: int = 1
    min_gap_hours: float | None = None
    duration_days: int
    boost_total_gy: float | None = None
    concurrent: Text | None = None
    lq_valid: bool = True
    investigational: bool = False
    enabled: bool = True
    block_if: dict[str, Any] | None = None
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    valid_from: dt.date
    checked_on: dt.date
    examples: tuple[Example, ...] = ()
    note: Text | None = None
    short: Text | None = None

    @property
    def short_name(self) -> Text:
        """The schedule in few words, for the names of options."""
        plain = Text(f"{self.total_gy:g} Gy in {self.fractions}", f"{self.total_gy:g} Gy/{self.fractions} 次")
        return self.short or plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Allowed time between two events [days]: none below `min_days` or above `max_days`, best near `preferred`.

    `hard` windows are stops; the others are scored and explained. `forbidden` is a closed range nothing may fall in.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    from_event: str
    to_event: str
    min_days: int | None = None
    preferred_days: tuple[int, int] | None = None
    max_days: int | None = None
    forbidden_days: tuple[int, int] | None = None
    hard: bool = False
    applies_when: dict[str, Any] | None = None
    reason: Text
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    enabled: bool = True
    valid_from: dt.date
    checked_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimit:
    """One row of a dose-limit set: structure (TG-263), metric (V45Gy[cc], Mean[Gy]...), limit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    structure: str
    metric: str
    op: Literal["<", "<=", ">", ">=", "report"]
    limit: float | None = None
    unit: Literal["Gy", "cc", "%"]
    priority: Literal["P1", "P2", "P3", "P4"]
    enabled: bool = True
    derived: bool = False
    never_binding: bool = False
    exclusive_with: str = ""
    evidence: tuple[Cited, ...]
    mark: Mark
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimitSet:
    """Dose limits that belong together; rows of two sets are never mixed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    regimen_family: RegimenFamily
    fractions: tuple[int, int]
    rows: tuple[DoseLimit, ...]
    alpha_beta_gy: dict[str, float] = field(default_factory=dict)
    valid_from: dt.date
    checked_on: dt.date
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition over facts and classes, what follows from it, and who says so.

    `if_unknown` says what follows when a fact is missing: `needs_information`, `conditional`, `mention` (the fact is
    named, the status stays) or `covered` (another rule of the same file speaks for the unknown case).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    when: dict[str, Any]
    then: str
    text: Text
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    from_m0: bool = False
    enabled: bool = True
    if_unknown: IfUnknown | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Rules shared by every plan that bears one of the tags (`contains_rt`, `curative`, `all` ...)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    applies_to: tuple[str, ...]
    rules: tuple[Rule, ...]
    enabled: bool = True
    valid_from: dt.date
    checked_on: dt.date
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One guideline's view of one question: rules in order, first match wins; `otherwise` when none does."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    question: Literal[
        "pelvic_risk",
        "pelvic_summary",
        "emergency",
        "mmr",
        "liver",
        "fitness",
        "symptomatic",
        "oligometastatic",
        "caution",
        "fluoropyrimidine",
        "synchronicity",
    ]
    population: Text
    from_m0: bool
    rules: tuple[Rule, ...]
    otherwise: str | None = None
    enabled: bool = True
    licence_note: str = ""
    valid_from: dt.date
    checked_on: dt.date
    examples: tuple[Example, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one side of a disagreement holds, and what would follow here."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    who: Text
    says: Text
    then: Text
    evidence: tuple[Cited, ...]
    mark: Mark
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A question on which sources disagree; never averaged, always shown when `applies_when` holds.

    `ruler_fact` names a numeric fact with a disputed range (`disputed_from`, `disputed_to`) to draw.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    question: Text
    positions: tuple[Position, ...]
    behaviour: Text
    applies_when: dict[str, Any]
    concerns: tuple[str, ...] = ()
    ruler_fact: str = ""
    ruler_unit: str = ""
    disputed_from: float | None = None
    disputed_to: float | None = None
    enabled: bool = True
    valid_from: dt.date
    checked_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTier:
    """What one examination shows in one tier of response."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    examination: Literal["endoscopy", "digital_examination", "mri_t2", "mri_dwi", "combined"]
    tier: Literal["complete", "near_complete", "incomplete"]
    description: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseScheme:
    """One published way to judge response of the primary, or one surveillance rhythm."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    tiers: tuple[ResponseTier, ...] = ()
    earliest_days_after_rt: int | None = None
    visits: tuple[dict[str, Any], ...] = ()
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    from_m0: bool = True
    enabled: bool = True
    valid_from: dt.date
    checked_on: dt.date
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a strategy.

    `weeks` is the planned length where the kind has one; `regimen: variant` means the variant's schedule.
    `event` names the event the timing windows speak about (`rt`, `systemic`, `liver`, `tme`...).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    kind: StepKind
    label: Text
    weeks: float | None = None
    agents: tuple[str, ...] = ()
    event: str = ""
    optional: bool = False
    decision: Text | None = None
    exits: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One radiotherapy schedule (or none) with which a strategy can be carried out; `only_when` hides it otherwise."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    regimen: str | None
    steps: tuple[Step, ...]
    only_when: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One ordered plan: steps per variant, rules that open or close it, windows between its events."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    summary: Text
    intent: Literal["curative", "disease_control", "palliative"]
    organ_preservation_policy: bool = False
    variants: tuple[Variant, ...]
    windows: tuple[str, ...] = ()
    rules: tuple[Rule, ...]
    benefits: tuple[Text, ...] = ()
    harms: tuple[Text, ...] = ()
    stopping_rules: tuple[Text, ...] = ()
    valid_from: dt.date
    checked_on: dt.date
    note: Text | None = None
