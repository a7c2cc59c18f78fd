"""One message after the other: read, judged, decided on and recorded in one step that is never half done."""

from lurewatch.casework.screening.bindings import Binding
from lurewatch.casework.screening.nouns import (
    DEFAULT_CHANNEL,
    DEFAULT_TENANT,
    ConversationKey,
    Incoming,
    PairKey,
    Screened,
)
from lurewatch.casework.screening.screening import Adviser, Screening
from lurewatch.casework.screening.terms import NO_TERMS, Terms

__all__ = [
    "DEFAULT_CHANNEL",
    "DEFAULT_TENANT",
    "NO_TERMS",
    "Adviser",
    "Binding",
    "ConversationKey",
    "Incoming",
    "PairKey",
    "Screened",
    "Screening",
    "Terms",
]
