"""How does a chunk run on other machines? On a dask scheduler, which is asked for nothing but starting chunks.

dask is an extra (`pelvicrt[cluster]`) and imported only here. A worker that dies takes its chunks with it; they are
sent again, up to a limit per chunk, because on shared machines workers are killed for reasons that are not ours (time
limits, memory of others, preemption). An error raised by a chunk itself is not tried again elsewhere: the same places
would raise it again. Workers must run the same versions of what decides bits; this is asked in every chunk, so that a
worker that joins late cannot spoil a result.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from pelvicrt.compute.executor import AtHome, Executor, Timed, timed
from pelvicrt.compute.task import B, Divisible, Task
from pelvicrt.foundation import VERSION, Text, UsageError

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local:"
MOST_SENT = 5
"""How often one chunk is sent before it is given up; a scheduler itself lets it kill four workers each time (its
`allowed-failures`, 3 by default), so some twenty deaths are forgiven. A chunk that wants too much memory kills each."""
QUEUED = 2
"""Chunks under way for each worker thread, so that none waits for the next to be sent."""
CONNECT_SECONDS = 15
_MISSING = Text(
    "--scheduler needs the package distributed; install it with: pip install 'pelvicrt[cluster]'",
    "--scheduler 需要 distributed 软件包，请安装：pip install 'pelvicrt[cluster]'",
)
_UNREACHABLE = Text(
    "no dask scheduler answers at {address} (waited {seconds} s); start one with: dask scheduler",
    "{address} 处无 dask 调度器响应（已等待 {seconds} 秒）；可用 dask scheduler 启动",
)
_IDLE = Text(
    "the scheduler at {address} has no worker (waited {seconds} s); start some with: dask worker {address}",
    "{address} 的调度器没有工作进程（已等待 {seconds} 秒）；可用 dask worker {address} 启动",
)
_UNLIKE = Text(
    "a worker differs from this program ({what}), so results would not be the same; install the same pelvicrt there",
    "工作进程与本程序不一致（{what}），结果可能不同；请在该处安装相同版本的 pelvicrt",
)
_KILLED = Text(
    "places {first} to {last} were sent {count} times and killed their workers each time, most likely for want of "
    "memory; give workers more memory",
    "第 {first}～{last} 项已发送 {count} 次，每次均使工作进程终止，多因内存不足；请为工作进程增加内存",
)
_BAD_LOCAL = Text(
    "{found} is no scheduler; write an address such as tcp://host:8786, or local:2 for two processes here",
    "{found} 不是调度器；请填写如 tcp://host:8786 的地址，或 local:2（本机两个进程）",
)


class Cluster(AtHome):
    """Workers of a dask scheduler."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._sent: tuple[Any, bytes] | None = None

    @property
    def lanes(self) -> int:
        """Twice the worker threads there are now; workers may come and go."""
        return max(1, QUEUED * int(sum(self.client.ncores().values())))

    def submit(self, task: Task[B], first: int, last: int) -> Future[Timed[B]]:
        """Sends a range; the future ends when the range is done, whatever happened to workers meanwhile."""
        sent = _Sent(self.client, self._packed(task, first, last), first, last)
        sent.send()
        return sent.future

    def _packed(self, task: Task[Any], first: int, last: int) -> bytes:
        """The task as bytes; packed once where it goes out whole."""
        if isinstance(task, Divisible):
            return pickle.dumps(task.only(first, last))
        if self._sent is None or self._sent[0] is not task:
            self._sent = task, pickle.dumps(task)
        return self._sent[1]


