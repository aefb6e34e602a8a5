"""A dose larger than the bound is refused by its header, before any pixel; one within it is read without a second copy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from tests.support.dicom_plans import edit, write_box_plan

from pelvicrt.dicom import read_plan
from pelvicrt.foundation import InvalidInput

GIGABYTE = 1_000_000_000
# Reads a small plan first, so that what is measured afterwards is the large dose and not the import of libraries.
MEASURE = """
import resource, sys
from pathlib import Path
from pelvicrt.dicom import read_plan
from pelvicrt.foundation import InvalidInput
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
read_plan(Path(sys.argv[1]))
before = peak()
try:
    said = "read " + str(read_plan(Path(sys.argv[2])).dose.dose_gy.nbytes)
except InvalidInput as refused:
    said = str(refused)
print(peak() - before)
print(said)
"""


def _declare(folder: Path, *, frames: int, rows: int, columns: int, bits: int) -> Path:
    """Let the dose declare a large grid, its pixels a hole in the file but for one voxel."""
    size = frames * rows * columns * bits // 8

    def change(dose: Dataset) -> None:
        dose.NumberOfFrames, dose.Rows, dose.Columns = frames, rows, columns
        dose.BitsAllocated = dose.BitsStored = bits
        dose.HighBit = bits - 1
        dose.PixelSpacing = ["0.3", "0.3"]
        dose.GridFrameOffsetVector = [f"{0.3 * at:.6g}" for at in range(frames)]
        dose.DoseGridScaling = "1"
        dose.PixelData = b"\1\0\0\0"

    path = edit(folder / "RD.dcm", change)
    content = path.read_bytes()
    length = (4).to_bytes(4, "little")
    at = content.rindex(b"\xe0\x7f\x10\x00OW\0\0" + length)
    with path.open("r+b") as stream:
        stream.seek(at + 8)
        stream.write(size.to_bytes(4, "little"))
        stream.truncate(at + 12 + size)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_box_plan(tmp_path / "small")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return write_box_plan(tmp_path / "large", seed="large")


def _measure(small: Path, large: Path) -> tuple[int, str]:
    """Bytes the second reading needed beyond the first, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(small), str(large)], capture_output=True, text=True, check=True
    )
    grown, said = done.stdout.splitlines()
    return int(grown), said


@pytest.mark.parametrize(("bits", "columns"), [(32, 1000), (16, 2000)])
def test_a_dose_of_two_gigabytes_is_refused_by_its_size_without_being_read(
    small: Path, large: Path, bits: int, columns: int
) -> None:
    _declare(large, frames=500, rows=1000, columns=columns, bits=bits)
    assert (large / "RD.dcm").stat().st_size > 1.99 * GIGABYTE
    grown, said = _measure(small, large)
    assert "RD.dcm: (file): found 2000" in said
    assert f"with a grid of 500 x 1000 x {columns}; expected at most 1000 MB in memory" in said
    assert grown < 20_000_000


def test_a_dose_that_fits_its_file_but_not_the_bound_as_32_bit_numbers_is_refused(large: Path) -> None:
    _declare(large, frames=100, rows=200, columns=200, bits=16)
    message = r"NumberOfFrames \(0028,0008\): found 100 x 200 x 200: 16 MB; expected at most 10 MB in memory"
    with pytest.raises(InvalidInput, match=message):
        read_plan(large, memory_bound_bytes=10_000_000)


def test_a_large_dose_is_read_with_one_copy_of_it_in_memory(small: Path, large: Path) -> None:
    _declare(large, frames=120, rows=400, columns=400, bits=16)
    grown, said = _measure(small, large)
    dose_bytes = 120 * 400 * 400 * 4
    assert said == f"read {dose_bytes}"
    assert grown < 1.25 * dose_bytes


def test_a_grid_turned_about_needs_no_second_copy_either(small: Path, large: Path) -> None:
    _declare(large, frames=120, rows=400, columns=400, bits=16)
    edit_header(large / "RD.dcm", {"ImageOrientationPatient": [0, 1, 0, 0, 0, 1]})
    grown, said = _measure(small, large)
    dose_bytes = 120 * 400 * 400 * 4
    assert said == f"read {dose_bytes}"
    assert grown < 1.25 * dose_bytes


def edit_header(path: Path, fields: dict[str, object]) -> None:
    """Change fields of the same written length without touching the hole."""
    before = pydicom.dcmread(path, stop_before_pixels=True)
    content = path.read_bytes()
    for keyword, value in fields.items():
        old = "\\".join(str(each) for each in before[keyword].value).encode()
        new = "\\".join(str(each) for each in value).encode()  # type: ignore[attr-defined]
        assert len(old) == len(new)
        content = content.replace(old, new, 1)
    path.write_bytes(content)


def test_the_bound_holds_for_what_a_deflated_file_becomes(small: Path) -> None:
    def deflate(structures: Dataset) -> None:
        structures.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
        structures.add_new(0x00091010, "OB", np.zeros(30_000_000, dtype=np.uint8).tobytes())
        structures.add_new(0x00090010, "LO", "PRIVATE")

    edit(small / "RS.dcm", deflate)
    assert (small / "RS.dcm").stat().st_size < 100_000
    message = "RS.dcm: .*found more than 20000000 bytes after inflating; expected at most 20 MB in memory"
    with pytest.raises(InvalidInput, match=message):
        read_plan(small, memory_bound_bytes=20_000_000)
