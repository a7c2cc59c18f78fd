"""Telling of a scam is none: what others asked, warnings, and texts quoted to somebody who can help."""

from __future__ import annotations

import timeit

import pytest

from lurewatch import Conversation, Engine, Message, Verdict

ASKING = {"request", "banking_scam", "phishing_scam", "tech_support_scam", "sim_swap_scam"}
RETOLD = """\
They asked for my OTP on the phone, what should I do?
A man called and told me to share my OTP
The caller asked me to read out the verification code
Some guy said I must give him the code I received
They told my mum to share the OTP with them
She told me to send my password by mail
My dad was told to install AnyDesk and share the code
My grandma got asked for her card number and PIN
I was asked to share my one time password
Someone is asking me to confirm my account details
He said "give me your password" and I hung up
They wrote: share your OTP and card number
I got a message saying "Your account is blocked. Share the OTP now to verify." What now?
Hi support, I received an SMS that says “Verify your account. Send us your card number and CVV!” Please check
My friend got a call saying "Sir, tell me the OTP. Do it for the bank."
If anyone calls and asks for the OTP or PIN, hang up
Is this a scam: "Confirm your password and your card number here"
Er wollte meine TAN und meine PIN wissen
Eine Frau hat mich gefragt, ich soll ihr die TAN geben
Me pidieron el código de verificación y la clave
Recibí un mensaje que dice "Comparta su código y su PIN"
On m'a demandé de donner mon code et mon mot de passe
Ligaram para minha mãe e pediram o código do SMS
Ada orang minta kode OTP saya lewat telepon
Birisi arayıp benden SMS kodumu söylememi istedi
Мне позвонили и попросили назвать код из смс
किसी ने फोन करके मुझसे ओटीपी बताने को कहा
มีคนโทรมาขอรหัส OTP ให้บอกรหัส
有人打电话让我把验证码发给他
Usne mujhse OTP maanga aur card number bhejne ko kaha""".splitlines()
ASKED = """\
Please share your OTP, the bank told me to call you
My manager told me to call you, share your OTP now
The officer said it is urgent. Share your OTP with me
They will block the account. Give me your password
Somebody complained about you. Send your card number and CVV
She is my assistant, tell her the OTP you received
"Share your OTP now", says the bank. Share your OTP
Dear customer, he is our officer. Share the OTP with him
We received your form, share the OTP with our agent
Die Bank ruft gleich an. Nennen Sie mir bitte Ihre TAN
Le llama el banco. Dígame el código que le llegó
Вам звонит банк. Назовите код из смс
银行来电，请把验证码发给我""".splitlines()

EVASIONS = """\
They asked for my details too, now share your OTP with me
They asked for my details too now share your OTP with me
They told my mum to share her PIN, so send me your card number and CVV
He wanted my password as well; tell me your OTP
Someone asked me for my code as well; tell me your OTP
Share your OTP, they asked for my details too
"They asked for my details" share your OTP with me
They asked for my personal details too, now send OTP
They asked for my OTP, so share yours with me
Share your OTP, my code was wrong
My card was lost - give your card number and CVV
Sie wollte meine TAN auch, jetzt nennen Sie mir Ihre TAN
Me pidieron mi clave también, ahora dígame su código de verificación
On m'a demandé mon code aussi, maintenant donnez-moi votre code de vérification
Ele pediu o meu código também, agora me envie seu código de verificação
Mereka minta pin ibu saya juga, sekarang kirim kode OTP ke saya
Benden kodumu istediler, şimdi bana doğrulama kodunuzu söyleyin
Меня тоже попросили, теперь назовите ваш код из смс
उन्होंने मुझसे पूछा, अब आप अपना ओटीपी मुझे बताएं
มีคนโทรมาขอรหัสแม่ ตอนนี้ส่งรหัส OTP มาให้ผม
他们让我报密码，现在把验证码发给我
Usne mujhse OTP maanga, ab aap apna OTP batao""".splitlines()
HONEST = """\
They asked for my OTP, tell me what to do
They asked for my OTP, should I share it with you?
They told my mum that her card is blocked, and that she must share the OTP
He asked me for my password, and his text says share the password with us
They wanted me to give them my card number, expiry date, and the code
They asked me for my PIN, so I gave it to them and now my account is empty
A man called my dad, he was told to share his PIN, please warn everybody
He asked for my PIN, and then he said "now share your OTP with me", and I hung up
They told me to send money, "kindly share your OTP with us" they wrote
If anyone calls you, and asks for the OTP or PIN, hang up
My code was wrong, please send me another verification code
I forgot my password, can you send me a new login code
Sie wollte meine TAN, soll ich ihr die TAN geben?
Me pidieron mi clave, ahora no sé si compartir el código
On m'a demandé mon code, maintenant j'ai peur pour mon compte
Benden kodumu istediler, şimdi ne yapmalıyım
Мне сказали: назовите код из смс
Меня попросили назвать код, теперь я боюсь
他们让我发验证码，现在我很担心""".splitlines()


