"""What dose does each plane of an RT Dose hold? Read plane by plane, so that the file is never whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydicom import dcmread
from pydicom.pixels.decoders.base import RLELosslessDecoder
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.files import DicomFile, Pixels, too_large
from pelvicrt.dicom.refusal import DAMAGE, NOTHING, field_name, quiet
from pelvicrt.foundation import Text

_PIXEL_DATA: Final = 0x7FE00010
_RAW: Final = frozenset(
    {ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian}
)
_COARSEST_GY: Final = 100.0
_STEP: Final = Text("steps of at most 100 Gy", "不超过 100 Gy 的步长")
_SYNTAX: Final = Text(
    "uncompressed, deflated or RLE data; export it without JPEG compression",
    "未压缩、deflate 或 RLE 数据；请在导出时关闭 JPEG 压缩",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """How the pixels of a dose are written."""

    frames: int
    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    gy_per_step: float

    @property
    def pixels_per_plane(self) -> int:
        """Rows times columns."""
        return self.rows * self.columns


def read_layout(file: DicomFile, *, memory_bound_bytes: int) -> PixelLayout:
    """The layout a header declares, before any pixel is read.

    Raises:
        InvalidInput: when it is not that of a dose, or the dose would not fit in the bound as 32-bit numbers.
    """
    root = file.root
    layout = PixelLayout(
        frames=root.needed_count("NumberOfFrames", at_least=2),
        rows=root.needed_count("Rows", at_least=2),
        columns=root.needed_count("Columns", at_least=2),
        bits_allocated=root.needed_count("BitsAllocated", at_least=1),
        bits_stored=root.needed_count("BitsStored", at_least=1),
        signed=_is_signed(root),
        gy_per_step=root.positive("DoseGridScaling"),
    )
    _check_words(root, layout)
    if layout.gy_per_step > _COARSEST_GY:
        raise root.refuse("DoseGridScaling", f"{layout.gy_per_step:g}", _STEP)
    needed = 4 * layout.frames * layout.pixels_per_plane
    if needed > memory_bound_bytes:
        found = f"{layout.frames} x {layout.rows} x {layout.columns}: {needed / 1e6:.0f} MB"
        raise too_large(file.name, field_name("NumberOfFrames"), found, memory_bound_bytes)
    return layout


def _is_signed(root: Item) -> bool:
    representation = root.needed_count("PixelRepresentation", at_least=0)
    if representation > 1:
        raise root.refuse("PixelRepresentation", str(representation), Text("0 or 1", "0 或 1"))
    return representation == 1


def _check_words(root: Item, layout: PixelLayout) -> None:
    if root.needed_count("SamplesPerPixel", at_least=1) != 1:
        raise root.refuse("SamplesPerPixel", Text("more than 1", "大于 1"), Text("1", "1"))
    if layout.bits_allocated not in {16, 32}:
        raise root.refuse("BitsAllocated", str(layout.bits_allocated), Text("16 or 32", "16 或 32"))
    if layout.bits_stored > layout.bits_allocated:
        wanted = Text(f"at most {layout.bits_allocated}", f"不大于 {layout.bits_allocated}")
        raise root.refuse("BitsStored", str(layout.bits_stored), wanted)
    high = root.count("HighBit")
    if high is not None and high != layout.bits_stored - 1:
        raise root.refuse("HighBit", str(high), Text(f"{layout.bits_stored - 1}", f"{layout.bits_stored - 1}"))
    photometric = root.text("PhotometricInterpretation")
    if photometric != "MONOCHROME2":
        raise root.refuse(
            "PhotometricInterpretation", Text("another value", "其他值"), Text("MONOCHROME2", "MONOCHROME2")
        )


def dose_planes(file: DicomFile, layout: PixelLayout) -> Iterator[npt.NDArray[np.float32]]:
    """The dose of each plane in the file's order [Gy], shape (rows, columns).

    Raises:
        InvalidInput: when pixels are missing, too few or too many, of an unreadable kind, or negative.
    """
    pixels = file.pixels
    if pixels is None or pixels.tag != _PIXEL_DATA:
        raise file.root.refuse("PixelData", NOTHING, Text("the dose of every voxel", "每个体素的剂量"))
    planes = _encapsulated_planes(file, layout) if pixels.length is None else _raw_planes(file, layout, pixels)
    for words in planes:
        if layout.signed and int(words.min()) < 0:
            raise file.root.refuse(
                "PixelData", Text("negative dose", "负剂量"), Text("doses of 0 or more", "不小于 0 的剂量")
            )
        yield (words * layout.gy_per_step).astype(np.float32).reshape(layout.rows, layout.columns)


def _raw_planes(file: DicomFile, layout: PixelLayout, pixels: Pixels) -> Iterator[npt.NDArray[np.integer]]:
    syntax = file.transfer_syntax
    if syntax is not None and syntax not in _RAW:
        raise file.root.refuse("TransferSyntaxUID", syntax, _SYNTAX)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    kind = np.dtype(f"{order}{'i' if layout.signed else 'u'}{layout.bits_allocated // 8}")
    plane_bytes = layout.pixels_per_plane * kind.itemsize
    wanted = plane_bytes * layout.frames
    if pixels.length not in {wanted, wanted + wanted % 2}:
        raise file.root.refuse(
            "PixelData",
            Text(f"{pixels.length} bytes", f"{pixels.length} 字节"),
            Text(f"{wanted} bytes", f"{wanted} 字节"),
        )
    with file.stream() as stream:
        stream.seek(pixels.offset)
        for at in range(layout.frames):
            data = stream.read(plane_bytes)
            if len(data) < plane_bytes:
                found = Text(f"an end after {at} of {layout.frames} planes", f"{layout.frames} 层中仅有 {at} 层")
                raise file.root.refuse("PixelData", found, Text(f"{wanted} bytes", f"{wanted} 字节"))
            yield _stored_bits(np.frombuffer(data, dtype=kind), layout)


def _stored_bits(words: npt.NDArray[np.integer], layout: PixelLayout) -> npt.NDArray[np.integer]:
    """The value within a wider word: bits above the stored ones are cut off, the sign is carried up."""
    spare = layout.bits_allocated - layout.bits_stored
    if spare == 0:
        return words
    native = words.astype(words.dtype.newbyteorder("="))
    return (native << spare) >> spare


def _encapsulated_planes(file: DicomFile, layout: PixelLayout) -> Iterator[npt.NDArray[np.integer]]:
    if file.transfer_syntax != RLELossless:
        raise file.root.refuse("TransferSyntaxUID", file.transfer_syntax or "none", _SYNTAX)
    try:
        with quiet():
            planes = RLELosslessDecoder.iter_array(dcmread(file.path), raw=True)
            decoded = next(planes, None)
        frames = 0
        while decoded is not None and frames < layout.frames:
            frames += 1
            words = decoded[0].ravel()
            yield _stored_bits(words, layout)
            with quiet():
                decoded = next(planes, None)
    except DAMAGE as problem:
        raise file.root.refuse(
            "PixelData", type(problem).__name__, Text("intact RLE data", "完好的 RLE 数据")
        ) from None
    if frames != layout.frames or decoded is not None:
        wanted = Text(f"{layout.frames} planes", f"{layout.frames} 层")
        raise file.root.refuse(
            "PixelData", Text("fewer", "层数过少") if decoded is None else Text("more", "层数过多"), wanted
        )
