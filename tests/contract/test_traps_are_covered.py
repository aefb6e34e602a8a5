"""Is every error of the field (traps T1 to T20) held by at least one test that carries its number?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

TRAPS = {
    1: "an unknown MRF, EMVI or MMR is not negative",
    2: "an M0 guideline is not applied to M1 silently",
    3: "a liver is not called unresectable without liver surgeon and imaging",
    4: "obstruction and perforation come before any plan",
    5: "no TME on days 11 to 17 after short course began",
    6: "bevacizumab keeps away from surgery, stoma and perforation",
    7: "contact and repeated doses are not summed in LQ",
    8: "bins are converted, metrics are not; bag limits are not for loops",
    9: "two alpha/beta scenarios and bands, always",
    10: "complete response needs examinations, time and radiotherapy",
    11: "vanished liver lesions stay on the list",
    12: "anal verge and anorectal junction are two facts",
    13: "oligometastatic is not resectable",
    14: "an implausible dose is refused",
    15: "no LARS score with a stoma",
    16: "unknown DPYD is not full dose",
    17: "age alone excludes nobody; wishes never pass a gate",
    18: "no licensed text in the repository",
    19: "NTCP parameters carry endpoint and cannot be swapped",
    20: "NTCP is not fed with physical dose of five fractions",
}


@pytest.mark.parametrize("number", TRAPS, ids=lambda number: f"T{number}")
def test_a_trap_has_a_named_test(number: int) -> None:
    pattern = re.compile(rf"def test_\w*t{number:02d}_|def test_trap_t{number}_")
    files = [path for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    held = [
        path.name
        for path in files
        if pattern.search(path.read_text(encoding="utf-8")) or f"trap_t{number:02d}" in path.name
    ]
    assert held, f"no test holds T{number}: {TRAPS[number]}"
