"""Crypto wallets. Traits: ``btc``, ``eth``, ``trx``, ``sol``. ``valid`` is the checksum, None where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import base58

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import is_near, vocabulary

# Must match the first 26 characters of a long piece of letters and digits; every address has at least as many.
_CANDIDATE = r"\b[a-z0-9]{26}"
_LONGEST = 90
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE58 = frozenset("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
_HEX = frozenset("0123456789abcdef")
_FOR_WALLETS = vocabulary(
    """
    wallet address addr send deposit btc bitcoin eth ethereum usdt usdc tether trx tron trc20 erc20 sol solana
    phantom crypto coin coins token tokens airdrop pay payment transfer
    """
)
_FOR_SOLANA = frozenset({"sol", "solana", "phantom", "wallet", "raydium", "spl", "usdc", "crypto", "airdrop", "pump"})


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: 26 letters and digits in a row."""
    return (_CANDIDATE,)


def read(sighting: Sighting) -> Iterator[Signal]:
    """The wallets among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for start, stop in sighting.spans:
        if start < done:
            continue
        end = stop
        while end < len(text) and end - start <= _LONGEST and text[end].isascii() and text[end].isalnum():
            end += 1
        done = end
        if end - start > _LONGEST or text[end : end + 1] == "_":
            continue
        sent = "".join(char for char in sighting.as_sent(start, end) if char.isascii())
        near = is_near(text, start, end, _FOR_WALLETS)
        read_as = _address(sent, near) or _solana(sent, is_near(text, start, end, _FOR_SOLANA, 60))
        if read_as is None:
            continue
        value, coin, valid = read_as
        yield sighting.signal("wallet", value, start, end, valid=valid, traits=(coin,))
        found += 1
        if found == MOST:
            return


def _address(sent: str, near: bool) -> tuple[str, str, bool | None] | None:
    """Value, coin and checksum; a wrong checksum is told only where the words around speak of wallets."""
    size = len(sent)
    if sent[:2].lower() == "0x" and size == 42 and _HEX.issuperset(sent[2:].lower()):
        return sent, "eth", _is_eip55(sent[2:])
    if sent[:3].lower() == "bc1" and 26 <= size <= 62:
        valid = _is_bech32(sent)
        return (sent.lower(), "btc", valid) if valid or near else None
    if sent[:1] in {"1", "3"} and 26 <= size <= 35 and _BASE58.issuperset(sent):
        valid = _is_base58(sent, {0, 5})
        return (sent, "btc", valid) if valid or (near and _is_varied(sent)) else None
    if sent[:1] in {"T", "t"} and size == 34 and _BASE58.issuperset(sent):
        valid = _is_base58(sent, {0x41})
        return (sent, "trx", valid) if valid or (near and _is_varied(sent)) else None
    return None


def _is_varied(sent: str) -> bool:
    """Capitals, small letters and digits: as a base 58 string has them and a word or a number has not."""
    return sent != sent.lower() and sent != sent.upper() and any(char.isdecimal() for char in sent[1:])


def _is_base58(sent: str, versions: set[int]) -> bool:
    try:
        payload = base58.b58decode_check(sent)
    except ValueError:
        return False
    return len(payload) == 21 and payload[0] in versions


def _solana(sent: str, near: bool) -> tuple[str, str, bool | None] | None:
    if not near or not 32 <= len(sent) <= 44 or not _BASE58.issuperset(sent) or not _is_varied(sent):
        return None
    return (sent, "sol", None) if len(base58.b58decode(sent)) == 32 else None


def _is_bech32(sent: str) -> bool:
    """The checksum of BIP 173 (version 0) or BIP 350 (later versions)."""
    if sent not in {sent.lower(), sent.upper()}:
        return False
    values = [_BECH32.find(char) for char in sent.lower()[3:]]
    if min(values) < 0:
        return False
    check = 1
    for value in (3, 3, 0, 2, 3, *values):  # "bc" expanded as the standard says
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> bit & 1:
                check ^= generator
    return check == (1 if values[0] == 0 else 0x2BC830A3)


def _is_eip55(digits: str) -> bool | None:
    """Whether the capitals are those of EIP-55; None when all letters are of one case, which carries no checksum."""
    if digits in {digits.lower(), digits.upper()}:
        return None
    from Crypto.Hash import keccak  # noqa: PLC0415 - takes 30 ms to load, and few messages need it

    digest = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    return all(
        char == (char.upper() if int(nibble, 16) >= 8 else char.lower())
        for char, nibble in zip(digits, digest, strict=False)
    )


KIND = Kind("wallet", ("wallet",), FOLDED, patterns, read)
