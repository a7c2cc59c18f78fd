"""What keeps an endpoint from being asked too often: a cache, a budget and a circuit breaker. Clocks give seconds."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

from lurewatch.engine.opinion import Opinion

Clock = Callable[[], float]
_MOST_CACHED = 2_048
_CACHED_FOR = 3_600.0
_MINUTE = 60.0
_FAILURES = 5
_OPEN_FOR = 30.0


class Cache:
    """Answers by content hash for an hour, at most 2,048; the one that was not asked for longest goes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Opinion]] = OrderedDict()

    def get(self, key: str) -> Opinion | None:
        """The answer that is kept, if it is not too old."""
        since, opinion = self._kept.get(key, (0.0, None))
        if opinion is None:
            return None
        if self._clock() - since >= _CACHED_FOR:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return opinion

    def put(self, key: str, opinion: Opinion) -> None:
        """Keep an answer."""
        self._kept[key] = (self._clock(), opinion)
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST_CACHED:
            self._kept.popitem(last=False)


class Budget:
    """So many calls in any sixty seconds."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._times: deque[float] = deque()

    def is_spent(self) -> bool:
        """Whether no call is left now."""
        now = self._clock()
        while self._times and now - self._times[0] >= _MINUTE:
            self._times.popleft()
        return len(self._times) >= self._most

    def spend(self) -> None:
        """Count a call."""
        self._times.append(self._clock())


class Breaker:
    """After five failures in a row the endpoint is left alone for 30 seconds; then one call tries it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._tried = 0.0

    def allows(self) -> bool:
        """Whether a call may be made. When the circuit is open, one that may is the trial."""
        if self._failures < _FAILURES:
            return True
        if self._clock() - self._tried < _OPEN_FOR:
            return False
        self._tried = self._clock()
        return True

    def succeeded(self) -> None:
        """The endpoint answered."""
        self._failures = 0

    def failed(self) -> None:
        """It did not."""
        self._failures += 1
        self._tried = self._clock()
