"""How is a case written down again? As plain data, as YAML text, and as a file that appears whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from pelvicrt.case import Case
from pelvicrt.foundation import UNKNOWN, write_whole
from pelvicrt.intake.parsing import SCHEMA
from pelvicrt.intake.reading import plain_scalar


def dump_case(case: Case) -> dict[str, Any]:
    """The case as plain data that `parse_case` reads back to an equal case; unknown facts are left out."""
    facts: dict[str, Any] = _plain(case)
    return {"schema": SCHEMA, **facts}


def case_text(case: Case) -> str:
    """The case as YAML text."""
    return yaml.dump(dump_case(case), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def write_case(case: Case, path: Path | str) -> None:
    """Write the case as YAML; the file appears complete or not at all.

    Raises:
        OSError: when the folder cannot be written.
    """
    write_whole(Path(path), case_text(case).encode())


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    named = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    plain = {name: _plain(held) for name, held in named.items() if held is not UNKNOWN}
    return {name: held for name, held in plain.items() if held != {}}


class _Dumper(yaml.CSafeDumper):
    """Quotes every text our reader would take for something else, and shares nothing between places."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the name is the library's
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = None if plain_scalar(text) == text and text == text.strip() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
