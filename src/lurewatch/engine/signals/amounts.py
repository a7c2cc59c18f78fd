"""How amounts are written: currencies, scales, grouping of digits. Facts and arithmetic for the money reader."""

from __future__ import annotations

from lurewatch.engine.signals.surroundings import vocabulary

SYMBOLS = {
    "$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "¥": "JPY", "₦": "NGN", "₱": "PHP", "฿": "THB", "₩": "KRW",
    "₫": "VND", "₴": "UAH", "₺": "TRY", "₽": "RUB", "₪": "ILS", "₵": "GHS", "₸": "KZT", "元": "CNY", "円": "JPY",
    "р": "RUB", "원": "KRW", "บ": "THB", "万": "CNY", "块": "CNY", "₿": "BTC",
}  # fmt: skip
# What stands before a dollar sign.
DOLLARS = {
    "us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "s": "SGD", "hk": "HKD", "nz": "NZD", "r":
    "BRL", "mx": "MXN", "nt": "TWD",
}  # fmt: skip
# Units per US dollar, rounded: they only decide whether an amount is large.
PER_DOLLAR = {
    "USD": 1, "EUR": 0.9, "GBP": 0.8, "INR": 85, "JPY": 150, "CNY": 7, "NGN": 1500, "PHP": 57, "THB": 34, "KRW":
    1400, "VND": 25000, "UAH": 41, "TRY": 40, "RUB": 90, "ILS": 3.6, "GHS": 13, "KZT": 500, "AUD": 1.5, "CAD":
    1.4, "SGD": 1.3, "HKD": 7.8, "NZD": 1.7, "BRL": 5.5, "MXN": 18, "TWD": 32, "MYR": 4.4, "IDR": 16000, "AED":
    3.7, "SAR": 3.75, "QAR": 3.6, "KES": 129, "ZAR": 18, "COP": 4000, "NPR": 136, "LKR": 300, "PKR": 280, "BDT":
    120, "TZS": 2600, "UGX": 3700, "EGP": 50, "KWD": 0.3, "BHD": 0.4, "OMR": 0.4, "CHF": 0.85, "SEK": 10, "NOK":
    10.5, "DKK": 6.8, "PLN": 3.9, "CZK": 22, "HUF": 360, "RON": 4.5, "XAF": 600, "ETB": 130, "ARS": 1000, "CLP":
    950, "PEN": 3.7, "BTC": 1e-05, "ETH": 0.0003, "USDT": 1, "USDC": 1,
}  # fmt: skip
# Words before an amount.
BEFORE = {
    "rs": "INR", "inr": "INR", "usd": "USD", "eur": "EUR", "gbp": "GBP", "aud": "AUD", "cad": "CAD", "sgd":
    "SGD", "hkd": "HKD", "nzd": "NZD", "rm": "MYR", "myr": "MYR", "rp": "IDR", "idr": "IDR", "php": "PHP",
    "thb": "THB", "aed": "AED", "sar": "SAR", "qar": "QAR", "kes": "KES", "ksh": "KES", "kshs": "KES", "ngn":
    "NGN", "zar": "ZAR", "brl": "BRL", "mxn": "MXN", "cop": "COP", "tl": "TRY", "rub": "RUB", "cny": "CNY",
    "rmb": "CNY", "jpy": "JPY", "krw": "KRW", "vnd": "VND", "npr": "NPR", "nrs": "NPR", "lkr": "LKR", "pkr":
    "PKR", "bdt": "BDT", "tk": "BDT", "tzs": "TZS", "tsh": "TZS", "ugx": "UGX", "ghs": "GHS", "ghc": "GHS",
    "egp": "EGP", "kwd": "KWD", "bhd": "BHD", "omr": "OMR", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk":
    "DKK", "pln": "PLN", "czk": "CZK", "huf": "HUF", "ron": "RON", "xaf": "XAF", "fcfa": "XAF", "etb": "ETB",
    "rupees": "INR", "dollars": "USD",
}  # fmt: skip
# Words after an amount.
AFTER = {code: currency for code, currency in BEFORE.items() if code not in {"rs", "tk", "cop", "ron"}} | {
    "rs": "INR", "rupee": "INR", "rupaye": "INR", "rupay": "INR", "dollar": "USD", "bucks": "USD", "euro":
    "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "naira": "NGN", "ringgit": "MYR",
    "rupiah": "IDR", "baht": "THB", "peso": "PHP", "pesos": "PHP", "ruble": "RUB", "rubles": "RUB", "rubley":
    "RUB", "lira": "TRY", "liras": "TRY", "yuan": "CNY", "yen": "JPY", "reais": "BRL", "dirham": "AED",
    "dirhams": "AED", "riyal": "SAR", "riyals": "SAR", "shillings": "KES", "cedis": "GHS", "rand": "ZAR",
    "francs": "CHF", "zloty": "PLN", "zlotych": "PLN", "usdt": "USDT", "usdc": "USDC", "btc": "BTC", "eth":
    "ETH", "taka": "BDT",
}  # fmt: skip
SCALES = {
    word: value
    for value, words in (
        (100, "hundred"),
        (1_000, "k thousand ribu rb mil bin"),
        (100_000, "lakh lakhs lac lacs l"),
        (1_000_000, "m mn million millions millon millones milhoes millionen juta jt"),
        (10_000_000, "crore crores cr"),
        (1_000_000_000, "bn billion"),
    )
    for word in words.split()
}
INDIAN = vocabulary("lakh lakhs lac lacs crore crores")
_DOT_GROUPS = frozenset({"IDR", "VND", "EUR", "BRL", "TRY", "COP", "ARS", "CLP", "RUB", "DKK"})
_MOST_DIGITS = 18


def amount(written: str, currency: str) -> float | None:
    """The number in ``written`` (digits, commas, dots, single spaces); None when it is none.

    A last group of three digits is a thousand's group after a comma, and after a dot where the currency's countries
    write it so.
    """
    text = written.replace(" ", "").strip(".,")
    if not text or sum(char.isdecimal() for char in text) > _MOST_DIGITS:
        return None
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return float(text)
    tail = text[last + 1 :]
    grouped = len(tail) == 3 and (text[last] == "," or currency in _DOT_GROUPS or text.count(".") > 1)
    plain = text.replace(".", "").replace(",", "")
    return float(plain) if grouped else float(plain) / 10 ** len(tail)


def is_large(value: float, currency: str) -> bool:
    """Whether the amount is worth about a thousand US dollars or more."""
    return value >= 1000 * PER_DOLLAR.get(currency, 1)


def as_text(value: float) -> str:
    """Without needless decimals: ``5000000``, ``19.5``."""
    return str(int(value)) if value == int(value) else f"{value:.8f}".rstrip("0")
