"""What is done in ERPNext about a decision: a banner in the thread, and an Issue for administrators.

The two are destinations of their own, so that neither waits for the other: administrators are told of an incident
whose thread is gone, and a thread is warned on a site whose Issues need a field that we do not fill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lurewatch.casework.acts import Act, Destination
from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.entrypoints.connectors import erpnext_posts
from lurewatch.entrypoints.connectors.erpnext import CHANNEL
from lurewatch.entrypoints.connectors.frappe_site import Account, RefusedError, Site
from lurewatch.errors import DeliveryError

BANNER, ISSUE = "erpnext.banner", "erpnext.issue"
_WARNS = frozenset({"warning", "escalation"})
_TELLS = _WARNS | {"alert", "hand_off"}
_UNKNOWN_LINK = "LinkValidationError"

BannerDoctype = Literal["Communication", "Comment"]


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """How one site is written to. ``secret`` makes our marks: that of its webhook, by which they are told.

    ``doctype`` is what a banner becomes. ``create_missing``: whether the type and the priorities of Issues are made
    where the site has none of that name.
    """

    account: Account
    secret: str = field(repr=False)
    tenant: str
    doctype: BannerDoctype = "Communication"
    issue_type: str = "Compliance Alert"
    usual_priority: str = "Medium"
    high_priority: str = "High"
    create_missing: bool = False


class Banners:
    """Posts what the people in a thread are to read where they read it; proves ``warning_sent``."""

    def __init__(self, config: DeskConfig) -> None:
        self._config = config
        self._site = Site(config.account)
        self._destination = Destination("erpnext-banner", config.tenant, {BANNER: _WARNS}, frozenset({CHANNEL}))

    @property
    def destination(self) -> Destination:
        """Warnings and escalations in threads of ERPNext."""
        return self._destination

    @property
    def does(self) -> Mapping[str, Deliver]:
        """What posts a banner."""
        return {BANNER: lambda delivery: self._site.in_time(self._post(delivery))}

    async def close(self) -> None:
        """Let go of connections."""
        await self._site.close()

    async def _post(self, delivery: Delivery) -> Receipt:
        act = Act.of(delivery)
        if not act.text.strip():
            raise DeliveryError("the decision has no words for the thread", permanent=True, certain=True)
        post = erpnext_posts.banner(act, self._config.secret)
        name = ""
        if delivery.in_doubt:
            thread = ("reference_name", "=", act.conversation_id)
            name = await self._site.find(self._config.doctype, [thread, ("content", "like", f"%{post.mark}%")])
        return Receipt(name or await self._created(act, post), "warning_sent")

    async def _created(self, act: Act, post: erpnext_posts.Post) -> str:
        try:
            return await self._site.create(self._config.doctype, self._document(act, post))
        except RefusedError as error:
            if error.status != 404 and error.reason != _UNKNOWN_LINK:
                raise
            if await self._site.find("Issue", [("name", "=", act.conversation_id)]):
                raise
            message = f"ERPNext has no Issue that is called as this conversation ({error.status})"
            raise DeliveryError(message, permanent=True, certain=True) from None

    def _document(self, act: Act, post: erpnext_posts.Post) -> dict[str, Any]:
        """The portal shows a Communication to whom it is addressed, and a Comment that is published to everybody there.

        (frappe/website/utils.py, get_comment_list). It is sent by no mail.
        """
        thread = {"reference_doctype": "Issue", "reference_name": act.conversation_id, "content": post.content}
        if self._config.doctype == "Comment":
            return {**thread, "comment_type": "Comment", "published": 1}
        return {
            **thread,
            "communication_type": "Communication",
            "communication_medium": "Other",
            "sent_or_received": "Sent",
            "subject": post.subject,
            "recipients": act.client_email,
            "cc": act.advisor_email,
        }


class Issues:
    """Tells administrators by an Issue; proves ``admin_alerted``."""

    def __init__(self, config: DeskConfig) -> None:
        self._config = config
        self._site = Site(config.account)
        self._destination = Destination("erpnext-issue", config.tenant, {ISSUE: _TELLS}, frozenset({CHANNEL}))

    @property
    def destination(self) -> Destination:
        """Whatever asks for a person in threads of ERPNext."""
        return self._destination

    @property
    def does(self) -> Mapping[str, Deliver]:
        """What makes an Issue."""
        return {ISSUE: lambda delivery: self._site.in_time(self._make(delivery))}

    async def close(self) -> None:
        """Let go of connections."""
        await self._site.close()

    async def _make(self, delivery: Delivery) -> Receipt:
        act = Act.of(delivery)
        post = erpnext_posts.issue(act, self._config.secret)
        name = ""
        if delivery.in_doubt:
            name = await self._site.find("Issue", [("description", "like", f"%{post.mark}%")])
        return Receipt(name or await self._created(act, post), "admin_alerted")

    async def _created(self, act: Act, post: erpnext_posts.Post) -> str:
        priority = self._config.high_priority if erpnext_posts.is_urgent(act) else self._config.usual_priority
        # No customer: the portal shows customers the Issues that are theirs.
        document = {
            "subject": post.subject,
            "description": post.content,
            "priority": priority,
            "issue_type": self._config.issue_type,
        }
        try:
            return await self._site.create("Issue", document)
        except RefusedError as error:
            if error.reason != _UNKNOWN_LINK:
                raise
            await self._complete(priority, error)
        return await self._site.create("Issue", document)

    async def _complete(self, priority: str, refused: RefusedError) -> None:
        """Make what the Issue refers to and the site does not have; raise DeliveryError where that is not wanted."""
        linked = {"Issue Type": self._config.issue_type, "Issue Priority": priority}
        missing = [
            (doctype, name)
            for doctype, name in linked.items()
            if not await self._site.find(doctype, [("name", "=", name)])
        ]
        if not missing:
            raise refused
        if not self._config.create_missing:
            listed = " and ".join(f"{doctype} {name!r}" for doctype, name in missing)
            message = (
                f"ERPNext has no {listed}. Create what is missing there, or set erpnext.issue_type and the priorities "
                "to what there is, or switch erpnext.create_missing on"
            )
            raise DeliveryError(message, certain=True)
        for doctype, name in missing:
            await self._site.create(doctype, {"name": name})
