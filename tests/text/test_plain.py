"""Leetspeak, spacing and repetition undone, and what must be left alone."""

from __future__ import annotations

import pytest

from lurewatch.engine.model import View
from lurewatch.engine.text import WORDS, normalise


def plain(text: str, words: frozenset[str] = WORDS) -> View | None:
    """The plain reading, if there is one."""
    return next((view for view in normalise(text, words) if view.reading == "plain"), None)


def kinds(text: str) -> set[str]:
    """What the plain reading calls disguised."""
    view = plain(text)
    return {found.kind for found in view.obfuscations} if view else set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Y0ur acc0unt h4s b33n 5uspend3d", "your account has been suspended"),
        ("cl1ck th1s l1nk n0w", "click this link now"),
        ("ver!fy your pa$$w0rd", "verify your password"),
        ("fr33 g!ft c@rd for you", "free gift card for you"),
        ("c|aim y0ur pri2e", "claim your prize"),
        ("@ccount 1ocked, ca|l us", "account locked, call us"),
        ("send me the 0TP", "send me the otp"),
        ("share your c\u20acll number, b\u00a5 n0w, pl\u20acas\u20ac", "share your cell number, by now, please"),
        ("(all our 8ank and p4y 7he fee", "call our bank and pay the fee"),
        ("1 w1ll s3nd y0u 4 (0d3 70 c0nfirm 17", "i will send you a code to confirm it"),
        ("enter your p*ssw*rd here", "enter your password here"),
        ("win 1000 at onl1ne cas1n0", "win 1000 at online casino"),
        ("p4y 1.50 or 3,000 f0r y0ur pr1ze", "pay 1.50 or 3,000 for your prize"),
        ("1f y0u d0 no+ c0nf1rm", "if you do not confirm"),
        ("today!2 w1ns f0r y0u", "today!2 wins for you"),
        ("4pna kh4ta b4nd h0ga, tur4nt b4t40", "apna khata band hoga, turant batao"),
        ("p3men4ng und14n, 5eger4 hu8ung1", "pemenang undian, segera hubungi"),
    ],
)
def test_leetspeak(text: str, expected: str) -> None:
    """Signs and digits in words are read as letters; the vocabulary settles the ambiguous ones."""
    view = plain(text)
    assert view is not None
    assert view.text == expected
    assert "leet" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "meet at 5pm on the 2nd, room 10a",
        "call 1800flowers or 0800 123 456",
        "rs500 debited from a/c xx1234 on 12-03-24",
        "track AB12CD34EF at https://ship.example/t/a1b2c3",
        "write to j0hn.d0e@mail.example please",
        "see paypa1.com/l0gin for yourself",
        "gr8, c u l8r, b4 2nite i will w8 4 u",
        "the iphone7 and the mp3 player are for sale",
        "stop! go! now!",
        "follow @live and @all of them",
        "audi s5 and rs7, bmw m3, 100k miles",
        "version 2.0.1 of win10 build 19h2",
    ],
)
def test_numbers_names_and_texting_are_no_leetspeak(text: str) -> None:
    """Prices, times, codes, links, addresses, models and texting style are left alone."""
    assert plain(text) is None


def test_a_short_word_alone_is_no_proof() -> None:
    """What may be a number or a name is read as a word only among other disguised words."""
    assert plain("it is 70 here") is None
    view = plain("g1ve 1t 70 m3 n0w, pl3ase, 1 w4nt th3 m0ney")
    assert view is not None
    assert view.text == "give it to me now, please, i want the money"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your a c c o u n t is b l o c k e d", "your account is blocked"),
        ("y o u r a c c o u n t i s b l o c k e d", "your account is blocked"),
        ("send the O.T.P now and your p-a-s-s-w-o-r-d", "send the otp now and your password"),
        ("t_r_a_n_s_f_e_r it, p*a*y it", "transfer it, pay it"),
        ("c l i c k h e r e t o c l a i m", "click here to claim"),
        ("m o n e y   b a c k   n o w", "money   back   now"),
        ("I h a v e a p r i z e for you", "i have a prize for you"),
        ("t o get it v e r i f y now", "to get it verify now"),
        ("d o n ' t w a i t", "don't wait"),
        ("a p n a k h a t a b a n d hoga, O T P b h e j o", "apna khata band hoga, otp bhejo"),
        ("an a u t h o r i s a t i o n f o r c o r o n a v i r u s", "an authorisation for coronavirus"),
        ("f o r X X months", "for xx months"),
    ],
)
def test_spaced_letters(text: str, expected: str) -> None:
    """Letters kept apart are joined and cut into words."""
    view = plain(text)
    assert view is not None
    assert view.text == expected
    assert kinds(text) == {"spaced"}


