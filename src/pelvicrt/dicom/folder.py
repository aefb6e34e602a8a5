"""Which files of a folder belong to a plan? All below it are looked at, whatever they are called.

What is no DICOM is left out with a notice. What calls itself DICOM and cannot be read is refused, for half a plan must
not look like a whole one. A DICOMDIR is passed over: the files themselves say what they are.
"""

from __future__ import annotations

import filecmp
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pelvicrt.dicom.files import DIRECTORY, OTHER, DicomFile, looks_like_dicom, open_file
from pelvicrt.dicom.refusal import INTACT, WHOLE_FILE, refusal
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

MAX_FILES: Final = 20_000  # more is a whole archive, not the folder of one plan
_FOLDER: Final = Text("a folder with the DICOM files of a plan", "存放一份计划的 DICOM 文件的文件夹")
_UNIQUE: Final = Text("an identifier of its own; keep the file that is meant", "唯一的标识；请只保留所需的文件")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What belongs to a plan, by kind, in order of name."""

    path: Path
    structures: tuple[DicomFile, ...]
    doses: tuple[DicomFile, ...]
    plans: tuple[DicomFile, ...]
    images: tuple[DicomFile, ...]
    notices: tuple[Notice, ...]


def open_folder(folder: Path, *, memory_bound_bytes: int) -> Folder:
    """Everything of a plan below a folder; a copy of the same object is read once.

    Raises:
        InvalidInput: when the folder cannot be read, or a DICOM file in it is damaged or too large.
    """
    if not folder.is_dir():
        raise refusal(str(folder), WHOLE_FILE, Text("no folder", "不是文件夹"), _FOLDER)
    opened: list[DicomFile] = []
    foreign = 0
    for path in _regular_files(folder):
        name = path.relative_to(folder).as_posix()
        if _is_dicom(path, name):
            opened.append(open_file(path, name, memory_bound_bytes=memory_bound_bytes))
        else:
            foreign += 1
    kept, copies = _without_copies(file for file in opened if file.kind not in {DIRECTORY, OTHER})
    other = sum(file.kind == OTHER for file in opened)
    return Folder(
        path=folder,
        structures=_of_kind(kept, "RTSTRUCT"),
        doses=_of_kind(kept, "RTDOSE"),
        plans=_of_kind(kept, "RTPLAN"),
        images=_of_kind(kept, "CT"),
        notices=tuple(_left_out(foreign=foreign, other=other, copies=copies)),
    )


def dicom_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that are DICOM, in order of name.

    Raises:
        InvalidInput: when the folder cannot be read, or a file is called DICOM and is none.
    """
    if not folder.is_dir():
        raise refusal(str(folder), WHOLE_FILE, Text("no folder", "不是文件夹"), _FOLDER)
    for path in _regular_files(folder):
        if _is_dicom(path, path.relative_to(folder).as_posix()):
            yield path


def _regular_files(folder: Path) -> Iterator[Path]:
    """Files in order of name, so that the same folder reads the same everywhere; no pipes, no devices."""
    seen = 0
    for place, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            path = Path(place) / name
            if stat.S_ISREG(path.stat().st_mode):
                seen += 1
                yield path
            if seen > MAX_FILES:
                raise refusal(
                    str(folder), WHOLE_FILE, Text(f"more than {MAX_FILES} files", f"超过 {MAX_FILES} 个文件"), _FOLDER
                )


def _is_dicom(path: Path, name: str) -> bool:
    try:
        with path.open("rb") as stream:
            start = stream.read(132)
    except OSError as problem:
        raise refusal(
            name, WHOLE_FILE, type(problem).__name__, Text("a file you may read", "有读取权限的文件")
        ) from None
    if looks_like_dicom(start):
        return True
    if path.suffix.lower() in {".dcm", ".dicom"}:
        raise refusal(name, WHOLE_FILE, Text("no DICOM file", "并非 DICOM 文件"), INTACT)
    return False


def _without_copies(files: Iterable[DicomFile]) -> tuple[list[DicomFile], int]:
    """Each object once: an export often holds the same one twice. One without an identifier is itself."""
    kept: dict[str, DicomFile] = {}
    copies = 0
    for file in files:
        first = kept.setdefault(file.reference.sop_instance_uid or file.name, file)
        if first is file:
            continue
        if not filecmp.cmp(first.path, file.path, shallow=False):
            found = Text(f"the identifier of {first.name}, with other content", f"与 {first.name} 标识相同但内容不同")
            raise file.root.refuse("SOPInstanceUID", found, _UNIQUE)
        copies += 1
    return list(kept.values()), copies


def _of_kind(files: list[DicomFile], kind: str) -> tuple[DicomFile, ...]:
    return tuple(file for file in files if file.kind == kind)


def _left_out(*, foreign: int, other: int, copies: int) -> Iterator[Notice]:
    if foreign:
        text = Text("{n} files that are no DICOM were left out", "已略过 {n} 个非 DICOM 文件")
        yield Notice(code="no_dicom", text=text.fill(n=foreign))
    if other:
        text = Text(
            "{n} DICOM files that are neither structures, dose, plan nor CT were left out",
            "已略过 {n} 个既非结构、剂量、计划也非 CT 的 DICOM 文件",
        )
        yield Notice(code="other_dicom", text=text.fill(n=other))
    if copies:
        text = Text("{n} copies of files already read were left out", "已略过 {n} 个重复的文件")
        yield Notice(code="copies", text=text.fill(n=copies))
