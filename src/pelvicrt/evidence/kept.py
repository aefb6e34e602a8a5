"""How is the shipped library read quickly the second time? Its records are kept beside the package's own bytecode.

Reading and checking some 800 YAML files takes half a second, which every command would wait for. What was read once is
kept under a name that is a hash of the files' contents and of the code that reads them, so that it can never be stale;
where the folder cannot be written, everything is simply read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
FOLDER = Path(__file__).parent / "__pycache__"


def kept(kind: str, files: Iterable[Path], read: Callable[[], T], *, folder: Path = FOLDER) -> T:
    """What `read` gives for these files, from the last time when neither they nor our code have changed.

    Raises:
        InvalidInput: whatever `read` raises; nothing is kept then.
    """
    path = folder / f"library-{kind}-{_digest(kind, files)}.pickle"
    with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
        found: T = pickle.loads(path.read_bytes())  # noqa: S301 - written below, beside our own bytecode
        return found
    made = read()
    with contextlib.suppress(OSError):
        _write(path, pickle.dumps(made), kind)
    return made


def _digest(kind: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(kind.encode())
    code = [*Path(__file__).parent.glob("*.py"), *(Path(__file__).parents[1] / "foundation").glob("*.py")]
    for path in [*sorted(code), *files]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def _write(path: Path, content: bytes, kind: str) -> None:
    """Puts the file there whole, and takes away what older files or code left."""
    path.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(temporary).replace(path)
    for old in path.parent.glob(f"library-{kind}-*.pickle"):
        if old != path:
            old.unlink(missing_ok=True)
