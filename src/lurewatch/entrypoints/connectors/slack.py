"""Alerts as Slack's incoming webhooks take them, and Mattermost's, which know the text but not the blocks.

https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/surfaces/formatting,
https://api.slack.com/reference/block-kit/blocks, https://developers.mattermost.com/integrate/webhooks/incoming/.
"""

from __future__ import annotations

import re
from typing import Any

from lurewatch.casework.acts import Act

_TITLES = {
    "warning": "Somebody was warned",
    "escalation": "A person is asked to look",
    "alert": "Alert",
    "notice": "Notice",
    "hand_off": "A scam is confirmed",
}
_REPEATED = "Repeated, an earlier attempt may have arrived"
_MOST_VALUE = 150
_MOST_MATCHED = 400
"""Escaping makes a character up to five: what Slack takes in a field is 2,000, in the text of a block 3,000."""
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def message(act: Act, *, repeated: bool) -> dict[str, Any]:
    """What is posted about a decision. Nothing of what others wrote is read as markup, mentions or links.

    ``repeated``: it may have been posted before.
    """
    title = f"{_TITLES.get(act.action, act.action)} ({act.policy})"
    if repeated:
        title = f"{_REPEATED}: {title}"
    facts = {
        "Conversation": act.conversation_id,
        "Channel": act.channel,
        "Sender": " ".join(filter(None, (act.sender, act.sender_type and f"({act.sender_type})"))),
        "Between": ", ".join(filter(None, (act.client_email, act.advisor_email))),
        "Type": act.type or act.scam_type,
        "Patterns": ", ".join((*act.patterns, *act.keywords)),
        "Incident": str(act.count) if act.count else "",
        "Scam probability": f"{act.scam_probability:.0f} % ({act.risk_level})",
        "Alert": act.alert,
    }
    told = {name: value for name, value in facts.items() if value}
    fields = [_plain(f"{name}: {_clean(value, _MOST_VALUE)}") for name, value in told.items()]
    matched = [{"type": "section", "text": _plain(f"> {_clean(text, _MOST_MATCHED)}")} for text in act.matched]
    return {
        "text": _text(title, told, act.matched),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [{"type": "header", "text": _plain(title)}, {"type": "section", "fields": fields}, *matched],
    }


def _text(title: str, told: dict[str, str], matched: tuple[str, ...]) -> str:
    """The whole in one text: Slack shows it in notifications, Mattermost as Markdown; so values stand as code."""
    lines = [title, *(f"{name}: {_code(value, _MOST_VALUE)}" for name, value in told.items())]
    return "\n".join([*lines, *(_code(text, _MOST_VALUE) for text in matched)])


def _code(text: str, most: int) -> str:
    spoken = _MENTION.sub("@\u200b", _clean(text, most).replace("`", "'"))
    return f"`{_escaped(spoken)}`"


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": _escaped(text), "emoji": False}


def _clean(text: str, most: int) -> str:
    """On one line, without what cannot be seen, at most so many characters."""
    seen = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
