"""Text with evidence underlined, in lines that fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lurewatch.entrypoints.underlining import Line, Mark, underlined

ARABIC = "\u0639\u0627\u062c\u0644"


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    """A text and marks inside it."""
    text = draw(st.text(st.characters(codec=None), min_size=1, max_size=80))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))), max_size=6))
    marks = [Mark(str(n), start, end) for n, (start, end) in enumerate(spans, start=1) if start < end]
    return text, marks


def beneath(line: Line, label: str) -> str:
    """What stands above the underline of this label."""
    for row in line.rows:
        at = row.find(label)
        if at >= 0:
            end = at + len(label)
            while row[end : end + 1] == "\u2500":
                end += 1
            found, column = [], 0
            for shown, _ in line.characters:
                if at <= column < end:
                    found.append(shown)
                column += cell_len(shown)
            return "".join(found)
    return ""


@given(given_text=marked(), width=st.integers(20, 60))
def test_every_character_is_shown_once_and_fits(given_text: tuple[str, list[Mark]], width: int) -> None:
    """Lines are never wider than asked for, and show the characters in order, less line breaks and spaces at ends."""
    text, marks = given_text
    lines = underlined(text, marks, width)
    offsets = [offset for line in lines for _, offset in line.characters]
    assert offsets == sorted(set(offsets))
    assert not "".join(text[at] for at in range(len(text)) if at not in set(offsets)).strip(
        " \t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    )
    for line in lines:
        assert cell_len(line.shown) <= width


@given(given_text=marked())
def test_every_mark_of_what_is_shown_is_labelled(given_text: tuple[str, list[Mark]]) -> None:
    """A mark over at least one shown character has its label below."""
    text, marks = given_text
    lines = underlined(text, marks, 40)
    for mark in marks:
        shown = [line for line in lines if any(mark.start <= offset < mark.end for _, offset in line.characters)]
        for line in shown:
            assert any(mark.label in row for row in line.rows)


def test_wide_characters_take_two_columns() -> None:
    """The underline stands below the words it is about, also after characters of double width."""
    text = "请点击 link now"
    (line,) = underlined(text, [Mark("1", 4, 8), Mark("2", 0, 3)], 80)
    assert beneath(line, "1") == "link"
    assert beneath(line, "2") == "请点击"


def test_marks_over_each_other_have_rows_of_their_own() -> None:
    """Marks that share characters stand in different rows."""
    (line,) = underlined("share the otp", [Mark("1", 0, 13), Mark("2", 6, 13)], 80)
    assert line.rows == ("1" + "\u2500" * 12, "      2" + "\u2500" * 6)


def test_a_mark_goes_on_in_the_next_line() -> None:
    """A mark over a line break is labelled in both lines."""
    first, second = underlined("one two\nthree four", [Mark("1", 4, 13)], 80)
    assert beneath(first, "1") == "two"
    assert beneath(second, "1") == "three"


def test_right_to_left_lines_name_their_marks() -> None:
    """Where the terminal decides the order, no underline pretends to know it."""
    (line,) = underlined(f"{ARABIC} otp", [Mark("1", 0, 4), Mark("2", 5, 8)], 80)
    assert line.rows == ("1  2",)


def test_what_is_hidden_is_shown() -> None:
    """Invisible characters and escape sequences appear by their codes."""
    (line,) = underlined("pay\u200bpal \x1b[31m", [], 80)
    assert line.shown == "pay<200B>pal <1B>[31m"
