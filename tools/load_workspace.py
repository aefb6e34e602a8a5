"""How long does a page take when fifty people use the workspace at once? Starts one, fills it, and measures.

    .venv/bin/python tools/load_workspace.py --seconds 120 --database sqlite:///FILE

Fifty simulated users read case pages and assessments for two minutes, each pausing between pages as readers do; in the
middle one assessment nobody has asked for yet is begun. Printed: requests, errors, the 50th and 95th percentile and the
largest time by kind of page, the same while the uncached assessment ran, and the memory of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.filled import fill
from tests.support.served import Served, add_people, form_token, serving, token_of

from pelvicrt.mdt import Store, tables

PAGES = ("/cases", "/meetings", "/cases/{case}/facts", "/cases/{case}/assessment", "/cases/{case}/decision")
PAGES += ("/cases/{case}/follow-up", "/cases/{case}/assessment", "/cases/{case}/compare", "/service")
PAUSE_SECONDS = (1.0, 3.0)
READERS = ("chair", "contributor", "surgeon", "viewer", "coordinator")


def wait_for(store: Store, case: str) -> None:
    """Until the assessment of that case is kept."""
    for _ in range(600):
        with store.reading() as session:
            if session.get(tables.AssessmentRow, (case, 1)) is not None:
                return
        time.sleep(0.2)
    raise TimeoutError(case)


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        status = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
        total += int(status.split("VmRSS:")[1].split()[0]) / 1024
        todo += map(int, Path(f"/proc/{one}/task/{one}/children").read_text(encoding="utf-8").split())
    return total


async def reader(base: str, token: str, cases: list[str], until: float, seen: list[tuple], *, seed: int) -> None:
    """One person reading."""
    chance = random.Random(seed)  # noqa: S311
    async with httpx.AsyncClient(base_url=base, cookies={"pelvicrt": token}, timeout=60) as client:
        await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS[1]))
        while time.perf_counter() < until:
            page = chance.choice(PAGES)
            began = time.perf_counter()
            try:
                status = (await client.get(page.format(case=chance.choice(cases)))).status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            seen.append((page, began, time.perf_counter() - began, status))
            await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))


async def measure(server: Served, store: Store, assessed: list[str], fresh: str, *, users: int, seconds: float) -> dict:
    """Lets them read; begins one uncached assessment in the middle."""
    until, seen = time.perf_counter() + seconds, []
    tokens = [token_of(store, READERS[number % len(READERS)]) for number in range(users)]
    crowd = [reader(server.base, token, assessed, until, seen, seed=seed) for seed, token in enumerate(tokens)]
    peak, span = 0.0, [0.0, 0.0]

    async def watch() -> None:
        nonlocal peak
        while time.perf_counter() < until:
            peak = max(peak, memory_mb(server.process.pid))
            await asyncio.sleep(1)

    async def assess_fresh() -> None:
        await asyncio.sleep(seconds / 2)
        async with httpx.AsyncClient(base_url=server.base, cookies={"pelvicrt": token_of(store, "chair")}) as client:
            page = (await client.get("/help")).text
            client.headers["X-CSRF"] = page.split('name="csrf" content="')[1].split('"')[0]
            span[0] = time.perf_counter()
            await client.post(f"/cases/{fresh}/assessment", timeout=60)
            while time.perf_counter() < until and span[1] == 0.0:
                await asyncio.sleep(0.5)
                with store.reading() as session:
                    if session.get(tables.AssessmentRow, (fresh, 1)) is not None:
                        span[1] = time.perf_counter()

    await asyncio.gather(*crowd, watch(), assess_fresh())
    return summary(seen, peak, span)


def summary(seen: list[tuple], peak: float, span: list[float]) -> dict:
    """Percentiles by kind of page, in milliseconds."""

    def of(rows: list[tuple]) -> dict:
        times = 1000 * np.array([row[2] for row in rows]) if rows else np.array([np.nan])
        return {
            "n": len(rows),
            "p50": round(float(np.median(times))),
            "p95": round(float(np.quantile(times, 0.95))),
            "max": round(float(times.max())),
        }

    during = [row for row in seen if span[0] <= row[1] <= (span[1] or np.inf)]
    return {
        "all": of(seen),
        "pages": {page: of([row for row in seen if row[0] == page]) for page in dict.fromkeys(PAGES)},
        "while_assessing": {**of(during), "seconds": round(span[1] - span[0], 1)},
        "errors": sorted({str(row[3]) for row in seen if row[3] != 200}),
        "error_count": sum(row[3] != 200 for row in seen),
        "peak_memory_mb": round(peak),
    }


def main() -> None:
    """Measures and prints JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--users", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=120)
    asked.add_argument("--database", default="")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = options.database or f"sqlite:///{folder / 'load.db'}"
        store = Store(url)
        store.migrate()
        add_people(store)
        *assessed, fresh = fill(store, cases=13, assessed=0)
        with serving(url, folder) as server:
            with server.client(token_of(store, "chair")) as client:  # every page once, as after a morning's work
                client.headers["X-CSRF"] = form_token(client)
                for case in assessed:
                    client.post(f"/cases/{case}/assessment")
                    wait_for(store, case)
                    for page in dict.fromkeys(PAGES):
                        client.get(page.format(case=case))
            found = asyncio.run(measure(server, store, assessed, fresh, users=options.users, seconds=options.seconds))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
