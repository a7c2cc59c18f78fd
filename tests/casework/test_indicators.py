"""Values that confirmed scams used are known to the next conversation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.casework.fakes import LURE, PLAIN, Clock, incoming, rows

from lurewatch import Engine, Message
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Incoming, Screened, Screening
from lurewatch.casework.store import Store
from lurewatch.engine.policies import PolicyConfig
from lurewatch.engine.policies.off_platform import OffPlatformConfig

NUMBER = "+16045550134"
SPOKEN = "Call me at +1 604 555 0134 or write to agent7@parcel-desk.example"
"""Names a number, an address and its domain."""
HELLO = "Hello, please ring +1 604 555 0134 about the delivery."


async def confirmed(screening: Screening, conversation: str, **more: str) -> Screened:
    """A conversation that is surely a scam and names a number and an address."""
    for text in LURE:
        await screening.screen(incoming(text, conversation, **more))
    screened = await screening.screen(incoming(SPOKEN, conversation, **more))
    assert screened.verdict.risk_level == "confirmed"
    return screened


def historical(screened: Screened) -> float:
    """The score of what was known."""
    return screened.verdict.breakdown["historical_score"]


async def test_a_number_of_a_confirmed_scam_is_known(screening: Screening) -> None:
    """The first message of another conversation with the same number scores by it, and higher than it would."""
    before = await screening.screen(incoming(HELLO, "earlier"))
    await confirmed(screening, "scam")
    after = await screening.screen(incoming(HELLO, "later"))
    assert historical(before) == 0
    assert historical(after) > 0.5
    assert after.verdict.scam_probability > before.verdict.scam_probability


async def test_what_becomes_known_later_counts_in_what_was_said_before(screening: Screening, clock: Clock) -> None:
    """A number that nobody knew when it was said is looked up again within a minute, and at once if said again."""
    for conversation in ("patient", "quick"):
        assert historical(await screening.screen(incoming(HELLO, conversation))) == 0
    await confirmed(screening, "scam")
    assert historical(await screening.screen(incoming(HELLO, "quick"))) > 0.5
    assert historical(await screening.screen(incoming(PLAIN, "quick"))) > 0.5
    clock.now += 61
    assert historical(await screening.screen(incoming(PLAIN, "patient"))) > 0.5


async def test_a_conversation_is_no_evidence_against_itself(screening: Screening) -> None:
    """What a conversation used itself is not known of it."""
    await confirmed(screening, "scam")
    assert historical(await screening.screen(incoming(HELLO, "scam"))) == 0


async def test_tenants_know_nothing_of_each_other(screening: Screening) -> None:
    """What one tenant confirmed says nothing to another."""
    await confirmed(screening, "scam", tenant="one")
    assert historical(await screening.screen(incoming(HELLO, "later", tenant="two"))) == 0
    assert historical(await screening.screen(incoming(HELLO, "later", tenant="one"))) > 0


async def test_a_reviewer_has_the_last_word(screening: Screening, store: Store, review: Review) -> None:
    """A true positive makes its values known, a false positive has them forgotten."""
    await screening.screen(incoming(HELLO, "first"))
    alert = (await rows(store, "alerts"))[-1]["id"]
    await review.close("default", alert, "true_positive")
    known = await screening.screen(incoming(HELLO, "second"))
    assert historical(known) > 0.5
    await review.close("default", alert, "false_positive")
    assert historical(await screening.screen(incoming(HELLO, "third"))) == 0


async def test_what_a_victim_said_is_not_held_against_others(screening: Screening, store: Store) -> None:
    """Numbers that a protected user or an agent named are not kept."""
    told = Message("My own number is +1 604 555 0177", "victim", role="protected")
    await screening.screen(Incoming("scam", told))
    await confirmed(screening, "scam")
    kept = {row["value"] for row in await rows(store, "indicators")}
    assert NUMBER in kept
    assert "+16045550177" not in kept


@pytest.mark.parametrize(
    "listed",
    [
        OffPlatformConfig(phones=("604-555-0134",), emails=("agent7@parcel-desk.example",)),
        OffPlatformConfig(phones=(NUMBER,), own_domains=("parcel-desk.example",)),
    ],
)
async def test_what_is_vouched_for_is_never_kept(
    engine_with: Callable[..., Engine], store: Store, listed: OffPlatformConfig
) -> None:
    """Allow-listed and own values, and links to sites that everybody uses, are no indicators."""
    engine = engine_with(policies=PolicyConfig(off_platform=listed))
    screening = Screening(lambda: engine, store)
    await confirmed(screening, "scam")
    await screening.screen(incoming("See https://www.paypal.com/help and https://bit.ly/x7", "scam"))
    values = {row["value"] for row in await rows(store, "indicators")}
    assert values.isdisjoint({NUMBER, "agent7@parcel-desk.example", "parcel-desk.example", "paypal.com", "bit.ly"})
