"""The published cases of the contact monitor, five paraphrases of each, and everyday senses that must stay silent."""

from __future__ import annotations

import pytest

from lurewatch.contracts import scan_message

CLIENT = "client@example.com"

PUBLISHED = [
    ("Here's my number: 604-555-1234, give me a call", {"phone_number", "bypass_language"}),
    ("Let's move to WhatsApp, it's easier", {"messaging_platform"}),
    ("My personal email is john@gmail.com", {"email_address", "bypass_language"}),
    ("I can do this cheaper if we work directly", {"bypass_language"}),
    ("Send me $200 via e-transfer", {"payment_bypass"}),
    ("Find me on LinkedIn at /in/johnsmith", {"social_media"}),
    ("Let's hop on a Zoom call outside the portal", {"messaging_platform", "bypass_language"}),
    ("Text me at 416-555-9999 on Telegram", {"phone_number", "messaging_platform"}),
]

PARAPHRASED = [
    ("Here is my cell if you need it: (604) 555-0187, ring me tonight", {"phone_number", "bypass_language"}),
    ("take my number, 604.555.0123, and call whenever you like", {"phone_number", "bypass_language"}),
    ("I'll give you my mobile so we can speak: +1 604 555 0190", {"phone_number", "bypass_language"}),
    ("ok this is my direct line 6045550146, pls phone me there", {"phone_number", "bypass_language"}),
    ("mera number le lo, 98765 43210, kabhi bhi call karna", {"phone_number", "bypass_language"}),
    ("Could we continue this on WhatsApp instead?", {"messaging_platform"}),
    ("whatsapp is simpler for me, add me there", {"messaging_platform"}),
    ("pls switch to whats app, i never see these msgs", {"messaging_platform"}),
    ("yahan nahi, whatsapp pe aao baat karte hain", {"messaging_platform"}),
    ("My team answers faster over WhatsApp, shall we talk there?", {"messaging_platform"}),
    ("You can have my private email, it's anna.k@outlook.com", {"email_address", "bypass_language"}),
    ("write to my personal gmail please: t.okafor77@gmail.com", {"email_address", "bypass_language"}),
    ("Here's my own email, ben_lowe@proton.me, use that", {"email_address", "bypass_language"}),
    ("my private mail id is ritu.sen@yahoo.co.in, send docs there", {"email_address", "bypass_language"}),
    ("I'd rather use my personal inbox: mo.haddad@icloud.com", {"email_address", "bypass_language"}),
    ("It costs you less if you hire me directly", {"bypass_language"}),
    ("We could go direct next year and I charge less", {"bypass_language"}),
    ("deal directly with me and the price drops", {"bypass_language"}),
    ("I'd do your books for less if we cut out the middleman", {"bypass_language"}),
    ("seedha kaam karte hain, sasta kar dunga aapke liye", {"bypass_language"}),
    ("Just e-transfer the 200 dollars to me", {"payment_bypass"}),
    ("an Interac e-Transfer of $200 works best for me", {"payment_bypass"}),
    ("could u venmo me the two hundred today", {"payment_bypass"}),
    ("Zelle me 200 and we are even", {"payment_bypass"}),
    ("pay me directly, two hundred in cash is fine", {"payment_bypass"}),
    ("Look me up on LinkedIn, the name is John Smith", {"social_media"}),
    ("my linkedin is linkedin.com/in/jane-roe-cpa", {"social_media"}),
    ("Add me on Instagram, I'm @jane.books there", {"social_media"}),
    ("follow me on insta and drop me a note", {"social_media"}),
    ("You'll find my profile at https://www.facebook.com/john.smith.444", {"social_media"}),
    ("Can we do a Zoom meeting away from here, outside of this platform?", {"messaging_platform", "bypass_language"}),
    ("I'd prefer Google Meet and to keep it off-platform", {"messaging_platform", "bypass_language"}),
    ("Let's use Microsoft Teams and take this outside the system", {"messaging_platform", "bypass_language"}),
    ("join my zoom call tonight, let's chat outside the portal", {"messaging_platform", "bypass_language"}),
    ("skype pe aao, portal ke bahar baat karte hain", {"messaging_platform", "bypass_language"}),
    ("Message me on Telegram, 416-555-0182", {"phone_number", "messaging_platform"}),
    ("416 555 0175 is my Telegram, drop me a text", {"phone_number", "messaging_platform"}),
    ("send me a text at (416) 555-0111", {"phone_number", "messaging_platform"}),
    ("i'm on signal app as well: +14165550134", {"phone_number", "messaging_platform"}),
    ("telegram karo is number par 98111 22334", {"phone_number", "messaging_platform"}),
]

