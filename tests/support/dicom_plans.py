"""Small DICOM plans whose every number is known, written without the project's own writer of doses.

The dose is a linear function of patient coordinates, so that trilinear interpolation of it is exact and its value at a
place does not depend on how the grid lies. The structure is a box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian

from pelvicrt.dicom import Prescription, write_plan
from pelvicrt.dosimetry import DoseGrid, Structure

Floats = npt.NDArray[np.float64]

GRADIENT = np.array([0.11, -0.07, 0.05])  # Gy/mm
CENTRE_GY = 30.0
SCALING = 1e-4
BOX = np.array([[-12.0, 14.0], [-9.0, 11.0], [-10.0, 10.0]])  # mm, patient x, y, z
SHARED = Path(__file__).resolve().parents[2] / "../shared/dicom"


def dose_at(points: Floats) -> Floats:
    """The dose [Gy] at patient points, last axis x, y, z."""
    return np.asarray(points @ GRADIENT + CENTRE_GY)


def box_contours(normal_axis: int = 2, gap_mm: float = 2.0, box: Floats = BOX) -> list[Floats]:
    """Rectangles of the box across one patient axis, at the centres of slabs `gap_mm` thick."""
    first, second = (axis for axis in range(3) if axis != normal_axis)
    contours = []
    for height in np.arange(box[normal_axis, 0] + gap_mm / 2, box[normal_axis, 1], gap_mm):
        points = np.zeros((4, 3))
        points[:, first] = box[first][[0, 1, 1, 0]]
        points[:, second] = box[second][[0, 0, 1, 1]]
        points[:, normal_axis] = height
        contours.append(points)
    return contours


def linear_grid(spacing_mm: tuple[float, float, float] = (3.0, 2.5, 2.0), half_mm: float = 24.0) -> DoseGrid:
    """The linear dose on a grid along the patient's axes."""
    x_mm, y_mm, z_mm = (np.arange(-half_mm, half_mm + 0.1, gap) + 0.25 for gap in spacing_mm)
    z, y, x = np.meshgrid(z_mm, y_mm, x_mm, indexing="ij")
    return DoseGrid(dose_gy=dose_at(np.stack([x, y, z], axis=-1)).astype(np.float32), x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)


def write_box_plan(folder: Path, *, seed: str = "box", bits: int = 32, fractions: int | None = 25) -> Path:
    """RS.dcm, RD.dcm and RP.dcm of the box in the linear dose."""
    write_plan(
        folder,
        label="BOX",
        dose=linear_grid(),
        structures=[Structure.from_contours("PTV", box_contours(), 2.0)],
        fractions=fractions,
        prescriptions=[Prescription(structure="PTV", dose_gy=50.0)],
        seed=seed,
        bits=bits,
    )
    return folder


def edit(path: Path, change: Callable[[Dataset], None], *, to: Path | None = None) -> Path:
    """Change one file in place, or into another."""
    dataset = pydicom.dcmread(path)
    change(dataset)
    target = to or path
    dataset.save_as(target)
    return target


def turn_dose(
    path: Path,
    axes: Floats,
    *,
    spacing_mm: tuple[float, float, float] = (3.0, 2.5, 2.0),
    shape: tuple[int, int, int] = (17, 20, 25),
    offsets_mm: Iterable[float] | None = None,
    first_offset_mm: float = 0.0,
    signed: bool = False,
    bits: int = 32,
) -> None:
    """Give a dose file another grid: columns, rows and planes along `axes`, centred on the patient's origin.

    Args:
        path: the RT Dose to change.
        axes: directions of columns, rows and planes as columns, the last the product of the others.
        spacing_mm: between columns, rows and planes.
        shape: numbers of columns, rows and planes.
        offsets_mm: of the planes from the first; even when None.
        first_offset_mm: what the written vector starts with, 0 for relative offsets.
        signed: write signed words.
        bits: 16 or 32.
    """
    along = [spacing_mm[axis] * np.arange(shape[axis]) for axis in range(3)]
    if offsets_mm is not None:
        along[2] = np.array(list(offsets_mm), dtype=float)
    middle = np.array([(each.min() + each.max()) / 2 for each in along])
    origin = 0.25 - axes @ middle
    k, j, i = np.meshgrid(along[2], along[1], along[0], indexing="ij")
    points = origin + i[..., None] * axes[:, 0] + j[..., None] * axes[:, 1] + k[..., None] * axes[:, 2]
    scaling = SCALING if bits == 32 else 2e-3

    def change(dose: Dataset) -> None:
        dose.ImagePositionPatient = [f"{value:.10g}" for value in origin]
        dose.ImageOrientationPatient = [f"{value:.10g}" for value in axes[:, :2].T.ravel()]
        dose.PixelSpacing = [spacing_mm[1], spacing_mm[0]]
        dose.GridFrameOffsetVector = [f"{value + first_offset_mm:.10g}" for value in along[2]]
        dose.NumberOfFrames, dose.Rows, dose.Columns = (len(along[2]), shape[1], shape[0])
        dose.BitsAllocated = dose.BitsStored = bits
        dose.HighBit = bits - 1
        dose.PixelRepresentation = int(signed)
        dose.DoseGridScaling = str(scaling)
        dose.PixelData = np.rint(dose_at(points) / scaling).astype(f"<{'i' if signed else 'u'}{bits // 8}").tobytes()

    edit(path, change)


def redraw(path: Path, contours: Iterable[Floats], roi: int = 0) -> None:
    """Give one structure of a structure set other contours."""

    def change(structures: Dataset) -> None:
        items = []
        for points in contours:
            item = Dataset()
            item.ContourGeometricType = "CLOSED_PLANAR"
            item.NumberOfContourPoints = len(points)
            item.ContourData = [f"{value:.4f}" for value in points.ravel()]
            items.append(item)
        structures.ROIContourSequence[roi].ContourSequence = items

    edit(path, change)


def rewrite_as(path: Path, transfer_syntax: str) -> None:
    """The same file in another transfer syntax, pixels included."""
    dataset = pydicom.dcmread(path)
    if transfer_syntax == pydicom.uid.RLELossless:
        dataset.compress(pydicom.uid.RLELossless)
        dataset.save_as(path)
        return
    if transfer_syntax == ExplicitVRBigEndian and "PixelData" in dataset:
        kind = f"u{dataset.BitsAllocated // 8}"
        dataset.PixelData = np.frombuffer(dataset.PixelData, f"<{kind}").astype(f">{kind}").tobytes()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(transfer_syntax)
    little = transfer_syntax != ExplicitVRBigEndian
    implicit = transfer_syntax == pydicom.uid.ImplicitVRLittleEndian
    fresh = Dataset()
    fresh.update(dataset)
    fresh.file_meta = dataset.file_meta
    fresh.preamble = b"\0" * 128
    fresh.save_as(path, implicit_vr=implicit, little_endian=little, enforce_file_format=True)


def shuffled_axes() -> list[Floats]:
    """All 24 right-handed ways a grid can lie along the patient's axes."""
    found = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        for signs in np.ndindex(2, 2, 2):
            axes = np.eye(3)[:, list(order)] * (1 - 2 * np.array(signs))
            if np.linalg.det(axes) > 0:
                found.append(axes)
    return found
