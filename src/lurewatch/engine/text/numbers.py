"""Number words and what digits they dictate, in seven languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

ENGLISH, HINDI, SPANISH, PORTUGUESE, FRENCH, GERMAN, INDONESIAN = (1 << bit for bit in range(7))
ANY = ENGLISH | HINDI | SPANISH | PORTUGUESE | FRENCH | GERMAN | INDONESIAN

# Words in the order of their values; "/" parts other spellings, as folded.
_DIGITS = (
    (ENGLISH, "zero/oh/o/nought/aught/nil one two three four five six seven eight nine/niner"),
    (
        HINDI,
        "shunya/sunya/zero/jiro ek do teen/tin char/chaar paanch/panch/paach chhe/chhah/chah/che saat aath/aat nau",
    ),
    (SPANISH, "cero/zero uno/un dos tres cuatro cinco seis siete ocho nueve"),
    (PORTUGUESE, "zero um/uma dois/duas tres quatro cinco seis/meia sete oito nove"),
    (FRENCH, "zero un/une deux trois quatre cinq six sept huit neuf"),
    (GERMAN, "null eins/ein zwei/zwo drei vier funf/fuenf sechs sieben acht neun"),
    (INDONESIAN, "nol/kosong satu dua tiga empat lima enam tujuh delapan/lapan sembilan"),
)
_TEENS = (
    (ENGLISH, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
    (SPANISH, "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve"),
    (PORTUGUESE, "dez onze doze treze quatorze/catorze quinze dezesseis dezessete dezoito dezenove"),
    (FRENCH, "dix onze douze treize quatorze quinze seize dixsept dixhuit dixneuf"),
    (GERMAN, "zehn elf zwolf/zwoelf dreizehn vierzehn funfzehn/fuenfzehn sechzehn siebzehn achtzehn neunzehn"),
    (INDONESIAN, "sepuluh sebelas"),
)
_TENS = (  # from twenty on
    (ENGLISH, "twenty thirty forty/fourty fifty sixty seventy eighty ninety"),
    (SPANISH, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    (PORTUGUESE, "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"),
    (FRENCH, "vingt trente quarante cinquante soixante septante huitante/octante nonante"),
    (GERMAN, "zwanzig dreissig/dreisig vierzig funfzig/fuenfzig sechzig siebzig achtzig neunzig"),
)
_VEINTI = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_EIN = "einund zweiund dreiund vierund funfund/fuenfund sechsund siebenund achtund neunund"

_OTHERS = (
    (ENGLISH | HINDI | FRENCH, "double dubble", 2, "repeat"),
    (ENGLISH | HINDI | FRENCH, "triple treble", 3, "repeat"),
    (SPANISH | PORTUGUESE | GERMAN, "doble doppel duplo", 2, "repeat"),
    (SPANISH | PORTUGUESE | GERMAN, "triplo tripel", 3, "repeat"),
    (ENGLISH, "hundred", 100, "hundred"),
    (INDONESIAN, "belas", 10, "belas"),
    (INDONESIAN, "puluh", 10, "puluh"),
    (FRENCH, "vingts", 20, "ten"),
    (SPANISH, "y", 0, "and"),
    (PORTUGUESE, "e", 0, "and"),
    (FRENCH, "et", 0, "and"),
    (ENGLISH | HINDI, "dash hyphen space then", 0, "filler"),
    (ANY, "guion traco tiret strich strip", 0, "filler"),
    (ANY, "plus", 0, "plus"),
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number word: its value, the languages it belongs to, and its role.

    ``role`` is digit (0-9), teen (10-19, or a compound that nothing can be added to), ten (20, 30 ... 90), repeat (2 or
    3 times the next), hundred, and (between tens and digits), filler ("dash", skipped), plus.
    """

    value: int
    languages: int
    role: str


