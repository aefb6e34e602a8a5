"""One command run in this process, which spares the seconds a new one takes to start."""

import contextlib
import io
import sys
from unittest import mock

import pytest

from pelvicrt.cli import main


def pelvicrt(*words):
    """Exit code, standard output and standard error of one command."""
    out, error = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["pelvicrt", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return int(stop.value.code or 0), out.getvalue(), error.getvalue()
