"""A workspace served for real: `pelvicrt serve` in a process of its own, its people signed in without a page."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
from tests.support.databases import free_port
from tests.support.web import PASSWORD, PEOPLE, TOKEN

from pelvicrt.mdt import accounts, add_person, person


def add_people(store, *, with_password=False):
    """One person of every role; without a password unless asked, as hashing takes its time by design."""
    with store.writing("setup") as writing:
        for login, (role, discipline) in PEOPLE.items():
            if person(writing.session, login) is None:
                user = add_person(writing, login=login, name=login.title(), role=role, discipline=discipline)
                if with_password:
                    accounts.set_password(writing, user, PASSWORD)


def token_of(store, login):
    """The cookie of a new sign-in of that person."""
    with store.writing(login) as writing:
        return accounts.sign_in(writing, person(writing.session, login))


class Served:
    """One running server."""

    def __init__(self, url, port, log):
        self.database, self.port, self.log = url, port, log
        self.base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "pelvicrt.cli", "serve", "--database", url, "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()

    def _wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: see {self.log.name}")
            try:
                if httpx.get(f"{self.base}/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise RuntimeError("the server did not become ready")

    def kill(self):
        """As if the machine lost power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=30):
        """As systemd stops it; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=patience)
        return self.process.returncode

    def client(self, token, **more):
        """A browser with that sign-in."""
        return httpx.Client(base_url=self.base, cookies={"pelvicrt": token}, timeout=30, **more)


def form_token(client):
    """The token every form of this browser carries."""
    return TOKEN.search(client.get("/help").text).group(1)


@contextmanager
def serving(url, folder, port=None):
    """A server over a database, stopped at the end."""
    with (folder / "server.log").open("ab") as log:
        server = Served(url, port or free_port(), log)
        try:
            yield server
        finally:
            server.stop()
