"""Do a hundred malformed case files each exit 3 with file, field, found and expected, and never with a traceback?"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.test_intake_malformed import changed, dumped, one_wrong_value

from pelvicrt.cli import main

ONE_PROBLEM = re.compile(r"^bad\.yaml: .+?: found .+; expected .+$", re.MULTILINE)


def run(*words: str) -> tuple[int, str]:
    """Exit code and everything written to stderr."""
    before, heard = sys.argv, io.StringIO()
    sys.argv = ["pelvicrt", *words]
    try:
        with contextlib.redirect_stderr(heard), contextlib.redirect_stdout(io.StringIO()):
            main()
    except SystemExit as stop:
        return int(stop.code or 0), heard.getvalue()
    finally:
        sys.argv = before
    return 0, heard.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("malformed")


@st.composite
def malformed(draw: st.DrawFn) -> bytes:
    """One wrong value, an unknown key, broken YAML or bytes that are no text."""
    kind = draw(st.sampled_from(["value", "value", "value", "key", "yaml", "bytes"]))
    if kind == "value":
        dotted, value = draw(one_wrong_value())
        return dumped(changed(dotted, value))
    if kind == "key":
        name = draw(st.from_regex(r"zz_[a-z]{1,12}", fullmatch=True))
        section: Any = draw(st.sampled_from(["patient", "primary", "liver", "labs", "preferences"]))
        return dumped(changed(f"{section}.{name}", 1))
    if kind == "yaml":
        return b"schema: pelvicrt.case/1\npatient: {age: 3" + draw(st.sampled_from([b"[", b"\t", b": :", b""]))
    return b"\xff\xfe" + draw(st.binary(min_size=1, max_size=80))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(content=malformed(), command=st.sampled_from([("assess",), ("case", "check")]))
def test_a_malformed_case_exits_3_and_names_file_field_found_and_expected(
    content: bytes, command: tuple[str, ...], folder: Path
) -> None:
    bad = folder / "bad.yaml"
    bad.write_bytes(content)
    code, said = run(*command, str(bad))
    assert code == 3, said
    assert ONE_PROBLEM.search(said.replace(str(folder) + "/", "")), said
    assert "Traceback" not in said