def _entries() -> Iterator[tuple[str, int, int, str]]:
    """Every number word with its value, language and role."""
    for role, first, step, rows in (("digit", 0, 1, _DIGITS), ("teen", 10, 1, _TEENS), ("ten", 20, 10, _TENS)):
        for language, words in rows:
            for index, spellings in enumerate(words.split()):
                for word in spellings.split("/"):
                    yield word, first + step * index, language, role
    for index, word in enumerate(_VEINTI.split()):
        yield word, 21 + index, SPANISH, "teen"
    for (ones, stems), (tens, words) in product(enumerate(_EIN.split()), enumerate(_TENS[-1][1].split())):
        for stem, word in product(stems.split("/"), words.split("/")):
            yield stem + word, 21 + 10 * tens + ones, GERMAN, "teen"
    for language, words, value, role in _OTHERS:
        for word in words.split():
            yield word, value, language, role


def _numerals() -> dict[bytes, Numeral]:
    table: dict[bytes, Numeral] = {}
    for word, value, language, role in _entries():
        numeral = table.setdefault(word.encode(), Numeral(value, 0, role))
        if (numeral.value, numeral.role) == (value, role):
            table[word.encode()] = Numeral(value, numeral.languages | language, role)
    return table


NUMERALS: Mapping[bytes, Numeral] = _numerals()


def dictated(words: list[bytes]) -> list[tuple[int, int, bytes]]:
    """What a run of number words and digits dictates: ``(first word, word after the last, digits)`` in order."""
    read: list[tuple[int, int, bytes]] = []
    index = 0
    while index < len(words):
        end, digits = _one(words, index)
        if digits:
            read.append((index, end, digits))
        index = end
    return read


def _role(words: list[bytes], index: int) -> str:
    return NUMERALS[words[index]].role if index < len(words) and words[index] in NUMERALS else ""


def _value(words: list[bytes], index: int) -> int:
    return NUMERALS[words[index]].value


def _one(words: list[bytes], index: int) -> tuple[int, bytes]:
    """The number that starts at ``index``: where it ends, and its digits, ``b""`` for what only separates."""
    word = words[index]
    if word.isdigit():
        return index + 1, word
    numeral = NUMERALS[word]
    after = _role(words, index + 1)
    if numeral.role == "repeat":
        if after == "digit":
            return index + 2, b"%d" % _value(words, index + 1) * numeral.value
        if index + 1 < len(words) and len(words[index + 1]) == 1 and words[index + 1].isdigit():
            return index + 2, words[index + 1] * numeral.value
        return index + 1, b""
    if numeral.role == "digit":
        if after in ("hundred", "puluh", "belas"):
            return _scaled(words, index, numeral.value, after)
        if numeral.value == 4 and words[index + 1 : index + 2] in ([b"vingt"], [b"vingts"]):
            return _with_rest(words, index + 2, 80, 19)
        return index + 1, b"%d" % numeral.value
    if numeral.role == "ten":
        return _with_rest(words, index + 1, numeral.value, 19 if word == b"soixante" else 9)
    if numeral.role == "teen":
        return _dix(words, index, numeral.value)
    return index + 1, b"+" if numeral.role == "plus" and index == 0 else b""


def _scaled(words: list[bytes], index: int, value: int, scale: str) -> tuple[int, bytes]:
    if scale == "hundred":
        return index + 2, b"%d00" % value
    if scale == "belas":
        return index + 2, b"%d" % (10 + value)
    return _with_rest(words, index + 2, 10 * value, 9)


def _with_rest(words: list[bytes], index: int, tens: int, most: int) -> tuple[int, bytes]:
    """Tens with what is added to them: "thirty five", "treinta y cinco", "soixante dix sept"."""
    place = index + 1 if _role(words, index) == "and" else index
    if _role(words, place) == "digit" and 0 < _value(words, place) < 10:
        return place + 1, b"%d" % (tens + _value(words, place))
    if most > 9 and _role(words, place) == "teen":
        end, digits = _dix(words, place, _value(words, place))
        return end, b"%d" % (tens + int(digits))
    return index, b"%d" % tens


def _dix(words: list[bytes], index: int, value: int) -> tuple[int, bytes]:
    """A number from 10 to 19; French says seventeen as "dix sept"."""
    if words[index] == b"dix" and _role(words, index + 1) == "digit" and _value(words, index + 1) > 6:
        return index + 2, b"%d" % (10 + _value(words, index + 1))
    return index + 1, b"%d" % value
