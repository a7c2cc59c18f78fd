"""What a reader of a Telegram message sees or may tap, as one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lurewatch.entrypoints.connectors.mail.reading import hidden_address
from lurewatch.entrypoints.connectors.payload import at

_IN_CARDS = ("TEL", "EMAIL", "URL")


def read(message: Mapping[str, Any]) -> str:
    """The text or caption with hidden links behind their words, and below it, by lines, whatever else is shown."""
    pieces = [
        _linked(_text(message, "text"), message.get("entities")),
        _linked(_text(message, "caption"), message.get("caption_entities")),
        *_origin(message.get("forward_origin")),
        *_contact(message.get("contact")),
        *_preview(message),
        *_elsewhere(message),
        *_list(message.get("poll"), "question", "options"),
        *_list(message.get("checklist"), "title", "tasks"),
        *(_text(message.get("venue"), key) for key in ("title", "address")),
        *_buttons(at(message, "reply_markup.inline_keyboard")),
    ]
    return "\n".join(piece for piece in pieces if piece.strip())


def name(who: Any) -> str:
    """What people see of a user or a chat: its name or title, and ``@username``."""
    parts = [_text(who, key) for key in ("title", "first_name", "last_name")]
    handle = _text(who, "username")
    return " ".join(part for part in (*parts, f"@{handle}" if handle else "") if part)


def _text(values: Any, key: str) -> str:
    found = values.get(key) if isinstance(values, Mapping) else None
    return found if isinstance(found, str) else ""


def _items(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list) else ()


def _linked(text: str, entities: Any) -> str:
    """The text, each hidden link's address behind its words. Offsets count UTF-16 code units: an emoji is two."""
    links = sorted(_links(entities))
    if not links or not text:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    pieces, done = [], 0
    for end, start, address in links:
        shown = units[2 * start : 2 * end].decode("utf-16-le", "replace")
        pieces.append(units[done : max(2 * end, done)])
        pieces.append(hidden_address(shown, address).encode("utf-16-le", "surrogatepass"))
        done = max(done, min(2 * end, len(units)))
    pieces.append(units[done:])
    return b"".join(pieces).decode("utf-16-le", "replace")


def _links(entities: Any) -> Iterator[tuple[int, int, str]]:
    for entity in _items(entities):
        if _text(entity, "type") != "text_link":
            continue
        offset, length, address = entity.get("offset"), entity.get("length"), _text(entity, "url")
        if isinstance(offset, int) and isinstance(length, int) and 0 <= offset <= offset + length and address:
            yield offset + length, offset, address


def _origin(origin: Any) -> Iterator[str]:
    """Whose words these are, where they were forwarded."""
    who = next((at(origin, key) for key in ("sender_user", "sender_chat", "chat") if at(origin, key)), None)
    shown = name(who) or _text(origin, "sender_user_name")
    if shown:
        yield f"Forwarded from {shown}"


def _contact(contact: Any) -> Iterator[str]:
    number = _text(contact, "phone_number").strip()
    if not number:
        return
    yield name(contact)
    # Telegram leaves the plus of an international number out; what begins with 0 was typed as it is dialled.
    yield number if number.startswith(("+", "0")) else f"+{number}"
    for line in _text(contact, "vcard").splitlines():
        key, colon, value = line.partition(":")
        if colon and key.partition(";")[0].upper().rpartition(".")[2] in _IN_CARDS and value.strip() not in number:
            yield value.strip()


def _preview(message: Mapping[str, Any]) -> Iterator[str]:
    """The link whose preview is shown below a text that need not name it."""
    address = _text(message.get("link_preview_options"), "url")
    if address and address not in _text(message, "text"):
        yield address


def _elsewhere(message: Mapping[str, Any]) -> Iterator[str]:
    """What is quoted from another chat: nobody here has read it. A quotation from this chat is no news."""
    if message.get("external_reply"):
        yield from _origin(at(message, "external_reply.origin"))
        yield _text(message.get("quote"), "text")


def _list(shown: Any, head: str, rows: str) -> Iterator[str]:
    yield _text(shown, head)
    for row in _items(at(shown, rows)):
        yield _text(row, "text")


def _buttons(rows: Any) -> Iterator[str]:
    for row in _items(rows):
        for button in _items(row):
            shown = _text(button, "text")
            yield shown + hidden_address(shown, _text(button, "url"))
