"""Times as figures, and figures as files: ``bench/results/NAME.json``."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

RESULTS = Path(__file__).resolve().parent / "results"
T = TypeVar("T")


def timed(call: Callable[[T], object], arguments: Iterable[T]) -> list[float]:
    """Microseconds of each call."""
    clock = time.perf_counter_ns
    found = []
    for argument in arguments:
        begin = clock()
        call(argument)
        found.append((clock() - begin) / 1000)
    return found


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median, mean, 99th percentile and maximum, rounded to a tenth."""
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 1),
        "mean": round(statistics.fmean(ordered), 1),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
        "max": round(ordered[-1], 1),
    }


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def save(name: str, figures: dict[str, Any]) -> Path:
    """Write the figures of one part and say where."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n", encoding="utf-8")
    return path
