"""The bus: whether it is there, lets us in, and takes events."""

from __future__ import annotations

from urllib.parse import urlsplit

from lurewatch.entrypoints.doctor.diagnosis import Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import DeliveryError, SettingsError

_MAYBE = {
    True: "events may be published",
    None: "whether events may be published shows with the first one",
}


async def bus(settings: Settings) -> Findings:
    """What can be said of the bus without publishing anything."""
    if settings.bus_url.startswith("memory:"):
        return Findings((Diagnosis("bus", "ok", "in memory: nobody outside this process hears of events"),))
    try:
        from lurewatch.casework.bus import open_bus  # noqa: PLC0415 - needs packages that a scan does without
        from lurewatch.casework.events import EventBus  # noqa: PLC0415
    except ImportError as error:
        seen = f"not looked at, {error.name} is not installed"
        return Findings((Diagnosis("bus", "fail", seen, "pip install 'lurewatch[serve]'"),))
    try:
        opened = open_bus(settings.bus_url, EventBus())
    except SettingsError as error:
        return Findings((Diagnosis("bus", "fail", str(error), "Set bus.url (LUREWATCH_BUS)."),))
    try:
        allowed = await opened.reach()
    except DeliveryError as error:
        remedy = "Is the broker running, and is bus.url right, user and password too? Events wait meanwhile."
        return Findings((Diagnosis("bus", "fail", str(error), remedy),))
    finally:
        await opened.close()
    address = urlsplit(settings.bus_url)
    name = f"{address.scheme}://{address.netloc.rpartition('@')[2]}"
    if allowed is False:
        remedy = (
            "Let the user of bus.url add to the stream lurewatch.events (Redis: ACL SETUSER name +xadd ~lurewatch.*)."
        )
        return Findings((Diagnosis("bus", "fail", f"{name} answers, but we may not publish there", remedy),))
    return Findings((Diagnosis("bus", "ok", f"{name} answers; {_MAYBE[allowed]}"),))
