"""Training a type model: from rows whose kind is a scam type to a model that names unseen wordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lurewatch import Conversation, Engine, Message
from lurewatch.engine.packs.learned import TYPE_MODEL
from lurewatch.engine.packs.numbers import Calibration, Coefficients
from lurewatch.engine.packs.pack import Files, parse
from lurewatch.engine.text_model import TypeModel, type_scorer
from lurewatch.lab import learning, type_training
from lurewatch.lab.lessons import Lesson, Sender

from .data import write_rows

SAID = {
    "delivery_scam": ("your parcel {n} waits, pay the fee", "the courier {n} holds your parcel", "fee for parcel {n}"),
    "loan_scam": ("a loan of {n} without papers", "instant credit {n}, low interest", "your loan {n} is approved"),
    "romance_scam": ("my love, I miss you {n}", "dear, {n} days until our wedding", "I dream of you, love {n}"),
}


def lesson(name: str, n: int, source: str = "mine", **changes: object) -> Lesson:
    """A lure of a type of which the rules saw nothing."""
    senders = (Sender({}, (SAID[name][n % 3].format(n=n),)),)
    values = {"lang": "en", "senders": senders, "types": (name,), **changes}
    return Lesson(source, source, "scam", **values)  # type: ignore[arg-type]


def lessons(files: int = 3, each: int = 9) -> list[Lesson]:
    """Files with lures of every type."""
    return [lesson(name, n, f"file{file}") for file in range(files) for name in SAID for n in range(each)]


def learned(found: Sequence[Lesson], **indicates: tuple[str, ...]) -> TypeModel:
    """The model of these lessons, each file a fold."""
    folds = {source: number for number, source in enumerate(sorted({one.source for one in found}))}
    model = type_training.learn(
        found, [folds[one.source] for one in found], {f"rule.{name}": types for name, types in indicates.items()}, "v"
    )
    assert model is not None
    return model


def best(model: TypeModel, text: str) -> str:
    """The type that a text scores highest for."""
    scores = model.scores(text)
    return max(scores, key=scores.__getitem__)


def test_unseen_wordings_are_named() -> None:
    """Sentences that were not learned from are named by what they share with those that were."""
    model = learned(lessons())
    assert model.types == tuple(sorted(SAID))
    assert best(model, "pay for the parcel that the courier holds") == "delivery_scam"
    assert best(model, "approved: credit without papers") == "loan_scam"
    assert best(model, "I miss our love, dear") == "romance_scam"
    assert model.about["named"] > 0
    assert model.about["right"] > 0.9


def test_the_same_lessons_give_the_same_file() -> None:
    """To the last byte."""
    assert type_scorer.dump(learned(lessons())) == type_scorer.dump(learned(lessons()))


def test_votes_count_for_what_they_are_worth() -> None:
    """Rules that are right where wordings tell nothing are worth more than rules that are wrong as often."""
    said = [
        replace(
            lesson(name, n, f"file{file}"),
            senders=(Sender({f"rule.{rule}": 1.0}, (f"hello {n}, see you at LU number {file}",)),),
        )
        for file in range(3)
        for n in range(12)
        for name, rule in (("loan_scam", "one"), ("romance_scam", "two"))
    ]
    right = learned(said, one=("loan_scam",), two=("romance_scam",))
    wrong = learned(said, one=("romance_scam",), two=("loan_scam",))
    assert right.vote > 2 > wrong.vote > 0


def test_one_of_several_right_types_is_right() -> None:
    """A kind that several types would fit teaches none of them against the other."""
    found = [*lessons(), *(lesson("loan_scam", n, "both", types=("loan_scam", "romance_scam")) for n in range(9))]
    model = learned(found)
    assert best(model, "approved: credit without papers") in ("loan_scam", "romance_scam")
    assert best(model, "the courier holds your parcel") == "delivery_scam"


@pytest.mark.parametrize("found", [[], [lesson("loan_scam", 1)], [lesson("loan_scam", 1, types=())] * 3])
def test_fewer_than_two_types_teach_nothing(found: list[Lesson]) -> None:
    """Then there is no model, and the pack goes on as it was."""
    assert type_training.learn(found, [0] * len(found), {}) is None


def test_the_sender_who_lures_is_learned() -> None:
    """Of a conversation what that sender said in whom rules saw most is learned, all of it, and once."""
    talk = lesson(
        "loan_scam",
        0,
        alone=False,
        senders=(Sender({"text_model": 1.0}, ("oh", "no")), Sender({"rule.x": 1.0}, ("a loan", "for you"))),
    )
    (found,) = type_training.texts([talk, talk], [0, 0], {"rule.x": ("loan_scam", "job_scam")})
    assert found.words == "a loan\nfor you"
    assert found.votes == {"loan_scam": 1, "job_scam": 1}


def test_rows_with_types_make_a_pack_that_names_them(engine: Engine, tmp_path: Path) -> None:
    """From files to an overlay: a kind that is a scam type is learned, and an unseen wording gets its name."""
    for file in range(3):
        scams = [
            {"text": SAID[name][n % 3].format(n=n), "label": "scam", "kind": name} for name in SAID for n in range(9)
        ]
        calm = [{"text": f"see you at dinner {n}, the photos are lovely", "label": "ham"} for n in range(20)]
        write_rows(tmp_path / f"file{file}.jsonl", [*scams, *calm])
    found = learning.from_files(engine, [tmp_path], learning.Choice(invented=False))
    files = dict(learning.files(found))
    core: Files = {"pack.yaml": b"name: tiny\nversion: 1\n", "scam_types.yaml": b"scam_types: []\n"}
    read = parse(core, {TYPE_MODEL: files[TYPE_MODEL]})
    always = Calibration("t", *[Coefficients(6.0, {})] * 2)
    judging = engine.with_pack(replace(engine.pack, type_model=read.type_model, text_model=None, calibration=always))
    verdict = judging.assess(Conversation((Message("dear, I dream of our wedding"),)))
    assert (verdict.scam_type, verdict.type_basis) == ("romance_scam", "wording")
