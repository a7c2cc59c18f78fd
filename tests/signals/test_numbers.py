"""Cards, bank accounts, Indian identifiers and wallets: checks by arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from tests.signals.seeing import see, traits, values


@pytest.mark.parametrize(
    "card",
    ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "3782 822463 10005", "5500.0000.0000.0004"],
)
def test_cards_that_pass_luhn_are_valid(card: str) -> None:
    """A card number in its usual groups is valid when the check digit is right."""
    (signal,) = see(f"selling {card} today", "card")
    assert (signal.value, signal.valid) == (card.translate(str.maketrans("", "", " -.")), True)
    assert signal.traits == {"luhn"}


@given(st.integers(min_value=10**13, max_value=10**14 - 1))
def test_exactly_one_check_digit_makes_a_card_valid(number: int) -> None:
    """Of the ten cards that differ in the last digit only, in groups of four, one is valid."""
    base = f"4{number}"
    right = luhn.calc_check_digit(base)
    for digit in "0123456789":
        full = base + digit
        (signal,) = see(" ".join(full[at : at + 4] for at in range(0, 16, 4)), "card")
        assert signal.valid is (digit == right)


@pytest.mark.parametrize(
    "text",
    [
        "order 4111111111111111 was sent",
        "IMEI 490154203237518 of the phone",
        "the years 1990 1991 1992 1994 were wet",
        "serial 1234567890123456",
        "tracking 9400111899223033005436",
        "at 1706543210123 exactly",
    ],
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    """Orders, devices, years and times are no cards, even when Luhn happens to pass."""
    assert values(text, "card") == []


def test_a_card_that_fails_luhn_is_told_as_such() -> None:
    """Sixteen digits in fours, or named a card, are reported as not valid."""
    (grouped,) = see("it is 4111 1111 1111 1112 I think", "card")
    (named,) = see("my credit card is 4111111111111112", "card")
    assert (grouped.valid, named.valid) == (False, False)


@pytest.mark.parametrize(
    "iban", ["GB29NWBK60161331926819", "GB29 NWBK 6016 1331 9268 19", "de89 3704 0044 0532 0130 00"]
)
def test_ibans_are_checked(iban: str) -> None:
    """An IBAN is read in groups or in one piece, in any case, with its check digits."""
    (signal,) = see(f"to {iban} please", "iban")
    assert (signal.value, signal.valid) == (iban.replace(" ", "").upper(), True)


def test_a_wrong_iban_counts_only_when_named() -> None:
    """Wrong check digits make an IBAN only where the text calls it one."""
    assert values("room GB28NWBK60161331926819", "iban") == []
    (signal,) = see("IBAN GB28NWBK60161331926819", "iban")
    assert signal.valid is False


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("my account number is 123456789012", "123456789012"),
        ("a/c no. 98765432101 at the bank", "98765432101"),
        ("mera khata number 004512889077 hai", "004512889077"),
        ("transfer to account: 400-939134", "400939134"),
        ("sort code 20-30-40", "203040"),
        ("no rek bca 1234567890", "1234567890"),
    ],
)
def test_named_accounts_are_read(text: str, number: str) -> None:
    """A number that is called an account, or a sort code, is read without its separators."""
    assert values(text, "bank_account") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "a/c XX1234 debited",
        "account ending 1234",
        "account 123 of 456",
        "A/c 074-260***-006",
        "account 12/05/2026 opened",
    ],
)
def test_masked_accounts_are_left_alone(text: str) -> None:
    """Masked numbers, last digits and dates are no account numbers."""
    assert values(text, "bank_account") == []


def test_a_routing_number_has_a_check_digit() -> None:
    """Nine digits called a routing number are valid when the weighted sum is right."""
    (right,) = see("routing number 021000021", "bank_account")
    (wrong,) = see("routing number 021000022", "bank_account")
    assert (right.valid, wrong.valid) == (True, False)
    assert right.traits == {"routing"}


def test_upi_addresses_are_no_mail() -> None:
    """A known handle makes a UPI address, an unknown one only where it is called UPI."""
    assert values("pay rahul.s@okaxis or 98765@ybl", "upi") == ["rahul.s@okaxis", "98765@ybl"]
    assert values("a request of asha.rao@okaxis came in", "upi") == ["asha.rao@okaxis"]
    assert values("my upi id is asha@newbank", "upi") == ["asha@newbank"]
    assert values("write asha@newbank or asha@sbi.co.in", "upi") == []


@pytest.mark.parametrize(
    ("kind", "text", "value", "valid"),
    [
        ("ifsc", "IFSC SBIN0001234", "SBIN0001234", True),
        ("ifsc", "ifsc code qwer0123456", "QWER0123456", False),
        ("pan", "PAN ABCPD1234F", "ABCPD1234F", True),
        ("pan", "my pan is abcpd1234f", "ABCPD1234F", True),
        ("aadhaar", "aadhaar 2345 6789 0124", "234567890124", True),
        ("aadhaar", "aadhaar 2345 6789 0125", "234567890125", False),
        ("aadhaar", "it is 2345 6789 0124", "234567890124", True),
    ],
)
def test_indian_identifiers_are_checked(kind: str, text: str, value: str, valid: bool) -> None:
    """Branch codes, tax and Aadhaar numbers are read with the outcome of their checks."""
    (signal,) = see(text, kind)
    assert (signal.value, signal.valid) == (value, valid)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ifsc", "user test0123456 logged in"),
        ("pan", "part abcpd1234f is sold"),
        ("aadhaar", "it is 2345 6789 0125"),
        ("aadhaar", "4111 1111 1111 1111"),
        ("aadhaar", "ref 234567890124"),
    ],
)
def test_other_codes_are_no_indian_identifiers(kind: str, text: str) -> None:
    """The same shapes without a check or a word that names them are left alone."""
    assert values(text, kind) == []


@pytest.mark.parametrize(
    ("address", "coin", "valid"),
    [
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "btc", True),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "btc", True),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eth", True),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "eth", False),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "eth", None),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "trx", True),
        ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", "sol", None),
    ],
)
def test_wallets_keep_their_case_and_are_checked(address: str, coin: str, valid: bool | None) -> None:
    """An address is read as it was sent, with its coin and the outcome of its checksum."""
    (signal,) = see(f"send to my wallet {address} now", "wallet")
    assert (signal.value, signal.valid) == (address, valid)
    assert traits(f"wallet {address}", "wallet") == {coin}


@pytest.mark.parametrize(
    "text",
    [
        "wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 is wrong but named",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx to pay",
    ],
)
def test_a_wrong_checksum_is_told_where_a_wallet_is_meant(text: str) -> None:
    """A mistyped address near words about wallets is reported as not valid."""
    assert [signal.valid for signal in see(text, "wallet")] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "md5 d41d8cd98f00b204e9800998ecf8427e",
        "session 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU expired",
        "pneumonoultramicroscopicsilicovolcanoconiosis",
        "token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    ],
)
def test_hashes_and_long_words_are_no_wallets(text: str) -> None:
    """Hex digests, keys of other services and long words are left alone."""
    assert values(text, "wallet") == []
