"""What does one running service consist of? The store, the clock, the limits, and what is asked of each page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pelvicrt.mdt import Store
from pelvicrt.web.assessor import Assessor
from pelvicrt.web.errors import TooMany
from pelvicrt.web.oidc import Hospital

PASSWORDS_A_MINUTE: Final = 10
SIGN_INS_A_MINUTE: Final = 60
REQUESTS_A_MINUTE: Final = 3000
WRITES_A_MINUTE: Final = 1200


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Limits:
    """How often one person, or one address, may ask. Counted in this process; a service is one process."""

    passwords: RateLimitItem = field(default_factory=lambda: RateLimitItemPerMinute(PASSWORDS_A_MINUTE))
    sign_ins: RateLimitItem = field(default_factory=lambda: RateLimitItemPerMinute(SIGN_INS_A_MINUTE))
    requests: RateLimitItem = field(default_factory=lambda: RateLimitItemPerMinute(REQUESTS_A_MINUTE))
    writes: RateLimitItem = field(default_factory=lambda: RateLimitItemPerMinute(WRITES_A_MINUTE))
    _counter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    def count(self, what: RateLimitItem, *whose: str) -> None:
        """Counts one more.

        Raises:
            TooMany: when it is one too many.
        """
        if not self._counter.hit(what, *whose):
            reset = self._counter.get_window_stats(what, *whose).reset_time
            raise TooMany(max(1, round(reset - dt.datetime.now(dt.UTC).timestamp())))


@dataclass
class Service:
    """One service: what every page may ask for."""

    store: Store
    idle: dt.timedelta = dt.timedelta(minutes=30)
    secure: bool = False  # whether cookies go over https alone
    clock: Callable[[], dt.datetime] = _utc_now
    limits: Limits = field(default_factory=Limits)
    base_url: str = ""  # the address people type, for links that leave this service
    hospital: Hospital | None = None  # the hospital's own sign-in service
    assessor: Assessor = field(default_factory=Assessor)
