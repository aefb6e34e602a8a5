"""Where is an assessment made, so that no page waits for it? In a process of its own; its answers are kept here.

Simulating takes seconds and drawing a page half of one, in which a thread of this process would hold up everybody. So a
worker does both and hands back what pages need: finished pieces in both languages, the document of the contract, and
a light assessment (draws without curves) from which wishes are weighed anew in a tenth of a second.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import gc
import logging
import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from typing import Any, Final, TypeVar

from pelvicrt.assessment import Assessment, assess, identity
from pelvicrt.case import Case
from pelvicrt.evidence import library
from pelvicrt.foundation import Language
from pelvicrt.report import to_json, to_pdf
from pelvicrt.web.showing import Shown, letters_of, show

DRAWS: Final = 1000
SEED: Final = 1
"""As `pelvicrt assess` without options: the same case has the same numbers on the page and in the terminal."""
KEPT: Final = 48
"""Answers kept here, some 15 MB each."""
KEPT_WHOLE: Final = 2
"""Whole assessments a worker keeps, some 150 MB each, for the PDF that is often asked for right after the page."""
KINDNESS: Final = 10
"""By how much a worker stands back (`nice`) so that pages come first."""
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
_LOG: Final = logging.getLogger("pelvicrt.web")
Letters = tuple[tuple[str, str], ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the pages need of one assessment. `light` has the draws but no curves; `documents` are by language.

    `recorded` keeps, by language, what a page says under the recorded wishes, and `paired`, by language and options,
    what it says of two of them, once one has been shown.
    """

    light: Assessment
    letters: Mapping[str, str]
    documents: Mapping[Language, dict[str, Any]]
    shown: Mapping[Language, Shown]
    recorded: dict[Language, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    paired: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)


@dataclass(slots=True)
class Job:
    """An assessment under way: since when, and, when it failed, the kind of error."""

    since: dt.datetime
    future: Future[Answer]
    failed: str = ""


