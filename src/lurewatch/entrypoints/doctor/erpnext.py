"""ERPNext: whether the site answers, knows our user, lets it do what is to be done, and has what Issues refer to.

What is asked changes nothing there. Key and secret are sent to nobody else and appear in no diagnosis.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lurewatch.entrypoints.doctor.diagnosis import Clock, Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import DeliveryError, SettingsError

if TYPE_CHECKING:
    from lurewatch.entrypoints.connectors.erpnext_desk import DeskConfig
    from lurewatch.entrypoints.connectors.frappe_site import Site

_PATIENCE = 5.0


async def erpnext(settings: Settings) -> Findings:
    """What can be said of the site that is written to (https://docs.frappe.io/framework/user/en/api/rest)."""
    if not settings.erpnext_url:
        return Findings()
    if not settings.erpnext_api_key or not settings.erpnext_api_secret:
        seen = "erpnext.url is set, and the key or the secret is not"
        remedy = (
            "Set LUREWATCH_ERPNEXT_API_KEY and LUREWATCH_ERPNEXT_API_SECRET: in ERPNext, User > Settings > API Access."
        )
        return Findings((Diagnosis("erpnext", "fail", seen, remedy),))
    try:
        from lurewatch.entrypoints.acting import desk  # noqa: PLC0415 - needs packages that a scan does without
        from lurewatch.entrypoints.connectors.frappe_site import Site  # noqa: PLC0415
    except ImportError as error:
        seen = f"not looked at, {error.name} is not installed"
        return Findings((Diagnosis("erpnext", "fail", seen, "pip install 'lurewatch[serve]'"),))
    try:
        config = desk(settings)
    except SettingsError as error:
        remedy = "`lurewatch config show` says where each value is from."
        return Findings((Diagnosis("erpnext", "fail", str(error), remedy),))
    site = Site(replace(config.account, patience=_PATIENCE))
    try:
        return await _looked_at(site, config)
    finally:
        await site.close()


async def _looked_at(site: Site, config: DeskConfig) -> Findings:
    url, before = config.account.url, time.time()
    try:
        user = await site.user()
    except DeliveryError as error:
        remedy = "Is erpnext.url (LUREWATCH_ERPNEXT_URL) the site's address, and can this machine reach it?"
        if getattr(error, "status", 0) in (401, 403):
            remedy = "Check erpnext.api_key and erpnext.api_secret, and that their user is enabled."
        return Findings((Diagnosis("erpnext", "fail", str(error), remedy),), _clock(site, url, before))
    clock = _clock(site, url, before)
    if user in ("", "Guest"):
        remedy = "Check erpnext.api_key and erpnext.api_secret, and that their user is enabled."
        return Findings((Diagnosis("erpnext", "fail", f"{url} does not know the key", remedy),), clock)
    known = Diagnosis("erpnext", "ok", f"{url} knows the key")
    try:
        return Findings((known, *[one async for one in _rights_and_names(site, config)]), clock)
    except DeliveryError as error:
        remedy = "It shows with the first Issue, in `lurewatch events list`."
        return Findings((known, Diagnosis("erpnext rights", "warn", str(error), remedy)), clock)


async def _rights_and_names(site: Site, config: DeskConfig) -> AsyncIterator[Diagnosis]:
    # Read: where an answer was lost a post is looked for before it is made once more.
    needed = dict.fromkeys((right, doctype) for doctype in ("Issue", config.doctype) for right in ("read", "create"))
    lacking = [f"{right} {doctype}s" for right, doctype in needed if not await site.may(right, doctype)]
    if lacking:
        seen = f"its user may not {', '.join(lacking)}"
        remedy = "Give the user of erpnext.api_key a role that may (Support Team, mostly)."
        yield Diagnosis("erpnext rights", "fail", seen, remedy)
        if "read Issues" in lacking:
            return
    else:
        yield Diagnosis("erpnext rights", "ok", f"its user may read and create Issues and {config.doctype}s")
    linked = [("Issue Type", config.issue_type), ("Issue Priority", config.usual_priority)]
    linked.append(("Issue Priority", config.high_priority))
    missing = [(doctype, name) for doctype, name in linked if not await site.find(doctype, [("name", "=", name)])]
    if not missing:
        yield Diagnosis("erpnext issues", "ok", f"the type {config.issue_type!r} and both priorities are there")
        return
    seen = f"there is no {' and no '.join(f'{doctype} {name!r}' for doctype, name in missing)}"
    if not config.create_missing:
        remedy = (
            "Create it there, set erpnext.issue_type and the priorities to what there is, or erpnext.create_missing."
        )
        yield Diagnosis("erpnext issues", "fail", seen, remedy)
        return
    for doctype in dict.fromkeys(doctype for doctype, _ in missing):
        if not await site.may("create", doctype):
            remedy = f"Let the user of erpnext.api_key create {doctype}s, or create it there yourself."
            yield Diagnosis("erpnext issues", "fail", f"{seen}, and it may not be created", remedy)
            return
    yield Diagnosis("erpnext issues", "ok", f"{seen}; it is created with the first Issue that needs it")


def _clock(site: Site, url: str, before: float) -> Clock | None:
    return Clock.of_date(urlsplit(url).hostname or "", site.date, before, time.time())
