"""Which limits is a plan held to? A set of the library by its short word or id, or a file of the site's own."""

from __future__ import annotations

from pathlib import Path

from pelvicrt.dosimetry import parse_metric
from pelvicrt.evidence import DoseLimitSet, Library, read_record
from pelvicrt.foundation import InvalidInput, Problem, Text, UsageError

SHORT_WORDS = {"lcrt": "lcrt-pelvis", "scrt": "scrt-derived"}
"""The words of the command line; every other set is asked for by its id."""


def template_of(word: str, library: Library) -> DoseLimitSet:
    """The set of limits a user asked for: `scrt`, `lcrt`, an id of the library, or the path of a file.

    Raises:
        UsageError: neither a word, nor a set of the library, nor a file.
        InvalidInput: a file that is no set of limits, naming the field.
    """
    name = SHORT_WORDS.get(word, word)
    if name in library.limits:
        found: DoseLimitSet = library.limits[name]
        return found
    path = Path(word)
    if not path.is_file():
        known = (*SHORT_WORDS, *sorted(item.id for item in library.limits))
        listed = Text(", ".join(known), "、".join(known))
        raise UsageError(_UNKNOWN.fill(word=word, known=listed))
    return _own(path)


def template_for(fractions: int | None, library: Library) -> DoseLimitSet | None:
    """The set of a short word that was made for this number of fractions; None when there is none."""
    sets = [library.limits[name] for name in SHORT_WORDS.values()]
    fitting = [item for item in sets if fractions is not None and item.fractions[0] <= fractions <= item.fractions[1]]
    return fitting[0] if len(fitting) == 1 else None


def check_fractions(template: DoseLimitSet, fractions: int | None) -> None:
    """Refuse a set made for other fractions: its doses would mean something else.

    Raises:
        UsageError: naming both numbers.
    """
    first, last = template.fractions
    if fractions is not None and not first <= fractions <= last:
        meant = str(first) if first == last else f"{first}-{last}"
        raise UsageError(_OTHER_FRACTIONS.fill(template=template.id, meant=meant, found=fractions))


def _own(path: Path) -> DoseLimitSet:
    try:
        found: DoseLimitSet = read_record(path, "limits")
    except InvalidInput as error:
        raise InvalidInput(
            Problem(file=path.name, field=each.field, found=each.found, expected=each.expected)
            for each in error.problems
        ) from error
    problems = [problem for row in range(len(found.rows)) if (problem := _problem(path, found, row))]
    if not found.rows:
        problems.append(Problem(file=path.name, field="rows", found="[]", expected=_A_ROW))
    if found.fractions[0] < 1 or found.fractions[0] > found.fractions[1]:
        problems.append(Problem(file=path.name, field="fractions", found=str(list(found.fractions)), expected=_FROM_TO))
    if problems:
        raise InvalidInput(problems)
    return found


def _problem(path: Path, found: DoseLimitSet, number: int) -> Problem | None:
    row = found.rows[number]
    where = f"rows.{number}"
    try:
        metric = parse_metric(row.metric)
    except InvalidInput as error:
        return Problem(file=path.name, field=f"{where}.metric", found=row.metric, expected=error.problems[0].expected)
    if metric.unit != row.unit:
        expected = Text(f"{metric.unit}, as the metric says", f"{metric.unit}，与指标一致")
        return Problem(file=path.name, field=f"{where}.unit", found=row.unit, expected=expected)
    if (row.limit is None) != (row.op == "report") or (row.limit is not None and not row.limit >= 0):
        return Problem(file=path.name, field=f"{where}.limit", found=str(row.limit), expected=_A_LIMIT)
    if row.mark == "M" and row.enabled:
        return Problem(file=path.name, field=f"{where}.enabled", found="true", expected=_FROM_MEMORY)
    return None


_UNKNOWN = Text(
    "there is no template {word}: write one of {known}, or the path of a file of your own",
    "没有名为 {word} 的模板：请填写 {known} 之一，或自有模板文件的路径",
)
_A_LIMIT = Text("a number of 0 or more, or no limit with op: report", "大于等于 0 的数值；op: report 时不写限值")
_A_ROW = Text("one limit or more", "至少一项限值")
_FROM_TO = Text("least and most fractions, 1 or more", "最少与最多分次数，均须 ≥1")
_FROM_MEMORY = Text(
    "enabled: false with mark M; a site's own rule has mark D",
    "标记 M 须为 enabled: false；本单位自定规则请用标记 D",
)
_OTHER_FRACTIONS = Text(
    "the template {template} is made for {meant} fractions and the plan has {found}: the same dose means something "
    "else; choose another template, or give --fractions when the file is wrong",
    "模板 {template} 适用于 {meant} 次照射，而该计划为 {found} 次：同样的剂量含义不同；请选用其他模板，若文件有误请用 "
    "--fractions 指定",
)
