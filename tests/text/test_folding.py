"""What each kind of character folds to, and what must stay as it is."""

from __future__ import annotations

import pytest

from lurewatch.engine.model import Obfuscation
from lurewatch.engine.text import normalise


def folded(text: str) -> str:
    """The folded reading."""
    return normalise(text)[0].text


def kinds(text: str) -> set[str]:
    """What the folded reading calls disguised."""
    return {found.kind for found in normalise(text)[0].obfuscations}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Čau, příliš žluťoučký kůň", "cau, prilis zlutoucky kun"),
        ("Votre crédit a été refusé, cher Loïc", "votre credit a ete refuse, cher loic"),
        ("ŞİFRENİZ ığdır çağrı", "sifreniz igdir cagri"),
        ("Đã chuyển khoản thành công", "da chuyen khoan thanh cong"),
        ("Straße, Œuvre, Æther, smørrebrød, łódź, þorn", "strasse, oeuvre, aether, smorrebrod, lodz, porn"),
        ("e\u0301te\u0301 pin\u0303ata", "ete pinata"),
    ],
)
def test_latin_accents(text: str, expected: str) -> None:
    """Accents fold to base letters and are no disguise: languages are written with them."""
    assert folded(text) == expected
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "ваш счёт заблокирован, сообщите код",
        "और आपका खाता बंद हो जाएगा",
        "บัญชีของคุณถูกระงับ กรุณาโทรกลับ",
        "您的账户已被冻结，请点击链接".replace("，", ","),
        "تم تعليق حسابك المصرفي",
        "ο λογαριασμός σας έχει κλειδωθεί",
        "החשבון שלך נחסם",
        "계정이 정지되었습니다",
        "カードが停止されました",
        "թեժ նորություններ այսօր",
    ],
)
def test_other_scripts_stay(text: str) -> None:
    """A text in another script is its own folded reading, and nothing in it is disguised."""
    (view,) = normalise(text)
    assert view.text == text
    assert view.origin is None
    assert view.obfuscations == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Позвоните в Google или PayPal сегодня", "позвоните в google или paypal сегодня"),
        ("купил USBшку и VIPов позвал", "купил usbшку и vipов позвал"),
        ("加我微信 VX 看看", "加我微信 vx 看看"),
        ("ติดต่อ LINE ด่วน", "ติดต่อ line ด่วน"),
        ("ВАШ БАНК", "ваш банк"),
    ],
)
def test_two_scripts_in_one_message(text: str, expected: str) -> None:
    """Words of both scripts side by side stay what they are, lower-cased."""
    assert folded(text) == expected
    assert kinds(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your раураl аccоunt", "your paypal account"),
        ("log in at аррӏе.com now", "log in at apple.com now"),
        ("please sеnd а сору", "please send a copy"),
        ("υrgεnt νerify ρassword", "urgent verify password"),
        ("уσυя αccσυηт ιѕ вℓσcкє∂", "your account is blocked"),
        ("YOᑌᖇ ᗩᑕᑕOᑌᑎT Iᔕ ᗷᒪOᑕKEᗪ", "your account is blocked"),
        ("ㄚㄖㄩ尺 卂匚匚ㄖㄩ几ㄒ", "your account"),
        ("ᎩᎧᏬᏒ ᏗፈፈᎧᏬᏁᏖ", "your account"),
    ],
)
def test_look_alikes(text: str, expected: str) -> None:
    """Letters of other scripts fold where they imitate Latin, and are called look-alikes."""
    assert folded(text) == expected
    assert "lookalike" in kinds(text)


