"""Training: balanced texts, folds of whole families, and a pack that reads what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message
from lurewatch.engine.packs.documents import read as read_document
from lurewatch.engine.packs.numbers import parse_calibration
from lurewatch.engine.packs.pack import Files, parse
from lurewatch.engine.text_model import dump
from lurewatch.errors import InputError
from lurewatch.lab import learning, training
from lurewatch.lab.lessons import Lesson, Sender
from lurewatch.lab.text_training import Text, balance, texts, train

from .data import write_rows

LURES = ("share the code {n} now", "your account {n} is blocked, share the code", "click LU and share the code {n}")
CALM = ("see you at dinner {n}", "the photos of the evening {n} are lovely", "thank you for dinner and the photos {n}")


def sentence(lure: bool, n: int) -> str:
    """An invented sentence."""
    return (LURES if lure else CALM)[n % 3].format(n=n)


def lesson(source: str, label: str, text: str, family: str = "", **changes: object) -> Lesson:
    """A message of which the rules saw nothing."""
    values = {"lang": "en", "senders": (Sender({}, (text,)),), **changes}
    return Lesson(source, family or source, label, **values)  # type: ignore[arg-type]


def lessons(families: int, each: int = 12) -> list[Lesson]:
    """Families of a file each, with as many lures as honest messages."""
    return [
        lesson(f"file{family}", "scam" if lure else "honest", sentence(lure, n))
        for family in range(families)
        for lure in (True, False)
        for n in range(each)
    ]


def example_texts(lure: bool, amount: int, source: str = "mine", lang: str = "en") -> list[Text]:
    """So many texts of one kind."""
    return [Text(sentence(lure, n), lure, source, lang) for n in range(amount)]


def total(found: Sequence[Text], **wanted: object) -> float:
    """What the texts with these values count together."""
    counts = balance(found)
    mine = [all(getattr(text, name) == value for name, value in wanted.items()) for text in found]
    return float(counts[np.array(mine)].sum())


@given(*[st.integers(1, 40)] * 4)
def test_lures_and_honest_texts_of_a_language_count_the_same(one: int, other: int, third: int, fourth: int) -> None:
    """However many there are of each, so that a language is no evidence; on average a text counts 1."""
    found = [
        *example_texts(True, one),
        *example_texts(False, other),
        *example_texts(True, third, "weit", "de"),
        *example_texts(False, fourth, "nah", "de"),
    ]
    for lang in ("en", "de"):
        assert total(found, lang=lang, lure=True) == pytest.approx(total(found, lang=lang, lure=False))
    assert balance(found).mean() == pytest.approx(1.0)


def test_a_language_with_one_kind_counts_nothing() -> None:
    """Its words would be learned as what is honest, or as what is not."""
    found = [*example_texts(True, 9), *example_texts(False, 9), *example_texts(True, 9, "weit", "de")]
    assert total(found, lang="de") == 0.0
    assert total(found, lang="en") == pytest.approx(27)


def test_a_long_file_does_not_drown_a_short_one() -> None:
    """A file counts by the square root of its rows."""
    found = [*example_texts(True, 4, "short"), *example_texts(True, 64, "long"), *example_texts(False, 10)]
    assert total(found, source="long") == pytest.approx(4 * total(found, source="short"))


def test_an_obvious_distinction_is_learned() -> None:
    """Texts of either kind that were not learned from are told apart, and what was never met is unfamiliar."""
    found = train([*example_texts(True, 60), *example_texts(False, 60)], "v", bits=16, about={"rows": 120})
    assert found.read("please share the code now").odds > 1 > -1 > found.read("the photos are lovely, see you").odds
    assert found.read("zygmunt kwok wuppertal").known < 0.3 < found.read("share the code").known
    assert (found.version, found.about) == ("v", {"rows": 120})
    assert dump(found) == dump(train([*example_texts(True, 60), *example_texts(False, 60)], "v", 16, {"rows": 120}))


@pytest.mark.parametrize(
    "found",
    [
        [],
        example_texts(True, 5),
        example_texts(False, 5),
        [*example_texts(True, 5, lang="en"), *example_texts(False, 5, lang="th")],
    ],
)
def test_one_kind_of_text_teaches_nothing(found: list[Text]) -> None:
    """Without lures and honest texts in the same language nothing can be learned, and that is said."""
    with pytest.raises(InputError, match="lures and honest texts"):
        train(found)


def test_texts_with_nothing_in_common_teach_nothing() -> None:
    """Where no run of letters is in three texts nothing can be learned, and that is said."""
    words = ("ab", "cd", "ef", "gh")
    with pytest.raises(InputError, match="too few"):
        train([Text(word, lure=n % 2 == 0, source="mine", lang="en") for n, word in enumerate(words)])


def test_which_texts_are_learned() -> None:
    """Messages are, conversations and advertising are not, except where a source's advertising is mostly fraud."""
    given_ = [
        lesson("mine", "scam", "one"),
        lesson("mine", "honest", "two"),
        lesson("mine", "spam", "three"),
        lesson("weak_spamhunter_reports", "spam", "four"),
        lesson("talks", "scam", "five", alone=False),
        lesson("mine", "scam", "six", disguised=True),
    ]
    found = [(text.wording, text.lure, text.copy) for text in texts(given_)]
    assert found == [("one", True, False), ("two", False, False), ("four", True, False), ("six", True, True)]