def said(engine: Engine, text: str) -> Verdict:
    """The verdict on one message of a named sender without a role."""
    return engine.assess(Conversation((Message(text, "ann"),)))


@pytest.mark.parametrize("text", RETOLD)
def test_what_is_retold_is_no_request(engine: Engine, text: str) -> None:
    """Whoever tells what another asked of them asks for nothing and is no scammer."""
    verdict = said(engine, text)
    assert not ASKING & {flag.category for flag in verdict.flags}
    assert not verdict.is_scam


@pytest.mark.parametrize("text", ASKED)
def test_a_request_beside_a_tale_is_a_request(engine: Engine, text: str) -> None:
    """A sender who asks is not excused by speaking of others, nor by quoting themselves."""
    assert ASKING & {flag.category for flag in said(engine, text).flags}


@pytest.mark.parametrize("text", EVASIONS)
def test_a_tale_in_another_clause_excuses_no_request_to_the_reader(engine: Engine, text: str) -> None:
    """What others asked, or what befell the sender's own code, does not cover asking the reader in the same breath."""
    assert ASKING & {flag.category for flag in said(engine, text).flags}


@pytest.mark.parametrize(
    "text", ["They asked for my details too, now share your OTP with me", "Share your OTP, my code was wrong"]
)
def test_a_tale_beside_a_request_does_not_save_it(engine: Engine, text: str) -> None:
    """A demand for the reader's code is a scam with a tale before or behind it, too."""
    assert said(engine, text).is_scam


@pytest.mark.parametrize("text", HONEST)
def test_a_tale_of_many_clauses_stays_a_tale(engine: Engine, text: str) -> None:
    """Tellers may pause, quote, ask for help, warn, and say what they did next."""
    assert not ASKING & {flag.category for flag in said(engine, text).flags}


def test_a_long_tale_is_read_in_linear_time(engine: Engine) -> None:
    """Eight times the clauses cost about eight times as much, not sixty-four times."""
    clause = "they asked for my details, now share your OTP with me, "

    def seconds(times: int) -> float:
        text = clause * times
        return min(timeit.repeat(lambda: said(engine, text), number=1, repeat=3))

    assert seconds(320) < 12 * seconds(40) + 0.05


def test_people_who_warn_each_other(engine: Engine) -> None:
    """A family that talks about a scam call is an honest conversation for each of them."""
    verdict = engine.assess(
        Conversation(
            (
                Message("Mum got a call today, they told her to share the OTP", "ann"),
                Message("Oh no. They asked my neighbour for his card number and PIN too", "bob"),
                Message('The voice said "your account is blocked, tell me the code" and I hung up', "mum"),
                Message("you want my card number? never, I told him", "mum"),
                Message("Well done. Never share the OTP with anyone", "ann"),
            )
        )
    )
    assert not verdict.is_scam
    assert not ASKING & {flag.category for flag in verdict.flags}


def test_giving_ones_own_data_is_no_ask(engine: Engine) -> None:
    """A victim who repeats the question or hands over details asks for nothing."""
    for text in (
        "You want my card number?",
        "My card number is 4111 1111 1111 1111 and the PIN is 4471",
        "My OTP is 482913",
    ):
        assert not ASKING & {flag.category for flag in said(engine, text).flags}, text