class _Sent:
    """One range on its way, sent again when its worker dies."""

    def __init__(self, client: Client, packed: bytes, first: int, last: int) -> None:
        self.client, self.packed, self.first, self.last = client, packed, first, last
        self.future: Future[Timed[Any]] = Future()
        self.future.add_done_callback(self._dropped)
        self.sent = 0
        self.remote: Any = None

    def send(self) -> None:
        """Sends it off; the answer comes to `_came` in a thread of dask's."""
        self.sent += 1
        # pure: a name would let dask forget that a chunk was sent again on purpose.
        self.remote = self.client.submit(run_packed, self.packed, self.first, self.last, stamp(), pure=False)
        self.remote.add_done_callback(self._came)

    def _dropped(self, future: Future[Timed[Any]]) -> None:
        if future.cancelled():
            with suppress(Exception):
                self.remote.cancel()

    def _came(self, remote: Any) -> None:
        from distributed import KilledWorker

        if self.future.cancelled():
            return
        try:
            found = remote.result()
        except KilledWorker:
            self._again()
        except BaseException as error:  # noqa: BLE001 - handed on to who waits for the future
            self._end(error=error)
        else:
            self._end(found=found)

    def _again(self) -> None:
        if self.sent < MOST_SENT:
            self.send()
            return
        self._end(error=UsageError(_KILLED.fill(first=self.first, last=self.last - 1, count=self.sent)))

    def _end(self, *, found: Timed[Any] | None = None, error: BaseException | None = None) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        if error is not None:
            self.future.set_exception(error)
        elif found is not None:
            self.future.set_result(found)


def stamp() -> dict[str, str]:
    """What must be the same on every machine for results to have the same bits."""
    import numba

    python = ".".join(str(part) for part in sys.version_info[:2])
    return {"pelvicrt": VERSION, "numpy": np.__version__, "numba": str(numba.__version__), "python": python}


def run_packed(packed: bytes, first: int, last: int, wanted: dict[str, str]) -> Timed[Any]:
    """What a worker does.

    Raises:
        UsageError: when the worker's versions are not those of who asks.
    """
    own = stamp()
    unlike = [f"{name} {own[name]} / {version}" for name, version in wanted.items() if own[name] != version]
    if unlike:
        raise UsageError(_UNLIKE.fill(what=", ".join(unlike)))
    return timed(pickle.loads(packed), first, last)  # noqa: S301 - made by the program that sent it


@contextmanager
def executor_for(scheduler: str | None) -> Iterator[Executor | None]:
    """The executor a user asked for: None (nothing asked), a dask scheduler's address, or `local:N` processes here.

    Raises:
        UsageError: when the extra is missing, nothing answers there, no worker comes, or a worker is not like us.
    """
    if scheduler is None:
        yield None
        return
    try:
        import distributed
    except ImportError:
        raise UsageError(_MISSING) from None
    if scheduler.startswith(LOCAL):
        with _local(scheduler) as cluster, distributed.Client(cluster) as client:
            yield Cluster(client)
        return
    client = _connected(scheduler)
    try:
        _check_workers(client, scheduler)
        yield Cluster(client)
    finally:
        client.close()


@contextmanager
def _local(scheduler: str) -> Iterator[Any]:
    """Processes of this machine, one thread each."""
    from distributed import LocalCluster

    count = scheduler.removeprefix(LOCAL)
    if not count.isdecimal() or not 1 <= int(count) <= 1024:
        raise UsageError(_BAD_LOCAL.fill(found=repr(scheduler)))
    # Any free port of this machine: the scheduler's status page would otherwise fight for 8787 with another run's.
    page = "127.0.0.1:0"
    with LocalCluster(n_workers=int(count), threads_per_worker=1, processes=True, dashboard_address=page) as cluster:
        yield cluster


def _connected(address: str) -> Client:
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError):
        raise UsageError(_UNREACHABLE.fill(address=address, seconds=CONNECT_SECONDS)) from None
    except (ValueError, TypeError):
        raise UsageError(_BAD_LOCAL.fill(found=repr(address))) from None


def _check_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise UsageError(_IDLE.fill(address=address, seconds=CONNECT_SECONDS)) from None
    try:
        found = client.run(stamp)
    except Exception as error:  # whatever a strange worker answers
        raise UsageError(_UNLIKE.fill(what=type(error).__name__)) from error
    for own in found.values():
        unlike = [
            f"{name} {own.get(name)} / {version}" for name, version in stamp().items() if own.get(name) != version
        ]
        if unlike:
            raise UsageError(_UNLIKE.fill(what=", ".join(unlike)))
