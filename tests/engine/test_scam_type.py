"""The scam type by rules and wording together."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.packs.numbers import Calibration, Coefficients
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.scam_type import LEAST_CERTAINTY, Classifier
from lurewatch.engine.text_model import TypeModel, buckets

BITS = 14
LEMONS = "the lemons of the lilac umbrella wait for you at the pier"
PRIZE = "Congratulations! You won the lottery, claim your prize"
ALL_SCAMS = Calibration("t", *[Coefficients(6.0, {})] * 2)
NO_SCAMS = Calibration("t", *[Coefficients(-6.0, {})] * 2)


def taught(*lessons: tuple[str, str], vote: float = 1.0, steps: int = 100) -> TypeModel:
    """A model that takes each text for a type, and knows of nothing else."""
    types = tuple(sorted({name for _, name in lessons} | {"banking_scam", "romance_scam"}))
    weights = np.zeros((1 << BITS, len(types)), np.int8)
    for text, name in lessons:
        weights[buckets(text, BITS), types.index(name)] = steps
    return TypeModel("t", BITS, types, 0.01, (-2.0,) * len(types), vote, weights, {})


def judged(engine: Engine, model: TypeModel | None, *texts: str, calibration: Calibration = ALL_SCAMS) -> Verdict:
    """The verdict on one sender, by an engine that takes everything for a scam and has this type model."""
    pack = replace(engine.pack, type_model=model, text_model=None, calibration=calibration)
    return engine.with_pack(pack).assess(Conversation(tuple(Message(text, sender="a") for text in texts)))


def named(verdict: Verdict) -> tuple[str, str]:
    """The type and what it rests on."""
    return verdict.scam_type, verdict.type_basis


def test_wording_names_what_no_rule_knows(engine: Engine) -> None:
    """A wording that was learned has its type though no rule indicates any; without a model it is unknown."""
    verdict = judged(engine, taught((LEMONS, "romance_scam")), LEMONS)
    assert named(verdict) == ("romance_scam", "wording")
    assert verdict.threat_level == "high"
    assert verdict.type_certainty > 0.9
    assert verdict.type_confidence == 0.0
    assert "romantic interest" in verdict.reasoning
    assert named(judged(engine, None, LEMONS)) == ("unknown", "none")


def test_neither_knows(engine: Engine) -> None:
    """Where no rule indicates a type and the wording is not met either, the type is unknown, and certain to 0."""
    verdict = judged(engine, taught((LEMONS, "romance_scam")), "qklm bdfg hjnp rtvw")
    assert named(verdict) == ("unknown", "none")
    assert (verdict.type_certainty, verdict.threat_level) == (0.0, "medium")


def test_rules_and_wording_agree(engine: Engine) -> None:
    """Both together are surer than either alone."""
    both = judged(engine, taught((PRIZE.lower(), "lottery_scam"), steps=40), PRIZE)
    rules = judged(engine, taught((LEMONS, "romance_scam"), steps=40), PRIZE)
    assert named(both) == ("lottery_scam", "both")
    assert rules.scam_type == "lottery_scam"
    assert both.type_certainty > rules.type_certainty > 0
    assert both.type_confidence == rules.type_confidence > 0


def test_rules_and_wording_disagree(engine: Engine) -> None:
    """Then it depends on how much there is of each, and the verdict says which of them it rests on."""
    overruled = judged(engine, taught((PRIZE.lower(), "romance_scam"), vote=0.2), PRIZE)
    assert named(overruled) == ("romance_scam", "wording")
    upheld = judged(engine, taught((PRIZE.lower(), "romance_scam"), vote=5.0, steps=10), PRIZE)
    assert named(upheld) == ("lottery_scam", "rules")
    assert upheld.type_confidence == overruled.type_confidence > 0


def test_without_a_model_rules_name_the_type(engine: Engine) -> None:
    """As they did before there was one: by their number, and as sure as the published confidence."""
    verdict = judged(engine, None, PRIZE)
    assert named(verdict) == ("lottery_scam", "rules")
    assert verdict.type_certainty == verdict.type_confidence > 0


def test_no_scam_has_no_type(engine: Engine) -> None:
    """Below the threshold no type is named, whatever the wording says."""
    verdict = judged(engine, taught((LEMONS, "romance_scam")), LEMONS, calibration=NO_SCAMS)
    assert named(verdict) == ("not_scam", "none")
    assert (verdict.type_certainty, verdict.threat_level) == (0.0, "none")


def test_a_conversation_is_heard_as_a_whole(engine: Engine) -> None:
    """What a sender said before counts too, and the same words in one message or in two have the same type."""
    model = taught((LEMONS, "romance_scam"))
    verdict = judged(engine, model, LEMONS, "ok", "and now send it")
    assert named(verdict) == ("romance_scam", "wording")
    assert verdict == judged(engine, model, LEMONS, "ok", "and now send it")


def test_a_type_that_the_model_never_met_can_still_be_named(engine: Engine) -> None:
    """Rules that indicate a type outside of the model are heard beside it."""
    model = taught((LEMONS, "romance_scam"))
    assert "lottery_scam" not in model.types
    assert judged(engine, model, PRIZE).scam_type == "lottery_scam"


def test_an_engine_with_a_model_can_be_sent(engine: Engine) -> None:
    """Pickled and restored, as jobs are given it, it names the same type just as surely."""
    pack = replace(engine.pack, type_model=taught((LEMONS, "romance_scam")), calibration=ALL_SCAMS)
    here = engine.with_pack(pack)
    there = pickle.loads(pickle.dumps(here))
    conversation = Conversation((Message(LEMONS),))
    assert there.assess(conversation) == here.assess(conversation)


def test_what_is_shipped_names_what_no_rule_does(engine: Engine) -> None:
    """The shipped model knows types of the shipped taxonomy, and names plain wordings that indicate no rule."""
    pack: Pack = engine.pack
    assert pack.type_model is not None
    assert set(pack.type_model.types) == {scam_type.id for scam_type in pack.scam_types}
    found = Classifier(pack).name((), "hello dear, your parcel is waiting at our depot, a small fee of MO is due LU")
    assert found.scam_type is not None
    assert found.scam_type.id == "delivery_scam"
    assert found.basis == "wording"
    assert LEAST_CERTAINTY <= found.certainty <= 1
