"""How long do the histograms of one plan take, files read included? One process, one thread; its figures as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from pelvicrt.dicom import read_plan
from pelvicrt.dosimetry import StructureDose, dose_volumes


def main(folder: Path, repeats: int) -> dict[str, object]:
    """Best of several after a first time, whose peak memory counts; volume [cc] and mean [Gy] of each structure."""
    found = _once(folder)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = _once(folder)
        times.append(time.perf_counter() - start)
    structures = {each.structure: (each.physical.volume_cc, each.physical.mean_gy) for each in found}
    return {"seconds": min(times), "peak_mb": peak_mb, "structures": structures}


def _once(folder: Path) -> tuple[StructureDose, ...]:
    read = read_plan(folder)
    return dose_volumes(read.dose, read.structures)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
