"""How much is kept of what people write, over every kind of store."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from tests.casework.fakes import CONTACT, LURE, PLAIN, Clock, incoming, rows

from lurewatch import Conversation, Engine, Verdict
from lurewatch.casework import secret_values
from lurewatch.casework.keep import Keep
from lurewatch.casework.privacy import MASK
from lurewatch.casework.screening import Screened, Screening, Terms
from lurewatch.casework.store import Store

TABLES = ("conversations", "dossiers", "messages", "verdicts", "conversation_flags", "alerts", "outbox")
SECRETS = {
    "My card is 4111 1111 1111 1111, CVV 987, valid until 12/29": (
        "4111 1111 1111 1111",
        "4111111111111111",
        "CVV 987",
    ),
    "Your OTP is 482913, do not share it": ("482913",),
    "482913 is your Google verification code": ("482913",),
    "my bank password is Hunter2!x and the PIN 739146": ("Hunter2!x", "hunter2!x", "739146"),
    "Passwort: Geheim99 und TAN 553120": ("Geheim99", "geheim99", "553120"),
    "твой код 482913, пароль: q1w2e3": ("482913", "q1w2e3"),
    "您的验证码是 482913，请勿泄露": ("482913",),
    "पासवर्ड raja123 है": ("raja123",),
}
PERSONAL = "Write to kim.lee@mail.example or WhatsApp +1 604 555 0134, or https://t.me/kim_trades_fx?start=kim77"
VALUES = ("kim.lee", "555 0134", "5550134", "kim_trades", "kim77")
"""Long enough that no hash or id has one of them by chance."""


async def screened(engine: Engine, store: Store, keep: Keep, *texts: str) -> list[Screened]:
    """A conversation, screened message by message."""
    screening = Screening(lambda: engine, store, clock=Clock(), terms=Terms(keep=keep))
    return [await screening.screen(incoming(text, message_id=f"m{at}")) for at, text in enumerate(texts)]


async def everything(store: Store) -> str:
    """All that is stored of conversations, as one text."""
    return json.dumps([await rows(store, table) for table in TABLES], default=str, ensure_ascii=False)


@pytest.mark.parametrize("text", SECRETS)
async def test_secrets_are_never_kept(engine: Engine, store: Store, text: str) -> None:
    """Of card numbers, CVV, codes, PINs and passwords no table has a trace, also where all else is kept."""
    await screened(engine, store, "full", *LURE, text, PLAIN)
    kept = await everything(store)
    assert [value for value in SECRETS[text] if value in kept] == []
    assert LURE[0] in kept


async def test_a_short_answer_to_a_question_for_the_code_is_one(engine: Engine, store: Store) -> None:
    """Digits alone are a code where the message before asked for one."""
    await screened(engine, store, "full", "What is the code they sent you?", "739154")
    assert "739154" not in await everything(store)


async def test_a_card_number_in_two_messages_is_not_kept(engine: Engine, store: Store) -> None:
    """What turns out to be the first half of a card number is masked where it was recorded before."""
    await screened(engine, store, "full", "my card number is 4111 1111", "1111 1111", PLAIN)
    kept = await everything(store)
    assert "4111 1111" not in kept
    assert "1111 1111" not in kept


async def test_spans_stay_spans_of_what_is_kept(engine: Engine, store: Store) -> None:
    """Masked texts are as long as they were sent, and each flag's span still says which part it is about."""
    text = f"{PERSONAL}, my card is 4111 1111 1111 1111. Send the one-time code"
    (one,) = await screened(engine, store, "masked", text)
    (message,) = await rows(store, "messages")
    assert len(message["text"]) == len(text)
    (stored,) = await rows(store, "verdicts")
    kept = msgspec.convert(stored["verdict"], Verdict)
    assert [(flag.start, flag.end) for flag in kept.flags] == [(flag.start, flag.end) for flag in one.verdict.flags]
    assert kept.flags
    for flag in kept.flags:
        assert message["text"][flag.start : flag.end].startswith(flag.matched_text)


async def test_masked_keeps_no_personal_values(engine: Engine, store: Store) -> None:
    """With masked, telephone numbers, addresses, handles and names in links are nowhere; the rest of the words is."""
    (one,) = await screened(engine, store, "masked", PERSONAL)
    kept = await everything(store)
    assert [value for value in VALUES if value in kept] == []
    assert "or WhatsApp" in kept
    assert "https://t.me/" in kept
    assert MASK in kept
    assert any("0134" in flag.matched_text for flag in one.verdict.flags)


