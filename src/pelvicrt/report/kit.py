"""What makes the page of another room look like a report? Style, content policy, templates, charts, the PDF maker."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from pelvicrt.foundation import InternalError, Language, Text, UsageError
from pelvicrt.report.look import TEMPLATES, colours
from pelvicrt.report.words import Words

if TYPE_CHECKING:
    import jinja2

TOKENS = TEMPLATES / "tokens.css"
"""Colours, sizes and spaces; every page and picture takes them from this file."""
FONT = '"Source Sans 3", "Segoe UI", "Helvetica Neue", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif'
PDF_FONT = "Noto Sans CJK SC"
CHINESE_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC")
LATIN_FONTS = ("Source Sans 3", "Noto Sans", "Noto Sans CJK SC", "DejaVu Sans")


@functools.cache
def styles(*more: Path) -> str:
    """Tokens, page style and further style sheets in one, without comments."""
    files = (TOKENS, TEMPLATES / "page.css", *more)
    both = "".join(path.read_text(encoding="utf-8") for path in files)
    return re.sub(r"/\*.*?\*/", "", both, flags=re.DOTALL).strip()


def policy(css: str, script: str = "") -> str:
    """Nothing may be loaded; the one style sheet and the one script, if there is one, are allowed by their hashes.

    >>> policy("p{}").startswith("default-src 'none'; style-src 'sha256-")
    True
    """
    run = f" script-src 'sha256-{_digest(script)}';" if script else ""
    return f"default-src 'none'; style-src 'sha256-{_digest(css)}';{run} base-uri 'none'; form-action 'none'"


def _digest(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@functools.cache
def environment(*folders: Path) -> jinja2.Environment:
    """Templates of these folders and of the report, escaped, a missing word being an error."""
    import jinja2  # a tenth of a second to import, and only pages need it

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def chart_config(font: str = FONT) -> dict[str, Any]:
    """How every chart is dressed."""
    ink, grid, line = colours()["ink-2"], colours()["hair"], colours()["line"]
    return {
        "font": font,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "labelColor": ink,
            "titleColor": ink,
            "gridColor": grid,
            "domainColor": line,
            "tickColor": line,
            "labelFlush": False,
        },
    }


def draw_chart(spec: dict[str, Any], *, said: str, prefix: str) -> str:
    """A Vega-Lite chart as SVG, labelled with the sentence it shows; ids begin with `prefix`, so that none clash.

    Ids are made stable, inner roles dropped; its size follows the page.
    """
    import vl_convert

    svg = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", str(vl_convert.vegalite_to_svg(spec)))
    # Vega numbers its clips across the whole process; counted anew, the same chart gives the same bytes.
    for place, found in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        svg = re.sub(rf'(\bid="|url\(#|href="#){re.escape(found)}(?=["\)])', rf"\g<1>{prefix}{place}", svg)
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", svg, count=1)
    escaped = said.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1)


@functools.cache
def _fonts() -> typst.Fonts:
    """The fonts of this machine, looked for once."""
    return typst.Fonts()


def installed_fonts() -> frozenset[str]:
    """The font families typst can use on this machine."""
    return frozenset(_fonts().families())


def fonts_for(lang: Language, installed: Iterable[str]) -> list[str]:
    """The fonts of one language, best first.

    Raises:
        UsageError: for Chinese without a Chinese font; typst itself would print boxes and say nothing.
    """
    wanted = CHINESE_FONTS if lang == "zh" else LATIN_FONTS
    found = [name for name in wanted if name in installed]
    if not found and lang == "zh":
        words = {code: Words(code)("text.font_missing") for code in ("en", "zh")}
        raise UsageError(Text(words["en"], words["zh"]))
    return found or ["Libertinus Serif"]


def make_pdf(template: Path, data: Mapping[str, Any], *, made_at: dt.datetime) -> bytes:
    """An A4 PDF, tagged, fonts embedded, from a typst template that reads `data`.

    Raises:
        InternalError: when the document cannot be made.
    """
    try:
        made = typst.compile(
            template.read_bytes(),
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise InternalError(Text(f"the PDF could not be made: {error}", f"无法生成 PDF：{error}")) from error
    return bytes(made)
