"""What a reader gets: one assessment as JSON, text, HTML or PDF, in English or Chinese."""

from pelvicrt.foundation import write_whole
from pelvicrt.report import kit
from pelvicrt.report.as_html import to_html
from pelvicrt.report.as_json import SCHEMA, json_schema, json_text, to_json, write_json
from pelvicrt.report.as_pdf import to_pdf
from pelvicrt.report.as_text import to_text
from pelvicrt.report.citations import Citation, cited
from pelvicrt.report.facts_line import case_line
from pelvicrt.report.look import DASHES, VEGA_SHAPES, badge, badge_picture, colour, colours, glyph
from pelvicrt.report.words import Words, label_text, read_words
from pelvicrt.report.writing import Format, render, write_report

__all__ = [
    "DASHES",
    "SCHEMA",
    "VEGA_SHAPES",
    "Citation",
    "Format",
    "Words",
    "badge",
    "badge_picture",
    "case_line",
    "cited",
    "colour",
    "colours",
    "glyph",
    "json_schema",
    "json_text",
    "kit",
    "label_text",
    "read_words",
    "render",
    "to_html",
    "to_json",
    "to_pdf",
    "to_text",
    "write_json",
    "write_report",
    "write_whole",
]
