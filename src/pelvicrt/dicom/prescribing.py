"""What was prescribed, in how many fractions, with which beams? From an RT Plan; what it does not say stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.treatment import FractionGroup, Prescription
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

MOST_FRACTIONS: Final = 200
_MOST_DOSE_GY: Final = 1000.0
_FRACTIONS: Final = Text(f"1 to {MOST_FRACTIONS} fractions", f"1 至 {MOST_FRACTIONS} 次")
_DOSE: Final = Text("a dose between 0 and 1000 Gy", "0 至 1000 Gy 之间的剂量")
_SEVERAL: Final = Text(
    "the plan has several fraction groups ({groups} fractions), so one number of fractions would be wrong; "
    "evaluate each fraction group on its own or state the number of fractions",
    "计划含多个分次组（{groups} 次），单一分次数不成立；请分别评估各分次组，或明确给出分次数",
)
_SILENT: Final = Text(
    "the plan does not state its number of fractions; state it to get biological doses",
    "计划未给出分次数；如需生物剂量请明确给出",
)
_NO_PLAN: Final = Text(
    "no RTPLAN belongs to this dose, so the number of fractions and the prescription are unknown; state them if needed",
    "没有与该剂量对应的 RTPLAN，分次数与处方未知；如需要请明确给出",
)
_NO_PRESCRIPTION: Final = Text("the plan states no prescribed dose", "计划未给出处方剂量")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescribed:
    """Fractions, prescriptions and groups of one plan, with notices about what is missing."""

    fractions: int | None
    prescriptions: tuple[Prescription, ...]
    groups: tuple[FractionGroup, ...]
    notices: tuple[Notice, ...]


def read_prescribed(file: DicomFile | None, names: dict[int, str], fraction_group: int | None = None) -> Prescribed:
    """What an RT Plan prescribes; `names` gives structure names by number, `fraction_group` the only group meant.

    Raises:
        InvalidInput: when a count or a dose cannot be read.
    """
    if file is None:
        missing = Notice(code="no_plan", text=_NO_PLAN)
        return Prescribed(fractions=None, prescriptions=(), groups=(), notices=(missing,))
    groups = read_groups(file)
    if fraction_group is not None:
        groups = tuple(group for group in groups if group.number == fraction_group)
    notices: list[Notice] = []
    fractions = groups[0].fractions if len(groups) == 1 else None
    if len(groups) > 1:
        listed = " + ".join("?" if group.fractions is None else str(group.fractions) for group in groups)
        notices.append(Notice(code="several_fraction_groups", text=_SEVERAL.fill(groups=listed)))
    elif fractions is None:
        notices.append(Notice(code="no_fractions", text=_SILENT))
    prescriptions = _prescriptions(file.root, names)
    if not prescriptions:
        notices.append(Notice(code="no_prescription", text=_NO_PRESCRIPTION))
    return Prescribed(fractions=fractions, prescriptions=prescriptions, groups=groups, notices=tuple(notices))


def read_groups(file: DicomFile) -> tuple[FractionGroup, ...]:
    """The fraction groups of a plan, with their treatment beams (imaging and verification beams are no treatment).

    Raises:
        InvalidInput: when a number is missing or out of range.
    """
    groups: list[FractionGroup] = []
    without_dose = _beams_without_dose(file.root)
    for item in file.root.items("FractionGroupSequence"):
        number = item.needed_count("FractionGroupNumber", at_least=0)
        if any(group.number == number for group in groups):
            raise item.refuse(
                "FractionGroupNumber",
                Text(f"{number} twice", f"{number} 出现两次"),
                Text("a number of its own", "唯一的编号"),
            )
        fractions = item.count("NumberOfFractionsPlanned")
        if fractions is not None and not 1 <= fractions <= MOST_FRACTIONS:
            raise item.refuse("NumberOfFractionsPlanned", str(fractions), _FRACTIONS)
        beams = [beam.needed_count("ReferencedBeamNumber", at_least=0) for beam in item.items("ReferencedBeamSequence")]
        treating = tuple(sorted(set(beams) - without_dose))
        groups.append(FractionGroup(number=number, fractions=fractions, beams=treating))
    return tuple(groups)


def _beams_without_dose(root: Item) -> set[int]:
    beams = [*root.items("BeamSequence"), *root.items("IonBeamSequence")]
    return {
        beam.needed_count("BeamNumber", at_least=0)
        for beam in beams
        if beam.text("TreatmentDeliveryType") not in {None, "TREATMENT", "CONTINUATION"}
    }


def _prescriptions(root: Item, names: dict[int, str]) -> tuple[Prescription, ...]:
    """Target doses of the dose references, largest first, each once."""
    found: dict[tuple[str | None, float], Prescription] = {}
    for item in root.items("DoseReferenceSequence"):
        dose_gy = item.number("TargetPrescriptionDose")
        if item.text("DoseReferenceType") != "TARGET" or not dose_gy:
            continue
        if not 0 < dose_gy <= _MOST_DOSE_GY:
            raise item.refuse("TargetPrescriptionDose", f"{dose_gy:g}", _DOSE)
        number = item.count("ReferencedROINumber")
        name = None if number is None else names.get(number)
        found.setdefault((name, dose_gy), Prescription(structure=name, dose_gy=dose_gy))
    return tuple(sorted(found.values(), key=lambda each: -each.dose_gy))
