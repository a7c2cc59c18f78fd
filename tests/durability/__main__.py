"""``python -m tests.durability``: kill and cut, check the books, and say what was found."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.durability import trial

_SHOWN = 20


def main() -> None:
    """Run the trials; ends with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of services and relays; each store gets half of them")
    parser.add_argument("--cuts", type=int, default=100, help="of connections to PostgreSQL, in a trial of their own")
    parser.add_argument("--seed", type=int, default=1, help="what is said, and when it is broken")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="this one alone")
    parser.add_argument("--folder", type=Path, help="where logs and databases are kept; else they are not")
    parser.add_argument("--report", type=Path, help="where the report is written as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        found = [_tried(plan, folder / f"{number}-{plan.store}") for number, plan in enumerate(_plans(given))]
    if given.report:
        given.report.write_text(json.dumps(found, indent=2) + "\n")
    sys.exit(any(figures["faults"] for figures in found))


def _plans(given: argparse.Namespace) -> list[trial.Plan]:
    stores = [given.store] if given.store else ["sqlite", "postgresql"]
    kills = {store: given.kills // len(stores) for store in stores}
    kills[stores[-1]] += given.kills % len(stores)
    plans = [
        trial.Plan(store, kills[store], 0, given.seed, services=2 if store == "postgresql" else 1)
        for store in stores
        if kills[store]
    ]
    if given.cuts and "postgresql" in stores:
        plans.append(trial.Plan("postgresql", 0, given.cuts, given.seed))
    return plans


def _tried(plan: trial.Plan, folder: Path) -> dict[str, Any]:
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begin:7.1f} s  {what}", flush=True)

    say(f"{plan.store}: {plan.kills} kills, {plan.cuts} cuts, seed {plan.seed}")
    outcome = asyncio.run(trial.run(plan, folder, say))
    figures = outcome.figures()
    print(json.dumps({**figures, "faults": len(outcome.faults)}, indent=2))
    for fault in outcome.faults[:_SHOWN]:
        print(f"BROKEN: {fault.promise}: {fault.found}")
    say(f"{len(outcome.faults)} times a promise was broken (seed {plan.seed})")
    return figures


if __name__ == "__main__":
    main()
