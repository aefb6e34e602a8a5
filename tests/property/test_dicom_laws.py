"""Laws of reading and writing: decimals are Python's, a dose keeps its place and value, structures come back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pelvicrt.dicom import read_plan, write_plan
from pelvicrt.dicom.decimals import read_decimals
from pelvicrt.dicom.laying import lay
from pelvicrt.dicom.placement import Placement, meeting_frame
from pelvicrt.dicom.privacy import Patient, short_label
from pelvicrt.dosimetry import DoseGrid, Structure

PLAIN = st.floats(-1e6, 1e6).map(lambda value: f"{value:.6g}")
LONG = st.floats(allow_nan=False, allow_infinity=False).map(repr)
PADDED = st.tuples(st.sampled_from(["", " "]), PLAIN | LONG, st.sampled_from(["", " ", "  "])).map("".join)


@settings(deadline=None)  # the first example may compile
@given(st.lists(PADDED, min_size=1, max_size=40))
@example(["-0", "+1.5", "1E3", "1e-22", "9007199254740993", "0.1", "123456789012345678"])
def test_decimals_are_read_to_the_bit_as_python_reads_them(parts: list[str]) -> None:
    found = read_decimals("\\".join(parts).encode())
    assert found is not None
    assert found.tolist() == [float(part) for part in parts]


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789.+-eE \\x_\0"), max_size=12))
def test_text_is_read_as_numbers_only_when_python_would(text: str) -> None:
    found = read_decimals(text.encode())
    parts = [part.strip(" \0") for part in text.split("\\")]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        assert found is None
        return
    if "_" in text or not np.isfinite(numbers).all():
        assert found is None
    elif found is not None:  # blanks within a number make the fast reader stricter than Python, never laxer
        assert found.tolist() == numbers


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_at_all_upset_the_reader_of_decimals(content: bytes) -> None:
    found = read_decimals(content)
    assert found is None or np.isfinite(found).all()


SIGNED = st.tuples(st.permutations(range(3)), st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))


@given(
    axes=SIGNED,
    shape=st.tuples(*[st.integers(2, 5)] * 3),
    descending=st.booleans(),
    normal=st.sampled_from([0, 1, 2]),
)
def test_a_grid_along_the_patients_axes_keeps_every_voxel_at_its_place(
    axes: tuple[list[int], list[float]], shape: tuple[int, int, int], descending: bool, normal: int
) -> None:
    turned = np.eye(3)[:, axes[0]] * axes[1]
    turned[:, 2] = np.cross(turned[:, 0], turned[:, 1])
    along = tuple(np.arange(size) * gap for size, gap in zip(shape, (1.0, 1.5, 2.5), strict=True))
    if descending:
        along = (along[0], along[1], -along[2])
    placement = Placement(origin=np.array([3.0, -5.0, 7.0]), axes=turned, along=along)  # type: ignore[arg-type]
    frame, resample = meeting_frame(turned, np.eye(3)[normal])
    assert not resample
    laid = lay(placement, frame)
    k, j, i = np.meshgrid(along[2], along[1], along[0], indexing="ij")
    points = placement.origin + np.stack([i, j, k], axis=-1) @ turned.T
    weights = np.array([1.0, 10.0, 100.0])
    laid.in_file_order[...] = points @ weights
    grid = laid
    z, y, x = np.meshgrid(grid.z_mm, grid.y_mm, grid.x_mm, indexing="ij")
    places = np.stack([x, y, z], axis=-1) @ frame.T
    assert np.allclose(laid.dose_gy, places @ weights, atol=1e-3)
    assert all(np.all(np.diff(axis) > 0) for axis in (grid.x_mm, grid.y_mm, grid.z_mm))
    assert laid.dose_gy.flags["C_CONTIGUOUS"]


@settings(max_examples=15, deadline=None)
@given(
    highest=st.floats(0.5, 120),
    bits=st.sampled_from([16, 32]),
    gaps=st.lists(st.floats(0.5, 6), min_size=2, max_size=5),
    corner=st.tuples(*[st.floats(-300, 300)] * 3),
    sides=st.integers(3, 9),
)
def test_what_is_written_is_read_back(
    highest: float, bits: int, gaps: list[float], corner: tuple[float, float, float], sides: int
) -> None:
    z_mm = corner[2] + np.cumsum([0.0, *gaps])
    x_mm, y_mm = (corner[axis] + np.arange(4) * 2.0 for axis in range(2))
    shape = (len(z_mm), 4, 4)
    dose = (np.arange(np.prod(shape)).reshape(shape) / np.prod(shape) * highest + 0.1).astype(np.float32)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    rings = [np.column_stack([20 * np.cos(angle), 15 * np.sin(angle), np.full(sides, round(z, 3))]) for z in z_mm]
    structure = Structure.from_contours("CTV", rings)
    with TemporaryDirectory() as folder:
        grid = DoseGrid(dose_gy=dose, x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)
        write_plan(Path(folder), label="A", dose=grid, structures=[structure], fractions=3, bits=bits)
        plan = read_plan(Path(folder))
    assert np.abs(plan.dose.dose_gy - dose).max() <= float(dose.max()) * (0.51 / (2**bits - 1) + 2e-7)
    assert np.allclose(plan.dose.z_mm, z_mm, atol=1e-6)
    found = [ring for plane in plan.structures[0].planes for ring in plane.rings]
    assert len(found) == len(rings)
    assert max(np.abs(one - two[:, :2]).max() for one, two in zip(found, rings, strict=True)) < 1e-4


WORD = st.text(st.characters(categories=["L"]), min_size=2, max_size=8)


@given(family=WORD, given_name=WORD, number=st.integers(1000, 10**9), around=st.sampled_from(["", "PTV_", " boost"]))
def test_a_label_with_the_patients_name_or_number_is_never_kept(
    family: str, given_name: str, number: int, around: str
) -> None:
    patient = Patient((family.casefold(), given_name.casefold()), str(number))
    for text in (f"{family} {given_name}{around}", f"{around}{number}"):
        label = short_label(text, "1.2.3", patient, kind="plan")
        assert str(number) not in label
        assert label != text
