"""How fast are the histograms of a whole plan, files read, beside other programs on the same files in the same run?

The files are third-party data that stand beside the project, never in it. Without them the project's own demonstration
plan takes their place, and the result says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pelvicrt.bench.measurement import Measurement
from pelvicrt.bench.peers import DICOMPYLER, PYDCM, ROOT, NotHere, Peer, run

SHARED = ROOT.parent / "shared" / "dicom"
FRESH = 2
REPEATS = 7
SAME_WORK = 0.05
LEAST_CC = 5.0

Structures = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a plan: their folder below the shared ones, and the names of structures and dose."""

    folder: str
    structures: str
    dose: str


BREAST = Files("breast_dicompyler", "rtss.dcm", "rtdose.dcm")
PELVIS = Files("pelvis_synthetic", "RS_pelvis.dcm", "RD_LCRT_25x2.dcm")
ROWS: dict[str, tuple[Files, Peer]] = {
    "dvh_breast": (BREAST, DICOMPYLER),
    "dvh_breast_pydcm": (BREAST, PYDCM),
    "dvh_pelvis": (PELVIS, DICOMPYLER),
    "dvh_pelvis_pydcm": (PELVIS, PYDCM),
}


def benchmark(name: str) -> Callable[[Path], Measurement]:
    """The benchmark of that name; the case file does not matter to it."""
    return lambda _case: _measured(name, *ROWS[name])


def _measured(name: str, files: Files, peer: Peer) -> Measurement:
    folder = SHARED / files.folder
    with tempfile.TemporaryDirectory() as made:
        note = None
        if not folder.is_dir():
            files, note = _demo(Path(made)), f"{files.folder} is not here: the demonstration plan instead"
            folder = Path(made)
        return _beside(name, folder, files, peer, note)


def _beside(name: str, folder: Path, files: Files, peer: Peer, note: str | None) -> Measurement:
    structures, dose = folder / files.structures, folder / files.dose
    own = _own(structures, dose)
    notes = [] if note is None else [note]
    ratio = None
    try:
        seconds, theirs = run(peer, structures, dose)
        notes.extend(_disagreements(own.structures, theirs, peer.name))
        ratio = own.seconds / seconds
    except NotHere as reason:
        notes.append(str(reason))
    return Measurement(
        name=name,
        seconds=own.seconds,
        peak_mb=own.peak_mb,
        compared_with=peer.describe(),
        ratio=ratio,
        note="; ".join(notes) or None,
    )


@dataclass(frozen=True, slots=True)
class _Own:
    seconds: float
    peak_mb: float
    structures: Structures


def _own(structures: Path, dose: Path) -> _Own:
    """Best of two fresh processes, in a folder that holds nothing but the two files the others read."""
    with tempfile.TemporaryDirectory() as made:
        for path in (structures, dose):
            (Path(made) / path.name).symlink_to(path.resolve())
        command = [sys.executable, "-m", "pelvicrt.bench.dvh_child", made, str(REPEATS)]
        said = [
            json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
            for _ in range(FRESH)
        ]
    found = {name: (volume, mean) for name, (volume, mean) in said[0]["structures"].items()}
    return _Own(min(s["seconds"] for s in said), min(s["peak_mb"] for s in said), found)


def _disagreements(own: Structures, theirs: Structures, peer: str) -> list[str]:
    """Structures of 5 cc and more whose mean dose differs by more than 5 %: then it was not the same work."""
    return [
        f"{peer} has a mean of {theirs[name][1]:.3g} Gy in {name} instead of {mean:.3g} Gy"
        for name, (volume, mean) in own.items()
        if volume >= LEAST_CC and name in theirs and abs(theirs[name][1] - mean) > SAME_WORK * mean
    ]


def _demo(folder: Path) -> Files:
    from pelvicrt.dicom import DEMO_PLANS, write_demo_plan

    written = write_demo_plan(folder, DEMO_PLANS["lcrt"])
    names = {path.name for path in written}
    structures = next(name for name in names if name.upper().startswith("RS"))
    dose = next(name for name in names if name.upper().startswith("RD"))
    return Files("demonstration", structures, dose)
