"""The door for DICOM-RT: structure, dose and plan files in, arrays of `dosimetry` out, and valid files back."""

from typing import TYPE_CHECKING, Any

from pelvicrt.dicom.deidentify import Deidentifier, deidentify_folder
from pelvicrt.dicom.demo import DEMO_PLANS, DemoPlan, demo_dose, demo_structures, write_demo_plan, write_demo_plans
from pelvicrt.dicom.derive import write_derived_dose
from pelvicrt.dicom.files import MEMORY_BOUND_BYTES
from pelvicrt.dicom.reading import read_plan
from pelvicrt.dicom.treatment import FractionGroup, Prescription, Reference, StoredHistogram, TreatmentPlan
from pelvicrt.dicom.write_images import CtVolume
from pelvicrt.dicom.writing import write_plan

if TYPE_CHECKING:
    from pelvicrt.dicom.write_report import Measured, write_structured_report

__all__ = [
    "DEMO_PLANS",
    "MEMORY_BOUND_BYTES",
    "CtVolume",
    "Deidentifier",
    "DemoPlan",
    "FractionGroup",
    "Measured",
    "Prescription",
    "Reference",
    "StoredHistogram",
    "TreatmentPlan",
    "deidentify_folder",
    "demo_dose",
    "demo_structures",
    "read_plan",
    "write_demo_plan",
    "write_demo_plans",
    "write_derived_dose",
    "write_plan",
    "write_structured_report",
]


def __getattr__(name: str) -> Any:
    """Reports are imported when first written: their code tables need 16 MB, which reading a plan does not."""
    if name in {"Measured", "write_structured_report"}:
        from pelvicrt.dicom import write_report

        return getattr(write_report, name)
    raise AttributeError(f"module 'pelvicrt.dicom' has no attribute {name!r}")
