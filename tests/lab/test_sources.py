"""What may be learned from: the list that training obeys and the model card that people read say the same."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from lurewatch.lab.sources import Source, source

CARD = Path(__file__).parents[2] / "docs" / "model-card.md"
ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \| (\w+) \| ([^|]+) \|$", re.MULTILINE)
NEVER = (
    *("sms_exais_nigeria", "chat_zh_offplatform", "bank_sms_pennywise_fixtures", "craigslist_listings"),
    *("newsgroups_crypt_forsale", "pii_stt_spoken_contacts", "mt_vishing_normal_daily_en", "dailydialog_en"),
)
LISTED = yaml.safe_load((files("lurewatch.lab") / "sources.yaml").read_text("utf-8"))


def card() -> dict[str, tuple[str, str]]:
    """Each file of the model card with its licence and its use."""
    rows = ROW.findall(CARD.read_text("utf-8"))
    return {name: (licence, use) for names, _, licence, use, _ in rows for name in re.findall(r"`(\w+)`", names)}


def test_the_model_card_and_the_list_agree() -> None:
    """Every file is in both, with the same use, and with an origin, a licence and a name to cite."""
    assert {name: use for name, (_, use) in card().items()} == {name: known["use"] for name, known in LISTED.items()}


@pytest.mark.parametrize("name", NEVER)
def test_what_is_for_evaluation_is_never_learned_from(name: str) -> None:
    """Files under a licence that is non-commercial, copyleft or unclear do not train a model that is shipped."""
    assert source(name).use == "evaluate"
    assert not source(name).trains


def test_a_strong_licence_is_never_learned_from() -> None:
    """No file whose licence asks the same of what is made from it, or forbids commerce, is trained on or cited."""
    for name, (licence, use) in card().items():
        assert use == "evaluate" or not re.search(r"GPL|-NC", licence), name
        assert use != "train" or not licence.startswith(("none", "research")), name
    assert {name for name, known in LISTED.items() if known["use"] == "evaluate"} == set(NEVER)


def test_files_of_one_origin_are_a_family() -> None:
    """Files that share rows or an origin are left out together; an unknown file is a family of its own that trains."""
    assert source("sms_uci").family == source("sms_mishra_soni").family
    assert source("nus_sms_legit").family == source("weak_nus_sms_ham_lower").family
    assert source("multidogo_customer_side").family == source("multidogo_customer_turns").family
    assert source("mine") == Source("mine", "train")
    assert all(source(name).weak for name in ("weak_spamhunter_reports", "weak_spamdam_lower"))
