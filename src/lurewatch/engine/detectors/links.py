"""Where links lead: what is odd about the address itself, and how young the domain is."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.detectors.case import Case, weigh
from lurewatch.engine.model import Finding

YOUNG_DAYS = 30.0
_TRAITS = (
    ("userinfo", 0.9, "a link hides its target behind user information"),
    ("lookalike", 0.85, "a link imitates a known domain"),
    ("mixed_script", 0.85, "a link mixes scripts"),
    ("punycode", 0.7, "a link is written in punycode"),
    ("ip", 0.75, "a link goes to a bare IP address"),
    ("suspicious_tld", 0.6, "a link uses an often abused top-level domain"),
    ("shortener", 0.5, "a shortened link hides its target"),
    ("high_entropy", 0.4, "a link looks randomly generated"),
    ("many_subdomains", 0.3, "a link has many subdomains"),
    ("link_in_bio", 0.25, "a link goes through a link page"),
    ("unlisted", 0.2, "a link goes to an unknown domain"),
)


class LinkInfrastructure:
    """Odd addresses and young domains; 0 without a link."""

    def analyze(self, detector_input: Case) -> Finding:
        return weigh("link_infrastructure", _reasons(detector_input))


def _reasons(case: Case) -> Iterator[tuple[float, str]]:
    signals = case.dossier.signals
    if "url" in signals or "domain" in signals:
        for trait, probability, reason in _TRAITS:
            if f"url.{trait}" in signals or f"domain.{trait}" in signals:
                yield probability, reason
    for domain in case.dossier.domains:
        age = case.knowledge.domain_age_days.get(domain)
        if age is not None and age < YOUNG_DAYS:
            yield 0.8, f"{domain} was registered {age:.0f} days ago"
