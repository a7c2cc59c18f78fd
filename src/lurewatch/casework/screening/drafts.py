"""What a message is on its way over the desk: read, then judged, in a conversation that is held meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

from lurewatch.casework.screening.nouns import Incoming
from lurewatch.engine.model import Knowledge, Verdict
from lurewatch.engine.state import ConversationState, Dossier


@dataclass(slots=True)
class Held:
    """A conversation whose row is locked, as it is and then as it will be."""

    seq: int
    state: ConversationState
    handed_off_at: float | None
    confirmed: bool
    """Whether it is known as a scam, with what it used so far."""
    anew: bool
    """Whether it was read from its texts, and not read on."""
    asked_at: float | None
    """When all its values were last looked up, and none was known."""
    away: dict[str, Dossier] = field(default_factory=dict)
    """Dossiers that are to be put away, as they are in no row of their own yet."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message that was read, and not yet judged; the state of ``held`` has it."""

    incoming: Incoming
    held: Held
    position: int
    edition: int = 0
    counted: int = 0
    """How many incidents of its pair earlier editions of the message were."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was judged with what is known, and not yet decided on."""

    incoming: Incoming
    held: Held
    position: int
    edition: int
    counted: int
    knowledge: Knowledge
    verdict: Verdict

    @property
    def anew(self) -> bool:
        """Whether the conversation was read from its texts for this."""
        return self.held.anew
