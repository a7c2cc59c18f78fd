"""What screening takes in and gives back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec

from lurewatch.engine.model import NOTHING_KNOWN, Decision, Knowledge, Message, SenderMetadata, Verdict

DEFAULT_TENANT = "default"
DEFAULT_CHANNEL = "api"
LONGEST_ID = 200
"""Characters of an id, of an address and of who a message is from."""


class ConversationKey(NamedTuple):
    """Which conversation; ``id`` is what the platform calls it."""

    tenant: str
    channel: str
    id: str


class PairKey(NamedTuple):
    """Whose incidents are counted together."""

    tenant: str
    client: str
    advisor: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of one conversation, as the platform tells it.

    ``client`` and ``advisor`` are the pair whose incidents are counted; without either they are counted for the
    conversation and the sender. ``sender_type`` is what the sender is in the pair. The same ``idempotency_key`` stands
    for the same request, and is answered once. ``history`` is a hash of what was sent along before the message.
    ``knowledge`` is what others were asked about the conversation. ``language`` is a BCP 47 tag of what those in the
    conversation read, "" where nobody told. ``allowed`` are e-mail addresses and phone numbers that may be shared in
    this message. ``quoted`` is what it quotes and ``message`` leaves out; what of it was not said before is screened
    with the message. ``request_hash`` is the fingerprint of a message to which that was added.
    """

    conversation_id: str
    message: Message
    tenant: str = DEFAULT_TENANT
    channel: str = DEFAULT_CHANNEL
    client: str = ""
    advisor: str = ""
    sender_type: str = "client"
    sender_metadata: SenderMetadata = field(default_factory=SenderMetadata)
    idempotency_key: str = ""
    history: str = ""
    knowledge: Knowledge = NOTHING_KNOWN
    language: str = ""
    allowed: tuple[str, ...] = ()
    quoted: str = ""
    request_hash: str = ""

    @property
    def conversation(self) -> ConversationKey:
        """The conversation it belongs to."""
        return ConversationKey(self.tenant, self.channel, self.conversation_id)

    @property
    def pair(self) -> PairKey:
        """Whose incident it would be; addresses are the same in any case."""
        if self.client or self.advisor:
            return PairKey(self.tenant, folded(self.client), folded(self.advisor))
        return PairKey(self.tenant, pairless(self.conversation), self.message.sender)

    @property
    def actors(self) -> str:
        """A hash of whom an alert on it is on: the pair, else its sender wherever they write in this channel."""
        if self.client or self.advisor:
            named = ("pair", *self.pair)
        elif self.message.sender:
            named = ("sender", self.tenant, self.channel, folded(self.message.sender))
        else:
            named = ("conversation", *self.conversation)
        return hashlib.sha256(msgspec.json.encode(named)).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Changes with anything that was sent but the key."""
        if self.request_hash:
            return self.request_hash
        sent = replace(self, idempotency_key="", knowledge=NOTHING_KNOWN)
        return hashlib.sha256(msgspec.msgpack.encode(sent)).hexdigest()


@dataclass(frozen=True, slots=True)
class Screened:
    """The verdict on a conversation with its newest message, and what is to be done.

    ``position`` of the message counts from 0, ``edition`` how often it was edited. ``repeated`` says that the message
    had been screened before, and that this is what was said then. Without a store nothing is ``recorded`` and there is
    no ``verdict_id``.
    """

    verdict: Verdict
    decisions: tuple[Decision, ...]
    verdict_id: str = ""
    position: int = 0
    edition: int = 0
    recorded: bool = False
    repeated: bool = False


def folded(address: str) -> str:
    """An address as it is compared."""
    return address.strip().casefold()


def pairless(conversation: ConversationKey) -> str:
    """What stands for the client where there is no pair, and the sender for the advisor."""
    place = f"{conversation.channel}:{conversation.id}"
    if len(place) > LONGEST_ID:  # cut short it would be another conversation's too
        place = f"{conversation.channel}:{text_hash(conversation.id)}"
    return place


def text_hash(text: str) -> str:
    """What tells two texts apart without keeping them."""
    return hashlib.sha256(text.encode()).hexdigest()