def test_copies_are_cut_short_or_without_links() -> None:
    """Of many texts some are learned once more in part; a copy holds no other words, and it is the same each time."""
    long = [lesson("mine", "scam", f"dear {n} please open LU now and share the \ud800 code with us") for n in range(80)]
    found = list(texts(long))
    assert found == list(texts(long))
    copies = [text for text in found if text.copy]
    assert 20 <= len(copies) <= 70
    assert any("LU" not in text.wording.split() for text in copies)
    whole = {text.wording for text in found if not text.copy}
    assert not whole.intersection(text.wording for text in copies)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60))
def test_folds_keep_families_whole(families: list[str]) -> None:
    """All rows of a family are in one fold, every fold is one of five, and the same rows give the same folds."""
    rows = [lesson("x", "scam", "text", family) for family in families]
    found = training.folds(rows)
    placed = dict(zip(families, found, strict=True))
    assert found == [placed[family] for family in families]
    assert set(found) <= set(range(training.FOLDS))
    assert len(set(found)) == min(training.FOLDS, len(set(families)))


def test_the_largest_family_is_alone() -> None:
    """Families are placed where there is most room, so that folds are as even as families let them be."""
    rows = [lesson("x", "scam", "text", family) for family in "aaaaaaaabbbccd"]
    folds = dict(zip("aaaaaaaabbbccd", training.folds(rows), strict=True))
    assert len(set(folds.values())) == 4


@pytest.fixture(scope="module")
def learned() -> training.Learned:
    """What a small invented set teaches that the rules know nothing of."""
    seen: list[tuple[int, int]] = []
    found = training.learn(lessons(6, 30), training.Recipe("v7"), lambda done, steps: seen.append((done, steps)))
    assert seen == [(number, 7) for number in range(1, 8)]
    return found


def test_a_small_set_is_learned(learned: training.Learned) -> None:
    """Where wordings tell, the fusion trusts the model and finds scams in files that the hearing model never saw."""
    for part in learned.parts:
        assert part.model.weights["text_model"] > 0
        assert part.model.weights["text_model.lure"] > 0
        assert min(training.shares(part, scam=True).values()) > 0.9
        assert max(training.shares(part, scam=False).values()) == 0.0
    assert [part.name for part in learned.parts] == ["message", "conversation"]


