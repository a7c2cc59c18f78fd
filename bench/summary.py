"""The figures of ``bench/results`` as the table in ``bench/README.md``: ``python -m bench.summary``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bench import records

README = records.RESULTS.parent / "README.md"
LENGTHS = {
    "thread_honest": "two people",
    "thread_lured": "two people, one lures",
    "group_honest": "a group of 40",
    "group_lured": "a group of 40 in which some lure",
}
STORES = (("sqlite", "SQLite", 300), ("postgresql", "PostgreSQL", 400))
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def read(name: str) -> dict[str, Any]:
    """The saved figures of one part; empty when it was not run."""
    path = records.RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def lines() -> Iterator[str]:
    """The table: what, the bar, the figure."""
    speed, hostile, service, semantic = read("speed"), read("hostile"), read("service"), read("semantic")
    recording = read("recording")
    machine = next((part["machine"] for part in (speed, hostile, service) if part), {})
    yield f"Measured on {machine.get('cores')} cores of {machine.get('processor')}, Python {machine.get('python')}."
    yield ""
    yield "| what | bar | measured |"
    yield "|---|---|---|"
    if speed:
        yield from speed_rows(speed)
    if hostile:
        worst = hostile["texts"][0]
        yield f"| worst message of 20,000 characters | 20 ms | {worst['milliseconds']} ms ({worst['name']}) |"
    if semantic:
        one, share = semantic["one_reading_us"], semantic["asked_share"]
        yield f"| a second reading by `lurewatch-semantic`, median | 15 ms | {one['median'] / 1000:.1f} ms |"
        yield f"| ... and p99; the share of messages that are read again | | {one['p99'] / 1000:.1f} ms; {share:.0%} |"
    if service:
        full, half = service["full_load"], service["half_load"]
        rate = f"{full['requests_per_second']:,.0f}/s ({full['client']})"
        yield f"| requests of five messages, one worker | 1,500/s | {rate} |"
        yield f"| p99 at half that load | 25 ms | {half['p99_ms']} ms at {half['requests_per_second']:,.0f}/s |"
    for kind, name, bar in STORES:
        if kind in recording:
            yield from recording_rows(recording[kind], name, bar)
    if speed:
        yield ""
        yield from curve("characters of a message", "median, µs", speed["by_length_us"])
        yield ""
        yield from curve("messages before", "median of observe and judge, µs", speed["by_history_us"])


def speed_rows(speed: dict[str, Any]) -> Iterator[str]:
    """The rows about the engine alone."""
    single, five, fresh = speed["single_message_us"], speed["conversation_of_five_us"], speed["fresh_process"]
    naive = speed["naive_loop_us"]
    yield f"| one message, median | 100 µs | {single['median']} µs |"
    yield f"| one message, p99 | 1,000 µs | {single['p99']} µs |"
    yield f"| conversation of five, median | 400 µs | {five['median']} µs |"
    yield (
        f"| a loop of the same {naive['patterns']} patterns with `re` | | {naive['median']} µs "
        f"({speed['times_faster_than_naive']} times as long) |"
    )
    yield f"| `lurewatch scan`, one job, start included | 7,000/s | {speed['scan']['messages_per_second']:,}/s |"
    yield f"| start to first verdict, database cached | 0.5 s | {fresh['ready_seconds']} s |"
    yield f"| peak memory | 200 MiB | {fresh['peak_mib']} MiB |"


def recording_rows(found: dict[str, Any], name: str, bar: int) -> Iterator[str]:
    """The rows about messages that are recorded in one kind of database."""
    full, commits = found["full_load"], found["bare_commits_per_second"]
    rate = f"{full['requests_per_second']:,.0f}/s ({full['client']}); bare commits {commits:,.0f}/s"
    yield f"| messages recorded in {name}, one worker | {bar}/s | {rate} |"
    for half in (found["half_load"], found["half_of_wanted"]):
        rounds = half["p99_ms_of_rounds"]
        of_rounds = f"p99 of {len(rounds)} rounds: {min(rounds)} to {max(rounds)}"
        between = f"{half['p50_ms']} and {half['p99_ms']} ms ({of_rounds})"
        yield f"| p50 and p99 at {half['requests_per_second']:.0f}/s | 50 ms | {between} |"
    for kind, lengths in found["by_length"].items():
        times = f"{lengths['long_ms']} to {lengths['short_ms']} ms: {lengths['ratio']}"
        yield f"| ... one more in a conversation of 10,000 to one in 10, {LENGTHS[kind]} | 1.3 | {times} |"


def curve(what: str, unit: str, points: dict[str, float]) -> Iterator[str]:
    """A curve as a table of two rows."""
    yield f"| {what} | {' | '.join(f'{int(point):,}' for point in points)} |"
    yield "|---" * (len(points) + 1) + "|"
    yield f"| {unit} | {' | '.join(f'{value:,}' for value in points.values())} |"


def main() -> None:
    """Put the table between the marks of the page."""
    page = README.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n" + "\n".join(lines()) + f"\n{END}{after}", encoding="utf-8")
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
