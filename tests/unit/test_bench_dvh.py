"""Do the benchmarks of plan evaluation run, and say in words what could not be compared?"""

from __future__ import annotations

from pathlib import Path

import pytest

from pelvicrt.bench import dvh, names, peers


@pytest.fixture(autouse=True)
def _no_peer_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(peer: peers.Peer, _structures: Path, _dose: Path) -> None:
        raise peers.NotHere(f"{peer.name} not run: no network")

    monkeypatch.setattr(dvh, "run", absent)
    monkeypatch.setattr(dvh, "FRESH", 1)
    monkeypatch.setattr(dvh, "REPEATS", 1)


def test_the_plan_benchmarks_are_among_all() -> None:
    assert {"dvh_breast", "dvh_breast_pydcm", "dvh_pelvis", "dvh_pelvis_pydcm"} <= set(names())


def test_without_peer_and_data_a_row_times_the_demonstration_plan_and_says_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dvh, "SHARED", tmp_path)
    found = dvh.benchmark("dvh_breast")(tmp_path)
    assert found.seconds > 0
    assert found.ratio is None
    assert found.note == "breast_dicompyler is not here: the demonstration plan instead; dicompyler not run: no network"


def test_different_mean_doses_are_not_passed_over() -> None:
    said = dvh._disagreements(
        {"PTV": (100.0, 50.0), "dot": (0.1, 50.0)}, {"PTV": (100.0, 40.0), "dot": (0.1, 1.0)}, "x"
    )
    assert said == ["x has a mean of 40 Gy in PTV instead of 50 Gy"]


def test_a_peer_without_its_python_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_pyenv", lambda: Path("no-pyenv"))
    with pytest.raises(peers.NotHere, match=r"needs Python 3\.1 to 3\.2, none is here"):
        peers._python(peers.Peer("old", (), (1, 2), ""))


def test_a_peer_that_fails_says_its_last_words() -> None:
    command = ["python3", "-c", "import sys; sys.exit('no space left')"]
    with pytest.raises(peers.NotHere, match="pydcm not run: no space left"):
        peers._call(command, 20, peers.PYDCM)
