"""The settings of the connectors: how each platform is received, and what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lurewatch.entrypoints.declarations import ACTIONS, action, number, secret_token, setting
from lurewatch.entrypoints.tabled import Tables
from lurewatch.entrypoints.values import Choice, File, Kind, Paths, Switch, Text, Texts, Url, Whole

# Not imported: the commands that only scan read settings too, and have no use for what works on a store.
_DEFAULT_TENANT = "default"
_TENANT = "The tenant that its messages belong to."
WEBHOOK_FIELDS: Mapping[str, Kind] = {
    "name": Text("name"),
    "url": Text("address"),
    "secret": Texts("one secret, or two"),
    "secret_file": File(),
    "format": Choice(("standard", "slack")),
    "tenant": Text("name"),
    "channels": Texts("channels"),
    "actions": Texts(", ".join(ACTIONS), action),
    "allow_private": Switch(),
}


@dataclass(frozen=True, kw_only=True)
class ConnectorSettings:
    """The part of ``Settings`` that is about other platforms."""

    erpnext_url: str = setting("", "erpnext.url", Url(), "The ERPNext site that is written to.")
    erpnext_allow_http: bool = setting(
        False, "erpnext.allow_http", Switch(), "Whether the site may be written to without encryption."
    )
    erpnext_api_key: str = setting("", "erpnext.api_key", Text(empty=True), "Key of the ERPNext user.", secret=True)
    erpnext_api_secret: str = setting(
        "", "erpnext.api_secret", Text(empty=True), "Secret of the ERPNext user.", secret=True
    )
    erpnext_issue_type: str = setting(
        "Compliance Alert", "erpnext.issue_type", Text(), "Type of the Issue that tells administrators of an incident."
    )
    erpnext_usual_priority: str = setting(
        "Medium", "erpnext.usual_priority", Text(), "Priority of that Issue at the first two incidents of a pair."
    )
    erpnext_high_priority: str = setting(
        "High", "erpnext.high_priority", Text(), "Its priority from the third incident on, and when a scam is certain."
    )
    erpnext_create_missing: bool = setting(
        False,
        "erpnext.create_missing",
        Switch(),
        "Whether that type and these priorities are created where the site lacks them.",
    )
    erpnext_banner: str = setting(
        "Communication",
        "erpnext.banner",
        Choice(("Communication", "Comment")),
        "What the warning in a thread becomes there.",
    )
    erpnext_webhook_secret: str = setting(
        "",
        "erpnext.webhook_secret",
        Text(empty=True),
        "Secret of the webhooks that ERPNext calls; without one they are not received.",
        secret=True,
    )
    erpnext_fields: tuple[tuple[str, str], ...] = setting(
        (), "erpnext.fields", Paths(), "Where our names are in the payload of its webhooks, if elsewhere than usual."
    )
    erpnext_own_senders: tuple[str, ...] = setting(
        (), "erpnext.own_senders", Texts("addresses"), "Senders that only Lurewatch posts with: they are not screened."
    )
    erpnext_time_zone: str = setting("UTC", "erpnext.time_zone", Text("time zone"), "The time zone of the site.")
    erpnext_tenant: str = setting(_DEFAULT_TENANT, "erpnext.tenant", Text("name"), _TENANT)
    telegram_webhook_secret: str = setting(
        "",
        "telegram.webhook_secret",
        Text("a secret_token of 1 to 256 of A-Z, a-z, 0-9, _ and -", empty=True, check=secret_token),
        "The secret_token of setWebhook; without one Telegram's webhook is not received.",
        secret=True,
    )
    telegram_bot_id: int = setting(
        0,
        "telegram.bot_id",
        Whole(0, 10**15),
        "The number before the colon of the bot's token, where telegram.token is not set; 0 where it never posts.",
    )
    telegram_agents: tuple[str, ...] = setting(
        (), "telegram.agents", Texts("ids", number), "Users, bots and groups who are never the ones who lure."
    )
    telegram_tenant: str = setting(_DEFAULT_TENANT, "telegram.tenant", Text("name"), _TENANT)
    telegram_admin_chat: int = setting(
        0,
        "telegram.admin_chat",
        Whole(-(10**15), 10**15),
        "The chat in which administrators are told; 0 where there is none. It is not screened.",
    )
    telegram_polling: bool = setting(
        False, "telegram.polling", Switch(), "Whether the service asks for updates itself, where there is no webhook."
    )
    telegram_token: str = setting(
        "",
        "telegram.token",
        Text("the bot's token, such as 123456:ABC", empty=True),
        "The bot's token, as @BotFather gave it; polling and posting need it.",
        secret=True,
    )
    telegram_api_url: str = setting(
        "https://api.telegram.org",
        "telegram.api_url",
        Url(),
        "Where the Bot API is; another address for a server of your own.",
    )
    generic_webhook_secret: str = setting(
        "",
        "generic.webhook_secret",
        Text(empty=True),
        "Secret that any other platform signs with; without one it is not received.",
        secret=True,
    )
    generic_channel: str = setting(
        "generic", "generic.channel", Text("name"), "What the other platform is called, here and in its address."
    )
    generic_tenant: str = setting(_DEFAULT_TENANT, "generic.tenant", Text("name"), _TENANT)
    generic_fields: tuple[tuple[str, str], ...] = setting(
        (), "generic.fields", Paths(), "Where our names are in what the other platform posts."
    )
    generic_messages: str = setting(
        "", "generic.messages", Text("path", empty=True), "Where the list of messages is, if there are several."
    )
    generic_mails: bool = setting(
        False, "generic.mails", Switch(), "Whether the texts are HTML or mails, with quotations to be left out."
    )
    generic_own_senders: tuple[str, ...] = setting(
        (), "generic.own_senders", Texts("senders"), "Senders that are not screened."
    )
    generic_signature_header: str = setting(
        "X-Signature", "generic.signature_header", Text("name"), "The header that holds the HMAC-SHA256 of the body."
    )
    generic_signature_prefix: str = setting(
        "", "generic.signature_prefix", Text("text", empty=True), "What stands before the signature, such as sha256=."
    )
    generic_signature_encoding: str = setting(
        "hex", "generic.signature_encoding", Choice(("hex", "base64")), "How the signature is written."
    )
    webhooks: tuple[Mapping[str, Any], ...] = setting(
        (),
        "webhooks",
        Tables(
            "[{name: ops, url: https://..., secret: whsec_...}]",
            WEBHOOK_FIELDS,
            required=frozenset({"name", "url"}),
            secret=True,
        ),
        "Whom decisions are posted to; docs/webhooks.md says what a table may hold.",
        secret=True,
    )
