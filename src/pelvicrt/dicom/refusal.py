"""How is a DICOM file refused? Always with the file, the field and its tag, what was found and what belongs there.

What was found is told as a number, a type or a count. Free text of a file is never repeated: it may be patient data.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pydicom.datadict import tag_for_keyword
from pydicom.errors import BytesLengthException, InvalidDicomError

from pelvicrt.foundation import InvalidInput, Problem, Text

WHOLE_FILE: Final = "(file)"
NOTHING: Final = Text("nothing", "空缺")
READABLE: Final = Text("a readable value", "可读取的值")
INTACT: Final = Text("a complete DICOM file; export it again", "完整的 DICOM 文件；请重新导出")

# What pydicom and the standard library raise on damaged bytes. RuntimeError covers too deep nesting (RecursionError).
DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def refusal(file: str, field: str, found: str | Text, expected: Text) -> InvalidInput:
    """One problem as an error to raise; what was found is a number or a code as it is, or words in both languages.

    >>> str(refusal("dose.dcm", WHOLE_FILE, NOTHING, Text("a dose", "剂量")))
    'dose.dcm: (file): found nothing; expected a dose'
    """
    if isinstance(found, str):
        return InvalidInput([Problem(file=file, field=field, found=found, expected=expected)])
    return InvalidInput([Problem(file=file, field=field, found=found.en, found_zh=found.zh, expected=expected)])


def field_name(keyword: str) -> str:
    """A keyword with its tag, as people look it up in the standard.

    >>> field_name("DoseUnits")
    'DoseUnits (3004,0002)'
    """
    tag = tag_for_keyword(keyword)
    return keyword if tag is None else f"{keyword} ({tag >> 16:04X},{tag & 0xFFFF:04X})"


@contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Keep pydicom's warnings from the terminal, for they quote values; they are collected instead."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield said
