"""Bytes become messages, and the engine must answer: ``python -m fuzz.engine [libFuzzer options] [CORPUS]``.

What must hold for any input: no exception but InputError; every span lies inside the message it points into and, where
it is one piece, spells the text it says it matched; scores are in their ranges; the answer is JSON; the same input
gives the same answer.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from lurewatch.engine.model import Conversation, Message, Role, SenderMetadata, Verdict
from lurewatch.errors import InputError

ROLES: tuple[Role, ...] = ("suspect", "protected", "agent", "unknown")
PIECES = (
    "share the OTP ", "y o u r  a c c o u n t ", "+1 604 555 0142 ", "http://paypal.com@evil.tk/x ", "\u200b", "\u202e",
    "a\u0301", "раypal ", "4111 1111 1111 1111 ", "six oh four five five five ", "name at mail dot com ", "अपना ओटीपी ",
    "请点击链接 ", "ⓥⓔⓡⓘⓕⓨ ", "\ud800", "\x00", "ﷺ", "İ", "ß", "1\ufe0f\u20e3", "GB82 WEST 1234 5698 7654 32 ", "@",
)  # fmt: skip


class Reader:
    """Takes values off a string of bytes; an empty one gives zeros."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return max(0, len(self._data) - self._place)

    def take(self, amount: int) -> bytes:
        """The next bytes, padded with zeros."""
        taken = self._data[self._place : self._place + amount]
        self._place += amount
        return taken.ljust(amount, b"\0")

    def number(self) -> int:
        """A number from 0 to 255."""
        return self.take(1)[0]

    def text(self) -> str:
        """A text: raw UTF-8, raw code points (surrogates too), or made of pieces that the engine knows."""
        kind, length = self.number() % 4, min(self.left, int.from_bytes(self.take(2), "big"))
        if kind == 0:
            return self.take(length).decode("utf-8", "surrogateescape")
        if kind == 1:
            codes = struct.iter_unpack("<I", self.take(length // 4 * 4))
            return "".join(chr(code % 0x110000) for (code,) in codes)
        if kind == 2:
            return "".join(PIECES[byte % len(PIECES)] for byte in self.take(length))
        return "".join(chr(byte) if byte < 128 else PIECES[byte % len(PIECES)] for byte in self.take(length))

    def moment(self) -> float | None:
        """A time: any double there is, or none."""
        if self.number() % 2:
            return None
        moment: float = struct.unpack("<d", self.take(8))[0]
        return moment


def conversation(data: bytes) -> Conversation:
    """A conversation spelled by the bytes."""
    reader = Reader(data)
    head = reader.number()
    age = reader.moment() if head & 1 else None
    messages = []
    while reader.left and len(messages) < 40:
        sender = "ABC\ud800"[reader.number() % 4] if head & 2 else "A"
        messages.append(Message(reader.text(), sender, ROLES[reader.number() % 4], reader.moment()))
    return Conversation(tuple(messages), id="fuzz", sender_metadata=SenderMetadata("u", age, None))


@cache
def engine() -> Any:
    """The engine of this process, imported only now so that libFuzzer sees which of its lines are reached."""
    from lurewatch.entrypoints.app import build_engine  # noqa: PLC0415

    return build_engine()


def check(data: bytes) -> None:
    """Assess what the bytes spell; raises AssertionError for an answer that must not be."""
    given = conversation(data)
    try:
        verdict: Verdict = engine().assess(given)
    except InputError:
        return
    for fault in faults(given, verdict):
        raise AssertionError(fault)
    if plain(engine().assess(given)) != plain(verdict):
        raise AssertionError("the same input gave another verdict")


def faults(given: Conversation, verdict: Verdict) -> Iterator[str]:
    """Everything wrong with a verdict."""
    texts = [message.text for message in given.messages]
    for found in (*verdict.flags, *verdict.indicators):
        pieces = [(part.message_index, part.start, part.end) for part in getattr(found, "parts", ())]
        for index, start, end in ((found.message_index, found.start, found.end), *pieces):
            if not (0 <= index < len(texts) and 0 <= start <= end <= len(texts[index])):
                yield f"span outside the text: {found}"
    for flag in verdict.flags:
        if not flag.parts and flag.matched_text != texts[flag.message_index][flag.start : flag.end]:
            yield f"flag does not spell what it points to: {flag}"
    scores = {"scam_probability": verdict.scam_probability / 100, **verdict.breakdown, **verdict.tactics}
    for name, score in scores.items():
        if not (math.isfinite(score) and 0 <= score <= 1):
            yield f"{name} is out of range: {score}"
    if verdict.first_flagged_turn is not None and not 1 <= verdict.first_flagged_turn <= len(texts):
        yield f"first_flagged_turn is {verdict.first_flagged_turn} of {len(texts)}"
    if verdict.failed_detectors:
        yield f"detectors failed: {verdict.failed_detectors}"
    try:
        json.loads(plain(verdict))
    except (TypeError, ValueError) as error:
        yield f"not JSON: {error}"


def plain(verdict: Verdict) -> bytes:
    """The whole answer on the verdict, as it is sent."""
    from lurewatch.entrypoints import answers  # noqa: PLC0415 - see engine()

    return answers.dumped(answers.answer(verdict, engine().decide(verdict)))


def _instrument(module: ModuleType, instrumented: Callable[[Any], Any]) -> None:
    """Let every function and method of a module report where it goes: what was imported before is not watched."""
    owners = [module, *(value for value in vars(module).values() if isinstance(value, type))]
    for owner in owners:
        for function in list(vars(owner).values()):
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                function.__code__ = instrumented(function).__code__


def main() -> None:
    """Run libFuzzer until it is stopped or finds something."""
    import atheris  # noqa: PLC0415 - an extra of its own, without wheels for every platform

    engine()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "lurewatch":
            _instrument(module, atheris.instrument_func)
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
