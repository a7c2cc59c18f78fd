"""Mails: what their senders wrote is kept, what they quote and sign with is told apart, and no lure is lost."""

from __future__ import annotations

import html

import pytest
from tests.connectors.mails import ADDRESS, HEADERS, INTRODUCTIONS, OLD, header_block

from lurewatch.entrypoints.connectors import mail

LURE = "Call me at 416-555-9999"


def split(content: str) -> mail.Parts:
    return mail.split(mail.lines(content))


def quoted(lines: tuple[str, ...]) -> str:
    return "\n".join(f"> {line}" for line in lines)


@pytest.mark.parametrize("language", INTRODUCTIONS)
def test_indented_quotations_in_plain_text(language: str) -> None:
    """What is indented with > is left out, with the lines that say who wrote it; what stands below it is kept."""
    parts = split(f"Thank you.\n\n{INTRODUCTIONS[language]}\n\n{quoted(OLD)}\n\nAnd one thing more.")
    assert (parts.own, parts.quoted) == ("Thank you.\n\nAnd one thing more.", "\n".join(OLD))


@pytest.mark.parametrize("language", INTRODUCTIONS)
def test_indented_quotations_in_html(language: str) -> None:
    """The same of a blockquote, as Gmail and Apple Mail write it."""
    introduction = html.escape(INTRODUCTIONS[language]).replace("\n", " ")
    parts = split(
        f'<div dir="ltr">Thank you.</div><br><div class="gmail_quote"><div class="gmail_attr">{introduction}<br></div>'
        f'<blockquote class="gmail_quote"><div>{"<br>".join(OLD)}</div></blockquote></div>'
    )
    assert (parts.own, parts.quoted) == ("Thank you.", "\n".join(OLD))


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize("divider", ["", "-----Original Message-----\n", "________________________________\n"])
def test_header_blocks(language: str, divider: str) -> None:
    """What stands below From, Sent, To and Subject is left out, with them: Outlook does not indent it."""
    block = "\n".join(header_block(language))
    parts = split(f"Thank you.\n\n{divider}{block}\n\n" + "\n".join(OLD))
    assert (parts.own, parts.quoted) == ("Thank you.", "\n".join(OLD))


@pytest.mark.parametrize("language", HEADERS)
def test_header_blocks_in_html(language: str) -> None:
    """The same of Outlook's HTML."""
    block = "<br>".join(
        "<b>{}:</b> {}".format(*map(html.escape, line.split(": ", 1))) for line in header_block(language)
    )
    parts = split(
        f'<p class="MsoNormal">Thank you.<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f'<p class="MsoNormal">{block}<o:p></o:p></p></div><p class="MsoNormal">{"<br>".join(OLD)}</p>'
    )
    assert (parts.own, parts.quoted) == ("Thank you.", "\n".join(OLD))


def test_yahoo_quotations() -> None:
    """Yahoo marks what it quotes by a class, and writes the introduction into it."""
    introduction = html.escape(f"On Monday, January 5, 2026, 10:12 AM, John Doe <{ADDRESS}> wrote:")
    parts = split(f'<div>Thanks</div><div class="yahoo_quoted"><div>{introduction}</div><div>{OLD[0]}</div></div>')
    assert (parts.own, parts.quoted) == ("Thanks", OLD[0])


def test_answers_between_the_lines() -> None:
    """Answers that stand between quoted lines are all kept."""
    parts = split(f"> when?\nat noon\n> where?\n{LURE}\n> > older")
    assert (parts.own, parts.quoted) == (f"at noon\n{LURE}", "when?\nwhere?\nolder")


@pytest.mark.parametrize(
    "fake",
    [
        f"Hi\n-----Original Message-----\n{LURE}",
        f"Hi\nBegin forwarded message:\n{LURE}",
        f"Hi\nOn Mon, Jan 5, 2026 at 10:12 AM John <john@example.com> wrote:\n{LURE}",
        f"Hi\n________________________________\n{LURE}",
        f"Hi\nFrom: me\n{LURE}",
        f"Name: Ann\nDate: 2026-01-05 10:12\nWish: {LURE}",
        f"Hi\nFrom: me\nSent: 2026-01-05 10:12\nTo: {LURE}\n",
        f"On Jan 5, 2026 {LURE}, he wrote:\n> yes",
        f"{LURE} on WhatsApp:\n> yes",
        f"Best regards,\n{LURE}",
        f"Hello\n- {LURE}\n- or not",
        f"Hello\n--\n{LURE}" + "\nword" * 8,
        f"--\n{LURE}",
        f"> {LURE}",
        f"<blockquote>{LURE}</blockquote>",
        f"<blockquote>{LURE}<blockquote></blockquote>",
        f"<div class='gmail_signature'>{LURE}</div>",
        "<div>" * 9_000 + LURE,
        "<p>" + "<b>x</b>" * 9_000 + f"<blockquote>{LURE}",
    ],
)
def test_a_mark_alone_hides_nothing(fake: str) -> None:
    """Below a mark of a quotation without its shape, and where nothing else is said, words are their sender's own."""
    assert LURE in split(fake).own


def test_signatures() -> None:
    """A short block after -- or in a mail program's container is told apart, above a quotation too."""
    parts = split(
        "Thank you.\n\n-- \nJohn Doe, CPA\n604-555-1234\n\nOn Mon, Jan 5, 2026 at 10:12 J <j@e.example> wrote:\n> a"
    )
    assert (parts.own, parts.signature, parts.quoted) == ("Thank you.", "--\nJohn Doe, CPA\n604-555-1234", "a")
    for container in ("gmail_signature", "moz-signature"):
        page = (
            f"<div>Thanks</div><div class='{container}'><div>John</div><div>604-555-1234</div></div><p>P.S. {LURE}</p>"
        )
        assert split(page).own == f"Thanks\n\nP.S. {LURE}"


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("a &lt;b&gt; &amp; c<br>d", "a <b> & c\nd"),
        ("<style>p{}</style><script>x</script><p>a<!-- b --></p><p>c</p>", "a\n\nc"),
        ("<p>a<span style='display: none'>b</span><i hidden>c</i></p>", "a"),
        ("<p>w<b>h</b>atsapp</p>", "whatsapp"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<pre>a\n  b\n&gt; c</pre>", "a\nb"),
        ("<a href='https://evil.example/x?y=1'>your bank</a>", "your bank (https://evil.example/x?y=1)"),
        ("<a href='https://bank.example/'>bank.example</a>", "bank.example"),
        ("<a href='https://evil.example'>https://bank.example</a>", "https://bank.example (https://evil.example)"),
        ("<a href='mailto:a@example.com?subject=x'>write</a>", "write (a@example.com)"),
        ("<a href='mailto:a@example.com'>a@example.com</a>", "a@example.com"),
        ("<a href='javascript:x()'>a</a> <a href='#top'>b</a>", "a b"),
        ("<a href='https://e.example/" + "x" * 900 + "'>a</a> b<br>", "a (https://e.example/" + "x" * 482 + ") b"),
        ("<p>1 < 2 and <ann@example.com></p>", "1 < 2 and"),
        ("1 < 2 and <ann@example.com>", "1 < 2 and <ann@example.com>"),
        ("<img src='data:image/png;base64," + "A" * 20_000 + "'><p>a</p>", "a"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(page: str, seen: str) -> None:
    """Tags, entities, hidden parts and links come out as a reader meets them."""
    assert split(page).own == seen
