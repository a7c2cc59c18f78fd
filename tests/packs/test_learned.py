"""The text model and the type model as parts of a pack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lurewatch import Conversation, Engine, Message
from lurewatch.engine.packs.learned import TEXT_MODEL, TYPE_MODEL
from lurewatch.engine.packs.numbers import Calibration, Coefficients
from lurewatch.engine.packs.pack import Files, parse, survey
from lurewatch.engine.text_model import TextModel, TypeModel, buckets, dump, type_scorer
from lurewatch.errors import PackError

CORE: Files = {"pack.yaml": b"name: tiny\nversion: 1\n", "scam_types.yaml": b"scam_types: []\n"}
TEXT = "the lilac umbrella waits for you"


def model(version: str, step: int = 90) -> TextModel:
    """A model to which one invented sentence is a lure, and nothing else is known."""
    weights = np.zeros(1 << 12, np.int8)
    weights[buckets(TEXT, 12)] = step
    return TextModel(version, 12, 0.02, -1.0, weights, {})


def types(version: str) -> TypeModel:
    """A type model that knows two types and no words."""
    return TypeModel(version, 12, ("a", "b"), 0.1, (0.0, 0.0), 1.0, np.zeros((1 << 12, 2), np.int8), {})


def probability(engine: Engine, text: str = TEXT) -> float:
    """The probability of one message, 0 to 100."""
    return engine.assess(Conversation((Message(text),))).scam_probability


def test_an_overlay_replaces_the_model() -> None:
    """The model of the highest layer counts; a layer without one leaves it as it is."""
    below = {**CORE, TEXT_MODEL: dump(model("core"))}
    site = {TEXT_MODEL: dump(model("site"))}
    versions = [
        pack.text_model.version if pack.text_model else None
        for pack in (parse(CORE), parse(below), parse(below, site), parse(below, {}), parse(CORE, site))
    ]
    assert versions == [None, "core", "site", "core", "site"]


def test_an_overlay_replaces_the_type_model() -> None:
    """The type model of the highest layer counts, beside whichever text model there is, and is in the hash."""
    below = {**CORE, TEXT_MODEL: dump(model("core")), TYPE_MODEL: type_scorer.dump(types("core"))}
    site = {TYPE_MODEL: type_scorer.dump(types("site"))}
    packs = [parse(CORE), parse(below), parse(below, site), parse(below, {})]
    assert [pack.type_model.version if pack.type_model else None for pack in packs] == [None, "core", "site", "core"]
    assert [pack.text_model is None for pack in packs] == [True, False, False, False]
    assert len({pack.hash for pack in packs}) == len(packs)


def test_the_model_is_in_the_hash() -> None:
    """Packs that differ in the model alone have different hashes, and the same model the same one."""
    packs = [parse({**CORE, TEXT_MODEL: dump(model("1", step))}).hash for step in (90, 91, 90)]
    assert packs[0] == packs[2]
    assert len({parse(CORE).hash, *packs}) == 3


@pytest.mark.parametrize("name", [TEXT_MODEL, TYPE_MODEL])
@pytest.mark.parametrize("data", [b"", b"something else", dump(model("1"))[:-9], type_scorer.dump(types("1"))[:-9]])
def test_a_model_that_cannot_be_used_is_a_problem_with_a_remedy(name: str, data: bytes) -> None:
    """The pack is refused, and it is said which file it is and what to do about it."""
    _, problems = survey({**CORE, name: data})
    (problem,) = problems
    assert problem.file == name
    assert "cannot be used" in str(problem)
    assert "lurewatch train" in str(problem)
    with pytest.raises(PackError):
        parse(CORE, {name: data})


def test_relief_is_read_and_its_numbers_are_checked() -> None:
    """A fusion's relief arrives as written, none is none, and a negative one is refused with its place."""
    written = b"version: r1\nmessage: {intercept: -2, weights: {url: 1}, relief: {long_text: 0.5}}\n"
    found = parse({**CORE, "fusion.yaml": written}).calibration
    assert found.message == Coefficients(-2.0, {"url": 1.0}, {"long_text": 0.5})
    assert found.conversation.relief == {}
    _, problems = survey({**CORE, "fusion.yaml": written.replace(b"0.5", b"-0.5")})
    assert any("long_text" in str(problem) for problem in problems)


def test_the_model_speaks_through_the_fusion_alone(engine: Engine) -> None:
    """With a weight for it a model raises what it takes for a lure; without model or weight the rules judge alone."""
    listening = Calibration("t", *[Coefficients(-3.0, {"text_model": 1.0, "text_model.lure": 5.0})] * 2)
    deaf = Calibration("t", *[Coefficients(-3.0, {})] * 2)

    def judged(text_model: TextModel | None, calibration: Calibration) -> float:
        return probability(engine.with_pack(replace(engine.pack, text_model=text_model, calibration=calibration)), TEXT)

    assert judged(model("1"), listening) > 50 > judged(None, listening)
    assert judged(None, listening) == judged(None, deaf) == judged(model("1"), deaf)


def test_a_strange_message_hides_no_lure(engine: Engine) -> None:
    """What a sender writes beside a lure, however the model takes it, does not lower what it heard."""
    weights = model("1", 36).weights.copy()
    weights[buckets("zyxo", 12)] = 127
    calibration = Calibration("t", *[Coefficients(-3.0, {"text_model": 1.0, "text_model.lure": 5.0})] * 2)
    heard = TextModel("1", 12, 0.02, -1.0, weights, {})
    judging = engine.with_pack(replace(engine.pack, text_model=heard, calibration=calibration))
    strange = "zyxo zyxo zyxo zyxo zyxo qklm bdfg hjnp rtvw ceik flbq gzdm kxcr pjfw"
    lure, odd = (judging.reader.read(text).wording for text in (TEXT, strange))
    assert lure is not None
    assert odd is not None
    assert odd.odds > lure.odds
    assert odd.known < 0.35
    assert lure.known > 0.9
    for said in ((TEXT,), (TEXT, strange), (strange, TEXT)):
        conversation = Conversation(tuple(Message(text, sender="a") for text in said))
        assert judging.assess(conversation).scam_probability > 50


def test_an_engine_over_another_pack_judges_like_a_new_one(engine: Engine) -> None:
    """Without a model verdicts work, and ``with_pack`` there and back gives the verdicts of the first engine."""
    text = "Your account is blocked, share the OTP now"
    alone = engine.with_pack(replace(engine.pack, text_model=None))
    assert alone.assess(Conversation((Message(text),))).flags
    assert probability(alone.with_pack(engine.pack), text) == probability(engine, text)
