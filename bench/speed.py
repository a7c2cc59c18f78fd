"""How long the engine takes, one thread, every message different, no result kept: ``python -m bench.speed``."""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import records, texts
from lurewatch.engine.model import Conversation, Message
from lurewatch.engine.packs.phrases import LITERAL_ENDING
from lurewatch.entrypoints.app import build_engine

LENGTHS = (20, 50, 100, 200, 400, 1000, 2000, 5000, 10_000, 20_000)
HISTORY = (10, 50, 100, 200, 500, 1000, 2000)
SCANNED = 20_000
FRESH = """
import json, sys, time
begin = time.perf_counter()
from lurewatch.entrypoints.app import build_engine
from lurewatch.engine.model import Conversation, Message
engine = build_engine()
engine.assess(Conversation((Message("Your parcel is held, pay the fee at http://post.example/pay"),)))
ready = time.perf_counter() - begin
for line in sys.stdin:
    engine.assess(Conversation((Message(json.loads(line)),)))
with open("/proc/self/status") as status:  # ru_maxrss would count the process that started this one
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"ready": ready, "peak_mib": peak / 1024}))
"""


def single_messages(engine: Any, messages: Sequence[str]) -> dict[str, Any]:
    """Microseconds to assess one message."""
    return {"messages": len(messages), **records.spread(records.timed(engine.assess, map(alone, messages)))}


def conversations_of_five(engine: Any, messages: Sequence[str]) -> dict[str, Any]:
    """Microseconds to assess five different messages of two senders."""
    five = [
        Conversation(
            tuple(Message(text, sender="AB"[turn % 2]) for turn, text in enumerate(messages[first : first + 5]))
        )
        for first in range(0, len(messages) - 4, 5)
    ]
    return {"conversations": len(five), **records.spread(records.timed(engine.assess, five))}


def naive_loop(engine: Any, messages: Sequence[str]) -> dict[str, Any]:
    """Microseconds to run the same patterns one after the other with ``re`` over the lower-cased text, and no more."""
    compiled = []
    for pattern in engine.reader.patterns:
        try:
            compiled.append(re.compile(pattern.exact.replace(LITERAL_ENDING, r"\w{0,12}")))
        except re.error:
            continue

    def loop(text: str) -> None:
        lowered = text.lower()
        for expression in compiled:
            for _ in expression.finditer(lowered):
                pass

    times = records.timed(loop, messages)
    return {
        "patterns": len(compiled),
        "of": len(engine.reader.patterns),
        "messages": len(messages),
        **records.spread(times),
    }


def alone(text: str) -> Conversation:
    """A conversation of this one message."""
    return Conversation((Message(text),))


def by_length(engine: Any, messages: Sequence[str]) -> dict[str, float]:
    """Median microseconds by message length; each text is made of other messages."""
    found = {}
    for length in LENGTHS:
        conversations = []
        place = 0
        for _ in range(40):
            text = texts.of_length(messages[place:], length)
            place = (place + max(1, length // 80)) % (len(messages) // 2)
            conversations.append(alone(text))
        found[str(length)] = round(statistics.median(records.timed(engine.assess, conversations)), 1)
    return found


def by_history(engine: Any, messages: Sequence[str]) -> dict[str, float]:
    """Median microseconds of one ``observe`` and ``judge`` in the run-up to each length of the history."""
    state = engine.start()
    times = []
    for number in range(max(HISTORY)):
        begin = time.perf_counter_ns()
        state, _ = engine.observe(state, Message(messages[number % len(messages)], sender="AB"[number % 2]))
        engine.judge(state)
        times.append((time.perf_counter_ns() - begin) / 1000)
    edges = (0, *HISTORY)
    return {str(end): round(statistics.median(times[begin:end]), 1) for begin, end in pairwise(edges)}


def fresh_process(messages: Sequence[str], runs: int = 5) -> dict[str, float]:
    """Seconds from nothing to the first verdict with a cached database, and MiB at the peak after all messages.

    ``whole_process`` also holds the start of the interpreter; the first run, which may have to compile, is left out.
    """
    ready, whole, peak = [], [], 0.0
    # byte code is kept between starts, as wherever nothing is set
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for run in range(runs + 1):
        given = "".join(json.dumps(text) + "\n" for text in messages) if run == runs else ""
        begin = time.perf_counter()
        command = [sys.executable, "-c", FRESH]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
        taken = time.perf_counter() - begin
        figures = json.loads(done.stdout)
        if 0 < run < runs:
            ready.append(figures["ready"])
            whole.append(taken)
        peak = figures["peak_mib"]
    return {
        "ready_seconds": round(statistics.median(ready), 3),
        "whole_process_seconds": round(statistics.median(whole), 3),
        "peak_mib": round(peak, 1),
    }


def scan_command(messages: Sequence[str]) -> dict[str, Any]:
    """Messages a second of ``lurewatch scan`` with one job, start and all, from a file of JSON lines to JSON lines."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "messages.jsonl"
        lines = (json.dumps({"id": str(number), "text": text}) for number, text in enumerate(messages))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "lurewatch.entrypoints.cli", "scan", str(path), "--format", "jsonl"]
        answers = Path(folder) / "answers.jsonl"
        best = float("inf")
        for _ in range(3):
            with answers.open("wb") as out:
                begin = time.perf_counter()
                done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)  # noqa: S603
                best = min(best, time.perf_counter() - begin)
            if done.returncode not in (0, 1):
                raise RuntimeError(done.stderr.decode(errors="replace"))
        answered = sum(1 for _ in answers.open("rb"))
    return {"messages": answered, "seconds": round(best, 2), "messages_per_second": round(answered / best)}


def main() -> None:
    """Measure everything, print it and save it."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--messages", type=int, default=8000, help="how many messages are timed one by one")
    options = parser.parse_args()
    messages, source = texts.distinct_messages(SCANNED)
    engine = build_engine()
    for text in messages[options.messages :]:
        engine.assess(alone(text))  # an engine that has been at work: patterns are compiled when first met
    gc.collect()
    gc.freeze()
    timed = messages[: options.messages]
    single, naive = single_messages(engine, timed), naive_loop(engine, timed[:200])
    figures = {
        "texts": source,
        "single_message_us": single,
        "conversation_of_five_us": conversations_of_five(engine, timed),
        "naive_loop_us": naive,
        "times_faster_than_naive": round(naive["median"] / single["median"], 1),
        "by_length_us": by_length(engine, messages),
        "by_history_us": by_history(engine, messages),
        "fresh_process": fresh_process(messages),
        "scan": scan_command(messages),
    }
    print(json.dumps(figures, indent=2))
    print(records.save("speed", figures))


if __name__ == "__main__":
    main()
