"""The messages that are timed: the development data when it is there, else the examples and generated text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from lurewatch.lab import corpus

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SHORTEST, LONGEST = 20, 400

WORDS = """
the your our account order parcel please today tomorrow now bank card payment number call thanks meeting weekend dinner
ticket invoice refund password update delivery address customer office train coffee homework birthday photos garden
battery phone screen price offer agent manager tax police job salary wallet bitcoin link click
"""
SENTENCES = (
    "hi {}, are we still meeting at the {} {} tomorrow?",
    "your {} {} has been shipped and will arrive on monday",
    "URGENT: your {} is blocked, verify at http://{}-{}.example/login within 24 hours",
    "call me on +1 604 555 01{} about the {}",
    "I sent the {} to {}@example.com, did you get the {}?",
    "INR 4,5{}.00 debited from a/c XX{} for {}. Not you? call the {}",
    "congratulations! you won the {} {}, claim your {} today",
)


def distinct_messages(amount: int, data: Path = DATA) -> tuple[list[str], str]:
    """That many different messages of 20 to 400 characters, shuffled with a fixed seed, and where they came from.

    Only the dev half of the data is used. When there are too few, generated ones follow.
    """
    found: dict[str, None] = {}
    source = "generated text"
    if data.is_dir():
        source = "development data, dev half"
        found.update((row.text, None) for row in corpus.messages(data, "dev") if fits(row.text))
    else:
        found.update((text, None) for text in examples(ROOT / "examples") if fits(text))
    texts = list(found)
    random.Random(1).shuffle(texts)
    if len(texts) < amount:
        source += f" ({len(texts)}) and generated text" if texts else ""
        found = dict.fromkeys(texts)
        for text in generated():
            found.setdefault(text)
            if len(found) >= amount:
                break
        texts = list(found)
    return texts[:amount], source


def fits(text: str) -> bool:
    """Whether a text is of the length that the speed is promised for."""
    return SHORTEST <= len(text) <= LONGEST


def generated(seed: int = 1) -> Iterator[str]:
    """Messages made up of sentences and words, without end."""
    chance = random.Random(seed)
    words = WORDS.split()
    while True:
        sentences = chance.choices(SENTENCES, k=chance.randint(1, 3))
        text = ". ".join(
            sentence.format(
                *(chance.choice(words) if chance.random() < 0.7 else chance.randrange(100) for _ in range(4))
            )
            for sentence in sentences
        )
        if fits(text):
            yield text


def examples(folder: Path) -> Iterator[str]:
    """Every message of the JSON lines among the examples."""
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            turns = row.get("messages") or [row]
            yield from (text for turn in turns if (text := turn.get("content") or turn.get("text")))


def of_length(texts: Iterable[str], length: int) -> str:
    """One text of exactly this many characters: messages one after the other, cut at the end."""
    joined = ""
    for text in texts:
        joined += text + " "
        if len(joined) > length:
            break
    return joined[:length]