@dataclass
class Assessor:
    """Makes assessments in worker processes and keeps the answers. Safe to ask from every thread."""

    workers: int = 1
    draws: int = DRAWS
    seed: int = SEED
    _pool: ProcessPoolExecutor | None = None
    _kept: OrderedDict[tuple[str, Letters], Answer] = field(default_factory=OrderedDict)
    _jobs: dict[tuple[str, Letters], Job] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def id_of(self, case: Case) -> str:
        """The id the assessment of a case has with the evidence of this program."""
        return identity(case, library(), draws=self.draws, seed=self.seed)

    def find(self, case: Case, letters: Mapping[str, str]) -> Answer | None:
        """The answer, when it is kept."""
        with self._lock:
            key = self._key(case, letters)
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def job(self, case: Case, letters: Mapping[str, str]) -> Job | None:
        """The work on a case that is under way, or that failed."""
        with self._lock:
            return self._jobs.get(self._key(case, letters))

    def begin(self, case: Case, letters: Mapping[str, str], *, then: Callable[[Answer], None] | None = None) -> Job:
        """Starts the work unless it is under way. `then` is told the answer, outside of any request."""
        key = self._key(case, letters)
        with self._lock:
            running = self._jobs.get(key)
            if running is not None and not running.failed:
                return running
            future = self._submit(_answer, case, key[1], self.draws, self.seed)
            job = self._jobs[key] = Job(since=dt.datetime.now(dt.UTC), future=future)
        future.add_done_callback(lambda done: self._ended(key, job, done, then))
        return job

    def asked(self, case: Case, letters: Mapping[str, str]) -> Future[Answer]:
        """The answer to come, or the one kept; its `result()` raises InvalidInput for what cannot be assessed."""
        kept = self.find(case, letters)
        if kept is None:
            return self.begin(case, letters).future
        known: Future[Answer] = Future()
        known.set_result(kept)
        return known

    def pdf(self, case: Case, letters: Mapping[str, str], lang: Language) -> Future[bytes]:
        """The report as PDF to come, made by a worker."""
        return self._submit(_pdf, case, self._key(case, letters)[1], self.draws, self.seed, lang)

    def warm(self) -> Future[int]:
        """Starts a worker, so that the first user does not wait for it; promises its process id."""
        return self._submit(os.getpid)

    def close(self) -> None:
        """Ends the workers; work that has not begun is dropped."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _key(self, case: Case, letters: Mapping[str, str]) -> tuple[str, Letters]:
        return self.id_of(case), tuple(sorted(letters.items()))

    def _submit(self, work: Callable[..., T], *given: Any) -> Future[T]:
        """Hands work to the pool; a pool whose worker was killed is replaced by a new one."""
        with self._lock:
            try:
                return self._open().submit(work, *given)
            except BrokenProcessPool:
                self._pool = None
                return self._open().submit(work, *given)

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: a forked worker would inherit the locks other threads hold at that moment.
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=_stand_back)
        return self._pool

    def _ended(
        self, key: tuple[str, Letters], job: Job, done: Future[Answer], then: Callable[[Answer], None] | None
    ) -> None:
        try:
            answer = done.result()
            self._keep(key, answer)
            if then is not None:
                then(answer)
        except BaseException as error:  # noqa: BLE001  nobody above to raise to; the page and the log say it
            job.failed = type(error).__name__
            _LOG.error("assessment_failed", extra={"kind": job.failed})
        else:
            with self._lock:
                self._jobs.pop(key, None)

    def _keep(self, key: tuple[str, Letters], answer: Answer) -> None:
        with self._lock:
            for name in (key, (key[0], tuple(sorted(answer.letters.items())))):
                self._kept[name] = answer
                self._kept.move_to_end(name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        # An answer is a million small objects that stay; the search for garbage stops every page, so it passes them by.
        gc.collect()
        gc.freeze()


def _stand_back() -> None:
    """A worker lets pages go first, leaves Ctrl-C to the server, and ends with it."""
    os.nice(KINDNESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this worker when the server is gone; a killed one cannot say goodbye, and the pool's pipe stays open."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


@functools.lru_cache(maxsize=KEPT_WHOLE)
def _whole(case: Case, draws: int, seed: int) -> Assessment:
    return assess(case, draws=draws, seed=seed)


def _answer(case: Case, letters: Letters, draws: int, seed: int) -> Answer:
    """Everything the pages need, made in a worker."""
    whole = _whole(case, draws, seed)
    named = letters_of(whole, dict(letters))
    return Answer(
        light=lightened(whole),
        letters=named,
        documents={lang: to_json(whole, lang) for lang in LANGUAGES},
        shown={lang: show(whole, lang, named) for lang in LANGUAGES},
    )


def _pdf(case: Case, letters: Letters, draws: int, seed: int, lang: Language) -> bytes:
    return to_pdf(_whole(case, draws, seed), lang, letters=dict(letters))


def lightened(whole: Assessment) -> Assessment:
    """The assessment without curves and between-centre draws, deaths by cause as their mean.

    It is enough to weigh wishes anew and to compare two options.
    """
    if whole.simulated is None:
        return whole
    thin = {
        key: dataclasses.replace(
            item,
            curves={},
            # What separates two options is told by mean months lost to each cause, so the mean curve is enough.
            death_by_cause={cause: draws.mean(axis=0, keepdims=True) for cause, draws in item.death_by_cause.items()},
            outcomes=tuple(dataclasses.replace(draws, centre_values=draws.values[:0]) for draws in item.outcomes),
        )
        for key, item in whole.simulated.by_candidate.items()
    }
    return dataclasses.replace(
        whole,
        simulated=dataclasses.replace(whole.simulated, by_candidate=thin),
        strategies=tuple(dataclasses.replace(item, outcomes=thin.get(item.candidate.key)) for item in whole.strategies),
    )
