"""How fast a bot may post: https://core.telegram.org/bots/faq, "My bot is hitting limits, how do I avoid this?"."""

from __future__ import annotations

import bisect
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_ALL = (30, 1.0)
"""Messages, in so many seconds: to all chats together."""
_CHAT = (1, 1.0)
_GROUP = (20, 60.0)


@dataclass(slots=True)
class _Window:
    """At most ``most`` turns in any ``seconds``; of the turns that were taken the last ones are kept, in order."""

    most: int
    seconds: float
    taken: list[float] = field(default_factory=list)

    def free(self) -> float:
        return self.taken[0] + self.seconds if len(self.taken) == self.most else 0.0

    def take(self, at: float) -> None:
        bisect.insort(self.taken, at)
        del self.taken[: -self.most]


@dataclass(slots=True)
class _Chat:
    windows: tuple[_Window, ...]
    held_until: float = 0.0

    def free(self) -> float:
        return max(self.held_until, *(window.free() for window in self.windows))


class Pace:
    """The turns of one bot in this process. ``clock`` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = _Window(*_ALL)
        self._chats: dict[int, _Chat] = {}
        """Whom something was posted to lately, the last one last."""

    def turn(self, chat: int, patience: float) -> float:
        """The seconds until a message may go to the chat; the turn is taken if these are at most ``patience``."""
        now = self._clock()
        one = self._known(chat)
        at = max(now, self._all.free(), one.free())
        if at - now <= patience:
            for window in (self._all, *one.windows):
                window.take(at)
        self._forget(now)
        return at - now

    def hold(self, chat: int, seconds: float) -> None:
        """Nothing goes there for so long: Telegram said so."""
        self._known(chat).held_until = self._clock() + seconds

    def _known(self, chat: int) -> _Chat:
        # Groups have negative ids, people positive ones.
        one = self._chats.pop(chat, None) or _Chat((_Window(*_CHAT), *([_Window(*_GROUP)] if chat < 0 else [])))
        self._chats[chat] = one
        return one

    def _forget(self, now: float) -> None:
        """Let go of the chats at the front that nothing holds back any more."""
        while self._chats:
            chat, one = next(iter(self._chats.items()))
            last = max((time for window in one.windows for time in window.taken), default=0.0)
            if max(last + _GROUP[1], one.held_until) > now:
                return
            del self._chats[chat]
