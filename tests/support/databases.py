"""Databases for tests: an SQLite file, and a PostgreSQL server of our own that lives as long as the test run."""

import functools
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg
import pytest

KINDS = ("sqlite", "postgresql")
ABSENT = "PostgreSQL is not installed: sh tools/system_packages.sh database"


def database_url(kind, folder):
    """The address of an empty database of that kind."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'store.db'}"
    server = _server()
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def _program(name):
    found = shutil.which(name) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None)
    if found is None:
        pytest.skip(ABSENT)
    return found


@functools.cache
def _server():
    """Starts a server once a process; it is stopped when the process ends."""
    import atexit

    folder = Path(tempfile.mkdtemp(prefix="pelvicrt-pg-"))
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data, port = folder / "data", free_port()
    making = [*as_user, _program("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N"]
    subprocess.run(making, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
    server = subprocess.Popen(
        [*as_user, _program("postgres"), "-D", str(data), *options.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )

    def stop():
        stopping = [*as_user, _program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
        subprocess.run(stopping, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    url = f"postgresql://postgres@127.0.0.1:{port}"
    for _ in range(200):
        try:
            psycopg.connect(f"{url}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError("PostgreSQL did not start")


def free_port():
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
