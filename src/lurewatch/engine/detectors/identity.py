"""Who somebody says they are, against what shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from lurewatch.engine.detectors.case import Case, weigh
from lurewatch.engine.model import Finding

NEW_ACCOUNT_DAYS = 30.0
_SHORT_FORM = 3
"""So many letters of a first name may stand for it."""


class IdentityMismatch:
    """A brand with a foreign link or private address, authority from a new account, contradictory names."""

    def analyze(self, detector_input: Case) -> Finding:
        return weigh("identity_mismatch", _reasons(detector_input))


def _reasons(case: Case) -> Iterator[tuple[float, str]]:
    dossier, metadata = case.dossier, case.metadata
    signals = dossier.signals
    foreign = "url.unlisted" in signals and "url.official" not in signals
    if dossier.brands and foreign:
        yield 0.6, f"names {dossier.brands[0]}, but links to {dossier.domains[0] if dossier.domains else 'elsewhere'}"
    if dossier.brands and "email.free_mail" in signals:
        yield 0.5, f"names {dossier.brands[0]}, but writes from a free mail address"
    authority = dossier.tactics.get("authority")
    if authority is not None and authority.score >= 0.5:
        if metadata.account_age_days is not None and metadata.account_age_days < NEW_ACCOUNT_DAYS:
            yield 0.5, f"claims authority with an account {metadata.account_age_days:.0f} days old"
        if metadata.verification_status is not None and metadata.verification_status.lower() != "verified":
            yield 0.4, "claims authority with an unverified account"
    names = _different(dossier.claims, "name:")
    if names:
        yield 0.6, "gives different names: " + ", ".join(names)
    if _different(dossier.claims, "signature:"):
        yield 0.4, "signs with different names"


def _different(claims: Sequence[str], kind: str) -> list[str]:
    """The names claimed in this way, sorted, when two of them belong to different people; else none."""
    names = sorted(claim.removeprefix(kind) for claim in claims if claim.startswith(kind))
    return names if any(not _agree(one, other) for one, other in combinations(names, 2)) else []


def _agree(one: str, other: str) -> bool:
    """Whether two names may be one person's: "john" and "john smith", "phil" and "philip"."""
    return any(
        word == name or (min(len(word), len(name)) >= _SHORT_FORM and (word.startswith(name) or name.startswith(word)))
        for word in one.split()
        for name in other.split()
    )
