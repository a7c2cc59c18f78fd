"""What drops the matches of a rule: its own ``unless``, and what excuses the groups it belongs to.

Most exceptions hold in the whole sentence. Those in which senders tell of themselves or of others do not reach a match
that turns to the reader from another clause: otherwise "they asked me too" before "share your OTP" would excuse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lurewatch.engine.packs.conditions import Condition, Lexicon
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.rules.conditions import Test, Vocabulary, any_of, compile_test
from lurewatch.engine.rules.evidence import Evidence, Spans
from lurewatch.engine.rules.sentences import Clauses, Sentences

_OPENERS = ("turn_to_reader",)
_TALES: Mapping[str, tuple[str, ...]] = {
    "retold": ("readers_own", "to_sender"),
    # who asks to be sent a new code says "send me", so only "your" tells that the reader's is meant
    **dict.fromkeys(("own_secret", "own_affairs", "customer_voice"), ("readers_own",)),
}
"""The concepts in which senders tell, each with those that turn a match beside them to the reader."""


@dataclass(frozen=True, slots=True)
class _Exception:
    """Where it holds; whether a part of the match may be it; and if it is a tale, what turns to the reader."""

    holds: Test
    inside: bool
    address: Test | None = None


class Exceptions:
    """The compiled exceptions of every rule, by its number."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self._openers = _some(_OPENERS, vocabulary)
        address = {tale: _some(concepts, vocabulary) for tale, concepts in _TALES.items()}
        self._of = [
            tuple(
                exception
                for conditions, inside in ((rule.unless, False), (rule.excuses, True))
                for exception in _compiled(conditions, address, vocabulary, inside=inside)
            )
            for rule in rules
        ]

    def reading(self, evidence: Evidence, text: str) -> Reading:
        """What is read of one message as far as exceptions need it; ``text`` is the original."""
        return Reading(self._of, self._openers, evidence, text)


class Reading:
    """One message: its sentences and clauses are found when the first exception holds that needs them."""

    def __init__(self, exceptions: list[tuple[_Exception, ...]], openers: Test, evidence: Evidence, text: str) -> None:
        self._exceptions, self._openers, self._evidence, self._text = exceptions, openers, evidence, text
        self._sentences: Sentences | None = None
        self._clauses: Clauses | None = None

    def left(self, number: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The matches of a rule that no exception drops."""
        for exception in self._exceptions[number]:
            others = exception.holds(self._evidence) if spans else ()
            if others:
                spans = [span for span in spans if not self._dropped(span, others, exception)]
        return spans

    def _dropped(self, span: tuple[int, int], others: Spans, exception: _Exception) -> bool:
        if self._sentences is None:
            self._sentences = Sentences(self._text)
        if not self._sentences.shared(span, others, inside=exception.inside):
            return False
        address = exception.address(self._evidence) if exception.address is not None else ()
        if not address:
            return True
        if self._clauses is None:
            self._clauses = self._sentences.clauses(self._openers(self._evidence))
        return not self._clauses.addressed(span, address) or self._clauses.shared(span, others, inside=exception.inside)


def _some(concepts: Iterable[str], vocabulary: Vocabulary) -> Test:
    """Where one of the concepts holds; a pack need not have them."""
    return any_of([compile_test(Lexicon(name), vocabulary) for name in concepts if vocabulary.has(name)])


def _compiled(
    conditions: Iterable[Condition], address: Mapping[str, Test], vocabulary: Vocabulary, *, inside: bool
) -> Iterator[_Exception]:
    """The tales one by one, and the others together."""
    others = []
    for condition in conditions:
        if isinstance(condition, Lexicon) and condition.name in address:
            yield _Exception(compile_test(condition, vocabulary), inside, address[condition.name])
        else:
            others.append(compile_test(condition, vocabulary))
    if others:
        yield _Exception(any_of(others), inside)
