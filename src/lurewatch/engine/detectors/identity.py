"""Who somebody says they are, against what shows."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.detectors.case import Case, weigh
from lurewatch.engine.model import Finding

NEW_ACCOUNT_DAYS = 30.0


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
    names = {claim for claim in dossier.claims if claim.startswith("name:")}
    if len(names) > 1:
        yield 0.6, "gives different names: " + ", ".join(sorted(name.removeprefix("name:") for name in names))
    signatures = {claim for claim in dossier.claims if claim.startswith("signature:")}
    if len(signatures) > 1:
        yield 0.4, "signs with different names"
