"""From findings to one probability: ``weighted`` is the published formula, ``calibrated`` the fitted one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lurewatch.engine.model import Finding
from lurewatch.engine.opinion import Opinion
from lurewatch.engine.packs.numbers import Coefficients
from lurewatch.engine.scam_type import Guess
from lurewatch.engine.state import Dossier
from lurewatch.engine.text_model import Wording

OPINION = "second_opinion"
"""The name under which an opinion stands among what adds to the log-odds."""
MOST_OF_AN_OPINION = 5.0
MOST_OF_HISTORY = 5.0
_SURE = 0.9999
RELIEF = ("long_text", "official_link")
"""The features that speak for the sender; every other one can only speak against them."""
_LONG, _VERY_LONG = 300, 3_000
_PRESENT = (
    "url.unlisted",
    "url.shortener",
    "url.lookalike",
    "url.suspicious_tld",
    "url.ip",
    "url.link_in_bio",
    "url.high_entropy",
    "phone",
    "phone.premium",
    "email.free_mail",
    "messaging_app",
    "payment_app",
    "handle",
    "wallet",
    "money",
    "money.large",
    "date.deadline",
)
_CHANNELS = frozenset(("url.unlisted", "phone", "email", "messaging_app", "handle", "wallet", "upi", "bank_account"))
_OFF_PLATFORM = ("bypass_intent", "payment_bypass", "platform_bypass", "fraud_data", "fraud_talk", "manipulation")


def weighted(findings: Mapping[str, Finding], weights: Mapping[str, float]) -> float:
    """``100 * sum(weight * score)`` in [0,100]; detectors not in ``findings`` count as 0."""
    return 100.0 * sum(weight * findings[name].score for name, weight in weights.items() if name in findings)


def detector_weights(listed: Mapping[str, float], plugged: Mapping[str, float]) -> dict[str, float]:
    """Weights that sum to 1: each detector the file does not list scales the others by 1 - its weight."""
    weights = dict(listed)
    for name, weight in plugged.items():
        if name not in listed:
            weights = {other: value * (1.0 - weight) for other, value in weights.items()}
            weights[name] = weight
    return weights


def features(
    dossier: Dossier, findings: Mapping[str, Finding], guess: Guess, categories: Mapping[str, str]
) -> dict[str, float]:
    """What the calibrated fusion sees: name -> value in (0,1]; what is absent is 0.

    ``categories`` maps rule ids to their category. Names are ``<detector>``, ``tactic.<name>``, ``category.<name>``,
    ``rule.<id>``, ``signal.<name>``, ``stage.<name>`` and a few combinations of independent families of evidence.
    """
    values = {name: finding.score for name, finding in findings.items() if finding.score}
    for name, tactic in dossier.tactics.items():
        values[f"tactic.{name}"] = tactic.score
    for rule, weight in dossier.evidence.items():
        values[f"rule.{rule}"] = 1.0
        category = categories[rule]
        if category in _OFF_PLATFORM:
            name = f"category.{category}"
            values[name] = max(values.get(name, 0.0), weight)
    signals = dossier.signals
    if signals:
        for name in _PRESENT:
            if name in signals:
                values[f"signal.{name}"] = 1.0
    for begun in dossier.course.begun:
        if begun.rule:  # the mere contact says nothing
            values[f"stage.{begun.stage}"] = 1.0
    if dossier.disguises:
        values["disguised"] = min(1.0, dossier.disguises / 3)
    if guess.confidence:
        values["scam_type"] = guess.confidence
    values |= heard(dossier.wording)
    values |= _relief(dossier)
    _combine(values, dossier, guess)
    return values


def heard(wording: Wording | None) -> dict[str, float]:
    """What the text model adds to the features: ``text_model`` from honest to even, ``text_model.lure`` beyond.

    Both fade out as the wording becomes unfamiliar, so that the rules decide alone.
    """
    if wording is None:
        return {}
    return {name: value for name, value in (("text_model", wording.even), ("text_model.lure", wording.lure)) if value}


def _relief(dossier: Dossier) -> dict[str, float]:
    """Long texts hold more of everything; a link to the real site with no other way to answer is how notices look."""
    found = {}
    if dossier.longest > _LONG:
        found["long_text"] = min(1.0, math.log(dossier.longest / _LONG) / math.log(_VERY_LONG / _LONG))
    if "url.official" in dossier.signals and _CHANNELS.isdisjoint(dossier.signals):
        found["official_link"] = 1.0
    return found


def _combine(values: dict[str, float], dossier: Dossier, guess: Guess) -> None:
    """Agreement between families that fail for different reasons is worth more than more of the same."""
    channel = not _CHANNELS.isdisjoint(dossier.signals)
    tactics = len(dossier.tactics)
    if channel and guess.confidence:
        values["type_with_channel"] = guess.confidence
    if channel and tactics:
        values["tactics_with_channel"] = min(1.0, tactics / 4)
    families = (bool(guess.confidence), tactics > 1, channel, bool(dossier.disguises), bool(dossier.brands))
    values["agreement"] = max(0, sum(families) - 1) / (len(families) - 1)


def calibrated(values: Mapping[str, float], coefficients: Coefficients) -> tuple[float, dict[str, float]]:
    """The probability in [0,1], and what each feature adds to the log-odds."""
    weights, relief = coefficients.weights, coefficients.relief
    added = {name: weights[name] * value for name, value in values.items() if weights.get(name)}
    added |= {name: -relief[name] * values[name] for name in RELIEF if name in values and relief.get(name)}
    odds = coefficients.intercept + math.fsum(added.values())
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, odds)))), added


def pooled(probability: float, findings: Mapping[str, Finding], shares: Mapping[str, float]) -> float:
    """The probability with detectors that were not fitted: each has its share of it, as in the weighted sum.

    ``shares`` maps their names to weights in [0,1); one without a finding leaves the probability as it is.
    """
    for name, share in shares.items():
        if name in findings:
            probability = (1.0 - share) * probability + share * findings[name].score
    return probability


def advised(probability: float, opinion: Opinion, confirmed: float, *, alone: bool) -> tuple[float, float]:
    """The probability in [0,1] with a second opinion, and what that adds to the log-odds (>= 0).

    An opinion that calls it a scam and quotes evidence adds 5 times its confidence; every other one adds nothing, so
    a model that was talked into "safe" lowers nothing. ``alone`` says that no rule speaks beside it: it
    then ends below ``confirmed``, the lowest score (0-100) of that level.
    """
    highest = min(_SURE, confirmed / 100.0 - 0.0001) if alone else _SURE
    if not opinion.accuses or probability >= highest:
        return probability, 0.0
    before = _log_odds(probability)
    after = min(before + MOST_OF_AN_OPINION * opinion.confidence, _log_odds(highest))
    return 1.0 / (1.0 + math.exp(-after)), after - before


def remembered(probability: float, history: float, confirmed: float, *, alone: bool) -> tuple[float, float]:
    """The probability in [0,1] with what others confirmed, and what that adds to the log-odds (>= 0).

    ``history`` is the score in [0,1] of the historical detector; it adds 5 times itself. No labelled row says what was
    known when it was sent, so this cannot be fitted. ``alone`` is as in ``advised``: a victim may quote a number, too.
    """
    highest = min(_SURE, confirmed / 100.0 - 0.0001) if alone else _SURE
    if not history or probability >= highest:
        return probability, 0.0
    before = _log_odds(probability)
    after = min(before + MOST_OF_HISTORY * history, _log_odds(highest))
    return 1.0 / (1.0 + math.exp(-after)), after - before


def _log_odds(probability: float) -> float:
    return math.log(probability / (1.0 - probability))
