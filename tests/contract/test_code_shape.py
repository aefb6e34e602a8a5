"""Does the code keep the shape CONTRIBUTING promises: public names, no clinical numbers, no machine paths?"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

import pelvicrt

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pelvicrt"
ROOMS = sorted(module.name for module in pkgutil.iter_modules([str(SOURCE)]) if not module.name.startswith("_"))

# Rooms whose subject is formulae or drawing, where a literal is part of an equation or of a layout, not a finding.
FORMULAE = {"foundation", "radiobiology", "engine", "value", "dosimetry", "dicom", "report", "bench", "cli"}
HARMLESS = {0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 100.0, 1e-300, 1e-12, 1e-9, 1e-6, 0.25, 0.75, -1.0, 1000.0, 6.0}


def _floats(path: Path) -> list[tuple[int, float]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is float
    ]


def _reason_given(path: Path, line: int) -> bool:
    """A line may keep a number when it says why: `# number: reason`."""
    return "# number:" in path.read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in FORMULAE])
def test_no_clinical_number_stands_in_python(room: str) -> None:
    files = [path for path in (SOURCE / room).rglob("*.py") if path.parent.name != "scores"]
    found = [
        f"{path.relative_to(ROOT)}:{line}: {value}"
        for path in files
        for line, value in _floats(path)
        if value not in HARMLESS and not _reason_given(path, line)
    ]
    assert not found, "numbers belong in the evidence library:\n" + "\n".join(found)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_exports_exactly_what_it_says(room: str) -> None:
    module = importlib.import_module(f"pelvicrt.{room}")
    names = list(module.__all__)
    assert len(set(names)) == len(names)
    assert all(hasattr(module, name) for name in names)


def test_the_public_words_are_few() -> None:
    assert len(pelvicrt.__all__) <= 20


@pytest.mark.parametrize("room", ROOMS)
def test_other_rooms_are_entered_by_their_door(room: str) -> None:
    """Import the room, not its inner files."""
    inner = re.compile(r"from pelvicrt\.(\w+)\.[\w.]+ import")
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in (SOURCE / room).rglob("*.py")
        for match in inner.finditer(path.read_text(encoding="utf-8"))
        if match.group(1) != room
    ]
    assert not found, "\n".join(found)


def test_nothing_committed_names_a_machine_path_or_registry() -> None:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"/work/(main|shared)|/root/|/tmp/team|pypi\.org|pythonhosted|registry\.npmjs")
    own = Path(__file__).relative_to(ROOT).as_posix()
    found = []
    for name in listing.stdout.split():
        path = ROOT / name
        if name == own or not path.is_file() or path.suffix in {".png", ".woff2", ".xlsx", ".pdf"}:
            continue
        if forbidden.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert not found, found


def test_every_module_says_which_question_it_answers() -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not missing, missing
