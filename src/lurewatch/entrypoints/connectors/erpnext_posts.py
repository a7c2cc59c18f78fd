"""What Lurewatch writes into ERPNext: the banner in a thread, and the Issue that tells administrators.

Both bear a mark of their own (``own_posts``): by it a post is found again when nobody knows whether it got through, and
told when it comes back through the webhook. Whatever others wrote is cleaned and escaped.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lurewatch.casework.acts import Act
from lurewatch.entrypoints.connectors import own_posts

HIGH_FROM = 3
"""From this incident of a pair on the priority is high (spec: contact monitor)."""
_MOST_SUBJECT = 140
"""Characters that Frappe keeps of a field of type Data."""
_ID_END = 12
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Post:
    """A text as HTML, its subject, and the mark in it that nothing else bears."""

    subject: str
    content: str
    mark: str


def banner(act: Act, secret: str) -> Post:
    """What the people in the thread read: the decision's words, and below them the end of the alert's id."""
    lines = [line for part in act.text.splitlines() if (line := _clean(part))]
    below = act.alert[-_ID_END:]  # so that the same words, said again, have another mark
    mark = own_posts.mark("\n".join((*lines, below)), act.conversation_id, secret)
    paragraphs = [*(f"<p>{_escaped(line)}</p>" for line in lines), f"<p><small>{_escaped(below)} {mark}</small></p>"]
    return Post(_subject("Notice in ", act.conversation_id), "".join(paragraphs), mark)


def issue(act: Act, secret: str) -> Post:
    """What administrators read (spec: contact monitor, Actions)."""
    facts = [(name, _clean(value)) for name, value in _facts(act)]
    matched = [_clean(text) for text in act.matched]
    lines = [f"{name}: {value}" for name, value in facts if value]
    mark = own_posts.mark("\n".join((*lines, *matched, act.alert)), own_posts.ANYWHERE, secret)
    content = "".join(f"<p><b>{name}:</b> {_escaped(value)}</p>" for name, value in facts if value)
    if matched:
        content += "<ul>" + "".join(f"<li>{_escaped(text)}</li>" for text in matched) + "</ul>"
    content += f"<p><small>{_escaped(act.alert)} {mark}</small></p>"
    return Post(_subject("[Compliance Alert] Conversation flag in ", act.conversation_id), content, mark)


def is_urgent(act: Act) -> bool:
    """Whether the priority is high: from the third incident of a pair on, and when a scam is certain."""
    return act.count >= HIGH_FROM or act.action == "hand_off"


def _facts(act: Act) -> Sequence[tuple[str, str]]:
    """What is told, as names and values in their order; one without a value is left out."""
    return (
        ("Issue", act.conversation_id),
        ("Sender", f"{act.sender} ({act.sender_type})" if act.sender_type else act.sender),
        ("Client", act.client_email),
        ("Advisor", act.advisor_email),
        ("Patterns", ", ".join(act.patterns)),
        ("Keywords", ", ".join(act.keywords)),
        ("Scam type", act.scam_type),
        ("Scam probability", f"{act.scam_probability:.0f} of 100 ({act.risk_level})"),
        ("Incidents of the pair", str(act.count) if act.count else ""),
        ("Action", act.action),
        ("Matched texts", "below" if act.matched else ""),
    )


def _subject(before: str, name: str) -> str:
    return (before + _clean(name))[:_MOST_SUBJECT]


def _clean(text: str) -> str:
    """On one line, without what cannot be seen (it turns the direction of writing, for instance), and without marks."""
    seen = "".join(" " if character.isspace() else character for character in text if _is_seen(character))
    return " ".join(seen.split()).replace("[lw-", "(lw-")


def _is_seen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in _INVISIBLE


def _escaped(text: str) -> str:
    """For HTML. A percent sign and a letter are taken out by the cleaning of older versions of Frappe."""
    return html.escape(text).replace("%", "&#37;")