def test_latin_letters_that_imitate_cyrillic() -> None:
    """In a message in Cyrillic the strange letters are the Latin ones."""
    text = "Ищy людeй нa yдaлeнкy, пишитe в личныe сообщения, дoxoд от 500"
    assert folded(text) == "ищу людей на удаленку, пишите в личные сообщения, доход от 500"
    assert kinds(text) == {"lookalike"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("𝐘𝐨𝐮𝐫 𝓪𝓬𝓬𝓸𝓾𝓷𝓽 𝕚𝕤 𝔟𝔩𝔬𝔠𝔨𝔢𝔡 𝙣𝙤𝙬 𝚘𝚔", "your account is blocked now ok"),
        ("𝑡ℎ𝑒 𝑡\U0001d455𝑒", "the the"),
        ("ｖｅｒｉｆｙ ｎｏｗ", "verify now"),
        ("ⓥⓔⓡⓘⓕⓨ 🅥🅔🅡🅘🅕🅨 🆅🅴🆁🅸🅵🆈 🅅🄴🅁🄸🄵🅈 ⒱⒠⒭⒤⒡⒴", "verify verify verify verify verify"),
        ("ᴠᴇʀɪғʏ ʏᴏᴜʀ ᴘᴀꜱꜱᴡᴏʀᴅ", "verify your password"),
        ("ᶜˡⁱᶜᵏ ʰᵉʳᵉ", "click here"),
        ("🇫 🇷 🇪 🇪", "f r e e"),
        ("ɐɔɔonuʇ pǝʞɔolq", "acconut pekcolq"),
        ("p̷a̷y̷p̷a̷l̷", "paypal"),
        ("p̸̢̛̱͎a̵͔̓̈y̶̘̌̄", "pay"),
    ],
)
def test_styled_alphabets(text: str, expected: str) -> None:
    """Letters from alphabets for looks fold to plain ones, and are called styled."""
    assert folded(text) == expected
    assert "styled" in kinds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１２３ ٤٥٦ ७८९ ௧௨ 𝟗𝟎", "123 456 789 12 90"),
        ("1️⃣2️⃣3️⃣ ①②③ ❶❷ ⑴ 🔟", "123 123 12 1 10"),
        ("½ ² ₂ Ⅷ", "1/2 2 2 viii"),
        ("“don’t” – „go“ — ‘now’…", '"don\'t" - "go" - \'now\'...'),
        ("a\u00a0b\u2003c\u3000d", "a b c d"),
        ("one\u2028two\u0085three", "one\ntwo\nthree"),
        ("mail。com，ok：yes！", "mail.com,ok:yes!"),
        ("PayPal™ №5 🆓 gift 🆗", "paypal no5 free gift ok"),
        ("€5 £6 ₹7 ₱8 $9 ¥10 ©", "€5 £6 ₹7 ₱8 $9 ¥10 ©"),
        ("нет\ud800\udfff\x00", "нет\ufffd\ufffd\x00"),
        ("и\u0306 е\u0308 か\u3099 ｶﾞ", "й ё が ガ"),
    ],
)
def test_digits_punctuation_and_signs(text: str, expected: str) -> None:
    """Digits, quotes, dashes and spaces take their ASCII form; money signs stay; lone surrogates become U+FFFD."""
    assert folded(text) == expected


@pytest.mark.parametrize("flags", ["🇮🇳", "🇺🇸🇬🇧", "go 🇩🇪 go"])
def test_flags_are_no_letters(flags: str) -> None:
    """Regional indicators that show flags stay flags."""
    assert folded(flags) == flags
    assert kinds(flags) == set()


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u202e", "\U000e0041", "\ufe00"]
)
def test_invisible_characters(hidden: str) -> None:
    """What nobody sees is gone, and inside of Latin words it is a disguise."""
    (view,) = normalise(f"your pass{hidden}word please")
    assert view.text == "your password please"
    assert view.span(5, 13) == (5, 14)
    assert view.obfuscations == (Obfuscation("invisible", 9, 10),)


@pytest.mark.parametrize("blank", ["\u2800", "\u3164"])
def test_blanks_that_are_no_white_space(blank: str) -> None:
    """They hide in a text that has spaces, and are the spaces of one that has none."""
    assert folded(f"your pass{blank}word") == "your password"
    assert folded(f"your{blank}password") == "your password" or folded(f"send{blank}it") == "send it"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم کد",
        "क\u094d\u200dष नमस्ते",
        "👨\u200d👩\u200d👧 ok",
        "❤\ufe0f love",
        "\ufeffHello",
        "\u200eשלום\u200f ok",
        "go \u200b now",
    ],
)
def test_invisible_characters_that_languages_need(text: str) -> None:
    """Joiners in Persian, Hindi and emoji, marks of direction and characters between words are no disguise."""
    assert kinds(text) == set()


def test_full_width_letters_are_normal_beside_ideographs() -> None:
    """Chinese and Japanese text is set with full-width letters."""
    assert kinds("请加Ｑ群讨论") == set()
    assert kinds("please ｃｌｉｃｋ") == {"styled"}


def test_offsets_through_deletions_and_expansions() -> None:
    """Spans lead to the original whatever was deleted or expanded before them."""
    (view,) = normalise("Gruß ﬁn p\u200bаy ½")
    assert view.text == "gruss fin pay 1/2"
    assert view.span(0, 5) == (0, 4)
    assert view.span(6, 9) == (5, 7)
    assert view.span(10, 13) == (8, 12)
    assert view.span(14, 17) == (13, 14)


def test_ornamental_texts_do_not_blow_up() -> None:
    """A text made of signs for phrases stays about as long as it is."""
    assert len(folded("㎏" * 5000)) <= 2 * 5000 + 64
    assert folded("ﷺ") == "ﷺ"
