r"""Plan the demonstration pelvis anew with pyRadPlan: optimised photon beams instead of a formula. An extra.

pyRadPlan wants libraries of its own, so this runs in an environment of its own and needs nothing of pelvicrt:

    python3 -m venv build/pyradplan
    build/pyradplan/bin/pip install "pyradplan==0.5.0" "pydantic<2.13"
    .venv/bin/python -c "from pathlib import Path; from pelvicrt.dicom import *; \
        write_demo_plan(Path('build/phantom'), DEMO_PLANS['scrt'], with_ct=True)"
    build/pyradplan/bin/python tools/replan_phantom.py build/phantom build/replanned

The folder given must hold RS.dcm, RD.dcm, RP.dcm and CT/. The result is the same plan with the dose replaced: two
minutes and 1.5 GB. It is no clinical plan: nothing was done about hot spots outside the target or deliverability.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk  # noqa: N813 - as its own documentation writes it
from matplotlib.path import Path as Outline
from pyRadPlan import PhotonPlan, calc_dose_influence, fluence_optimization, generate_stf
from pyRadPlan.cst import OAR, ExternalVOI, Target, create_cst
from pyRadPlan.ct import create_ct
from pyRadPlan.optimization.objectives import MeanDose, SquaredDeviation, SquaredOverdosing

BEAMS = 9
BIXEL_MM = 10.0
DOSE_GRID_MM = 5.0
# Weights of one trial, on 25 Gy in 5: D98 of the target 91 %, D2 102 %, mean of the bladder 15 % of the prescription.
SPARED = {"Bladder": 10.0, "Bag_Bowel": 15.0, "Femur_Head_L": 5.0, "Femur_Head_R": 5.0}


def read_ct(folder: Path) -> sitk.Image:
    """The CT series as one image, in patient coordinates."""
    slices = sorted((pydicom.dcmread(path) for path in folder.glob("*.dcm")), key=lambda s: s.ImagePositionPatient[2])
    image = sitk.GetImageFromArray(np.stack([each.pixel_array.astype(np.float64) for each in slices]))
    gap = float(slices[1].ImagePositionPatient[2]) - float(slices[0].ImagePositionPatient[2])
    image.SetSpacing((float(slices[0].PixelSpacing[1]), float(slices[0].PixelSpacing[0]), gap))
    image.SetOrigin([float(value) for value in slices[0].ImagePositionPatient])
    return image


def read_masks(structures: pydicom.Dataset, image: sitk.Image) -> dict[str, sitk.Image]:
    """Each structure as voxels of the CT whose centre it holds; an odd number of contours counts as inside."""
    columns, rows, planes = image.GetSize()
    x = image.GetOrigin()[0] + image.GetSpacing()[0] * np.arange(columns)
    y = image.GetOrigin()[1] + image.GetSpacing()[1] * np.arange(rows)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    names = {item.ROINumber: item.ROIName for item in structures.StructureSetROISequence}
    masks = {}
    for item in structures.ROIContourSequence:
        mask = np.zeros((planes, rows, columns), dtype=bool)
        for contour in item.ContourSequence:
            ring = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
            at = round((ring[0, 2] - image.GetOrigin()[2]) / image.GetSpacing()[2])
            mask[at] ^= Outline(ring[:, :2]).contains_points(points).reshape(rows, columns)
        masks[names[item.ReferencedROINumber]] = sitk.GetImageFromArray(mask.astype(np.uint8))
        masks[names[item.ReferencedROINumber]].CopyInformation(image)
    return masks


def optimise(image: sitk.Image, masks: dict[str, sitk.Image], fraction_gy: float) -> np.ndarray:
    """The dose of one fraction on the CT grid, shape (planes, rows, columns) [Gy]."""
    ct = create_ct(cube_hu=image)
    vois = [
        Target(
            name="PTV",
            ct_image=ct,
            mask=masks["PTV"],
            objectives=[SquaredDeviation(priority=1000.0, d_ref=fraction_gy)],
        ),
        ExternalVOI(
            name="BODY",
            ct_image=ct,
            mask=masks["BODY"],
            objectives=[SquaredOverdosing(priority=300.0, d_max=0.5 * fraction_gy)],
        ),
    ]
    for name, weight in SPARED.items():
        objectives = [SquaredOverdosing(priority=10 * weight, d_max=0.7 * fraction_gy), MeanDose(priority=weight)]
        vois.append(OAR(name=name, ct_image=ct, mask=masks[name], objectives=objectives))
    cst = create_cst(vois, ct=ct)
    plan = PhotonPlan(machine="Generic")
    angles = [360.0 / BEAMS * beam for beam in range(BEAMS)]
    plan.prop_stf = {"gantry_angles": angles, "couch_angles": [0.0] * BEAMS, "bixel_width": BIXEL_MM}
    plan.prop_dose_calc = {"dose_grid": {"resolution": {"x": DOSE_GRID_MM, "y": DOSE_GRID_MM, "z": DOSE_GRID_MM}}}
    plan.prop_opt = {"solver": "scipy"}
    steering = generate_stf(ct, cst, plan)
    influence = calc_dose_influence(ct, cst, steering, plan)
    fluence = fluence_optimization(ct, cst, steering, influence, plan)
    return sitk.GetArrayFromImage(influence.compute_result_ct_grid(fluence)["physical_dose"])


def replace_dose(source: Path, target: Path, dose_gy: np.ndarray, image: sitk.Image) -> None:
    """The plan's dose file with another grid and other pixels."""
    dose = pydicom.dcmread(source)
    steps = 2**16 - 1
    scaling = float(f"{dose_gy.max() / steps * (1 + 1e-6):.9e}")
    dose.ImagePositionPatient = [f"{value:.8g}" for value in image.GetOrigin()]
    dose.PixelSpacing = [image.GetSpacing()[1], image.GetSpacing()[0]]
    dose.GridFrameOffsetVector = [f"{image.GetSpacing()[2] * at:.8g}" for at in range(len(dose_gy))]
    dose.NumberOfFrames, dose.Rows, dose.Columns = dose_gy.shape
    dose.DoseGridScaling = f"{scaling:.9e}"
    dose.PixelData = np.rint(np.clip(dose_gy, 0, None) / scaling).astype("<u2").tobytes()
    dose.SOPInstanceUID = f"2.25.{int(hashlib.sha256(dose.PixelData).hexdigest()[:30], 16)}"
    dose.file_meta.MediaStorageSOPInstanceUID = dose.SOPInstanceUID
    dose.save_as(target)


def main(source: Path, target: Path) -> None:
    """Copy a plan with its dose optimised anew and scaled so that the median of the target is the prescription."""
    image = read_ct(source / "CT")
    masks = read_masks(pydicom.dcmread(source / "RS.dcm"), image)
    plan = pydicom.dcmread(source / "RP.dcm")
    total_gy = float(plan.DoseReferenceSequence[0].TargetPrescriptionDose)
    fractions = int(plan.FractionGroupSequence[0].NumberOfFractionsPlanned)
    dose = optimise(image, masks, total_gy / fractions)
    inside = sitk.GetArrayFromImage(masks["PTV"]).astype(bool)
    dose = dose * total_gy / np.median(dose[inside])
    target.mkdir(parents=True, exist_ok=True)
    for name in ("RS.dcm", "RP.dcm"):
        shutil.copy(source / name, target / name)
    replace_dose(source / "RD.dcm", target / "RD.dcm", dose, image)
    share = np.percentile(dose[inside], [2, 50, 98]) / total_gy * 100
    print(f"{target}: PTV D98 {share[0]:.1f} %, D50 {share[1]:.1f} %, D2 {share[2]:.1f} % of {total_gy:g} Gy")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
