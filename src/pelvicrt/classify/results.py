"""What a classification says: a value with its reasons, or which facts are missing to say it."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.evidence import FactValue
from pelvicrt.foundation import UNKNOWN, Reason, Text, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One of the seven classes. `missing` names the facts (dotted) that would settle or could change it."""

    value: str
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineView:
    """How one guideline would class the pelvic risk of this tumour; `value` may be "unknown"."""

    guideline: str
    name: Text
    value: str
    value_label: Text
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    from_m0: bool
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something radiotherapy planning must know.

    `effect` is block, mdt_block, reirradiation, warning, planning, scope; or unknown, when a fact that could block is
    not recorded (its id then ends in `_unknown`, so that no rule about the known caution mistakes it for a yes).
    """

    id: str
    effect: str
    reason: Reason
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """One prognostic score: points (or a number), its group, what it would mean, when it is not valid."""

    score: str
    name: Text
    value: float | None
    unit: str
    group: str
    group_label: Text
    missing: tuple[str, ...]
    validity: Text
    sources: tuple[str, ...]
    mark: str
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Where the patient stands: seven classes, every guideline's view of the pelvis, RT cautions, scores."""

    emergency: Finding
    mmr: Finding
    liver: Finding
    pelvis: Finding
    fitness: Finding
    symptomatic: Finding
    oligometastatic: Finding
    guideline_views: tuple[GuidelineView, ...] = ()
    cautions: tuple[Caution, ...] = ()
    scores: tuple[ScoreResult, ...] = ()

    def look_up(self, name: str) -> FactValue | Unknown:
        """The value of `class.NAME` for rules; `class.cautions` is the tuple of caution ids.

        An emergency, liver, pelvis... value "unknown" is UNKNOWN.

        Raises:
            KeyError: for a name that is no class.
        """
        if name == "class.cautions":
            return tuple(caution.id for caution in self.cautions)
        kinds = ("emergency", "mmr", "liver", "pelvis", "fitness", "symptomatic", "oligometastatic")
        prefix, _, kind = name.partition(".")
        if prefix != "class" or kind not in kinds:
            raise KeyError(f"no class {name!r}")
        value: str = getattr(self, kind).value
        return UNKNOWN if value == "unknown" else value
