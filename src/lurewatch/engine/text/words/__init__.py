"""The vocabulary that settles what disguised letters stand for: English, texting, the words of fraud.

English words were written down by hand and ordered by their counts in public messages (UCI SMS Spam Collection, Mishra
and Soni, Banking77, CLINC150, NLU++, Bitext, MultiDoGO, IBM customer care, SpamAssassin, YouTube Spam, CaSiNo);
of the words counted there, those entered that occur in several sources and are no names. Words of fraud also come in
Spanish, Portuguese, French, German, Indonesian and romanised Hindi.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lurewatch.engine.text.words import familiar, frequent, rare

_ORDERED = f"{frequent.TEXT} {familiar.TEXT} {rare.TEXT}".split()

RANK: Mapping[str, int] = MappingProxyType({word: rank for rank, word in enumerate(_ORDERED)})
WORDS: frozenset[str] = frozenset(_ORDERED)
