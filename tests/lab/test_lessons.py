"""Labelled rows become what can be learned from them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from lurewatch import Engine
from lurewatch.engine.model import Conversation, Message
from lurewatch.lab.corpus import LabelledConversation, LabelledMessage
from lurewatch.lab.lessons import Lesson, named, read

LURE = "Your account number {n} is blocked, share the OTP now"


def lessons(engine: Engine, *rows: LabelledMessage | LabelledConversation, jobs: int = 1) -> list[Lesson]:
    """The rows as lessons, each a cluster of its own."""
    return read(engine, named(rows, range(len(rows))), jobs)


def test_a_message_is_one_sender(engine: Engine) -> None:
    """What the rules saw and what the text model would read are kept, with source, family, cluster and language."""
    (found,) = lessons(engine, LabelledMessage("sms_mishra_soni", LURE.format(n="4 4 4"), "scam", lang="xx/id"))[:1]
    (sender,) = found.senders
    assert sender.features["rule.otp_request"] == 1.0
    assert sender.wordings == (engine.reader.wording(LURE.format(n="4 4 4")),)
    assert (found.source, found.family, found.cluster, found.lang) == ("sms_mishra_soni", "uci_mishra", 0, "id")
    assert found.alone
    assert not found.disguised


def test_a_conversation_is_its_senders(engine: Engine) -> None:
    """Each sender has their own features and the wordings of their own messages, in order."""
    turns = (("A", "Hello, who is this?"), ("B", "This is your bank"), ("A", "Oh"), ("B", LURE.format(n=1)))
    said = Conversation(tuple(Message(text, sender=sender) for sender, text in turns))
    (found,) = lessons(engine, LabelledConversation("talks", said, "scam"))
    first, second = found.senders
    assert first.wordings == ("hello, who is this?", "oh")
    assert second.wordings[0] == "this is your bank"
    assert "rule.otp_request" in second.features
    assert "rule.otp_request" not in first.features
    assert not found.alone


def test_some_messages_are_read_in_disguise_too(engine: Engine) -> None:
    """About one message in four has a disguised copy after it, the same each time; conversations have none."""
    rows = [LabelledMessage("mine", LURE.format(n=n) + "\ud800" * (n % 2), "scam") for n in range(60)]
    found = lessons(engine, *rows)
    copies = [lesson for lesson in found if lesson.disguised]
    assert 5 <= len(copies) <= 30
    assert len(found) == 60 + len(copies)
    assert found == lessons(engine, *rows)
    for before, copy in pairwise(found):
        if copy.disguised:
            assert (before.cluster, before.label, before.family) == (copy.cluster, copy.label, copy.family)
    talk = Conversation((Message(rows[0].text, sender="A"),))
    talks = [LabelledConversation("talks", replace(talk, id=str(n)), "scam") for n in range(9)]
    assert not any(lesson.disguised for lesson in lessons(engine, *talks))


def test_what_the_engine_refuses_is_left_out(engine: Engine) -> None:
    """A row that is longer than the engine reads is passed over, and the others are read."""
    rows = [LabelledMessage("mine", text, "honest") for text in ("see you at five", "x" * 20_001, "at the station")]
    assert {lesson.cluster for lesson in lessons(engine, *rows)} == {0, 2}


def test_an_empty_message_is_a_lesson(engine: Engine) -> None:
    """Nothing said is nothing seen, and no error."""
    (found, *_) = lessons(engine, LabelledMessage("mine", "", "honest"))
    assert found.senders[0].wordings == ("",)
