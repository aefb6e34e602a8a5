"""More than twelve hundred ways to damage a plan's files, the same on every run.

A valid plan with a CT slice, beams and a stored histogram is written once. Each case gives all its files, one of them
damaged: bits, bytes, lengths, kinds, cuts, values, references, and whole files that are not what they seem.
"""

from __future__ import annotations

import io
import random
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from tests.support.dicom_plans import box_contours, dose_at

from pelvicrt.dicom import CtVolume, Prescription, write_plan
from pelvicrt.dosimetry import DoseGrid, Structure

Files = dict[str, bytes]
Case = tuple[str, Callable[[], Files]]
PATIENT = {"PatientName": "Zhang^Weimin", "PatientID": "HN0042317"}
MAIN = ("RS.dcm", "RD.dcm", "RP.dcm", "CT.dcm")


@lru_cache(1)
def valid_files() -> Files:
    """The undamaged files."""
    x_mm, y_mm, z_mm = (np.arange(-16.0, 17.0, gap) for gap in (4.0, 4.0, 5.0))
    z, y, x = np.meshgrid(z_mm, y_mm, x_mm, indexing="ij")
    dose = DoseGrid(dose_gy=dose_at(np.stack([x, y, z], axis=-1)).astype(np.float32), x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)
    ct = CtVolume(hounsfield=np.zeros((2, 4, 4), dtype=np.int16), x_mm=x_mm[:4], y_mm=y_mm[:4], z_mm=z_mm[:2])
    with TemporaryDirectory() as name:
        folder = Path(name)
        structures = [
            Structure.from_contours("PTV", box_contours(gap_mm=5.0), 5.0),
            Structure.from_contours("Bladder", box_contours(gap_mm=5.0)[1:3], 5.0),
        ]
        prescriptions = [Prescription(structure="PTV", dose_gy=50.0)]
        write_plan(
            folder,
            label="BOX",
            dose=dose,
            structures=structures,
            fractions=25,
            prescriptions=prescriptions,
            ct=ct,
            seed="damage",
        )
        paths = dict(zip(MAIN, ("RS.dcm", "RD.dcm", "RP.dcm", "CT/CT.001.dcm"), strict=True))
        files = {name: (folder / path).read_bytes() for name, path in paths.items()}
    files["RD.dcm"] = edited(files["RD.dcm"], _with_histogram)
    files["RP.dcm"] = edited(files["RP.dcm"], _with_beam)
    return {name: edited(content, _with_patient) for name, content in files.items()}


def _with_patient(dataset: Dataset) -> None:
    for keyword, value in PATIENT.items():
        setattr(dataset, keyword, value)


def _with_histogram(dose: Dataset) -> None:
    histogram, structure = Dataset(), Dataset()
    structure.ReferencedROINumber = 1
    histogram.DVHReferencedROISequence = [structure]
    histogram.DVHType, histogram.DoseUnits, histogram.DoseType = "CUMULATIVE", "GY", "PHYSICAL"
    histogram.DVHDoseScaling, histogram.DVHVolumeUnits, histogram.DVHNumberOfBins = 1, "CM3", 2
    histogram.DVHData = [1.0, 10.0, 1.0, 5.0]
    dose.DVHSequence = [histogram]


def _with_beam(plan: Dataset) -> None:
    beam, listed = Dataset(), Dataset()
    beam.BeamNumber = listed.ReferencedBeamNumber = 1
    beam.TreatmentDeliveryType = "TREATMENT"
    plan.BeamSequence = [beam]
    plan.FractionGroupSequence[0].ReferencedBeamSequence = [listed]


