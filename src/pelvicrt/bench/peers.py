"""How long do other programs take for the same histograms? Each runs in an environment of its own, built on demand.

dicompyler-core 0.5.6 needs pydicom 2 and numpy 1, pydcm needs Python 3.12 or newer; neither can live in ours. The
environments stand in `build/peers`; one that cannot be built gives a reason in words instead of a time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD_SECONDS = 300
RUN_SECONDS = 300

_LOOP = """
import json, sys, time
best, found = float("inf"), {}
for _ in range(3):
    start = time.perf_counter()
    structures, dose = opened(*sys.argv[1:3])
    for number, name in drawn(structures):
        dvh = histogram(structures, dose, number)
        found[name] = [float(dvh.volume), float(dvh.mean)]
    best = min(best, time.perf_counter() - start)
print(json.dumps({"seconds": best, "structures": found}))
"""

_DRAWN = """
def drawn(structures):
    names = {int(r.ROINumber): str(r.ROIName) for r in structures.StructureSetROISequence}
    given = [int(c.ReferencedROINumber) for c in structures.ROIContourSequence if "ContourSequence" in c]
    return [(number, names[number]) for number in given]
"""

_DICOMPYLER = """
import logging, warnings
warnings.simplefilter("ignore"); logging.disable()
import pydicom
from dicompylercore import dvhcalc
opened = lambda structures, dose: (pydicom.dcmread(structures), pydicom.dcmread(dose))
histogram = lambda structures, dose, number: dvhcalc.get_dvh(structures, dose, number)
"""

# pydcm takes files, not data sets, so it reads them again for each structure.
_PYDCM = """
import pydcm
files = sys.argv[1:3]
opened = lambda structures, dose: (pydcm.dcmread(structures), None)
histogram = lambda structures, dose, number: pydcm.dvhcalc(files[0], files[1], number)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program: what to install, the minor versions of Python 3 it runs on, and how it is called."""

    name: str
    requirements: tuple[str, ...]
    minors: tuple[int, ...]
    calls: str

    def describe(self) -> str:
        """Its name and version, as results name it."""
        return f"{self.requirements[0].replace('==', ' ')}, default settings, files read, in its own environment"


DICOMPYLER = Peer("dicompyler", ("dicompyler-core==0.5.6", "pydicom==2.4.5", "numpy==1.26.4"), (11, 12), _DICOMPYLER)
PYDCM = Peer("pydcm", ("pydcm==0.5.0",), (12, 13, 14), _PYDCM)


class NotHere(Exception):
    """A peer cannot run here; the message says why."""


def run(peer: Peer, structures: Path, dose: Path) -> tuple[float, dict[str, tuple[float, float]]]:
    """Least seconds of three, and volume [cc] and mean dose [Gy] of each structure.

    Raises:
        NotHere: when its environment cannot be built here, or it does not finish.
    """
    script = "import sys\n" + peer.calls + _DRAWN + _LOOP
    said = _call([str(_environment(peer)), "-c", script, str(structures), str(dose)], RUN_SECONDS, peer)
    answer = json.loads(said)
    return float(answer["seconds"]), {name: (v, mean) for name, (v, mean) in answer["structures"].items()}


def _environment(peer: Peer) -> Path:
    """The Python of a peer's environment, built when it is not there."""
    folder = ROOT / "build" / "peers" / peer.name
    python, ready = folder / "bin" / "python", folder / ".ready"
    if ready.is_file() and ready.read_text(encoding="utf-8") == "\n".join(peer.requirements):
        return python
    own = Path(sys.executable).parent / "uv"
    uv = str(own) if own.is_file() else shutil.which("uv")
    if uv is None:
        raise NotHere(f"{peer.name} not run: uv, which builds its environment, is not installed")
    base = _python(peer)
    _call([uv, "venv", "--quiet", "--clear", "--python", base, str(folder)], BUILD_SECONDS, peer)
    install = [uv, "--system-certs", "pip", "install", "--quiet", "--python", str(python), *peer.requirements]
    _call(install, BUILD_SECONDS, peer)
    ready.write_text("\n".join(peer.requirements), encoding="utf-8")
    return python


def _python(peer: Peer) -> str:
    """A Python that the peer runs on: this one, one on the path, or one that pyenv holds."""
    wanted = [f"python3.{minor}" for minor in peer.minors]
    here = [sys.executable] if sys.version_info[1] in peer.minors else []
    on_path = [found for name in wanted if (found := shutil.which(name))]
    kept = sorted(str(path) for minor in peer.minors for path in _pyenv().glob(f"versions/3.{minor}.*/bin/python"))
    for candidate in (*here, *on_path, *kept):
        if subprocess.run([candidate, "-c", ""], check=False, capture_output=True).returncode == 0:  # noqa: S603
            return candidate
    raise NotHere(f"{peer.name} not run: it needs Python 3.{min(peer.minors)} to 3.{max(peer.minors)}, none is here")


@cache
def _pyenv() -> Path:
    command = shutil.which("pyenv")
    if command is None:
        return Path("no-pyenv")
    said = subprocess.run([command, "root"], check=False, capture_output=True, text=True)  # noqa: S603
    return Path(said.stdout.strip() or "no-pyenv")


def _call(command: list[str], seconds: int, peer: Peer) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds).stdout  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise NotHere(f"{peer.name} not run: not finished after {seconds} s") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no message"]
        raise NotHere(f"{peer.name} not run: {last[0][:200]}") from error
