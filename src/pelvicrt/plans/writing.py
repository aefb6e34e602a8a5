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
    from pelvicrt.plans.as_html import evaluation_html  # drawing is heavy, and most answers are text

    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: evaluation_text(evaluation, lang),
        "json": lambda: json_text(evaluation_json(evaluation, lang)),
        "html": lambda: evaluation_html(evaluation, lang),
    }
    return _chosen(writers, format)()


def write_evaluation(evaluation: PlanEvaluation, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The evaluation as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist, or when the Chinese PDF has no font.
        OSError: when the folder cannot be written.
    """
    from pelvicrt.plans.as_pdf import evaluation_pdf

    write_whole(
        path,
        evaluation_pdf(evaluation, lang) if format == "pdf" else render_evaluation(evaluation, format, lang).encode(),
    )


def render_comparison(comparison: PlanComparison, format: str, lang: Language = "en") -> str:  # noqa: A002
    """The comparison as text, JSON or a page.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    from pelvicrt.plans.as_html import comparison_html

    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: comparison_text(comparison, lang),
        "json": lambda: json_text(comparison_json(comparison, lang)),
        "html": lambda: comparison_html(comparison, lang),
    }
    return _chosen(writers, format)()


def write_comparison(comparison: PlanComparison, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The comparison as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist, or when the Chinese PDF has no font.
        OSError: when the folder cannot be written.
    """
    from pelvicrt.plans.as_pdf import comparison_pdf

    write_whole(
        path,
        comparison_pdf(comparison, lang) if format == "pdf" else render_comparison(comparison, format, lang).encode(),
    )


def _chosen(writers: Mapping[str, Callable[[], str]], format: str) -> Callable[[], str]:  # noqa: A002
    if format not in writers:
        raise UsageError(_NO_FORMAT.fill(format=format, known=", ".join(writers)))
    return writers[format]


_NO_FORMAT = Text("{format} cannot be printed; write one of {known}", "不能直接输出 {format}；可用 {known}")
