"""A verdict says when the text model had no say."""

from __future__ import annotations

import pytest

from lurewatch import Conversation, Engine, Message


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Your parcel is held at the depot, pay the customs fee to have it delivered", False),
        ("您的银行卡已被冻结，请点击链接更新资料", False),
        ("გთხოვთ გადაიხადოთ თანხა დღესვე, თორემ ანგარიში დაიბლოკება", True),
        ("እባክዎን ገንዘቡን ዛሬ ይክፈሉ", True),
    ],
)
def test_an_unknown_script_is_uncertain(engine: Engine, text: str, strange: bool) -> None:
    """In a script that nothing was learned of the verdict is uncertain, and the text model adds nothing."""
    verdict = engine.assess(Conversation((Message(text),)))
    assert verdict.uncertain is strange
    assert not strange or not any(name.startswith("text_model") for name in verdict.contributions)
