"""Which writer makes which format, and how does the result reach a file?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pelvicrt.assessment import Assessment
from pelvicrt.foundation import Language, Text, UsageError, write_whole
from pelvicrt.report.as_html import to_html
from pelvicrt.report.as_json import json_text
from pelvicrt.report.as_pdf import to_pdf
from pelvicrt.report.as_text import to_text

Format = Literal["text", "json", "html", "pdf"]


def render(assessment: Assessment, format: str, lang: Language = "en") -> str:  # noqa: A002  the command's own word
    """The report as text, JSON or HTML.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    writers = {"text": to_text, "json": json_text, "html": to_html}
    if format not in writers:
        raise UsageError(
            Text(
                f"{format!r} cannot be printed; write text, json or html here, or a pdf into a file",
                f"不能直接输出 {format!r}；此处请用 text、json 或 html，pdf 须写入文件",
            )
        )
    return writers[format](assessment, lang)


def write_report(assessment: Assessment, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The report as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist, or when the Chinese PDF has no font.
        OSError: when the folder cannot be written.
    """
    content = to_pdf(assessment, lang) if format == "pdf" else render(assessment, format, lang).encode()
    write_whole(path, content)
