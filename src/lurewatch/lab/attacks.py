"""Ways in which senders disguise a text, as pure functions of the text and a seeded source of randomness.

The shares are those of the published robustness bar. Links, addresses, handles and anything else that holds a digit
stay as they are: a disguised link no longer works.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

Attack = Callable[[str, random.Random], str]

LOOKALIKE_SHARE = 0.35
LEET_SHARE = 0.35
ZERO_WIDTH_SHARE = 0.30
SPACED_SHARE = 0.40
CASE_SHARE = 0.50
TYPO_SHARE = 0.06

# Cyrillic and Greek twins, the glyphs of domain squatters (accents, hooks, small capitals), full-width letters.
LOOKALIKES = MappingProxyType({
    "a": "аɑàáâãäåąαａ", "b": "ЬḃɓƅʙВｂ", "c": "сϲçćčƈᴄｃ", "d": "ԁďđɗḍｄ", "e": "еèéêëēęҽｅ", "f": "ƒḟϝｆ",
    "g": "ɡğģɢԍｇ", "h": "һհĥħḥНｈ", "i": "іìíîïıɪιｉ", "j": "јĵʝϳｊ",
    "k": "кķḳκᴋКｋ", "l": "ӏĺľłｌ", "m": "мṁɱМᴍｍ", "n": "ոñńňņηｎ",
    "o": "оοòóôõöøօｏ", "p": "рρṗƿｐ", "q": "ԛɋʠｑ", "r": "гŕřɾʀｒ", "s": "ѕśšşʂꜱｓ", "t": "тţťŧТτｔ", "u": "սùúûüūυｕ",
    "v": "ѵνṽᴠｖ", "w": "ԝŵẁẃᴡｗ", "x": "хχẋХｘ", "y": "уýÿγүｙ", "z": "żźžʐᴢΖｚ",
})  # fmt: skip
LEET = MappingProxyType({
    "a": "4@", "b": "8", "c": "(", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7+", "z": "2",
})  # fmt: skip
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MATHEMATICAL = (0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D63C, 0x1D670)
UNASSIGNED_H, ITALIC_H = 0x1D455, "\u210e"  # the one hole in these alphabets and the letter that fills it
NEIGHBOURS = MappingProxyType({
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "erfcxs", "e": "wsdr", "f": "rtgvcd", "g": "tyhbvf", "h": "yujnbg",
    "i": "ujko", "j": "uikmnh", "k": "iolmj", "l": "opk", "m": "njk", "n": "bhjm", "o": "iklp", "p": "ol", "q": "wa",
    "r": "edft", "s": "wedxza", "t": "rfgy", "u": "yhji", "v": "cfgb", "w": "qase", "x": "zsdc", "y": "tghu",
    "z": "asx",
})  # fmt: skip
# What attackers leave alone: links, addresses, handles, and words with digits. Looked for from the beginning of what
# stands between spaces only, else a long word would be read once for each of its letters.
KEPT = re.compile(
    r"(?<!\S)(?:\S*(?:://|www\.|@|\d)\S*|\S+\.(?:com|net|org|in|co|io|me|ly|uk|info|xyz)\b\S*)", re.IGNORECASE
)
WORD = re.compile(r"[A-Za-z]+")
WHOLE_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")


def _on_words(text: str, change: Callable[[str], str], pattern: re.Pattern[str] = WORD) -> str:
    """Change every word of ASCII letters outside of what is kept."""
    parts = []
    end = 0
    for kept in KEPT.finditer(text):
        parts.append(pattern.sub(lambda word: change(word[0]), text[end : kept.start()]))
        parts.append(kept[0])
        end = kept.end()
    parts.append(pattern.sub(lambda word: change(word[0]), text[end:]))
    return "".join(parts)


def _on_letters(text: str, share: float, choices: Mapping[str, str], source: random.Random) -> str:
    """Exchange that share of the letters which have something to be exchanged for."""

    def change(word: str) -> str:
        return "".join(
            source.choice(choices[letter.lower()]) if letter.lower() in choices and source.random() < share else letter
            for letter in word
        )

    return _on_words(text, change)


def lookalike(text: str, source: random.Random) -> str:
    """35 % of the letters as glyphs that look like them."""
    return _on_letters(text, LOOKALIKE_SHARE, LOOKALIKES, source)


def leet(text: str, source: random.Random) -> str:
    """35 % of the letters that have a leetspeak form in that form."""
    return _on_letters(text, LEET_SHARE, LEET, source)


def zero_width(text: str, source: random.Random) -> str:
    """An invisible character after 30 % of the letters inside words."""

    def change(word: str) -> str:
        return (
            "".join(
                letter + (source.choice(ZERO_WIDTH) if source.random() < ZERO_WIDTH_SHARE else "")
                for letter in word[:-1]
            )
            + (word[-1:])
        )

    return _on_words(text, change)


def spacing(text: str, source: random.Random) -> str:
    """The letters of 40 % of the words separated by single spaces."""
    return _on_words(text, lambda word: " ".join(word) if source.random() < SPACED_SHARE else word, WHOLE_WORD)


def case(text: str, source: random.Random) -> str:
    """Half of the letters in the other case."""
    return _on_words(
        text, lambda word: "".join(char.swapcase() if source.random() < CASE_SHARE else char for char in word)
    )


def mathematical(text: str, source: random.Random) -> str:
    """Every letter from one of the mathematical alphabets."""
    first = source.choice(MATHEMATICAL)

    def styled(char: str) -> str:
        code = first + (ord(char) - 65 if char < "a" else ord(char) - 71)
        return ITALIC_H if code == UNASSIGNED_H else chr(code)

    return _on_words(text, lambda word: "".join(map(styled, word)))


def typo(text: str, source: random.Random) -> str:
    """One typing error in 6 % of the words of three letters or more: a letter lost, doubled, swapped or mistyped."""

    def change(word: str) -> str:
        if len(word) < 3 or source.random() >= TYPO_SHARE:
            return word
        place = source.randrange(len(word) - 1)
        before, char, after = word[:place], word[place], word[place + 1 :]
        kind = source.randrange(4)
        if kind == 0:
            return before + after
        if kind == 1:
            return before + char + char + after
        if kind == 2:
            return before + after[0] + char + after[1:]
        return before + source.choice(NEIGHBOURS[char.lower()]) + after

    return _on_words(text, change)


ATTACKS: Mapping[str, Attack] = MappingProxyType({
    "lookalike": lookalike,
    "leet": leet,
    "zero_width": zero_width,
    "spacing": spacing,
    "case": case,
    "mathematical": mathematical,
    "typo": typo,
})  # fmt: skip


def mutate(text: str, kind: str, seed: int) -> str:
    """The text under an attack; the same text, kind and seed give the same mutant. ``KeyError`` for an unknown kind."""
    return ATTACKS[kind](text, seeded(f"{kind}:{seed}:{text}"))


def seeded(words: str) -> random.Random:
    """A source of randomness that is the same for the same words, also for those with half characters in them."""
    return random.Random(words.encode("utf-8", "surrogatepass"))  # noqa: S311 - not for secrets
