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
    """The evaluation as text or JSON.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: evaluation_text(evaluation, lang),
        "json": lambda: json_text(evaluation_json(evaluation, lang)),
    }
    return _chosen(writers, format)()


def write_evaluation(evaluation: PlanEvaluation, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The evaluation as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist.
        OSError: when the folder cannot be written.
    """
    write_whole(path, render_evaluation(evaluation, format, lang).encode())


def render_comparison(comparison: PlanComparison, format: str, lang: Language = "en") -> str:  # noqa: A002
    """The comparison as text or JSON.

    Raises:
        UsageError: for a format that is not text, or that does not exist.
    """
    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: comparison_text(comparison, lang),
        "json": lambda: json_text(comparison_json(comparison, lang)),
    }
    return _chosen(writers, format)()


def write_comparison(comparison: PlanComparison, path: Path, format: str, lang: Language = "en") -> None:  # noqa: A002
    """The comparison as a file, complete or not at all.

    Raises:
        UsageError: for a format that does not exist.
        OSError: when the folder cannot be written.
    """
    write_whole(path, render_comparison(comparison, format, lang).encode())


def _chosen(writers: Mapping[str, Callable[[], str]], format: str) -> Callable[[], str]:  # noqa: A002
    if format not in writers:
        raise UsageError(_NO_FORMAT.fill(format=format, known=", ".join(writers)))
    return writers[format]


_NO_FORMAT = Text("{format} cannot be written here; write one of {known}", "此处不能输出 {format}；可用 {known}")
