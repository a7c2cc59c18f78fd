"""Leaving out: what is measured was not learned from."""

from __future__ import annotations

import random

from lurewatch import Engine
from lurewatch.engine.model import Conversation, Message
from lurewatch.lab import contrast, families, learning, training
from lurewatch.lab.corpus import LabelledConversation, LabelledMessage, Row
from lurewatch.lab.lessons import Lesson, named, read
from lurewatch.lab.scoring import Order, shares

from .data import scored

FILES = [f"file{number}" for number in range(7)]


def row(source: str, text: str = "hello", label: str = "scam", lang: str = "") -> LabelledMessage:
    """A labelled message."""
    return LabelledMessage(source, text, label, lang=lang)  # type: ignore[arg-type]


def lesson(family: str, cluster: int = -1, lang: str = "en") -> Lesson:
    """A lesson of a family, with nothing in it."""
    return Lesson(family, family, "scam", lang, (), cluster)


def test_families_are_measured_once_and_hidden_meanwhile() -> None:
    """Every file is measured in one fold, where its family and the near-duplicates of its rows are hidden."""
    lessons = [lesson(name, number) for number, name in enumerate(FILES)]
    lessons += [lesson("contrast:en:parcel"), lesson("file6", 0)]
    folds = list(families.by_family(lessons))
    assert len(folds) == training.FOLDS
    for name in FILES:
        (mine,) = [fold for fold in folds if fold.measured(row(name))]
        assert mine.hidden(lesson(name))
    for fold in folds:
        measured = {name for name in FILES if fold.measured(row(name))}
        clusters = {one.cluster for one in lessons if one.family in measured}
        for one in lessons:
            if one.family in FILES:
                assert fold.hidden(one) == (one.family in measured or one.cluster in clusters)
    assert sum(fold.hidden(lesson("contrast:en:parcel")) for fold in folds) == 1


def test_files_of_a_family_are_left_out_together() -> None:
    """Two files of one origin are measured in the same fold."""
    folds = families.by_family([lesson("uci_mishra"), *map(lesson, FILES)])
    for fold in folds:
        assert fold.measured(row("sms_uci")) == fold.measured(row("sms_mishra_soni"))


def test_a_language_is_hidden_with_its_invented_pairs() -> None:
    """What is in the language is measured, by script or statement, and all lessons in it are hidden."""
    (turkish, chinese) = families.by_language(["tr", "zh"])
    assert turkish.measured(row("mine", "kargonuz geldi", lang="tr"))
    assert not turkish.measured(row("mine", "your parcel is here", lang="en"))
    assert chinese.measured(row("mine", "您的快递到了", lang="en"))
    talk = LabelledConversation("mine", Conversation((Message("您的快递到了"),)), "scam")
    assert not chinese.measured(talk)
    assert chinese.hidden(lesson("contrast:zh:parcel", lang="zh"))
    assert not chinese.hidden(lesson("contrast:tr:parcel", lang="tr"))


def test_invented_conversations_are_hidden_with_their_language(engine: Engine) -> None:
    """An invented conversation in Indonesian is a lesson in Indonesian."""
    (fold,) = families.by_language(["id"])
    talks = [talk for talk in contrast.conversations() if talk.lang == "id"][:2]
    assert talks
    assert all(fold.hidden(one) for one in read(engine, named(talks, range(len(talks)))))


LILAC = "lilac parcel waiting share hidden word number under garden bench before lantern closes gate tonight"
QUIET = "lovely evening dinner photos thanks children slept well window rain coffee bread morning walk along"
STRANGE = "zyxo wvut qrst klmn vbqx jjkz xwqo uuvy zzkq qyyw vvkx wqzj"


def texts(words: str, name: str, amount: int = 30) -> list[str]:
    """Different texts of these words that are no near-duplicates of each other."""
    chance = random.Random(name)  # noqa: S311 - the same texts every time
    return [" ".join(chance.sample(words.split(), 7)) for _ in range(amount)]


def test_a_fold_is_judged_by_an_engine_that_has_not_seen_it(engine: Engine) -> None:
    """Words that every file shares are found in the file left out; words of its own are not."""
    rows: list[Row] = []
    for name in FILES[:6]:
        rows += [row(name, text, "scam") for text in texts(STRANGE if name == "file0" else LILAC, name)]
        rows += [row(name, text, "honest") for text in texts(QUIET, name)]
    lessons = learning.read(engine, rows, invented=False)
    folds = [fold for fold in families.by_family(lessons) if fold.measured(row("file0")) or fold.measured(row("file1"))]
    judged = [one for _, some in families.left_out(engine, rows, folds, lessons, Order(), 1) for one in some]
    found = families.shares(judged, "scam")
    assert found["file0"] == 0.0
    assert found["file1"] > 0.9
    assert max(families.shares(judged, "honest").values()) == 0.0


def test_shares_are_of_files_large_enough() -> None:
    """The share found in each file with enough rows of the label, plain ones unless a disguise is named."""
    rows = [scored("scam", 0.9 if n % 2 else 0.1, source="large") for n in range(families.FEWEST)]
    rows += [scored("scam", 0.9, source="small"), scored("honest", 0.9, source="large")]
    rows += [scored("scam", 0.9, source="large", attack="leet") for _ in range(families.FEWEST)]
    assert shares(rows, "scam", fewest=families.FEWEST) == {"large": 0.5}
    assert shares(rows, "scam", attack="leet", fewest=families.FEWEST) == {"large": 1.0}
    assert list(families.told("recall", {"b": 1.0, "a": 0.5})) == [
        "recall: mean 75.00%",
        "    50.00% a",
        "   100.00% b",
    ]
    assert list(families.told("recall", {})) == ["recall: mean 0.00%"]
