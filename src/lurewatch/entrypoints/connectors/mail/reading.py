"""What a reader sees of a post, line by line: HTML as a browser reads it, or plain text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAG = re.compile(
    r"<(?:!doctype|/?(?:html|body|p|div|br|span|a|b|i|u|s|em|strong|font|table|t[rdh]|[uo]l|li|blockquote|pre|hr|img|h[1-6]|"
    r"style|script|center|small|code))(?=[\s/>])|&(?:nbsp|amp|lt|gt|quot|#\d{1,7});",
    re.IGNORECASE,
)
"""Whether it is HTML: `<p>`, `<br/>`, `&nbsp;`; not `<ann@example.com>` or `1 < 2`."""
_MARK = re.compile(r"(?:>[ \t]?)+")
"""`> > text`: quoted lines of plain text."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN = {"head", "style", "script", "template", "title"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section"),
    *("table", "tbody", "tr", "ul"),
}
_QUOTING = "yahoo_quoted"
_SIGNING = frozenset({"gmail_signature", "moz-signature"})
_LEADING = {"http", "https", "ftp", "tg", "ton", "whatsapp", "skype", "viber", "bitcoin", "ethereum"}
_DIALLED = {"mailto", "tel", "sms"}
_LONGEST_ADDRESS = 500
"""Of a longer one the beginning is shown: it says where it leads, and a sender cannot crowd out the text with it."""
_PICTURE = re.compile(r"""src\s*=\s*["']data:[^"']*["']""", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_LONG_TAG = re.compile(r"<[^<>]{8000}")
_MOST_TAGS = 8_000
"""Reading more, or longer ones, takes a browser's parser seconds: its time grows with the square of either."""
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``depth`` is how often it is quoted, ``signed`` that its mail program calls it a signature."""

    text: str
    depth: int = 0
    signed: bool = False


def lines(content: str) -> tuple[Line, ...]:
    """The lines of a post, HTML or plain text. A link whose address is not shown is followed by ``(its address)``."""
    if not _TAG.search(content):
        return tuple(_unmarked(Line(text)) for text in content.splitlines())
    content = _PICTURE.sub("", content)
    if content.count("<") > _MOST_TAGS or _LONG_TAG.search(content):
        return tuple(_plain(content))
    return tuple(_unmarked(line) for line in _page(content))


def _unmarked(line: Line) -> Line:
    marked = _MARK.match(line.text)
    if marked is None:
        return Line(line.text.strip(), line.depth, line.signed)
    return Line(line.text[marked.end() :].strip(), line.depth + marked[0].count(">"), line.signed)


class _Page:
    """Gathers lines while a page is walked, without recursion: a sender decides how deep it is nested."""

    def __init__(self) -> None:
        self._found: list[Line] = []
        self._pieces: list[str] = []
        self._links: list[int] = []
        self._depth = self._signed = self._kept = 0

    def open(self, node: LexborNode, tag: str) -> None:
        """An element begins."""
        if tag in _BLOCKS or tag == "br":
            self._end_line(empty=tag in ("br", "p"))
        if tag == "a":
            self._links.append(len(self._pieces))
        self._depth += _quotes(node, tag)
        self._signed += _signs(node)
        self._kept += tag == "pre"

    def close(self, node: LexborNode, tag: str) -> None:
        """An element ends."""
        if tag == "a":
            shown = "".join(self._pieces[self._links.pop() :])
            self._pieces.append(hidden_address(shown, node.attributes.get("href") or ""))
        elif tag in ("td", "th"):
            self._pieces.append(" ")
        elif tag in _BLOCKS:
            self._end_line()
        self._depth -= _quotes(node, tag)
        self._signed -= _signs(node)
        self._kept -= tag == "pre"

    def text(self, text: str) -> None:
        """Text stands here."""
        if not self._kept:
            self._pieces.append(text)
            return
        for number, piece in enumerate(text.splitlines()):
            if number:
                self._end_line(empty=True)
            self._pieces.append(piece)

    def finished(self) -> list[Line]:
        """The lines of the whole page."""
        self._end_line()
        return self._found

    def _end_line(self, *, empty: bool = False) -> None:
        text = _SPACE.sub(" ", "".join(self._pieces)).strip()
        self._pieces.clear()
        if text or empty:
            self._found.append(Line(text, self._depth, self._signed > 0))


def _page(content: str) -> list[Line]:
    page = _Page()
    stack: list[tuple[LexborNode, bool]] = []
    root = LexborHTMLParser(content).root
    if root is not None:
        stack.append((root, False))
    while stack:
        node, ending = stack.pop()
        tag = (node.tag or "").lower()
        if ending:
            page.close(node, tag)
        elif tag == "-text":
            page.text(node.text_content or "")
        elif node.is_element_node and not _unseen(node, tag):
            page.open(node, tag)
            stack.append((node, True))
            stack.extend((inner, False) for inner in reversed(list(node.iter(include_text=True))))
    return page.finished()


def _unseen(node: LexborNode, tag: str) -> bool:
    attributes = node.attributes
    return tag in _UNSEEN or "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None


def _quotes(node: LexborNode, tag: str) -> bool:
    return tag == "blockquote" or _QUOTING in (node.attributes.get("class") or "").split()


def _signs(node: LexborNode) -> bool:
    return not _SIGNING.isdisjoint((node.attributes.get("class") or "").split())


def hidden_address(shown: str, address: str) -> str:
    """`` (address)`` where a link leads to a place that its text does not show; else empty."""
    address = address.strip()[:_LONGEST_ADDRESS]
    scheme, _, rest = address.partition(":")
    dialled = scheme.lower() in _DIALLED
    if not rest or not (dialled or scheme.lower() in _LEADING):
        return ""
    place = rest.partition("?")[0] if dialled else rest.removeprefix("//")
    seen = "".join(shown.split()).casefold()
    if not place or seen.rpartition("://")[2].rstrip("/") == place.casefold().rstrip("/"):
        return ""
    return f" ({place if dialled else address})"


def _plain(content: str) -> list[Line]:
    """Too many tags for a browser to be asked: the text between them, and nothing is taken for a quotation."""
    return [
        Line(_SPACE.sub(" ", html.unescape(text))) for text in _ANY_TAG.sub("\n", content).splitlines() if text.strip()
    ]
