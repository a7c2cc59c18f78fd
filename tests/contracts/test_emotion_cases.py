"""The emotional profile and the fast path: a case of each and five paraphrases."""

from __future__ import annotations

import pytest

from lurewatch.contracts import detect, detect_heuristic

EMOTIONS = ("urgency", "fear", "greed", "authority", "trust")
CASES = {
    "urgency": [
        "Act now, there are only ten minutes left!",
        "Hurry up, this must be done before noon",
        "Do it right away, we cannot wait any longer",
        "Last chance! The window closes tonight",
        "jaldi karo, time nahi hai, abhi ke abhi",
        "Reply immediately, every minute counts",
    ],
    "fear": [
        "You will be arrested and your accounts will be frozen",
        "We have a warrant against you, you are going to jail",
        "Your computer was hacked and your photos will be published",
        "If you do not obey, something will happen to your children",
        "Legal action has been started and you will lose your house",
        "Your card was used for an unauthorised payment and is now blocked",
    ],
    "greed": [
        "You have won a cash prize of $5,000",
        "Double your money in a week, guaranteed",
        "Earn 2,000 a day from home without any effort",
        "A reward of 50,000 is waiting for you",
        "An inheritance of 4 million is yours if you share it with me",
        "Free iPhone for the first hundred people, claim yours",
    ],
    "authority": [
        "This is the police, Inspector Rao speaking",
        "I am calling from the Reserve Bank",
        "Income Tax Department, official notice to you",
        "You are talking to the cyber crime branch, madam",
        "Microsoft support here, my badge number is 4471",
        "As the manager of your bank I have to inform you",
    ],
    "trust": [
        "I love you my darling, you are the only one I trust",
        "Sweetheart, I feel so close to you, we belong together",
        "Dear friend, God has led me to you, you have a good heart",
        "You are like a brother to me, I would never lie to you",
        "I have nobody else in the world, please help me, my love",
        "My wife died last year and I am so lonely, talking to you is all I have",
    ],
}
CALM = [
    "See you at the station at six, bring the umbrella",
    "The bakery has fresh bread from seven on",
    "I left the keys under the blue pot",
    "Our choir sings in the town hall on Sunday",
    "The printer on the second floor works again",
    "Could you send me the recipe for the plum cake?",
]
SURE = [
    "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP",
    "HDFC Bank: account suspended, KYC expired. Verify your Aadhaar and tell our officer the OTP today",
    "This is the CBI. You are under digital arrest, a warrant is out, pay the fine or the police will come",
    "Congratulations, you won 25 lakh in the lottery! Pay the processing fee to claim your lucky draw prize",
    "Instant personal loan approved at low interest, no documents, just pay the processing fee",
    "Your parcel is held at customs, delivery failed. Pay the fee to release the package http://post-fee.top/x",
]
MANIPULATIVE = [
    "Your SIM stops working in one hour, act now! This is the police department, you will be arrested",
    "I love you darling, I am stuck abroad, please send the money immediately, it is my last chance",
    "Final warning from the tax office: pay the penalty today or officers arrest you tonight",
    "Hurry, you have won a cash prize of 5 lakh, the claim ends in ten minutes",
    "We have kidnapped your son. Pay at once or you will never see him again, no police!",
    "Act now! Microsoft found a virus, your computer is hacked and your bank account will be blocked",
]


@pytest.mark.parametrize(("emotion", "text"), [(name, text) for name, texts in CASES.items() for text in texts])
async def test_an_emotion_shows(emotion: str, text: str) -> None:
    """Appealing to an emotion raises its score, within [0,1], and it is named when it is the strongest."""
    profile = (await detect(text))["emotional_profile"]
    assert profile[emotion] > 0
    assert all(0 <= profile[name] <= 1 for name in (*EMOTIONS, "overall_manipulation"))
    assert profile["overall_manipulation"] > 0
    assert profile[profile["primary_tactic"]] == max(profile[name] for name in EMOTIONS)


@pytest.mark.parametrize("text", CALM)
async def test_calm_talk_manipulates_nobody(text: str) -> None:
    """Talk that appeals to nothing has an empty profile, an unknown intent and is no scam."""
    result = await detect(text)
    assert all(result["emotional_profile"][name] == 0 for name in (*EMOTIONS, "overall_manipulation"))
    assert result["intent"] == "unknown"
    assert not result["is_scam"]


@pytest.mark.parametrize("text", SURE)
async def test_the_fast_path_of_a_later_turn(text: str) -> None:
    """From turn 2 on a confidence of 0.70 takes the fast path, on turn 1 one of 0.85; the notes and intent say so."""
    sure = detect_heuristic(text)["confidence"]
    assert sure >= 0.70
    for turn, least in ((1, 0.85), (2, 0.70), (5, 0.70)):
        result = await detect(text, turn_count=turn)
        assert ("fast path" in result["agent_notes"].lower()) is (sure >= least)
        assert result["intent"] == ("money_theft" if sure >= least else "unknown")


@pytest.mark.parametrize("text", SURE[:1] + MANIPULATIVE[:5])
async def test_a_decided_conversation_stays_as_it_is(text: str) -> None:
    """In a conversation that is decided the heuristic's confidence stands, and the notes say why."""
    result = await detect(text, context={"scam_decided": True})
    assert result["confidence"] == detect_heuristic(text)["confidence"]
    assert "fast path" in result["agent_notes"].lower()


@pytest.mark.parametrize("text", MANIPULATIVE)
async def test_strong_manipulation_raises_the_confidence(text: str) -> None:
    """Off the fast path a scam that manipulates by more than 0.6 gains 0.1, and is critical from beyond 0.9 on."""
    plain, result = detect_heuristic(text), await detect(text)
    assert plain["is_scam"]
    assert plain["confidence"] < 0.85
    assert result["emotional_profile"]["overall_manipulation"] > 0.6
    assert result["confidence"] == pytest.approx(min(1.0, plain["confidence"] + 0.1))
    expected = "critical" if result["confidence"] > 0.9 else plain["threat_level"]
    assert result["threat_level"] == expected
