"""The vocabulary that settles what disguised letters stand for: English, texting, the words of fraud.

English words were written down by hand and ordered by their counts in public messages (UCI SMS Spam Collection, Mishra
and Soni, Banking77, CLINC150, NLU++, Bitext, MultiDoGO, IBM customer care, SpamAssassin, YouTube Spam, CaSiNo);
of the words counted there, those entered that occur in several sources and are no names. Words of fraud also come in
Spanish, Portuguese, French, German, Dutch, Italian, Indonesian and romanised Hindi; these and the words of notices were
written down without counts, and stand last.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lurewatch.engine.text.words import familiar, foreign, frequent, hindi, notices, rare

_ORDERED = " ".join(part.TEXT for part in (frequent, familiar, rare, notices, hindi, foreign)).split()

RANK: Mapping[str, int] = MappingProxyType({word: rank for rank, word in enumerate(_ORDERED)})
WORDS: frozenset[str] = frozenset(_ORDERED)
