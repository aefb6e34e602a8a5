"""What is one DICOM file: its kind, its identifiers, its fields, and where its pixels stand?

A file is opened within a bound and never trusted: its size is asked before it is read, a deflated one is inflated only
as far as the bound, pixel data are located but not loaded, and an element that claims more bytes than there are is
refused by its tag.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_file_meta_info, read_partial
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.refusal import DAMAGE, INTACT, NOTHING, WHOLE_FILE, quiet, refusal
from pelvicrt.dicom.treatment import Reference
from pelvicrt.foundation import InvalidInput, Text

MEMORY_BOUND_BYTES: Final = 1_000_000_000
SOP_CLASSES: Final = {
    "RTSTRUCT": "1.2.840.10008.5.1.4.1.1.481.3",
    "RTDOSE": "1.2.840.10008.5.1.4.1.1.481.2",
    "RTPLAN": "1.2.840.10008.5.1.4.1.1.481.5",
    "CT": "1.2.840.10008.5.1.4.1.1.2",
}
DIRECTORY: Final = "DICOMDIR"
OTHER: Final = "other"
_KINDS: Final = {uid: kind for kind, uid in SOP_CLASSES.items()} | {
    "1.2.840.10008.5.1.4.1.1.481.8": "RTPLAN",  # of ions: fractions and prescriptions stand where others have them
    "1.2.840.10008.1.3.10": DIRECTORY,
}
_CLASS: Final = Text("the SOP class that fits its modality", "与模态相符的 SOP 类")
_PIXEL_TAGS: Final = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_LONG_HEADERS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_GRID_TAGS: Final = [0x00280008, 0x00280010, 0x00280011]  # frames, rows, columns
_META_START: Final = 128 + 4 + 12  # preamble, "DICM", and the element that holds the length of the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Where the pixel data of a file stand. `length` is None for encapsulated (compressed) data."""

    tag: int
    offset: int
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomFile:
    """One readable DICOM file. `name` is its path below the folder asked for, and stands in messages only."""

    path: Path
    name: str
    kind: str
    root: Item
    reference: Reference
    transfer_syntax: str | None
    pixels: Pixels | None
    inflated: bytes | None

    def stream(self) -> BinaryIO:
        """The bytes that `pixels.offset` counts in."""
        return self.path.open("rb") if self.inflated is None else io.BytesIO(self.inflated)


class _PixelFinder:
    """Stops pydicom at the pixel data and remembers how they were announced."""

    def __init__(self) -> None:
        self.found: tuple[int, str | None, int] | None = None

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        if int(tag) in _PIXEL_TAGS:
            self.found = (int(tag), vr, length)
        return self.found is not None

    def place(self, element_start: int) -> Pixels | None:
        """Where the value begins: the header of an element has 8 bytes, or 12 when its VR needs a long length."""
        if self.found is None:
            return None
        tag, vr, length = self.found
        offset = element_start + (12 if vr in _LONG_HEADERS else 8)
        return Pixels(tag=tag, offset=offset, length=None if length == 0xFFFFFFFF else length)


def looks_like_dicom(start: bytes) -> bool:
    """Whether the first bytes of a file are those of DICOM: the mark after the preamble, or a bare first element.

    >>> looks_like_dicom(bytes(128) + b"DICM")
    True
    >>> looks_like_dicom(b"%PDF-1.7" + bytes(140))
    False
    """
    bare = start[:2] in {b"\x08\x00", b"\x00\x08"} and start[4:8] != b"\0\0\0\0"
    return start[128:132] == b"DICM" or bare


