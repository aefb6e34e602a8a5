"""Damaged files are refused in words or read; nothing else ever happens. More than twelve hundred cases, all seeded."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.support.dicom_damage import PATIENT, Files, cases, valid_files

from pelvicrt.dicom import TreatmentPlan, read_plan
from pelvicrt.foundation import InvalidInput

CASES = cases()
PARTS = 12
BOUND = 40_000_000
HANG_SECONDS = 20


@contextmanager
def _no_hang() -> Iterator[None]:
    """Fails a case that takes longer than any honest reading could."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _put(folder: Path, files: Files) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _outcome(folder: Path) -> str:
    """ "read", or the refusal in both languages; anything else that is raised is the case's failure."""
    try:
        with _no_hang():
            plan = read_plan(folder, memory_bound_bytes=BOUND)
    except InvalidInput as refused:
        _check_refusal(refused)
        return f"{refused}\n{refused.message.zh}"
    _check_plan(plan)
    return "read"


def _check_refusal(refused: InvalidInput) -> None:
    assert refused.exit_code == 3
    for problem in refused.problems:
        assert problem.file
        assert problem.field
        assert problem.found
        assert problem.expected.en != problem.expected.zh or problem.expected.en.replace(".", "").isalnum()


def _check_plan(plan: TreatmentPlan) -> None:
    assert np.isfinite(plan.dose.dose_gy).all()
    assert plan.structures
    assert plan.fractions is None or plan.fractions >= 1
    assert all(np.isfinite(each.dose_gy) for each in plan.prescriptions)


def test_there_are_more_than_twelve_hundred_cases() -> None:
    assert len(CASES) >= 1200


def test_the_undamaged_files_are_read(tmp_path: Path) -> None:
    _put(tmp_path / "plan", valid_files())
    assert _outcome(tmp_path / "plan") == "read"


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_files_are_refused_in_words_or_read(
    tmp_path: Path, part: int, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for at, (name, make) in enumerate(CASES[part::PARTS]):
        folder, files = tmp_path / str(at), make()
        _put(folder, files)
        try:
            said = _outcome(folder)
        except Exception as escaped:  # noqa: BLE001 - every kind is a finding
            wrong.append(f"{name}: {type(escaped).__name__}: {escaped}")
            continue
        if any(word in said for word in ("Zhang", "Weimin", *PATIENT.values())):
            wrong.append(f"{name}: patient data in the message: {said}")
        if {path.name: path.read_bytes() for path in folder.iterdir()} != files:
            wrong.append(f"{name}: the folder was changed")
    printed = capfd.readouterr()
    assert not wrong, "\n".join(wrong)
    assert printed.out + printed.err == ""


HARMLESS = {"whole: RD.dcm twice over"}  # the dose is whole; what follows it is not looked at
MUST_REFUSE = [
    case
    for case in CASES
    if case[0].startswith(("cut RD.dcm", "whole: RD.dcm", "inconsistent: offsets", "inconsistent: pixels"))
    and case[0] not in HARMLESS
]


@pytest.mark.parametrize("case", MUST_REFUSE, ids=[name for name, _ in MUST_REFUSE])
def test_a_dose_that_is_cut_replaced_or_does_not_fit_is_never_read(tmp_path: Path, case: tuple[str, object]) -> None:
    name, make = case
    _put(tmp_path / "plan", make())  # type: ignore[operator]
    assert _outcome(tmp_path / "plan") != "read", name