async def test_hash_keeps_no_words(engine: Engine, store: Store) -> None:
    """With hash no word of a message is stored, and what was believed of it is."""
    *_, last = await screened(engine, store, "hash", PERSONAL, *LURE, "Perpendicular zeppelins")
    kept = await everything(store)
    words = {word.strip(".,?") for text in (PERSONAL, LURE[0], LURE[2]) for word in text.split() if len(word) > 8}
    assert [word for word in (*VALUES, *words, "Perpendicular", "zeppelins") if word in kept] == []
    assert all(row["text"] is None and len(row["text_hash"]) == 64 for row in await rows(store, "messages"))
    stored = (await rows(store, "verdicts"))[-1]
    assert stored["scam_probability"] == last.verdict.scam_probability > 80
    assert [flag["start"] for flag in stored["verdict"]["flags"]] == [flag.start for flag in last.verdict.flags]


@pytest.mark.parametrize("keep", ["full", "masked", "hash"])
async def test_what_is_kept_does_not_change_what_is_believed(engine: Engine, store: Store, keep: Keep) -> None:
    """A conversation is judged the same, message by message, however little is kept of it."""
    texts = ("Good morning, is this Mrs Hill?", CONTACT, *LURE)
    found = await screened(engine, store, keep, *texts)
    said = tuple(incoming(text, message_id=f"m{at}").message for at, text in enumerate(texts))
    for number, one in enumerate(found):
        whole = engine.assess(Conversation(said[: number + 1], "ISS-1"))
        assert one.verdict.scam_probability == pytest.approx(whole.scam_probability, abs=0.01)
        assert [flag.rule for flag in one.verdict.flags] == [flag.rule for flag in whole.flags]


@pytest.mark.parametrize("keep", ["masked", "hash"])
async def test_repeats_and_edits_with_less_text(engine: Engine, store: Store, keep: Keep) -> None:
    """The same message is still known again; an edit is one more message, and no second incident of its pair."""
    screening = Screening(lambda: engine, store, clock=Clock(), terms=Terms(keep=keep))
    await screening.screen(incoming(CONTACT, message_id="m0"))
    first = await screening.screen(incoming(CONTACT, message_id="m1"))
    again = await screening.screen(incoming(CONTACT, message_id="m1"))
    assert (again.repeated, again.verdict_id) == (True, first.verdict_id)
    edited = await screening.screen(incoming(CONTACT + " now", message_id="m1"))
    assert (edited.position, edited.decisions[0].count) == (2, first.decisions[0].count)


async def test_an_edit_replays_where_the_other_texts_are_as_sent(engine: Engine, store: Store) -> None:
    """An edit of the one message that was masked takes its place: its old text is not needed."""
    screening = Screening(lambda: engine, store, clock=Clock())
    await screening.screen(incoming(PLAIN, message_id="m0"))
    await screening.screen(incoming("Your OTP is 482913", message_id="m1"))
    edited = await screening.screen(incoming(CONTACT, message_id="m1"))
    assert (edited.position, edited.edition) == (1, 1)


async def test_an_edit_beside_a_masked_text_is_one_more_message(engine: Engine, store: Store) -> None:
    """Where a secret of another message was masked an edit cannot take its place: it is read on, and counts once."""
    screening = Screening(lambda: engine, store, clock=Clock())
    await screening.screen(incoming("Your OTP is 482913", message_id="m0"))
    first = await screening.screen(incoming(CONTACT, message_id="m1"))
    edited = await screening.screen(incoming(CONTACT + " now", message_id="m1"))
    assert (edited.position, edited.decisions[0].count) == (2, first.decisions[0].count)
    again = await screening.screen(incoming(CONTACT + " now", message_id="m1"))
    assert (again.repeated, again.verdict_id) == (True, edited.verdict_id)


@pytest.mark.parametrize(
    "text",
    [
        "zip code 90210",
        "use the promo code 20255",
        "A password is required",
        "Thank you, the invoice 20331 has arrived.",
        "send the code within 48 hours",
        "Order 1234567 arrives on 12 May 2026",
        "the opinion poll of 4829 people",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    """Other codes, hours, orders and words that only sound alike are left alone."""
    found: list[Any] = secret_values.find(text)
    assert found == []


@pytest.mark.parametrize(
    "unit", ["4 ", "otp 1234 ", "code ", "password: ", "4111 1111 ", "123456 is your x code ", "1..."]
)
def test_looking_for_secrets_takes_linear_time(unit: str) -> None:
    """Ten times the text takes about ten times the work, whatever somebody fills it with."""
    short, long = ((unit * size)[:size] for size in (2_000, 20_000))
    assert spent(long) < 40 * spent(short)


def spent(text: str) -> float:
    """The least of three times that the search took of the processor, so that nobody else's work counts."""

    def once() -> float:
        start = time.process_time()
        secret_values.find(text)
        return time.process_time() - start

    return min(once() for _ in range(3))
