"""Typing errors in the words that notices and lures turn on, put right: "acount", "verfiy", "pleasse", "vlaim"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.leet import SEPARATED
from lurewatch.engine.text.words import WORDS

MAX_TYPOS = 40
FEWEST_LETTERS = 4  # of a slip; shorter ones are often words of their own

# Every word here costs some forty entries of the table below: those which rules depend on most.
TARGETS = (
    "access account accounts activate activation activity address against agent alert amount application apply "
    "approved arrest attempt authorised award awarded balance bank banking because been before below beneficiary block "
    "blocked bonus branch business call cancel card cards cash charge charged charges check chosen claim click close "
    "code collect company complete confirm confirmation congratulation congratulations contact could court credit "
    "credited crypto customer customs daily dating dear debit debited delivered delivery department deposit details "
    "device digits direct disconnected download earn electricity email expire expired expires failed final follow "
    "following form free friend from funds gift government guaranteed have help helpline here holder hours identity "
    "immediate immediately important income information instant insurance interest invest investment inviting invoice "
    "landline lawsuit legal link linked loan locked login lottery lucky message minutes mobile money month monthly "
    "national notice notification number offer office officer official online order outstanding package parcel "
    "password payment payments penalty pending personal phone platform please police premium prize prizes problem "
    "process processing profit provide purchase reason receive received recent refund register registered registration "
    "release replacement reply request required respond restricted return review reward rewards salary secret security "
    "selected service services shipment shipping should statement subscription support suspended suspicious system "
    "tickets today tomorrow transaction transfer unpaid unusual update updated upgrade urgent urgently valid validate "
    "verification verify visit voucher vouchers wallet warning website weekly whatsapp winner winning withdraw within "
    "without working your"
)
NEIGHBOURS = {
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "erfcxs", "e": "wsdr", "f": "rtgvcd", "g": "tyhbvf", "h": "yujnbg",
    "i": "ujko", "j": "uikmnh", "k": "iolmj", "l": "opk", "m": "njk", "n": "bhjm", "o": "iklp", "p": "ol", "q": "wa",
    "r": "edft", "s": "wedxza", "t": "rfgy", "u": "yhji", "v": "cfgb", "w": "qase", "x": "zsdc", "y": "tghu",
    "z": "asx",
}  # fmt: skip


def _mistyped(word: str) -> Iterator[str]:
    """A word with one letter lost, doubled, swapped with the next or hit beside; its last letter is as it should be."""
    for place, letter in enumerate(word[:-1]):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        if letter != after[0] and before[-1:] != letter:  # three in a row are repetition, which is undone elsewhere
            yield before + letter + letter + after
        yield before + after[0] + letter + after[1:]
        for neighbour in NEIGHBOURS[letter]:
            yield before + neighbour + after


MEANT = {
    slip.encode(): word.encode()
    for word in TARGETS.split()
    for slip in _mistyped(word)
    if len(slip) >= FEWEST_LETTERS and slip not in WORDS
}
_SLIPS = MEANT.keys()
_SPACE = b" "  # an empty piece, at either end of a text, is in it too


def slips_in(text: bytes) -> list[bytes]:
    """A quick look at a folded text, one byte a character: the words in it that can be put right."""
    words = text.translate(SEPARATED).split()
    return [] if _SLIPS.isdisjoint(words) else sorted(_SLIPS & words)[:MAX_TYPOS]


def mend_typos(draft: Draft, text: bytearray, slips: Sequence[bytes]) -> None:
    """Put ``slips`` of ``MEANT`` right in ``text``, the draft's without what must stay; blanks them there."""
    separated = bytes(text).translate(SEPARATED)
    for slip in slips:
        start = separated.find(slip)
        while start >= 0:
            end = start + len(slip)
            if separated[max(0, start - 1) : start] in _SPACE and separated[end : end + 1] in _SPACE:
                _mend(draft, slip, start)
                text[start:end] = b" " * len(slip)
            start = separated.find(slip, end)


def _mend(draft: Draft, slip: bytes, start: int) -> None:
    meant = MEANT[slip]
    if len(meant) > len(slip):
        lost = next((place for place, letter in enumerate(slip) if letter != meant[place]), len(slip) - 1)
        draft.insert(start + lost, meant[lost])
    else:
        draft.condense(start, start + len(slip), meant)
