"""Asking for a second opinion: when, at most how often, and what came of it. Nothing here ever raises to the asker."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lurewatch.engine.opinion import (
    BUDGET,
    CIRCUIT_OPEN,
    DECIDED,
    EMPTY,
    FAST_PATH,
    TOO_LONG,
    Opinion,
    Outcome,
    leaves_room,
)
from lurewatch.intel.opinion import prompt, reply
from lurewatch.intel.opinion.failure import OUTAGES, Failure
from lurewatch.intel.opinion.guards import Breaker, Budget, Cache, Clock
from lurewatch.intel.opinion.masking import Mask, visible
from lurewatch.intel.opinion.model import MOST_CHARACTERS, Completion, Counters, OpinionConfig, Question

if TYPE_CHECKING:
    from lurewatch.intel.opinion.endpoint import Endpoint


class Opinions:
    """Second opinions from one endpoint, for any thread and any event loop; its own loop runs in a thread of its own.

    ``ask`` answers a Future whose result is always an Opinion. ``clock`` gives seconds, from anywhere.
    """

    def __init__(self, config: OpinionConfig, clock: Clock = time.monotonic) -> None:
        self.config = config
        self._cache = Cache(clock)
        self._budget = Budget(config.budget, clock)
        self._breaker = Breaker(clock)
        self._counts: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._endpoint: Endpoint | None = None
        self._places = asyncio.Semaphore(config.concurrency)
        self._closing = False

    def __reduce__(self) -> tuple[Any, ...]:
        return Opinions, (self.config,)

    def ask(self, question: Question) -> Future[Opinion]:
        """What a model says of the question; at once where there is no need to ask."""
        reason = _needless(question)
        if reason:
            done: Future[Opinion] = Future()
            done.set_result(self._counted(Opinion("skipped", reason)))
            return done
        return asyncio.run_coroutine_threadsafe(self._answer(question), self._running())

    def snapshot(self) -> Counters:
        """The counters of this moment."""
        with self._lock:
            return Counters(**self._counts, outcomes=dict(self._outcomes))

    def close(self) -> None:
        """End what is under way, which is answered as an error, and the thread.

        May be called again; nothing may be asked afterwards.
        """
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="second-opinion", daemon=True)
                self._thread.start()
            return self._loop

    async def _end(self) -> None:
        self._closing = True
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._endpoint is not None:
            await self._endpoint.close()

    def _counted(self, opinion: Opinion) -> Opinion:
        with self._lock:
            self._outcomes[str(opinion) if opinion.outcome == "skipped" else opinion.outcome] += 1
        return opinion

    def _count(self, **counts: int) -> None:
        with self._lock:
            self._counts.update(counts)

    async def _answer(self, question: Question) -> Opinion:
        mask = Mask()
        try:
            texts = [visible(mask.cover(words.text, words.signals)) for words in question.words]
            opinion = await self._kept_or_called(question, texts)
        except Failure as failure:
            opinion = Opinion("timeout" if failure.kind == "timeout" else "error", str(failure))
        except asyncio.CancelledError:
            if not self._closing:
                raise
            opinion = Opinion("error", "nobody is asked any more")
        except Exception as error:  # whatever happens here, the analysis goes on
            opinion = Opinion("error", f"asking failed ({type(error).__name__})")
        if opinion.answered:
            outcome: Outcome = "agree" if opinion.is_scam == question.is_scam else "disagree"
            opinion = _restored(replace(opinion, outcome=outcome, model=self.config.model), mask)
        return self._counted(opinion)

    async def _kept_or_called(self, question: Question, texts: list[str]) -> Opinion:
        """From the cache, which holds nothing but masked texts, or from the endpoint if the guards let us."""
        system = prompt.instructions(question.scam_types)
        messages = list(zip((words.sender for words in question.words), texts, strict=True))
        key = hashlib.sha256(repr((self.config.model, system, messages)).encode()).hexdigest()
        if (kept := self._cached(key)) is not None:
            return kept
        if self._budget.is_spent():  # looked at first: what is not asked for want of a call must not be the trial
            return Opinion("skipped", BUDGET)
        if not self._breaker.allows():
            return Opinion("skipped", CIRCUIT_OPEN)
        self._budget.spend()
        deadline = asyncio.get_running_loop().time() + self.config.timeout
        try:
            async with asyncio.timeout_at(deadline):
                await self._places.acquire()
        except TimeoutError:
            raise Failure("timeout", f"no place free within {self.config.timeout:g} s") from None
        try:
            if (kept := self._cached(key)) is not None:  # somebody asked the same meanwhile
                return kept
            user = prompt.fenced(messages, secrets.token_hex(8))
            completion = await self._called(system, user, prompt.schema(question.scam_types), deadline)
        finally:
            self._places.release()
        opinion = reply.read(completion, question.scam_types, texts)
        self._cache.put(key, opinion)
        return opinion

    def _cached(self, key: str) -> Opinion | None:
        kept = self._cache.get(key)
        if kept is not None:
            self._count(cached=1)
        return kept

    async def _called(self, system: str, user: str, schema: dict[str, Any], deadline: float) -> Completion:
        if self._endpoint is None:
            from lurewatch.intel.opinion.endpoint import Endpoint  # noqa: PLC0415 - an extra, and slow to import

            self._endpoint = Endpoint(self.config)
        self._count(calls=1)
        try:
            async with asyncio.timeout_at(deadline):
                completion = await self._endpoint.complete(system, user, schema)
        except TimeoutError:
            self._breaker.failed()
            raise Failure("timeout", f"no answer within {self.config.timeout:g} s") from None
        except Failure as failure:
            if failure.kind in OUTAGES:
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        self._count(prompt_tokens=completion.prompt_tokens, completion_tokens=completion.completion_tokens)
        return completion


def _needless(question: Question) -> str:
    """Why nobody need be asked; empty when somebody should."""
    if question.decided:
        return DECIDED
    if not leaves_room(question.heuristic, question.turn):
        return FAST_PATH
    length = sum(len(words.text) for words in question.words)
    if length > MOST_CHARACTERS:
        return TOO_LONG
    return "" if any(words.text.strip() for words in question.words) else EMPTY


def _restored(opinion: Opinion, mask: Mask) -> Opinion:
    """The opinion with the personal data that its texts have placeholders for."""
    return replace(
        opinion,
        intent=mask.restore(opinion.intent),
        risk_indicators=tuple(map(mask.restore, opinion.risk_indicators)),
        reasoning=mask.restore(opinion.reasoning),
        quotes=tuple(map(mask.restore, opinion.quotes)),
    )
