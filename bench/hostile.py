"""The most expensive message we can write against our own patterns: ``python -m bench.hostile``.

Every text has 20,000 characters. Single ideas come first (one rule's examples or one pattern's phrases over and over,
digits, spaced letters, combining marks, look-alikes, links ...); then the worst of them are mixed with each other in a
few rounds. The figure is the best of several runs of the worst text, so that noise is not taken for cost.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from re import _constants as kinds
from re import _parser as parser
from typing import Any

from bench import records
from lurewatch.engine.model import Conversation, Message
from lurewatch.entrypoints.app import build_engine

LENGTH = 20_000
KEPT = 24
ROUND = 40
CHANCE = random.Random(7)
LOOKALIKES = str.maketrans("aceiopsuxyABEHKMOPTX", "асеіорѕυхуАВЕНКМОРТХ")
LEET = str.maketrans("aeiost", "431057")
NUMBERS = (
    "zero one two three four five six seven eight nine double triple oh uno dos tres quatre cinq acht neun satu dua"
)


def repeated(piece: str) -> str:
    """The piece over and over, cut at the limit."""
    return (piece * (LENGTH // max(len(piece), 1) + 1))[:LENGTH]


def joined(pieces: Sequence[str], between: str = " ") -> str:
    """The pieces one after the other, again and again, cut at the limit."""
    return repeated(between.join(pieces) + between)


def simple_ideas() -> Iterator[tuple[str, str]]:
    """Texts that need to know nothing of our rules."""
    yield "digits", repeated("0123456789")
    yield "one digit", repeated("4")
    yield "spaced digits", repeated("4 ")
    yield "card numbers", repeated("4111 1111 1111 1111 ")
    yield "almost card numbers", repeated("4111-1111-1111-1112-")
    yield "phones", joined([f"+1 604 555 {n:04d}" for n in range(100, 900)], ", ")
    yield "almost phones", joined([f"({n}) 555-01{n % 100:02d}-" for n in range(200, 999)], "")
    yield "short digit groups", joined([f"{n % 997:03d}" for n in range(5000)], "-")
    yield "dotted digits", repeated("1.2.3.4.")
    yield "e-mails", joined([f"a{n}@b{n}.com" for n in range(3000)])
    yield "almost e-mails", repeated("a@b.c@")
    yield "at signs", repeated("@")
    yield "handles", joined([f"@user_{n}" for n in range(3000)])
    yield "links", joined([f"http://a{n}.example-bank{n}.tk/x?y={n}" for n in range(800)])
    yield "deep links", repeated("http://" + "a." * 60 + "com/")
    yield "user-info links", joined([f"http://paypal.com@evil{n}.tk" for n in range(900)])
    yield "domains", joined([f"x{n}.co.uk" for n in range(3000)])
    yield "dots", repeated("a.")
    yield "punycode", joined([f"xn--pypal-4ve{n}.com" for n in range(2000)])
    yield "money", joined([f"${n},000.00 usd rs {n} lakh" for n in range(1000)])
    yield "dates", joined([f"{n % 28 + 1}/{n % 12 + 1}/2026 by 5pm within {n} hours" for n in range(1000)])
    yield "wallets", joined(["1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "0x" + "ab" * 20, "T" + "R" * 33])
    yield "ibans", joined(["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"])
    yield "identity numbers", joined(["ABCDE1234F", "HDFC0001234", "2345 6789 0123", "someone@okaxis"])
    yield "number words", joined(NUMBERS.split())
    yield "spaced letters", joined(list("verifyyouraccountnow"))
    yield "dotted letters", joined(list("verifyyouraccountnow"), ".")
    yield "one long word", repeated("verify")
    yield "one letter", repeated("a")
    yield "combining marks", repeated("a" + "\u0301" * 40)
    yield "only combining marks", repeated("\u0301\u0327")
    yield "invisible", joined(list("verify your account"), "\u200b\u200d\u2060")
    yield "bidi controls", joined(["verify", "your", "otp"], "\u202e\u2066")
    yield "ligatures that grow", repeated("\ufdfa")
    yield "mathematical", repeated("".join(chr(0x1D41A + n) for n in range(26)))
    yield "enclosed", repeated("ⓥⓔⓡⓘⓕⓨ ⓨⓞⓤⓡ ⓞⓣⓟ ")
    yield "keycaps", repeated("4\ufe0f\u20e3")
    yield "emoji", repeated("👩‍👩‍👧‍👦🏴")
    yield "mixed scripts", repeated("раypal ваnk тhai ไทย 银行 बैंक банк ")
    yield "thai", repeated("กรุณายืนยันบัญชีธนาคารของคุณ")
    yield "chinese", repeated("请点击链接确认您的银行账户")
    yield "hindi", repeated("अपना ओटीपी बताएं खाता बंद ")
    yield "lone surrogates", repeated("\ud800a")
    yield "nul", repeated("\x00")
    yield "spaces", repeated(" ")
    yield "line breaks", repeated("a\n")
    yield "sentence ends", repeated("otp. ")
    yield "brands", joined(["paypal", "amazon", "netflix", "hdfc", "whatsapp", "telegram", "venmo", "apple", "usps"])


def sample(pattern: str, chance: random.Random) -> str:
    """A text that the pattern matches, as a rule (boundaries are not looked at); empty when it cannot be read."""
    try:
        parsed = parser.parse(re.sub(r"\\p[LMN]|\[\\pL\\pM\]", r"\\w", pattern))
    except (re.error, OverflowError):
        return ""
    return spelled(parsed, chance)


def spelled(parts: Any, chance: random.Random) -> str:
    """One way to spell a parsed pattern."""
    out = []
    for kind, value in parts:
        if kind is kinds.LITERAL:
            out.append(chr(value))
        elif kind is kinds.BRANCH:
            out.append(spelled(chance.choice(value[1]), chance))
        elif kind is kinds.SUBPATTERN:
            out.append(spelled(value[-1], chance))
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            least, most, inner = value
            out.append("".join(spelled(inner, chance) for _ in range(chance.randint(least, min(most, least + 2)))))
        elif kind is kinds.IN:
            out.append(member(value, chance))
        elif kind is kinds.ANY:
            out.append("x")
        elif kind is kinds.NOT_LITERAL:
            out.append(" ")
    return "".join(out)


def member(choices: Any, chance: random.Random) -> str:
    """One character of a class; a space for one that is written as what it is not."""
    if choices[0][0] is kinds.NEGATE:
        return " "
    kind, value = chance.choice(choices)
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.RANGE:
        return chr(chance.randint(value[0], min(value[1], value[0] + 25)))
    return {kinds.CATEGORY_DIGIT: "7", kinds.CATEGORY_SPACE: " "}.get(value, "a")


def own_ideas(engine: Any) -> Iterator[tuple[str, str]]:
    """Texts made of what our rules and patterns look for."""
    flags = {rule.id: list(rule.examples.flag) for rule in engine.pack.rules}
    for name, examples in flags.items():
        yield f"rule {name}", joined(examples)
    everything = [example for examples in flags.values() for example in examples]
    yield "every rule", joined(everything)
    yield "every rule, shuffled", joined(CHANCE.sample(everything, len(everything)))
    yield "every rule, short", joined(sorted(everything, key=len))
    patterns = [(pattern.name, pattern.exact) for pattern in engine.reader.patterns]
    for name, exact in patterns:
        yield f"pattern {name}", joined([sample(exact, CHANCE) for _ in range(40)])
    for number in range(6):
        shuffled = CHANCE.sample(patterns, len(patterns))
        yield f"every pattern {number}", joined([sample(exact, CHANCE) for _, exact in shuffled])
    shortest = [min((sample(exact, CHANCE) for _ in range(12)), key=len) for _, exact in patterns]
    yield "every pattern, shortest", joined(sorted(filter(None, shortest), key=len))


def disguised(name: str, text: str) -> Iterator[tuple[str, str]]:
    """The same text in ways that make a second and third reading necessary."""
    yield f"{name}, look-alikes", text.translate(LOOKALIKES)[:LENGTH]
    yield f"{name}, leet", text.translate(LEET)[:LENGTH]
    yield f"{name}, spaced", " ".join(text)[:LENGTH]
    yield f"{name}, invisible", "\u200b".join(text)[:LENGTH]
    yield f"{name}, upper", text.upper()[:LENGTH]
    yield f"{name}, with numbers", text.replace(" ", " four ")[:LENGTH]


def mixed(texts: Sequence[tuple[str, str]], amount: int) -> Iterator[tuple[str, str]]:
    """Pieces of two or three of the texts in turns."""
    for number in range(amount):
        chosen = CHANCE.sample(texts, CHANCE.choice((2, 3)))
        size = CHANCE.choice((40, 200, 1000, 5000))
        pieces = []
        while sum(map(len, pieces)) < LENGTH:
            for _, text in chosen:
                start = CHANCE.randrange(max(1, len(text) - size))
                pieces.append(text[start : start + size])
        yield (
            f"mix {number} of {' + '.join(name.split(' (')[0] for name, _ in chosen)}"[:120],
            " ".join(pieces)[:LENGTH],
        )


def cost(assess: Callable[[Conversation], object], text: str, runs: int = 1) -> float:
    """Milliseconds to assess the text, the best of the runs."""
    conversation = Conversation((Message(text),))
    return min(records.timed(assess, [conversation] * runs)) / 1000


def worst_of(engine: Any, seconds: float) -> list[tuple[float, str, str]]:
    """(milliseconds, name, text) of the most expensive texts found in about that time, the worst first."""
    limit = time.monotonic() + seconds
    tried: dict[str, float] = {}
    names: dict[str, str] = {}

    def attempt(ideas: Iterable[tuple[str, str]]) -> None:
        for name, text in ideas:
            if text and text not in tried:
                names[text] = name
                tried[text] = cost(engine.assess, text)
            if time.monotonic() > limit:
                return

    def leaders(runs: int = 3) -> list[tuple[str, str]]:
        ranked = sorted(tried, key=lambda text: -tried[text])[:KEPT]
        for text in ranked:
            tried[text] = min(tried[text], cost(engine.assess, text, runs))
        return [(names[text], text) for text in ranked]

    attempt(simple_ideas())
    attempt(own_ideas(engine))
    attempt([idea for name, text in leaders() for idea in disguised(name, text)])
    while time.monotonic() < limit:
        attempt(mixed(leaders(), ROUND))
    return sorted(((tried[text], name, text) for name, text in leaders(7)), reverse=True)


def main() -> None:
    """Search, print the worst and save the figures."""
    options = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    options.add_argument("--seconds", type=float, default=240, help="how long to search")
    options.add_argument(
        "--show", type=int, default=0, metavar="N", help="print the first 300 characters of the worst N"
    )
    chosen = options.parse_args()
    engine = build_engine()
    found = worst_of(engine, chosen.seconds)
    for number, (milliseconds, name, text) in enumerate(found):
        print(f"{milliseconds:8.2f} ms  {name}")
        if number < chosen.show:
            print(f"             {text[:300]!r}")
    texts = [{"name": name, "milliseconds": round(milliseconds, 2)} for milliseconds, name, _ in found]
    print(records.save("hostile", {"length": LENGTH, "worst_milliseconds": texts[0]["milliseconds"], "texts": texts}))


if __name__ == "__main__":
    main()
