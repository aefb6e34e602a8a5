"""The door for DICOM-RT: structure, dose and plan files in, arrays of `dosimetry` out, and valid files back."""

from pelvicrt.dicom.deidentify import Deidentifier, deidentify_folder
from pelvicrt.dicom.demo import DEMO_PLANS, DemoPlan, demo_dose, demo_structures, write_demo_plan, write_demo_plans
from pelvicrt.dicom.derive import write_derived_dose
from pelvicrt.dicom.files import MEMORY_BOUND_BYTES
from pelvicrt.dicom.reading import read_plan
from pelvicrt.dicom.treatment import FractionGroup, Prescription, Reference, StoredHistogram, TreatmentPlan
from pelvicrt.dicom.write_images import CtVolume
from pelvicrt.dicom.write_report import Measured, write_structured_report
from pelvicrt.dicom.writing import write_plan

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
