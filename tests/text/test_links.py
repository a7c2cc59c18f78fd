"""Links that are disguised or mistyped, and links that only look like it."""

from __future__ import annotations

import pytest

from lurewatch.engine.model import View
from lurewatch.engine.text import normalise


def spoken(text: str) -> View | None:
    """The spoken reading, if there is one."""
    return next((view for view in normalise(text) if view.reading == "spoken"), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pay at h7tp://parcel.example/a now", "pay at http://parcel.example/a now"),
        ("pay at ht+p //parcel.example now", "pay at http://parcel.example now"),
        ("open h++ps://parcel.example", "open https://parcel.example"),
        ("open http5://parcel.example", "open https://parcel.example"),
        ("h7tp://paypa|.(0m/x", "http://paypal.com/x"),
        ("http //c|ick.c0m/x", "http //click.com/x"),
        ("http://tiny.((/J1", "http://tiny.cc/j1"),
        ("see mybank.n|/login", "see mybank.nl/login"),
    ],
)
def test_signs_in_links(text: str, expected: str) -> None:
    """Signs and digits for letters in a scheme or a host are read as letters; a path is left as it is."""
    view = spoken(text)
    assert view is not None
    assert view.text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h t t p //b i t.l y/ab now", "http://bit.ly/ab now"),
        ("h.t.t.p.s://parcel.example", "https://parcel.example"),
        ("click h t t p s ://my-shop.c o m/ now", "click https://my-shop.com/ now"),
        ("http //s i g n.c o m i d 4", "http //sign.com i d 4"),
        ("go to my-shop.c o m/ now", "go to my-shop.com/ now"),
    ],
)
def test_links_kept_apart(text: str, expected: str) -> None:
    """Letters kept apart in a scheme or a host are joined, and a known ending ends it."""
    view = spoken(text)
    assert view is not None
    assert view.text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hhttp://parcel.example", "http://parcel.example"),
        ("htttps://parcel.example", "https://parcel.example"),
        ("httl://parcel.example", "http://parcel.example"),
        ("htpt //parcel.example", "http://parcel.example"),
        ("htp //parcel.example", "http//parcel.example"),
        ("ttps://parcel.example", "https//parcel.example"),
        ("htp//parcel.example", "http/parcel.example"),
    ],
)
def test_mistyped_schemes(text: str, expected: str) -> None:
    """A scheme with one typing error is the scheme, with the slashes there is room for."""
    view = spoken(text)
    assert view is not None
    assert view.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://parcel.example/a+b(c)/$1",
        "http //parcel.example and http://10.0.0.1/a",
        "see http://user@parcel.example!",
        "ftp://files.example and tcp://localhost",
        "x // a comment, 2.5m/s and 3.4/5",
        "write to asha.rao@mail.example/work",
        "a.b/c and/or e.g. v1.2/",
    ],
)
def test_links_as_they_should_be(text: str) -> None:
    """Links without disguise, numbers and comments stay as they are."""
    assert spoken(text) is None


def test_spans_of_disguised_links() -> None:
    """Every character of a link comes from where it was sent."""
    text = "h t t p //b i t.l y/ab"
    view = spoken(text)
    assert view is not None
    start = view.text.index("bit.ly")
    assert view.span(start, start + len("bit.ly")) == (text.index("b i t"), text.index("/ab"))