def test_the_pack_reads_what_was_learned(learned: training.Learned) -> None:
    """The document is a pack's fusion.yaml, to the last digit; the same fit writes the same text."""
    problems: list[object] = []
    document = read_document("fusion.yaml", training.document(learned).encode(), [])
    found = parse_calibration(document, lambda *problem: problems.append(problem))
    assert problems == []
    assert found == learned.calibration
    assert found.version == "v7"
    assert document["message"]["fitted"] == {"scam_rows": 180, "honest_rows": 180}
    again = training.learn(lessons(6, 30), training.Recipe("v7"))
    assert learning.files(again) == learning.files(learned)


def test_what_was_learned_is_an_overlay(engine: Engine, learned: training.Learned) -> None:
    """Laid over a pack it gives an engine that hears the wording."""
    core: Files = {"pack.yaml": b"name: tiny\nversion: 1\n", "scam_types.yaml": b"scam_types: []\n"}
    read = parse(core, dict(learning.files(learned)))
    judging = engine.with_pack(replace(engine.pack, text_model=read.text_model, calibration=read.calibration))
    lure, calm = (
        judging.assess(Conversation((Message(text),))).scam_probability
        for text in ("share the code 5 now", "the photos of the evening are lovely")
    )
    assert lure > 50 > calm
    assert judging.versions.model == "v7"


def test_a_family_that_cannot_be_left_out_is_named() -> None:
    """When one family holds all the lures, nobody could say what the model is worth on unseen text."""
    rows = [*lessons(1), *(lesson("other", "honest", sentence(False, n)) for n in range(9))]
    with pytest.raises(InputError, match="without file0 nothing can be learned"):
        training.learn(rows)


def test_only_what_may_be_learned_from_is() -> None:
    """Files for evaluation are passed over, a file that nobody listed is somebody's own."""
    rows = [lesson(name, "scam", "text") for name in ("mine", "chat_zh_offplatform", "sms_uci", "sms_turkish")]
    assert [row.source for row in training.trainable(rows)] == ["mine", "sms_uci", "sms_turkish"]


def test_a_sender_is_heard_by_the_message_most_like_a_lure() -> None:
    """Of several messages the one nearest to a lure counts; a sender without messages is not heard."""
    model = train([*example_texts(True, 60), *example_texts(False, 60)], bits=16)
    senders = (Sender({}, (CALM[0], LURES[0], CALM[1])), Sender({}, (LURES[0],)), Sender({}, ()))
    first, second, third = training.hear(model, lesson("x", "scam", "", senders=senders))
    assert first
    assert first == second
    assert first.lure > 0
    assert third is None


def test_from_files_to_a_pack(engine: Engine, tmp_path: Path) -> None:
    """Rows on disk are read, learned from and named in the model, which holds how many there were and no text."""
    for number in range(4):
        rows = [
            {"text": sentence(lure, n) + f" {number}", "label": "scam" if lure else "ham"}
            for lure in (True, False)
            for n in range(10)
        ]
        write_rows(tmp_path / f"file{number}.jsonl", rows)
    told: list[tuple[int, int, int]] = []
    found = learning.from_files(
        engine, [tmp_path], learning.Choice(version="w", invented=False), lambda *step: told.append(step)
    )
    assert found.text_model.about["half"] == "all"
    assert found.text_model.about["invented"] is False
    assert found.text_model.about["lessons"] >= 80
    assert {step for step, _, _ in told} == {0, 1}
    assert b"photos" not in dump(found.text_model)
    message = found.calibration.message
    learned = message.weights | {name: -size for name, size in message.relief.items()}
    assert all(learned[name] * weight > 0 for name, weight in training.expected(engine).items())


def test_no_rows_is_told(engine: Engine, tmp_path: Path) -> None:
    """Files without rows are named."""
    write_rows(tmp_path / "empty.jsonl", [])
    with pytest.raises(InputError, match=r"no rows to learn from"):
        learning.from_files(engine, [tmp_path])