def open_file(path: Path, name: str, *, memory_bound_bytes: int) -> DicomFile:
    """One file, parsed up to its pixel data.

    Raises:
        InvalidInput: when it is damaged or would not fit in the bound.
    """
    finder = _PixelFinder()
    try:
        with quiet() as said, path.open("rb") as stream:
            _check_size(stream, path.stat().st_size, name, memory_bound_bytes)
            syntax = _transfer_syntax(path)
            inflated = None
            if syntax == DeflatedExplicitVRLittleEndian:
                inflated = _inflate(stream, name, memory_bound_bytes)
                source: BinaryIO = io.BytesIO(inflated)
                dataset: Dataset = read_dataset(source, False, True, stop_when=finder)
            else:
                source = stream
                dataset = read_partial(source, stop_when=finder, force=True)
            pixels = finder.place(source.tell())
    except DAMAGE as problem:
        raise refusal(name, WHOLE_FILE, type(problem).__name__, INTACT) from None
    if any("in file" in str(each.message) for each in said):
        raise refusal(name, WHOLE_FILE, Text("an end in the middle of a sequence", "序列中途文件结束"), INTACT)
    root = Item(name, dataset)
    root.check_whole()
    if finder.found is None:
        root.check_end(len(inflated) if inflated is not None else path.stat().st_size)
    kind = _kind(root)
    return DicomFile(
        path=path,
        name=name,
        kind=kind,
        root=root,
        reference=_reference(root, kind),
        transfer_syntax=syntax,
        pixels=pixels,
        inflated=inflated,
    )


def _transfer_syntax(path: Path) -> str | None:
    """The transfer syntax of the file's own header, None for a bare data set."""
    with path.open("rb") as stream:
        if stream.read(132)[128:] != b"DICM":
            return None
    syntax = read_file_meta_info(path).get("TransferSyntaxUID")
    return None if syntax is None else str(syntax)


def _inflate(stream: BinaryIO, name: str, bound: int) -> bytes:
    """The data set of a deflated file, inflated no further than the bound."""
    stream.seek(_META_START - 4)
    length = int.from_bytes(stream.read(4), "little")
    stream.seek(_META_START + length)
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    data = engine.decompress(stream.read(), bound)
    if engine.unconsumed_tail:
        found = Text(f"more than {bound} bytes after inflating", f"解压后超过 {bound} 字节")
        raise refusal(name, WHOLE_FILE, found, _within(bound))
    if not engine.eof:
        raise refusal(name, WHOLE_FILE, Text("a deflated part that ends too early", "压缩数据提前结束"), INTACT)
    return data


def _check_size(stream: BinaryIO, size: int, name: str, bound: int) -> None:
    """Refuse a file larger than the bound; of a dose, say what its header declares."""
    if size <= bound:
        return
    header = read_partial(stream, stop_when=_PixelFinder(), specific_tags=_GRID_TAGS, force=True)
    grid = [header.get(keyword) for keyword in ("NumberOfFrames", "Rows", "Columns")]
    found = Text(f"{size} bytes", f"{size} 字节")
    if all(grid):
        shape = " x ".join(str(int(each)) for each in grid)
        found = Text(f"{found.en} with a grid of {shape}", f"{found.zh}，网格 {shape}")
    raise refusal(name, WHOLE_FILE, found, _within(bound))


def _within(bound: int) -> Text:
    megabytes = bound / 1e6
    return Text(
        f"at most {megabytes:.0f} MB in memory; export a coarser dose grid or raise the memory bound",
        f"内存占用不超过 {megabytes:.0f} MB；请导出较粗的剂量网格或提高内存上限",
    )


def too_large(name: str, field: str, found: str | Text, bound: int) -> InvalidInput:
    """The refusal of something that would need more memory than allowed."""
    return refusal(name, field, found, _within(bound))


def _kind(root: Item) -> str:
    """What the file is by its SOP class, or by its modality when it names no class.

    A file that names neither, or a class no one knows for a modality of ours, is damaged and not merely something else.
    """
    uid, modality = root.text("SOPClassUID"), root.text("Modality")
    if uid is None and "DirectoryRecordSequence" in root.dataset:
        return DIRECTORY
    if uid is None:
        if modality in SOP_CLASSES:
            return modality
        raise root.refuse("SOPClassUID", NOTHING, INTACT)
    if UID(uid, IGNORE).type != "SOP Class" and modality in SOP_CLASSES:
        raise root.refuse("SOPClassUID", Text("an unknown class", "未知的类"), _CLASS)
    return _KINDS.get(uid, OTHER)


def _reference(root: Item, kind: str) -> Reference:
    return Reference(
        modality=kind,
        sop_class_uid=root.text("SOPClassUID") or SOP_CLASSES.get(kind, ""),
        sop_instance_uid=root.text("SOPInstanceUID") or "",
        study_uid=root.text("StudyInstanceUID") or "",
        series_uid=root.text("SeriesInstanceUID") or "",
    )