def edited(content: bytes, change: Callable[[Dataset], object], syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A file after a change to its data set."""
    stream = io.BytesIO()
    with warnings.catch_warnings():  # pydicom warns of the bad values that are meant here
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(content))
        change(dataset)
        dataset.file_meta.TransferSyntaxUID = syntax
        fresh = Dataset()
        fresh.update(dataset)
        fresh.file_meta = dataset.file_meta
        fresh.preamble = bytes(128)
        fresh.save_as(stream, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    return stream.getvalue()


def cases(seed: int = 20261126) -> list[Case]:
    """Every case, by name; the names are unique and the bytes the same on every run."""
    draw = random.Random(seed)
    made = [
        *_flipped(draw, 45),
        *_flipped_in_other_syntaxes(draw, 20),
        *_overwritten(draw, 20),
        *_cut(draw),
        *_wrong_lengths(draw, 22),
        *_wrong_kinds(draw),
        *_wrong_values(draw, 240),
        *_inconsistent(),
        *_not_what_they_seem(),
    ]
    assert len({name for name, _ in made}) == len(made)
    return made


def _replaced(name: str, content: bytes) -> Callable[[], Files]:
    return lambda: valid_files() | {name: content}


def _flipped(draw: random.Random, count: int) -> Iterator[Case]:
    """One to four bits of a file, headers more often than pixels because files are small."""
    for name in MAIN:
        for at in range(count):
            content = bytearray(valid_files()[name])
            for _ in range(draw.choice((1, 1, 2, 4))):
                content[draw.randrange(128, len(content))] ^= 1 << draw.randrange(8)
            yield f"bits {name} {at}", _replaced(name, bytes(content))


def _flipped_in_other_syntaxes(draw: random.Random, count: int) -> Iterator[Case]:
    """Bits of files with implicit kinds, and of deflated ones, where one bit spoils all that follows."""
    for syntax in (ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian):
        for name in MAIN[:3]:
            whole = edited(valid_files()[name], lambda _: None, syntax)
            for at in range(count):
                content = bytearray(whole)
                content[draw.randrange(140, len(content))] ^= 1 << draw.randrange(8)
                yield f"bits {syntax.name} {name} {at}", _replaced(name, bytes(content))


def _overwritten(draw: random.Random, count: int) -> Iterator[Case]:
    """A run of bytes replaced by zeros, ones, noise or text."""
    for name in MAIN[:3]:
        for at in range(count):
            content = bytearray(valid_files()[name])
            length = draw.choice((2, 8, 40))
            start = draw.randrange(132, len(content) - length)
            filler = (b"\0" * length, b"\xff" * length, draw.randbytes(length), (b"9\\" * length)[:length])
            content[start : start + length] = draw.choice(filler)
            yield f"bytes {name} {at}", _replaced(name, bytes(content))


def _elements(content: bytes) -> list[tuple[int, int, int]]:
    """Start of header, start of value and length of every element on the first level."""
    found = []
    at = 144 + int.from_bytes(content[140:144], "little")
    while at < len(content):
        long = content[at + 4 : at + 6] in {b"OB", b"OW", b"SQ", b"UN", b"UT"}
        value = at + (12 if long else 8)
        length = int.from_bytes(content[value - (4 if long else 2) : value], "little")
        found.append((at, value, length))
        at = value + length
    return found


def _cut(draw: random.Random) -> Iterator[Case]:
    """Files that end before or within every element, and anywhere."""
    for name in MAIN[:3]:
        content = valid_files()[name]
        ends = {start for start, _, _ in _elements(content)}
        ends |= {value + length // 2 for _, value, length in _elements(content) if length > 1}
        ends |= {draw.randrange(len(content)) for _ in range(10)} | {0, 100, 132, 140}
        for end in sorted(ends):
            yield f"cut {name} {end}", _replaced(name, content[:end])


def _wrong_lengths(draw: random.Random, count: int) -> Iterator[Case]:
    """An element that claims more or fewer bytes than it has."""
    for name in MAIN[:3]:
        content = valid_files()[name]
        for at, (start, value, length) in enumerate(draw.sample(_elements(content), count)):
            claimed = draw.choice((0, 1, max(length - 2, 0), length + 2, 60000, 0xFFFFFFF0, 0xFFFFFFFF))
            size = 4 if value - start == 12 else 2
            broken = bytearray(content)
            broken[value - size : value] = (claimed & (256**size - 1)).to_bytes(size, "little")
            yield f"length {name} {at} {claimed}", _replaced(name, bytes(broken))


def _wrong_kinds(draw: random.Random) -> Iterator[Case]:
    """Every element of another value representation than its own: one whose size does not fit, and one drawn."""
    for name in MAIN[:3]:
        content = valid_files()[name]
        for start, _, _ in _elements(content):
            for kind in (b"FD", draw.choice((b"US", b"UL", b"PN", b"SQ", b"OB", b"UN", b"zz", b"DS"))):
                broken = content[: start + 4] + kind + content[start + 6 :]
                yield f"kind {name} {start} {kind.decode()}", _replaced(name, broken)


def _places(dataset: Dataset, way: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The way to every element, through sequences."""
    for element in dataset:
        here = (*way, element.tag)
        yield here
        if element.VR == "SQ":
            for at, item in enumerate(element.value):
                yield from _places(item, (*here, at))


def _reach(dataset: Dataset, way: tuple[object, ...]) -> Dataset:
    for step in way[:-1]:
        dataset = dataset[step].value if isinstance(dataset, Dataset) else dataset[step]  # type: ignore[index]
    return dataset


BAD_TEXT = ("", "NaN", "inf", "-1", "0", "1e400", "abc", "1\\2", "-7.5", "999999999", "1_0", "\u00e9", "1e-320")


def _spoilt(content: bytes, way: tuple[object, ...], value: str | None) -> bytes:
    """The file without one element, or with other text in it; pydicom writes a mark, which the text then replaces."""
    raw = (value or "").encode("utf-8")
    raw += b" " * (len(raw) % 2)
    mark = "@" * len(raw)
    kinds: list[str] = []

    def change(dataset: Dataset) -> None:
        place = _reach(dataset, way)
        kind = place[way[-1]].VR
        kinds.append("LT" if kind in {"SQ", "OW", "OB", "US", "AT"} else kind)
        del place[way[-1]]
        if value is not None:
            place.add(pydicom.DataElement(way[-1], "LT", mark))

    marked = edited(content, change)
    if not mark:
        return marked
    length = len(raw).to_bytes(2, "little")
    return marked.replace(b"LT" + length + mark.encode(), kinds[0].encode() + length + raw, 1)


def _wrong_values(draw: random.Random, count: int) -> Iterator[Case]:
    """An element anywhere, missing, empty, or with a value that is no proper one."""
    ways = [(name, way) for name in MAIN for way in _places(pydicom.dcmread(io.BytesIO(valid_files()[name])))]
    for at in range(count):
        name, way = draw.choice(ways)
        value = draw.choice((None, *BAD_TEXT))
        tag = pydicom.datadict.keyword_for_tag(way[-1])
        yield (
            f"value {at} {name} {tag} {value!r}",
            lambda name=name, way=way, value=value: valid_files() | {name: _spoilt(valid_files()[name], way, value)},
        )


def _set(**fields: object) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        for keyword, value in fields.items():
            setattr(dataset, keyword, value)

    return change


def _first_contour(**fields: object) -> Callable[[Dataset], None]:
    return lambda dataset: _set(**fields)(dataset.ROIContourSequence[0].ContourSequence[0])


def _inconsistent() -> Iterator[Case]:
    """Pieces that are each readable and do not fit one another."""
    changes: dict[str, tuple[str, Callable[[Dataset], object]]] = {
        "too few frames": ("RD.dcm", _set(NumberOfFrames=3)),
        "one frame": ("RD.dcm", _set(NumberOfFrames=1, GridFrameOffsetVector=[0])),
        "negative frames": ("RD.dcm", _set(NumberOfFrames=-7)),
        "many frames": ("RD.dcm", _set(NumberOfFrames=10**9)),
        "offsets repeat": ("RD.dcm", _set(GridFrameOffsetVector=[0, 5, 5, 10, 15, 20, 25])),
        "offsets turn back": ("RD.dcm", _set(GridFrameOffsetVector=[0, 5, 10, 8, 15, 20, 25])),
        "offsets far": ("RD.dcm", _set(GridFrameOffsetVector=[0, 5, 10, 15, 20, 25, 9e9])),
        "offsets start elsewhere": ("RD.dcm", _set(GridFrameOffsetVector=[3, 8, 13, 18, 23, 28, 33])),
        "pixels short": ("RD.dcm", lambda d: setattr(d, "PixelData", d.PixelData[:-2])),
        "pixels long": ("RD.dcm", lambda d: setattr(d, "PixelData", d.PixelData + b"\1\2\3\4")),
        "pixels empty": ("RD.dcm", _set(PixelData=b"")),
        "pixels zero": ("RD.dcm", lambda d: setattr(d, "PixelData", bytes(len(d.PixelData)))),
        "bits 12": ("RD.dcm", _set(BitsAllocated=12)),
        "bits 8": ("RD.dcm", _set(BitsAllocated=8, BitsStored=8, HighBit=7)),
        "bits 64": ("RD.dcm", _set(BitsAllocated=64, BitsStored=64, HighBit=63)),
        "more bits stored": ("RD.dcm", _set(BitsStored=17)),
        "high bit": ("RD.dcm", _set(HighBit=3)),
        "three colours": ("RD.dcm", _set(SamplesPerPixel=3)),
        "palette": ("RD.dcm", _set(PhotometricInterpretation="RGB")),
        "signed": ("RD.dcm", _set(PixelRepresentation=1)),
        "representation 2": ("RD.dcm", _set(PixelRepresentation=2)),
        "no rows": ("RD.dcm", _set(Rows=0)),
        "one column": ("RD.dcm", _set(Columns=1)),
        "scaling 0": ("RD.dcm", _set(DoseGridScaling="0")),
        "scaling negative": ("RD.dcm", _set(DoseGridScaling="-1e-3")),
        "spacing 0": ("RD.dcm", _set(PixelSpacing=["0", "1"])),
        "spacing huge": ("RD.dcm", _set(PixelSpacing=["1", "1000"])),
        "spacing one": ("RD.dcm", _set(PixelSpacing="1")),
        "orientation short": ("RD.dcm", _set(ImageOrientationPatient=[1, 0, 0])),
        "orientation zero": ("RD.dcm", _set(ImageOrientationPatient=[0, 0, 0, 0, 0, 0])),
        "orientation parallel": ("RD.dcm", _set(ImageOrientationPatient=[1, 0, 0, 1, 0, 0])),
        "position short": ("RD.dcm", _set(ImagePositionPatient=[1, 2])),
        "other frame": ("RD.dcm", _set(FrameOfReferenceUID="1.2.3")),
        "no frame": ("RD.dcm", _set(FrameOfReferenceUID="")),
        "relative": ("RD.dcm", _set(DoseUnits="RELATIVE")),
        "effective": ("RD.dcm", _set(DoseType="EFFECTIVE")),
        "error": ("RD.dcm", _set(DoseType="ERROR")),
        "session": ("RD.dcm", _set(DoseSummationType="FRACTION_SESSION")),
        "beam alone": ("RD.dcm", _set(DoseSummationType="BEAM")),
        "other plan": ("RD.dcm", lambda d: _set(ReferencedSOPInstanceUID="9.9")(d.ReferencedRTPlanSequence[0])),
        "dose called CT": ("RD.dcm", _set(SOPClassUID="1.2.840.10008.5.1.4.1.1.2")),
        "dose called plan": ("RD.dcm", _set(SOPClassUID="1.2.840.10008.5.1.4.1.1.481.5")),
        "two points": ("RS.dcm", _first_contour(NumberOfContourPoints=2, ContourData=[1, 2, 3, 4, 5, 3])),
        "one point": ("RS.dcm", _first_contour(NumberOfContourPoints=1, ContourData=[1, 2, 3])),
        "eleven numbers": ("RS.dcm", _first_contour(ContourData=[1, 1, 0, 9, 1, 0, 9, 9, 0, 1, 9])),
        "points beside the plane": ("RS.dcm", _first_contour(ContourData=[1, 1, 0, 9, 1, 4, 9, 9, 0, 1, 9, 0])),
        "points in one place": ("RS.dcm", _first_contour(ContourData=[1, 1, 0] * 4)),
        "points on a line": ("RS.dcm", _first_contour(ContourData=[1, 1, 0, 2, 1, 0, 3, 1, 0, 4, 1, 0])),
        "points far away": ("RS.dcm", _first_contour(ContourData=[1, 1, 0, 9e9, 1, 0, 9, 9, 0, 1, 9, 0])),
        "count of points": ("RS.dcm", _first_contour(NumberOfContourPoints=5)),
        "contour kind": ("RS.dcm", _first_contour(ContourGeometricType="SPHERE")),
        "unlisted structure": ("RS.dcm", lambda s: _set(ReferencedROINumber=99)(s.ROIContourSequence[0])),
        "structure drawn twice": ("RS.dcm", lambda s: _set(ReferencedROINumber=2)(s.ROIContourSequence[0])),
        "structure listed twice": ("RS.dcm", lambda s: _set(ROINumber=2)(s.StructureSetROISequence[0])),
        "structure without number": ("RS.dcm", lambda s: _set(ROINumber=None)(s.StructureSetROISequence[0])),
        "one name": ("RS.dcm", lambda s: _set(ROIName="Bladder")(s.StructureSetROISequence[0])),
        "no name": ("RS.dcm", lambda s: _set(ROIName="")(s.StructureSetROISequence[0])),
        "no contours": ("RS.dcm", _set(ROIContourSequence=[])),
        "no structures": ("RS.dcm", _set(StructureSetROISequence=[])),
        "fractions 0": ("RP.dcm", lambda p: _set(NumberOfFractionsPlanned=0)(p.FractionGroupSequence[0])),
        "fractions many": ("RP.dcm", lambda p: _set(NumberOfFractionsPlanned=10**8)(p.FractionGroupSequence[0])),
        "no fractions": ("RP.dcm", lambda p: _set(NumberOfFractionsPlanned=None)(p.FractionGroupSequence[0])),
        "no groups": ("RP.dcm", _set(FractionGroupSequence=[])),
        "prescription negative": ("RP.dcm", lambda p: _set(TargetPrescriptionDose=-5)(p.DoseReferenceSequence[0])),
        "prescription huge": ("RP.dcm", lambda p: _set(TargetPrescriptionDose=1e9)(p.DoseReferenceSequence[0])),
        "other structure set": (
            "RP.dcm",
            lambda p: _set(ReferencedSOPInstanceUID="9.9")(p.ReferencedStructureSetSequence[0]),
        ),
        "CT nowhere": ("CT.dcm", lambda c: delattr(c, "ImagePositionPatient")),
    }
    for name, (file, change) in changes.items():
        yield (
            f"inconsistent: {name}",
            lambda file=file, change=change: valid_files() | {file: edited(valid_files()[file], change)},
        )


def _deflated(content: bytes, payload: bytes) -> bytes:
    """A file header that announces deflated data, and a deflated payload."""
    head = edited(content, lambda _: None, DeflatedExplicitVRLittleEndian)
    length = int.from_bytes(head[140:144], "little")
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return head[: 144 + length] + engine.compress(payload) + engine.flush()


def _nested(depth: int) -> bytes:
    """Sequences within sequences, of undefined length."""
    opened = b"\x06\x30\x10\x00SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * depth
    head = valid_files()["RS.dcm"]
    start = _elements(head)[-1][0]
    return head[:start] + opened


def _many_items(count: int) -> bytes:
    """A sequence of very many empty items."""
    items = b"\xfe\xff\x00\xe0\0\0\0\0" * count
    head = valid_files()["RS.dcm"]
    start = _elements(head)[-3][0]
    return head[:start] + b"\x06\x30\x39\x00SQ\0\0" + len(items).to_bytes(4, "little") + items


def _not_what_they_seem() -> Iterator[Case]:
    """Whole files that are something else, or made to exhaust whoever reads them."""
    files = valid_files()
    yield "whole: only CT", lambda: {"CT.dcm": files["CT.dcm"]}
    yield "whole: only plan", lambda: {"RP.dcm": files["RP.dcm"]}
    yield "whole: empty folder", dict
    for name in MAIN[:3]:
        yield f"whole: without {name}", lambda name=name: {key: files[key] for key in files if key != name}
        yield f"whole: {name} empty", _replaced(name, b"")
        yield f"whole: {name} zeros", _replaced(name, bytes(4096))
        yield f"whole: {name} text", _replaced(name, b"Dear colleague, " * 60)
        yield f"whole: {name} only a mark", _replaced(name, bytes(128) + b"DICM")
        yield f"whole: {name} twice over", _replaced(name, files[name] * 2)
        yield f"whole: {name} noise", _replaced(name, bytes(128) + b"DICM" + random.Random(1).randbytes(3000))
        yield f"whole: {name} deflated noise", _replaced(name, _deflated(files[name], b"")[:-1] + b"\xff\xff\xff\xff")
        yield f"whole: {name} bomb", _replaced(name, _deflated(files[name], bytes(60_000_000)))
        yield (
            f"whole: {name} implicit, called explicit",
            _replaced(
                name,
                edited(files[name], lambda _: None, ImplicitVRLittleEndian).replace(
                    b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2.1", 1
                ),
            ),
        )
        yield (
            f"whole: {name} called JPEG",
            _replaced(name, files[name].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4.70"[:20], 1)),
        )
    yield "whole: nested 3000 deep", _replaced("RS.dcm", _nested(3000))
    yield "whole: nested 100 deep", _replaced("RS.dcm", _nested(100))
    yield "whole: 200000 empty items", _replaced("RS.dcm", _many_items(200_000))
    yield (
        "whole: dose twice with other content",
        lambda: files | {"RD2.dcm": edited(files["RD.dcm"], _set(DoseComment="x"))},
    )
