"""How long the second reading of ``lurewatch-semantic`` takes, one thread: ``python -m bench.semantic``."""

from __future__ import annotations

import argparse
import json
import time

from lurewatch_semantic import Semantic

from bench import records, texts
from lurewatch.engine.model import Conversation, Message
from lurewatch.engine.text_model.second import HONEST
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.settings import Settings

LONG = "your parcel is held because of an unpaid fee , pay it today or it goes back to the sender ; " * 6
"""As many tokens as are read."""


def main() -> None:
    """Measure loading, one reading, and whole messages with and without it; print it and save it."""
    parser = argparse.ArgumentParser(prog="python -m bench.semantic", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="how many messages are timed")
    messages, source = texts.distinct_messages(parser.parse_args().messages)
    begin = time.perf_counter()
    semantic = Semantic()
    loaded = time.perf_counter() - begin
    plain, engine = build_engine(), build_engine(Settings(second_reading="semantic"))
    model = plain.pack.text_model
    assert model is not None  # noqa: S101 - the core pack has one
    wordings = [plain.reader.wording(text) for text in messages]
    first = [(wording, model.read(wording)) for wording in wordings]
    asked = [(wording, read.odds) for wording, read in first if read.odds > HONEST and not read.strange]
    alone = [Conversation((Message(text),)) for text in messages]
    for one in alone[:200]:
        engine.assess(one)
    figures = {
        "texts": source,
        "messages": len(messages),
        "load_ms": round(loaded * 1000, 1),
        "asked_share": round(len(asked) / len(messages), 3),
        "one_reading_us": records.spread(records.timed(lambda pair: semantic.odds(*pair), asked)),
        "longest_us": records.spread(records.timed(lambda text: semantic.odds(text, 0.0), [LONG] * 200)),
        "message_without_us": records.spread(records.timed(plain.assess, alone)),
        "message_with_us": records.spread(records.timed(engine.assess, alone)),
    }
    print(json.dumps(figures, indent=2))
    print(records.save("semantic", figures))


if __name__ == "__main__":
    main()
