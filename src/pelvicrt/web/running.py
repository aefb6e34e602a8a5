"""How does a service start, run and stop? One process; once a day it keeps house; a signal lets requests end first."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import audit, retention
from pelvicrt.web.app import make_app
from pelvicrt.web.service import Service

_LOG: Final = logging.getLogger("pelvicrt.service")
_PATIENCE_SECONDS: Final = 30
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a service is reached: address and port, its own certificate if any, and the proxies it believes."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    proxies: str = "127.0.0.1"


def taken(door: Door) -> socket.socket:
    """The socket of a service, before anything is said or written.

    Raises:
        InvalidInput: when the address is not of this machine or the port is taken.
    """
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    try:
        return socket.create_server((door.host, door.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        place = f"{door.host}:{door.port}"
        raise InvalidInput([Problem(file="", field="--host, --port", found=place, expected=_FREE)]) from error


def run(service: Service, door: Door, listening: socket.socket) -> None:
    """Answers requests until a signal asks to stop; those under way are finished first."""
    config = uvicorn.Config(
        make_app(service),
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=door.proxies,
        ssl_certfile=door.certificate,
        ssl_keyfile=door.key,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # the server stops by itself, then raises the signal again
        signal.signal(number, lambda *_: None)
    house = threading.Thread(target=_keep_house, args=(service, stopping), name="house", daemon=True)
    house.start()
    service.assessor.warm()
    uvicorn.Server(config).run(sockets=[listening])
    stopping.set()
    house.join(_PATIENCE_SECONDS)
    service.assessor.close()
    service.store.close()
    _LOG.info("stopped")


def _keep_house(service: Service, stopping: threading.Event) -> None:
    """At the start and once a day: erase what is due, say the head of the audit where logs are kept, free memory."""
    while True:
        try:
            erased = retention.keep_house(service.store, now=service.clock())
            with service.store.snapshot() as session:
                entries, head = audit.head(session)
            _LOG.info("house", extra={"cases": len(erased), "entries": entries, "head": head})
            gc.unfreeze()  # the search for garbage passes answers by (see the assessor); once a day it looks everywhere
            gc.collect()
            gc.freeze()
        except Exception:  # noqa: BLE001 -- a day without it is no reason to stop answering; the log says that it failed
            _LOG.exception("house")
        if stopping.wait(_DAY.total_seconds()):
            return


_FREE: Final = Text("an address of this machine and a free port", "本机地址与空闲端口")
