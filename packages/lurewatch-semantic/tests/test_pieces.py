"""Texts are parted as BERT's uncased tokenizer parts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lurewatch_semantic.pieces import Pieces, words

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "par", "##cel", "held", "!", "包", "pay"]
PIECES = Pieces(VOCABULARY)


def parted(text: str, most: int = 64) -> list[str]:
    """The pieces by name, without those for beginning and end."""
    return [VOCABULARY[number] for number in PIECES.numbers(text, most)][1:-1]


def test_words_and_marks() -> None:
    """Accents and case go, punctuation and Chinese signs stand alone, what cannot be seen is dropped."""
    assert list(words("Páy\u200b now!!包裹 don't\nİt")) == ["pay", "now", "!", "!", "包", "裹", "don", "'", "t", "it"]


def test_the_longest_piece_that_fits() -> None:
    """A word is its longest known pieces; one that cannot be made of pieces is unknown as a whole."""
    assert parted("Parcel held! parx 包") == ["par", "##cel", "held", "!", "[UNK]", "包"]
    assert parted("x" * 200) == ["[UNK]"]


def test_a_long_text_is_cut() -> None:
    """Beginning and end are marked, whatever is between them."""
    assert parted("pay " * 50, 6) == ["pay"] * 4
    assert PIECES.numbers("", 6) == [2, 3]


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text(text: str) -> None:
    """Whatever is written, there are numbers of known pieces, and no more than asked for."""
    numbers = PIECES.numbers(text, 16)
    assert 2 <= len(numbers) <= 16
    assert set(numbers) <= set(range(len(VOCABULARY)))
