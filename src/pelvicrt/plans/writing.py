"""Which writer makes which format of an evaluation or a comparison, and how does it reach a file?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pelvicrt.foundation import Language, Text, UsageError, write_whole
from pelvicrt.plans.as_json import evaluation_json, json_text
from pelvicrt.plans.as_text import evaluation_text
from pelvicrt.plans.compared import PlanComparison
from pelvicrt.plans.compared_json import comparison_json
from pelvicrt.plans.compared_text import comparison_text
from pelvicrt.plans.results import PlanEvaluation

Format = Literal["text", "json", "html", "pdf"]


def render_evaluation(evaluation: PlanEvaluation, format: str, lang: Language = "en") -> str:  # noqa: A002
    """The evaluation as text, JSON or a page.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: evaluation_text(evaluation, lang),
        "json": lambda: json_text(evaluation_json(evaluation, lang)),
        "html": lambda: _evaluation_page(evaluation, lang),
    }
    return _chosen(writers, format)()


def write_evaluation(evaluation: PlanEvaluation, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The evaluation as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist, or when the Chinese PDF has no font.
        OSError: when the folder cannot be written.
    """
    if format != "pdf":
        write_whole(path, render_evaluation(evaluation, format, lang).encode())
        return
    from pelvicrt.plans.as_pdf import evaluation_pdf  # drawing is slow to load, and most answers are text

    write_whole(path, evaluation_pdf(evaluation, lang))


def render_comparison(comparison: PlanComparison, format: str, lang: Language = "en") -> str:  # noqa: A002
    """The comparison as text, JSON or a page.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: comparison_text(comparison, lang),
        "json": lambda: json_text(comparison_json(comparison, lang)),
        "html": lambda: _comparison_page(comparison, lang),
    }
    return _chosen(writers, format)()


def write_comparison(comparison: PlanComparison, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The comparison as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist, or when the Chinese PDF has no font.
        OSError: when the folder cannot be written.
    """
    if format != "pdf":
        write_whole(path, render_comparison(comparison, format, lang).encode())
        return
    from pelvicrt.plans.as_pdf import comparison_pdf

    write_whole(path, comparison_pdf(comparison, lang))


def _evaluation_page(evaluation: PlanEvaluation, lang: Language) -> str:
    from pelvicrt.plans.as_html import evaluation_html

    return evaluation_html(evaluation, lang)


def _comparison_page(comparison: PlanComparison, lang: Language) -> str:
    from pelvicrt.plans.as_html import comparison_html

    return comparison_html(comparison, lang)


def _chosen(writers: Mapping[str, Callable[[], str]], format: str) -> Callable[[], str]:  # noqa: A002
    if format not in writers:
        raise UsageError(_NO_FORMAT.fill(format=format, known=", ".join(writers)))
    return writers[format]


_NO_FORMAT = Text("{format} cannot be printed; write one of {known}", "不能直接输出 {format}；可用 {known}")