@pytest.mark.parametrize(
    "text",
    [
        "J. R. R. Tolkien wrote it",
        "plan a b c for today",
        "the u.s. and u.k. at 5 p.m.",
        "I a man, u r a star",
        "a, b or c",
    ],
)
def test_initials_and_lists_are_not_spaced(text: str) -> None:
    """Single letters that are no word together stay apart."""
    assert plain(text) is None


def test_words_run_together() -> None:
    """A long unknown word made of known ones is cut; that alone is no disguise."""
    view = plain("open youraccountisblockedtoday please")
    assert view is not None
    assert view.text == "open your account is blocked today please"
    assert view.span(5, 9) == (5, 9)
    assert view.span(10, 17) == (9, 16)
    assert view.obfuscations == ()
    assert plain("the Bundesausbildungsgesetz and responsibilities") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("freeeee giiift", "free gift"),
        ("pleeeease caaaall", "please call"),
        ("sooooo goooood", "so good"),
        ("heeeyyyy yooouuu", "hey you"),
    ],
)
def test_repeated_letters(text: str, expected: str) -> None:
    """Letters said three times or more are said once, or twice if that makes the word."""
    view = plain(text)
    assert view is not None
    assert view.text == expected
    assert view.obfuscations == ()


@pytest.mark.parametrize("text", ["www and xxx and zzz", "card xxxxxx1234", "chapter viii", "too good, see"])
def test_what_is_not_repeated(text: str) -> None:
    """Hidden digits, numerals and doubled letters stay."""
    assert plain(text) is None


def test_repetition_of_every_letter_is_a_disguise() -> None:
    """Emphasis lengthens a vowel; lengthening everything hides a word."""
    assert kinds("cccaaallll me") == {"repeated"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Your PayPaI account", "your paypal account"), ("cIick on NetfIix", "click on netflix")],
)
def test_capital_i_for_l(text: str, expected: str) -> None:
    """A capital I amid small letters is read as an l where that makes a known word."""
    view = plain(text)
    assert view is not None
    assert view.text == expected
    assert kinds(text) == {"lookalike"}


def test_a_capital_i_in_a_name_stays() -> None:
    """A name is not bent into a word."""
    assert plain("LinkedIn and McIntosh") is None


def test_the_vocabulary_decides() -> None:
    """A pack's own words are found like the common ones."""
    assert plain("buy fl0rp 1deas", frozenset()) is None
    view = plain("buy fl0rp", WORDS | {"florp"})
    assert view is not None
    assert view.text == "buy florp"


def test_spans_of_disguises_are_spans_of_the_original() -> None:
    """Through folding and joining, a disguise is reported where it stands in the message as sent."""
    text = "p\u200bay a c c o u n t"
    view = plain(text)
    assert view is not None
    assert view.text == "pay account"
    assert view.span(4, 11) == (5, 18)
    assert [(found.kind, found.start, found.end) for found in view.obfuscations] == [("spaced", 5, 18)]


def test_many_disguises_in_a_long_message() -> None:
    """After very many disguised words the rest is still read, and the list of disguises stays short."""
    text = "acc0unt bl0cked ver1fy " * 800
    view = plain(text)
    assert view is not None
    assert view.text == "account blocked verify " * 800
    assert len(view.obfuscations) <= 64
    spaced = plain("c o d e " * 2400)
    assert spaced is not None
    assert spaced.text.startswith("code code ")