EVERYDAY = [
    "Can you help me with GST/HST registration?",
    "How do I register for GST as a new business?",
    "Do I have to charge HST to customers in Ontario?",
    "What papers do you need for my HST number?",
    "Could somebody explain the quarterly GST return to me?",
    "I want to close my GST/HST account, where do I begin?",
    "There was no signal in the basement, so I missed the reminder",
    "A sharp fall in sales is a signal that costs must come down",
    "Please enter the amount from line 12 of the return",
    "There is a long line at the counter every Monday",
    "I will slack off a little once the filing is done",
    "Both teams have approved the budget for next year",
    "Zoom in on the scan, the stamp is hard to read",
    "Your one-time password was sent by SMS to your registered mobile",
    "My salary is paid by direct deposit on the 15th",
    "We work directly with the CRA on your behalf",
    "Ten boxes @ $4.50 each come to $45.00",
    "The method @Override is part of Java",
    "Please contact me at the portal once the return is filed",
    "You can reach me here until Friday",
    "There is something in the ethics policy about method and together",
    "Is my account number the same as my client number?",
    "How do I change my bank details for the refund?",
    "Invoice 2024-0098-1123 dated 2024-03-15 totals $1,204.50",
]

DISGUISED = [
    ("write me: john (at) gmail dot com", {"email_address"}),
    ("my cell is six o four, five five five, one two three four", {"phone_number"}),
    ("add me on w h a t s a p p tonight", {"messaging_platform"}),
    ("let us talk on whatz@pp please", {"messaging_platform"}),
    ("let's move to Wh\u200bats\u200bApp right now", {"messaging_platform"}),
    ("lеt's mоve to Теlеgrаm please", {"messaging_platform"}),
    ("call 6 0 4 - 5 5 5 - 1 2 3 4 after lunch", {"phone_number"}),
]

CATEGORY = {
    "email_address": "direct_contact",
    "phone_number": "direct_contact",
    "social_media": "direct_contact",
    "messaging_platform": "platform_bypass",
    "bypass_language": "bypass_intent",
    "payment_bypass": "payment_bypass",
}


def patterns_of(text: str, emails: tuple[str, ...] = (), phones: tuple[str, ...] = ()) -> set[str]:
    return {flag["pattern"] for flag in scan_message(text, CLIENT, list(emails), list(phones))}


@pytest.mark.parametrize(("text", "expected"), PUBLISHED)
def test_a_published_case_has_its_patterns(text: str, expected: set[str]) -> None:
    """Every case of the published table has at least the patterns the table names."""
    assert expected <= patterns_of(text)


@pytest.mark.parametrize(("text", "expected"), PARAPHRASED)
def test_a_paraphrase_has_the_patterns_of_its_case(text: str, expected: set[str]) -> None:
    """The same attempt in other words is found as well."""
    assert expected <= patterns_of(text)


@pytest.mark.parametrize(("text", "expected"), DISGUISED)
def test_a_disguise_hides_nothing(text: str, expected: set[str]) -> None:
    """Contact data that is spelled out, spaced or written with look-alikes is found."""
    assert expected <= patterns_of(text)


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_talk_has_no_flag(text: str) -> None:
    """A question of a client, and a word in its everyday sense, flags nothing."""
    assert patterns_of(text) == set()


@pytest.mark.parametrize("text", [text for text, _ in PUBLISHED + PARAPHRASED])
def test_a_flag_has_its_three_fields(text: str) -> None:
    """A flag is a pattern, its category and the text that matched, as it stands in the message."""
    for flag in scan_message(text, CLIENT, [], []):
        assert set(flag) == {"pattern", "matched_text", "category"}
        assert flag["category"] == CATEGORY[flag["pattern"]]
        assert flag["matched_text"]
        assert flag["matched_text"] in text


@pytest.mark.parametrize("entry", ["help@firm.example", "HELP@Firm.Example", "Help@firm.example"])
def test_a_whitelisted_address_is_no_flag(entry: str) -> None:
    """An address that is listed, in any case, is not reported; another one beside it is."""
    assert "email_address" not in patterns_of("Send the slips to Help@Firm.example today", emails=(entry,))
    both = "Send the slips to help@firm.example or to kim@gmail.com"
    assert "email_address" in patterns_of(both, emails=(entry,))


@pytest.mark.parametrize("entry", ["604-555-1234", "(604) 555 1234", "+1 604 555 1234", "1.604.555.1234", "6045551234"])
@pytest.mark.parametrize("written", ["604-555-1234", "(604) 555-1234", "+1 604-555-1234", "604 555 1234"])
def test_a_whitelisted_number_is_no_flag(entry: str, written: str) -> None:
    """A number is the same number however it is grouped, with or without the country code."""
    assert "phone_number" not in patterns_of(f"The office answers at {written} all day", phones=(entry,))


def test_an_address_is_no_handle() -> None:
    """The part of an address behind the @ is not reported as a social handle."""
    assert "social_media" not in patterns_of("My personal email is john@gmail.com")
