"""The sixteen scam types by what marks them: a case of each and five paraphrases, plain and in disguise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from lurewatch.contracts import detect_heuristic

CASES = {
    "lottery_scam": [
        "Congratulations! Your number won the lucky draw of 25 lakh. Pay the fee to claim your lottery prize",
        "You are the winner of our bumper jackpot, 1 crore rupees! Send Rs 4500 as charges and the money is released.",
        "hello dear ur mobile no. has been selected in international lottery, u hav won 750,000 pounds, reply to claim",
        "We are glad to inform you that your address drew a reward of $500,000. Remit the release fee to collect it.",
        "Badhai ho! Aapka number lucky draw mein jeeta hai, 15 lakh ka inaam lene ke liye 2500 jama karein",
        "Your ticket came first in the Spring Sweepstake. £80,000 are waiting for you once the £150 tax is paid.",
    ],
    "job_scam": [
        "Work from home typing job, earn 5000 daily, pay registration fee to join",
        "We are hiring for data entry, no experience needed, salary 35,000. A joining fee of 999 confirms your seat.",
        "Part time vacancy for students and housewives: like videos at home and make $200 a day, write us on Telegram",
        "You got the job! Before your first day please send 1,800 for the training kit, it comes back with the salary.",
        "ghar baithe typing ka kaam karo, roz 3000 kamao, sirf 499 registration",
        "Earn a second income from your sofa, two hours each evening. Pay the small registration charge and begin.",
    ],
    "banking_scam": [
        "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension",
        "HDFC Bank: your account is closed at midnight because your Aadhaar is not linked. Verify it with our officer.",
        "Sir I am calling from your bank's head office, your debit card is deactivated, tell me the OTP to reopen it",
        "Your net banking has been suspended as the KYC expired. Submit your documents now to reactivate it.",
        "aapka khata band ho jayega, turant KYC update karein aur PAN number bhejein",
        "Final reminder from Axis: confirm your card details and date of birth or your savings account stays locked.",
    ],
    "phishing_scam": [
        "Security alert: we noticed a new login. Click here to verify your identity: http://account-check.top/login",
        "Your mailbox is almost full. Log in at http://mail-quota.top/login to keep receiving messages.",
        "Official notice from customer support: update your account by this link or lose it https://help-desk.xyz/a",
        "Someone signed in to your Netflix abroad. Follow the link and confirm your password https://netfl1x-help.info",
        "pls click d link n login again ur account is on hold http://acc-verify.club/x",
        "We could not renew your subscription. Sign in here to update your billing data: https://billing-renew.site/in",
    ],
    "investment_scam": [
        "Guaranteed returns of 30% weekly, double your money with our forex trading, no risk",
        "Put in $500 today and get $5,000 by next Friday, our traders guarantee the profit.",
        "Join our VIP group for sure-shot stock tips, members made 300% in a month without any risk",
        "Our bitcoin fund pays 5% every day, your money is doubled within three weeks",
        "My uncle's mutual fund scheme gives fixed high returns, zero risk, minimum 10,000. Shall I book you a place?",
        "paisa double scheme, 10 hazaar lagao 20 hazaar pao ek mahine mein, guaranteed profit",
    ],
    "loan_scam": [
        "Instant personal loan approved without documents, pay processing fee to receive it",
        "You are pre-approved for a loan of Rs 5 lakh at only 1% interest, no paperwork. Just pay the file charge 999.",
        "Need cash today? Personal loan within ten minutes, no credit check, no documents, apply by message.",
        "Your loan application is sanctioned. To release the amount we need an advance of $120 as insurance.",
        "bina kagaz ke turant loan pao, byaj sirf 1%, processing fee 799 bhejo",
        "Bad credit is no problem, we lend up to £20,000 at a low interest rate, the processing fee is paid up front.",
    ],
    "government_scam": [
        "This is the CBI. An arrest warrant is issued, you are under digital arrest, pay the fine",
        "Cyber crime police here. Your name came up in a narcotics case, stay on the line, you are in digital arrest.",
        "Income Tax Department: you are due a tax refund of 18,400. Submit your bank account number to receive it.",
        "Enforcement Directorate: money laundering was traced to you. Pay the penalty today or officers come for you.",
        "This is the IRS. A court case was filed against you, pay the fine today with gift cards or you go to prison",
        "Legal notice: your passport was used in drug smuggling, a warrant is issued unless you answer our officer",
    ],
    "delivery_scam": [
        "Your parcel is held at customs, pay the 2.99 fee to release the package: http://post-fee.top/x",
        "Your package could not be delivered, the address is wrong. Pay 1.50 for redelivery at http://track-post.site",
        "DHL: the courier is holding your shipment, customs duty of 35 EUR must be paid before it is released",
        "ur parcel is stuck at the warehouse, pay a small shipping charge to get it 2day https://par-cel.top/p",
        "Last delivery attempt failed. Settle the handling fee within 12 hours or your item goes back to the sender.",
        "Receive packages at your address and reship them to our customers abroad, we send you the new labels.",
    ],
    "tech_support_scam": [
        "Microsoft alert: your computer has a virus, call now and give our technician remote access",
        "Your PC is infected with 5 viruses! Do not switch it off, ring the Windows helpdesk at once",
        "Hello, I am Kevin from Microsoft, your computer sends us error messages, please install AnyDesk so I can look",
        "WARNING a hacker has got into your phone, download our cleaner now to remove the malware",
        "Your antivirus licence has run out and your machine spreads viruses. Let our engineer connect to your screen.",
        "ur laptop is hacked sir open teamviewer n give me the id i will fix",
    ],
    "romance_scam": [
        "My love, I am stuck abroad and my wallet was stolen. I need money for the ticket so that we can marry soon",
        "Darling, since my wife died I feel so lonely. Could you send me $800 for my daughter's operation?",
        "I want to marry you sweetheart, but the army gives no leave unless somebody pays. Can you help me with 1,200?",
        "baby i love u so much pls buy me a steam gift card i will pay back when i come to you",
        "My dear, I posted you a gift with jewellery and cash. As soon as you pay the agent it is yours, my love.",
        "Honey, I had an emergency on the rig and cannot reach my bank. Lend me the hospital money, my heart is yours.",
    ],
    "crypto_scam": [
        "Send me your seed phrase to validate the wallet and receive the free coins airdrop",
        "Claim your free 500 tokens, connect your MetaMask wallet before the airdrop ends",
        "Send 0.5 ETH to this address and you get 1 ETH back, the giveaway is live for one hour",
        "Our AI trading bot multiplies your ethereum while you sleep, deposit USDT to start",
        "Your wallet must be synchronised with the new blockchain, type in your 12 recovery words to keep the coins",
        "free coins for the first 1000 people, jst enter ur private key n see ur crypto balance grow",
    ],
    "sim_swap_scam": [
        "Your SIM will be blocked, upgrade to 5G eSIM, send the SMS to activate the new SIM card",
        "Airtel: your 4G SIM stops working tonight. Reply with the 20 digits on the back of the card to move to 5G.",
        "Dear subscriber, because of a network issue your number will be disconnected, press 1 to get your new eSIM",
        "A request to port your mobile number came in. If it was not you, read me the porting code you just got.",
        "aapka sim card 24 ghante mein band ho jayega, 5G upgrade ke liye sim number bhejo",
        "I am from Vodafone, we swap all old SIM cards today, scan the eSIM code we mail you and tell me the OTP",
    ],
    "qr_code_scam": [
        "Scan this QR code with PhonePe to receive the payment in your account",
        "I am buying your sofa, I sent you a QR, just scan it and enter your PIN and the 4,000 comes to you",
        "Open GPay, scan my code and you will receive the advance straight away",
        "sir pls scan d paytm qr i m sending u 2500 for the table",
        "To get paid you only need to scan the barcode I sent and approve it with your UPI PIN",
        "The army pays by QR code only: you scan, you type your PIN, and the rent is in your account.",
    ],
    "refund_scam": [
        "I sent money to you by mistake, wrong transaction, please return the money to this number",
        "By accident I transferred 5,000 to your Google Pay instead of my brother's. Please send it back to this one.",
        "madam wrong number pe paise chale gaye, please 3000 wapas kar do",
        "Our refund desk paid you 900 dollars too much. Return the difference today or I lose my job.",
        "A cashback of Rs 1,999 is waiting for you, open http://cash-gift.top to collect it",
        "sorry bro i sent 2k to ur acct by error its my mothers medicine money pls return",
    ],
    "fake_support": [
        "Official customer care helpline 98765 01234, call for refund and complaint, all problems solved",
        "For any problem with your order phone our 24x7 helpline 98100 00000, our executive gives your money back",
        "Flight cancelled? Ring the airline helpdesk on 91234 56780, the executive refunds your card",
        "I am Amit from the service centre, we have your complaint, send your UPI id on WhatsApp and I will settle it",
        "Hi, saw your tweet. Message our support agent on WhatsApp +91 98100 11111, he settles the complaint",
        "washing machine customer care no. 90000 00000, call for any complaint, service centre man comes same day",
    ],
    "deepfake_scam": [
        "Mum, it's me, listen to my voice message. I had an accident and I am in jail, I need money urgently",
        "We have kidnapped your daughter, you heard her crying on the phone. Bring 5 lakh or you never see her again.",
        "Grandma it is Tim, my voice is odd because my nose is broken, I hit a car, please pay my bail and tell nobody",
        "Your boss is on the video call, you see him yourself: wire the 40,000 to the supplier this minute",
        "papa main hoon, mera accident ho gaya hai, police ne pakad liya, jaldi paise bhejo",
        "Listen to this audio of your son. He is with us at the police station, pay now if you want him released.",
    ],
}

NOTHING = [
    "Shall we meet for lunch on Thursday at the usual place?",
    "The choir rehearses on Monday, we start with the second song",
    "Could you water the tomatoes while we are at the lake?",
    "I have put the minutes of the meeting in the shared folder",
    "Your haircut is booked for four o'clock, see you then",
    "My sister's train was late, so the soup went cold",
]

EVERYDAY = {
    "link": [
        "There is a link between sleep and mood",
        "The last link of the bicycle chain is bent",
        "Here is the link to the programme of the concert",
        "Can you link the two tables in the report?",
        "The new rail link to the airport opens in May",
        "He is the missing link between both teams",
    ],
    "fine": [
        "I am fine, thank you",
        "Fine, then we meet at eight",
        "The weather was fine all week",
        "A fine layer of dust lay on the shelf",
        "You did a fine job with the garden",
        "If the colour is fine with you I will order it",
    ],
    "won": [
        "I wonder whether it will rain",
        "It is a wonder that the vase survived",
        "She wondered who had rung the bell",
        "What a wonderful evening, thank you all",
        "No wonder you are tired after that hike",
        "We were wondering if you could bring a salad",
    ],
    "ed": [
        "Ed will bring the drum kit",
        "Ed and Sue are coming to dinner on Saturday",
        "Ask Ed about the fence, he painted it",
        "We waited, walked and talked until dark",
        "The special ed teacher called in sick",
        "uncle ed mended the old radio again",
    ],
}

DISGUISED = {
    "0 for o": [
        ("C0ngratulati0ns, y0u w0n the l0ttery, pay the fee t0 claim y0ur prize", "lottery_scam"),
        ("W0rk fr0m h0me typing j0b, j0ining fee 300", "job_scam"),
        ("Instant pers0nal l0an with n0 d0cuments, pay the pr0cessing fee", "loan_scam"),
        ("D0uble y0ur m0ney in f0rex, n0 risk, guaranteed pr0fit", "investment_scam"),
        ("Y0ur parcel is held at cust0ms, pay the fee f0r the package", "delivery_scam"),
        ("Micr0s0ft: y0ur c0mputer has a virus, give us rem0te access", "tech_support_scam"),
    ],
    "1 for i or l": [
        ("You have won the 1ottery, c1aim your pr1ze of 10 lakh", "lottery_scam"),
        ("Scan th1s QR code to rece1ve the payment", "qr_code_scam"),
        ("Your S1M w111 be b1ocked, upgrade to eS1M today", "sim_swap_scam"),
        ("1nstant persona1 1oan, no documents, low 1nterest", "loan_scam"),
        ("You are under d1g1tal arrest, the CB1 has a warrant", "government_scam"),
        ("Your account is b1ocked, ver1fy your KYC w1th the bank", "banking_scam"),
    ],
    "@ for a": [
        ("Your b@nk @ccount is blocked, upd@te your KYC and P@N", "banking_scam"),
        ("Gu@r@nteed returns, double your money by tr@ding", "investment_scam"),
        ("Send the seed phr@se of your w@llet for the @irdrop", "crypto_scam"),
        ("Your p@rcel is stuck @t customs, p@y the fee", "delivery_scam"),
        ("You @re under digit@l @rrest, p@y the fine to the police", "government_scam"),
        ("Sc@n this QR code @nd receive the p@yment", "qr_code_scam"),
    ],
    "3 for e": [
        ("You ar3 th3 winn3r of our lott3ry, claim your priz3", "lottery_scam"),
        ("Work from hom3, data 3ntry, r3gistration f33 500", "job_scam"),
        ("S3nd your s33d phras3 to validat3 the wall3t", "crypto_scam"),
        ("This is th3 polic3, an arr3st warrant is issu3d, pay th3 fin3", "government_scam"),
        ("P3rsonal loan approv3d, pay th3 proc3ssing f33", "loan_scam"),
        ("Microsoft support: your comput3r has a virus, giv3 r3mot3 acc3ss", "tech_support_scam"),
    ],
    "dots between letters": [
        ("You won the l.o.t.t.e.r.y, pay the fee to claim your p.r.i.z.e", "lottery_scam"),
        ("Update your K.Y.C and P.A.N or the bank account is b.l.o.c.k.e.d", "banking_scam"),
        ("Scan this Q.R c.o.d.e to receive the payment", "qr_code_scam"),
        ("Instant personal l.o.a.n, no d.o.c.u.m.e.n.t.s needed", "loan_scam"),
        ("You are under d.i.g.i.t.a.l a.r.r.e.s.t, this is the C.B.I", "government_scam"),
        ("Your computer has a v.i.r.u.s, give us r.e.m.o.t.e access", "tech_support_scam"),
    ],
    "spaces": [
        ("You won the l o t t e r y, pay the fee to claim your p r i z e", "lottery_scam"),
        ("Update your K Y C or the bank account is b l o c k e d", "banking_scam"),
        ("Send me the s e e d  p h r a s e of your wallet", "crypto_scam"),
        ("Instant personal l o a n without documents, pay the processing fee", "loan_scam"),
        ("Your p a r c e l is held at c u s t o m s, pay the fee", "delivery_scam"),
        ("D o u b l e your m o n e y with forex, guaranteed profit", "investment_scam"),
    ],
}


def flat(table: Mapping[str, Sequence[object]]) -> list[tuple[str, object]]:
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("scam_type", "text"), flat(CASES))
def test_a_type_is_recognised(scam_type: str, text: str) -> None:
    """A message with the marks of a type is that scam, with the words that showed it."""
    result = detect_heuristic(text)
    assert result["is_scam"]
    assert result["scam_type"] == scam_type
    assert result["confidence"] in {0.35, 0.55, 0.8, 0.93, 0.95}
    assert result["matched_keywords"]
    assert all(keyword in text for keyword in result["matched_keywords"])


@pytest.mark.parametrize(("word", "text"), flat(EVERYDAY))
def test_an_everyday_word_is_no_indicator(word: str, text: str) -> None:
    """A single everyday word, or one that stands inside another, is no sign of a scam."""
    assert word in text.lower()
    assert detect_heuristic(text)["scam_type"] == "not_scam"


@pytest.mark.parametrize("text", NOTHING)
def test_a_message_without_marks_is_no_scam(text: str) -> None:
    """Talk without any mark is not a scam, at confidence 0 and threat level none."""
    result = detect_heuristic(text)
    assert not result["is_scam"]
    assert (result["scam_type"], result["confidence"], result["threat_level"]) == ("not_scam", 0.0, "none")


@pytest.mark.parametrize(("trick", "case"), flat(DISGUISED))
def test_a_character_trick_does_not_help(trick: str, case: tuple[str, str]) -> None:
    """Look-alike characters, dots and spaces inside the words leave the type as it is."""
    text, scam_type = case
    assert detect_heuristic(text)["scam_type"] == scam_type, trick
