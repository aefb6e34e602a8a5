"""`pelvicrt serve` as an administrator runs it: first link, demonstration cases, graceful stop. On both databases."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from tests.support.databases import KINDS, database_url, free_port

from pelvicrt.mdt import Store, verify
from pelvicrt.mdt.tables import CaseRow


class Served:
    """The command, running; `said` is what it wrote for the administrator."""

    def __init__(self, *words):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "pelvicrt.cli", "serve", "--port", str(self.port), *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(600):
            try:
                if httpx.get(f"{self.url}/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        raise RuntimeError(self.process.communicate())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, self.said = self.process.communicate(timeout=40)
        self.logged = out
        return self.process.returncode


@pytest.fixture(params=KINDS)
def url(request, tmp_path):
    return database_url(request.param, tmp_path)


def test_the_first_start_prints_a_link_and_loads_cases_and_the_second_does_neither(url):
    served = Served("--database", url, "--demo")
    assert served.stop() == 0
    assert re.search(rf"login is admin.*\n  {served.url}/welcome/[\w-]{{43}}\n", served.said)
    assert '"event": "stopped"' in served.logged
    store = Store(url)
    with store.reading() as session:
        assert session.query(CaseRow).count() == 6
        assert verify(session).why is None
    store.close()
    again = Served("--database", url, "--demo", "--lang", "zh")
    assert again.stop() == 0
    assert "工作区地址" in again.said
    assert "http" in again.said


def test_a_request_under_way_is_finished_before_the_service_stops(tmp_path):
    """A body that is still arriving when the signal comes gets its answer."""
    served = Served("--database", f"sqlite:///{tmp_path / 's.db'}")
    answers, sent = [], threading.Event()

    def body():
        yield b"login="
        sent.set()
        time.sleep(2)
        yield b"nobody"

    def ask():
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answers.append(httpx.post(f"{served.url}/sign-out", content=body(), headers=headers).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    assert sent.wait(60)
    time.sleep(0.5)  # what was sent has arrived
    assert served.stop() == 0
    asking.join()
    assert answers == [401]


def test_a_taken_port_is_said_before_anything_is_written(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        words = ["serve", "--port", str(listener.getsockname()[1]), "--database", f"sqlite:///{tmp_path / 's.db'}"]
        done = subprocess.run(
            [sys.executable, "-m", "pelvicrt.cli", *words], check=False, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 3
    assert "expected an address of this machine and a free port" in done.stderr
    assert not (tmp_path / "s.db").exists()
