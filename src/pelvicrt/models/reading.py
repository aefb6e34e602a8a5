"""Which model does a file describe, and what is wrong with it? Every problem names file, field, found and expected."""

from __future__ import annotations

import csv
import difflib
import io
from pathlib import Path
from typing import Any

import pydantic
import yaml

from pelvicrt.evidence import read_yaml
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.models.fields import ModelFile

MOST_BYTES = 20_000_000
_MISSING = Text("this key", "必填的键")
_KINDS = {
    "float_type": Text("a number", "数值"),
    "float_parsing": Text("a number", "数值"),
    "int_type": Text("a whole number", "整数"),
    "string_type": Text("a word", "文字"),
    "bool_type": Text("true or false", "true 或 false"),
    "list_type": Text("a list", "列表"),
    "dict_type": Text("a mapping", "键值对"),
    "model_type": Text("a mapping", "键值对"),
    "model_attributes_type": Text("a mapping", "键值对"),
    "finite_number": Text("a finite number", "有限的数值"),
}
_NAME = Text(
    "a name of letters, digits and _, not beginning with a digit", "由字母、数字和下划线组成的名称，不以数字开头"
)


def read_model(path: Path) -> ModelFile:
    """The model of one YAML file, its form checked; `build` checks its meaning.

    Raises:
        InvalidInput: listing every problem with file, field, what was found and what to write instead.
    """
    try:
        raw = read_yaml(read_bytes(path))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{type(error).__name__}, line {mark.line + 1}" if mark else type(error).__name__
        raise problem(path, "(file)", at, Text("valid YAML, no key twice", "有效的 YAML，且键不重复")) from None
    if not isinstance(raw, dict):
        wanted = Text("a mapping that begins with schema: pelvicrt.model/1", "以 schema: pelvicrt.model/1 开头的键值对")
        raise problem(path, "(file)", type(raw).__name__, wanted)
    try:
        return ModelFile.model_validate(raw)
    except pydantic.ValidationError as error:
        raise InvalidInput(_problems(path, error)) from None


def read_bytes(path: Path) -> bytes:
    """The bytes of one file of bearable size.

    Raises:
        InvalidInput: when it cannot be read or is too large.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise problem(path, "(file)", type(error).__name__, Text("a file that can be read", "可读取的文件")) from None
    if len(content) > MOST_BYTES:
        size = MOST_BYTES // 1_000_000
        raise problem(path, "(file)", f"> {size} MB", Text(f"at most {size} MB", f"不超过 {size} MB"))
    return content


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a CSV file.

    Raises:
        InvalidInput: when it cannot be read, has no header, no row, or a row of another length.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise problem(path, "(file)", "bytes", Text("UTF-8 text", "UTF-8 编码的文本")) from None
    lines = list(csv.reader(io.StringIO(text)))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise problem(path, "(file)", f"{len(lines)} lines", Text("a header and at least one row", "表头和至少一行"))
    header = [cell.strip() for cell in lines[0]]
    if len(set(header)) != len(header):
        raise problem(path, "(header)", "a column twice", Text("every column once", "每列只出现一次"))
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            found = f"{len(line)} cells"
            raise problem(path, f"row {number}", found, Text(f"{len(header)} cells", f"{len(header)} 个单元格"))
    return header, [dict(zip(header, (cell.strip() for cell in line), strict=True)) for line in lines[1:]]


def problem(path: Path, field: str, found: str, expected: Text) -> InvalidInput:
    """One thing wrong with a file, ready to raise."""
    return InvalidInput([Problem(file=str(path), field=field, found=found, expected=expected)])


def one_of(words: list[str], found: object = "") -> Text:
    """One of the words, with the nearest named when one is near.

    >>> one_of(["well", "ill"], "wel").en
    'one of well, ill; did you mean well?'
    """
    near = difflib.get_close_matches(str(found), words, n=1)
    listed = ", ".join(words) or "(none)"
    text = Text(f"one of {listed}", f"以下之一：{listed}")
    return Text(f"{text.en}; did you mean {near[0]}?", f"{text.zh}；是否想写 {near[0]}？") if near else text


def show(value: object) -> str:
    """How a found value is named in a message: short."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _problems(path: Path, error: pydantic.ValidationError) -> list[Problem]:
    """One problem a field: of the ways a number may be written, the one the value looks like is told."""
    found: dict[str, Problem] = {}
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"] if not _is_branch(str(part)))
        kind, value = item["type"], item["input"]
        if kind == "extra_forbidden":
            key = str(item["loc"][-1])
            noted = Problem(file=str(path), field=field, found=f"key {key!r}", expected=_known_keys(item["loc"], key))
        elif kind == "missing":
            noted = Problem(file=str(path), field=field, found="nothing", expected=_MISSING)
        else:
            noted = Problem(file=str(path), field=field, found=show(value), expected=_expected(item))
        found.setdefault(field, noted)
    return list(found.values())


def _is_branch(part: str) -> bool:
    """Whether a part of a location is pydantic's name for a way of writing, not a key of the file."""
    return part.startswith(("constrained-", "list[", "dict[")) or part in {
        "Quantity",
        "float",
        "str",
        "[key]",
    }


def _expected(item: Any) -> Text:
    kind, context = item["type"], item.get("ctx", {})
    if kind in _KINDS:
        return _KINDS[kind]
    if kind == "string_pattern_mismatch":
        return _NAME
    if kind == "literal_error":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return one_of(words, item["input"])
    limits = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in limits:
        limit = context[limits[kind]]
        english = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}[limits[kind]]
        chinese = {"gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于"}[limits[kind]]
        return Text(f"a number {english} {limit:g}", f"{chinese} {limit:g} 的数值")
    return Text(item["msg"].lower(), f"符合格式的内容（{item['msg']}）")


def _known_keys(location: tuple[Any, ...], key: str) -> Text:
    """The keys allowed beside an unknown one, found by walking the schema."""
    kind: Any = ModelFile
    for part in location[:-1]:
        kind = _inner(kind, part)
        if kind is None:
            return Text("no such key", "没有此键")
    names = [field.alias or name for name, field in kind.model_fields.items()]
    return one_of(names, key)


def _inner(kind: Any, part: Any) -> Any:
    if not isinstance(part, str) or not hasattr(kind, "model_fields"):
        return kind
    for name, field in kind.model_fields.items():
        if part in (name, field.alias):
            return _model_in(field.annotation)
    return kind


def _model_in(annotation: Any) -> Any:
    """The first of our own records inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
