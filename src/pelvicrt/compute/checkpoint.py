"""How does a killed run go on? Each finished chunk is one file, written whole, in a folder that knows its task.

The folder's manifest holds everything that decides the result; a run of anything else is refused. Files hold plain
arrays (no pickles: opening a folder runs no code of it). A file that cannot be read is worked out again.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from pelvicrt.compute.pace import Range
from pelvicrt.compute.task import Arrays, Task
from pelvicrt.foundation import VERSION, InvalidInput, Problem, Text, UsageError, write_whole

SCHEMA = "pelvicrt.checkpoint/1"
MANIFEST = "manifest.json"
_NAME = re.compile(r"(\d{9})-(\d{9})\.npz")
_OTHER = Text(
    "an empty folder, or the folder of the same run (there: {wanted})",
    "空文件夹，或同一次运行的文件夹（应为：{wanted}）",
)
_BROKEN = Text("a manifest this program wrote, or an empty folder", "本程序写入的清单，或空文件夹")
_UNWRITABLE = Text(
    "the checkpoint in {folder} cannot be written ({why}); make room, then run the same command again",
    "无法写入 {folder} 中的检查点（{why}）；请腾出空间后重新运行同一命令",
)
_NOT_EMPTY = Text(
    "an empty folder, or one with a manifest.json of an earlier run", "空文件夹，或含先前运行 manifest.json 的文件夹"
)


class Checkpoint:
    """Finished chunks of one task in one folder."""

    def __init__(self, folder: Path, task: Task[Any]) -> None:
        """Opens the folder, or makes it.

        Raises:
            InvalidInput: when it belongs to another task, holds something else, or cannot be made.
        """
        self.folder, self.size = folder, task.size
        wanted = _manifest(task)
        path = folder / MANIFEST
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                _same(path, wanted)
            elif any(folder.iterdir()):
                raise InvalidInput([Problem(file=str(folder), field=MANIFEST, found="no file", expected=_NOT_EMPTY)])
            else:
                write_whole(path, (json.dumps(wanted, indent=1, ensure_ascii=False) + "\n").encode())
        except OSError as error:
            expected = Text("a folder that can be written", "可写入的文件夹")
            found = type(error).__name__
            raise InvalidInput(
                [Problem(file=str(folder), field="--checkpoint", found=found, expected=expected)]
            ) from None

    def keep(self, first: int, last: int, block: object) -> None:
        """Writes one finished chunk; it is there whole or not at all.

        Raises:
            TypeError: when the block is not arrays by name.
            UsageError: when the folder cannot be written any more.
        """
        if not isinstance(block, Mapping) or not all(isinstance(item, np.ndarray) for item in block.values()):
            raise TypeError("only blocks of arrays by name can be kept in a checkpoint")
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **block)
        try:
            write_whole(self.folder / f"{first:09d}-{last:09d}.npz", content.getvalue())
        except OSError as error:
            raise UsageError(_UNWRITABLE.fill(folder=self.folder, why=type(error).__name__)) from None

    def finished(self) -> dict[Range, Arrays]:
        """Every readable chunk, none overlapping another."""
        found: dict[Range, Arrays] = {}
        at = 0
        for first, last in sorted(self._named(), key=lambda item: (item[0], -item[1])):
            block = self._read(first, last) if first >= at else None
            if block is not None:
                found[first, last], at = block, last
        return found

    def _named(self) -> list[Range]:
        matches = [_NAME.fullmatch(path.name) for path in self.folder.iterdir()]
        ranges = [(int(match[1]), int(match[2])) for match in matches if match]
        return [(first, last) for first, last in ranges if first < last <= self.size]

    def _read(self, first: int, last: int) -> Arrays | None:
        try:
            # Read as a whole first: numpy leaves a damaged file open.
            content = io.BytesIO((self.folder / f"{first:09d}-{last:09d}.npz").read_bytes())
            with np.load(content, allow_pickle=False) as held:
                block = {name: held[name] for name in held.files}
        except (OSError, ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile):
            return None
        return block if all(len(item) == last - first for item in block.values()) else None


def _manifest(task: Task[Any]) -> dict[str, Any]:
    about = {"version": VERSION, "numpy": np.__version__, **task.about()}
    return {"schema": SCHEMA, "task": task.name, "size": task.size, "about": about}


def _same(path: Path, wanted: Mapping[str, Any]) -> None:
    """Nothing when the manifest is that of the task.

    Raises:
        InvalidInput: naming everything that differs.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        there = {key: str(value) for key, value in held["about"].items()}
        there |= {key: str(held[key]) for key in ("schema", "task", "size")}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput([Problem(file=str(path), field="about", found="no manifest", expected=_BROKEN)]) from None
    here = cast("dict[str, str]", {**wanted["about"], **{key: str(wanted[key]) for key in ("schema", "task", "size")}})
    problems = [
        Problem(
            file=str(path),
            field=key,
            found=repr(there.get(key, "nothing"))[:60],
            expected=_OTHER.fill(wanted=here.get(key, "nothing")),
        )
        for key in sorted(here.keys() | there.keys())
        if here.get(key) != there.get(key)
    ]
    if problems:
        raise InvalidInput(problems)
