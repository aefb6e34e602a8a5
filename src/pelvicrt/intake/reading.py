"""How do the bytes of a case file become plain data, without trusting them?

Plain YAML or JSON only: no anchors, aliases, tags, second documents or repeated keys; bounded size, depth and count.
Scalars are read as people mean them: `060` is no octal 48, `1:30` no 90, `yes` and `no` are true and false; dates stay
text until a date field reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from pelvicrt.foundation import InvalidInput, Problem, Text

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 8
MAX_NODES: Final = 50_000
MAX_SHOWN: Final = 40
MAX_DIGITS: Final = 30

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_WORDS: Final[dict[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False} | {
    "yes": True,
    "no": False,
}


def read_plain(path: Path) -> Any:
    """The data of one YAML or JSON file, as mappings, lists and scalars.

    Raises:
        InvalidInput: when the file cannot be read, is too large, not UTF-8, broken, or uses more than plain data.
    """
    text = read_text(path)
    try:
        return _from_json(text) if path.suffix.lower() == ".json" else _from_yaml(text)
    except _Refused as refused:
        raise _file_problem(path, refused.found, refused.expected) from None


def read_text(path: Path) -> str:
    """The text of one UTF-8 file of bearable size.

    Raises:
        InvalidInput: when it cannot be read, is empty, too large, not UTF-8 or holds control characters.
    """
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"{content[error.start]:#04x} @ {error.start}"
        raise _file_problem(path, found, Text("UTF-8 text", "UTF-8 编码的文本")) from None
    bad = next((c for c in text if ord(c) < 32 and c not in "\t\n\r"), None)
    if bad is not None:
        found = f"{ord(bad):#04x}"
        raise _file_problem(path, found, Text("text without control characters", "不含控制字符的文本"))
    if not text.strip():
        raise _file_problem(path, "''", Text("a case", "一份病例"))
    return text


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """The bytes of one file of bearable size.

    Raises:
        InvalidInput: when it cannot be read or is too large.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _file_problem(path, type(error).__name__, Text("a file that can be read", "可读取的文件")) from None
    if len(content) > limit:
        size = f"{limit // 1_000_000} MB"
        raise _file_problem(path, f"> {size}", Text(f"at most {size}", f"不超过 {size}"))
    return content


def show(value: object) -> str:
    """How a found value is named in a message: short, without quoting long text of a record.

    >>> show("T9"), show("a long story about the patient and what she said"), show([1])
    ("'T9'", "'…' (48)", '[…]')
    """
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= MAX_SHOWN else f"'…' ({len(str(value))})"


class _Refused(Exception):
    def __init__(self, found: str, expected: Text) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


def _file_problem(path: Path, found: str, expected: Text) -> InvalidInput:
    return InvalidInput([Problem(file=str(path), field="(file)", found=found, expected=expected)])


# --- YAML ---


def _from_yaml(text: str) -> Any:
    root: list[Any] = []
    open_nodes: list[Any] = [root]
    for count, event in enumerate(_events(text)):
        if count > MAX_NODES:
            raise _Refused(f"> {MAX_NODES}", Text("one case", "一份病例"))
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            _close(open_nodes)
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(open_nodes) > MAX_DEPTH:
                raise _Refused("[[…]]", _at(event, Text("the shape of a case", "病例文件的层级")))
            open_nodes.append([] if isinstance(event, yaml.SequenceStartEvent) else _Pairs())
        elif isinstance(event, yaml.ScalarEvent):
            _put(open_nodes[-1], _scalar(event), event)
    return root[0] if root else None


class _Pairs:
    """A mapping being read: the key waiting for its value, and what is complete."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []
        self.done: dict[Any, Any] = {}


def _put(parent: Any, value: Any, event: yaml.Event | None = None) -> None:
    if not isinstance(parent, _Pairs):
        parent.append(value)
    elif parent.waiting:
        parent.done[parent.waiting.pop()] = value
    elif isinstance(value, (list, dict)):
        raise _Refused("[…]", _at(event, Text("words as keys", "用单词作键名")))
    elif value in parent.done:
        raise _Refused(show(value), _at(event, Text("every key once", "每个键只出现一次")))
    else:
        parent.waiting.append(value)


def _close(open_nodes: list[Any]) -> None:
    node = open_nodes.pop()
    _put(open_nodes[-1], node.done if isinstance(node, _Pairs) else node)


def _events(text: str) -> Iterator[yaml.Event]:
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _Refused("---", _at(event, Text("one case in a file", "每个文件一份病例")))
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                wanted = Text("YAML without anchors, aliases and tags", "不含锚点、别名或标签的 YAML")
                raise _Refused("& * !", _at(event, wanted))
            yield event
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "?"
        raise _Refused(where, Text("valid YAML at this line and column", "此行列处为有效的 YAML")) from None


def _at(event: yaml.Event | None, wanted: Text) -> Text:
    mark = getattr(event, "start_mark", None)
    return Text(f"{wanted.en}; see line {mark.line + 1}", f"{wanted.zh}；见第 {mark.line + 1} 行") if mark else wanted


def _scalar(event: yaml.ScalarEvent) -> Any:
    return plain_scalar(event.value) if event.implicit[0] else event.value


def plain_scalar(word: str) -> Any:
    """What an unquoted word means: a number, true or false, nothing, or itself.

    >>> plain_scalar("060"), plain_scalar("6.5"), plain_scalar("no"), plain_scalar("2026-05-04")
    ('060', 6.5, False, '2026-05-04')
    """
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if len(word) > MAX_DIGITS or _LEADING_ZERO.match(word):
        return word
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _NUMBER.fullmatch(word) else word


# --- JSON ---


def _from_json(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=plain_scalar)
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise _Refused(where, Text("valid JSON at this line and column", "此行列处为有效的 JSON")) from None
    except RecursionError:
        raise _Refused("[[…]]", Text("the shape of a case", "病例文件的层级")) from None
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if [k for k, _ in pairs].count(key) > 1)
        raise _Refused(show(twice), Text("every key once", "每个键只出现一次"))
    return found


def _no_constant(word: str) -> Any:
    raise _Refused(word, Text("a finite number", "有限的数值"))
