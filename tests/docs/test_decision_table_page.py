"""Is the page of the decision table the one its source gives?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_fresh() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "decision_table.py"), "--check"], check=False)
    assert done.returncode == 0, "run: python tools/decision_table.py"
