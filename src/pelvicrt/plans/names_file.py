"""How does a user confirm structure names? In a YAML file that is written with what was read, edited, and given back.

One line a structure: its own name and the TG-263 name it is used as; nothing where none is sure yet, `none` where it
shall not be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from pelvicrt.evidence import Library, read_yaml
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import InvalidInput, Problem, Text, write_whole
from pelvicrt.plans.naming import IGNORED, check_confirmed
from pelvicrt.plans.results import NamedStructure

KEY = "names"
_HEAD = (
    "# Structure names of a plan. After each name stands the TG-263 name it is used as; nothing: not used yet.",
    "# Write a TG-263 name to confirm one, or `none` to leave the structure out. A comment says what was proposed.",
    "# 计划的结构名称。冒号后为所采用的 TG-263 名称；留空表示尚未采用。",
    "# 请填写 TG-263 名称以确认，或填 none 表示不使用该结构。注释为系统建议。",
)


def read_names(path: Path, *, library: Library | None = None) -> dict[str, str]:
    """What the user confirmed: original name to TG-263 name or `none`; lines left empty are left out.

    Raises:
        InvalidInput: a file that cannot be read, is no such mapping, or confirms a name that is not known or is of the
            other side; all of it at once, each with what to write instead.
    """
    found = {name: word for name, word in _mapping(path).items() if word is not None}
    check_confirmed(found, library=library or shipped_library(), file=path.name)
    return found


def write_names(path: Path, named: Iterable[NamedStructure]) -> None:
    """Writes the file whole: what was read, with proposals and reasons as comments.

    Raises:
        OSError: when the file cannot be written.
    """
    write_whole(path, "\n".join((*_HEAD, f"{KEY}:", *_lines(named), "")).encode())


def _lines(named: Iterable[NamedStructure]) -> Iterator[str]:
    seen: set[str] = set()
    for item in named:
        if item.drawn in seen:
            continue
        seen.add(item.drawn)
        word = item.tg263 or (IGNORED if item.way == "left_out" else "")
        yield f"  {_quoted(item.drawn)}: {_quoted(word) if word else ''}".rstrip() + _comment(item)


def _comment(item: NamedStructure) -> str:
    if item.tg263 is not None:
        return ""
    near = ", ".join(f"{each.tg263} ({100 * each.likeness:.1f} %)" for each in item.proposals)
    return f"  # {near}{' · ' if near else ''}{item.said.en} / {item.said.zh}".replace("\n", " ")


def _quoted(word: str) -> str:
    """A word as YAML writes it on one line, in quotes whenever it could be read as anything but itself."""
    return yaml.safe_dump(word, default_style='"', allow_unicode=True, width=10_000).strip()


def _mapping(path: Path) -> dict[str, str | None]:
    try:
        raw = read_yaml(path.read_bytes())
    except OSError as error:
        found = error.strerror or "no such file"
        raise InvalidInput([Problem(file=path.name, field="(file)", found=found, expected=_A_FILE)]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        found = type(error).__name__
        raise InvalidInput([Problem(file=path.name, field="(file)", found=found, expected=_YAML)]) from error
    if not isinstance(raw, dict) or set(raw) != {KEY}:
        found = ", ".join(str(key) for key in raw) if isinstance(raw, dict) else type(raw).__name__
        raise InvalidInput([Problem(file=path.name, field="(file)", found=found[:60], expected=_ONE_KEY)])
    names: dict[str, str | None] = raw[KEY]
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names):
        raise InvalidInput([Problem(file=path.name, field=KEY, found=type(names).__name__, expected=_A_MAPPING)])
    odd = [name for name, word in names.items() if not isinstance(word, (str, type(None)))]
    if odd:
        raise InvalidInput(
            Problem(file=path.name, field=f"{KEY}.{name}", found=repr(names[name])[:60], expected=_A_WORD)
            for name in odd
        )
    return names


_A_FILE = Text("a names file that can be read", "可读取的名称文件")
_YAML = Text("valid YAML in which no name stands twice", "有效的 YAML，且名称不重复")
_ONE_KEY = Text(f"one key, {KEY}", f"仅含一个键 {KEY}")
_A_MAPPING = Text("structure names in quotes, each with its TG-263 name", "带引号的结构名称及其 TG-263 名称")
_A_WORD = Text("a TG-263 name, none, or nothing", "TG-263 名称、none 或留空")
