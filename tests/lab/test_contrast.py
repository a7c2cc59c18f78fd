"""The invented pairs and conversations are whole: what is written in their files can be learned from."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
import yaml

from lurewatch import Engine
from lurewatch.lab import contrast
from lurewatch.lab.corpus import LabelledMessage
from lurewatch.lab.languages import language

FOLDER = files("lurewatch.lab") / "contrast"
NAMES = sorted(entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".yaml"))
TALKS = [name for name in NAMES if name.startswith("conversations")]
PAIRS = [name for name in NAMES if name not in TALKS]


@cache
def document(name: str) -> Any:
    """A file as it is written."""
    return yaml.load((FOLDER / name).read_bytes(), Loader=yaml.CSafeLoader)


@cache
def filled() -> tuple[tuple[str, LabelledMessage], ...]:
    """Every template filled in once."""
    return tuple(contrast.messages(1))


@pytest.mark.parametrize("name", PAIRS)
def test_a_file_of_pairs_is_whole(name: str) -> None:
    """Each pair has a kind of its own and different texts on both sides, none of which is on the other side, too."""
    found = document(name)
    assert set(found) <= {"lang", "slots", "currency", "amounts", "small", "pairs"}
    kinds = Counter(pair["kind"] for pair in found["pairs"])
    assert [kind for kind, count in kinds.items() if count > 1] == []
    for pair in found["pairs"]:
        assert set(pair) == {"kind", "type", "honest", "imitation"}, pair["kind"]
        sides = (pair["honest"], pair["imitation"])
        assert all(side and all(isinstance(text, str) and text.strip() for text in side) for side in sides)
        assert len({*sides[0], *sides[1]}) == len(sides[0]) + len(sides[1]), pair["kind"]


@pytest.mark.parametrize("name", TALKS)
def test_a_file_of_conversations_is_whole(name: str) -> None:
    """Two senders or more speak; of a scam it is said who lures, as what, and in which of their turns they ask."""
    for row in document(name):
        senders = [sender for sender, _ in row["turns"]]
        assert len(set(senders)) >= 2, row["id"]
        assert all(isinstance(text, str) and text.strip() for _, text in row["turns"]), row["id"]
        more = {"type", "lure", "ask"} if row["label"] == "scam" else set()
        assert set(row) == {"id", "lang", "channel", "label", "turns"} | more, row["id"]
        if row["label"] == "scam":
            assert 1 <= row["ask"] <= len(senders), row["id"]
            assert senders[row["ask"] - 1] == row["lure"], row["id"]


def test_every_slot_can_be_filled() -> None:
    """No template names a slot or a field that is not there, and none is left in a text."""
    assert [message.text for _, message in filled() if "{" in message.text or "}" in message.text] == []


def test_every_pair_has_both_labels() -> None:
    """What is left out together holds honest texts and imitations, in one language."""
    sides: dict[str, set[tuple[str, str]]] = {}
    for pair, message in filled():
        sides.setdefault(pair, set()).add((message.lang, message.label))
    assert all({label for _, label in found} == {"honest", "scam"} for found in sides.values())
    assert all(len({lang for lang, _ in found}) == 1 for found in sides.values())
    assert {message.source for _, message in filled()} == {f"contrast_{message.lang}" for _, message in filled()}


def test_the_conversations_balance_the_channels() -> None:
    """Every channel has as many scams as honest conversations, and no name occurs twice."""
    found = list(contrast.conversations())
    counts = Counter((row.source, row.label) for row in found)
    channels = {source for source, _ in counts}
    assert all(counts[source, "scam"] == counts[source, "honest"] for source in channels)
    assert len({row.conversation.id for row in found}) == len(found)
    assert all(row.lang for row in found)


def test_every_imitation_is_of_a_known_type(engine: Engine) -> None:
    """Each type that a pair or a conversation names is a scam type of the pack."""
    types = {one.id for one in engine.pack.scam_types}
    rows = [*(message for _, message in filled()), *contrast.conversations()]
    assert {row.kind for row in rows if row.label == "scam"} <= types


def test_the_same_filling_gives_the_same_text() -> None:
    """Texts depend on nothing but the files; more fillings add texts and change none."""
    again = [message for _, message in contrast.messages(2)]
    assert [message for _, message in filled()] == again[::2]
    assert len({message.text for message in again}) > 1.3 * len(again) / 2


def test_a_slot_has_one_value_in_a_text() -> None:
    """A name and the field beside it are of the same thing, and the choices of a slot are all named or all plain."""
    templates = [
        (document(name).get("slots") or {}, template)
        for name in PAIRS
        for pair in document(name)["pairs"]
        for template in (*pair["honest"], *pair["imitation"])
    ]
    tried = 0
    for (slots, template), (_, message) in zip(templates, filled(), strict=True):
        for slot, choices in slots.items():
            named = f"{{{slot}}}" in template or f"{{{slot}.name}}" in template
            if named and f"{{{slot}.site}}" in template:
                tried += 1
                assert any(choice["name"] in message.text and choice["site"] in message.text for choice in choices)
            assert len({isinstance(choice, dict) for choice in choices}) == 1, slot
    assert tried > 100


@pytest.mark.parametrize(
    ("text", "stated", "expected"),
    [
        ("your parcel is here", "", "en"),
        ("tu paquete", "es", "es"),
        ("ang iyong parcel", "en/tl", "tl"),
        ("พัสดุของคุณ", "", "th"),
        ("ваша посылка", "en", "ru"),
        ("您的快递到了", "", "zh"),
        ("お荷物の宛先が不明です", "zh", "ja"),
        ("택배가 도착했습니다", "", "ko"),
        ("आपका पार्सल", "en", "hi"),
        ("طردك هنا", "", "ar"),
        ("A 好 day to you", "", "en"),
        ("", "", "en"),
        ("x" * 400 + "посылка", "de", "de"),
    ],
)
def test_the_language_of_a_text(text: str, stated: str, expected: str) -> None:
    """The script decides where it can, by its beginning; then what is stated, the last of several; then English."""
    assert language(text, stated) == expected
