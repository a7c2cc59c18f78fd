"""Who somebody says they are: ``name`` in "I am John", ``signature`` in "Regards, John Smith" and "- Maria".

The value is the name in lower case without a title. Only names with a capital letter in the original count: "i am fine"
and "I am Sorry" are no names. Claims are no indicators; what counts is whether one sender's claims agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.kind import Kind, Sighting
from lurewatch.engine.signals.surroundings import vocabulary

_MOST = 10
_MOST_TITLES = 2
_MOST_WORDS = 3
_MOST_WORD = 20
_FROM_END = 240
"""A signature begins at most so many characters before the end: a name, then a post and an address."""
_TITLES = vocabulary(
    """
    officer agent inspector mr mrs ms miss dr doctor sir madam captain capt sergeant sgt detective prof professor
    rev reverend pastor barrister attorney lawyer colonel general major lieutenant lt commander sheriff deputy judge
    advocate adv engineer engr nurse prince princess barr bishop father lady lord investigator alhaji
    """
)
_FOLLOWERS = vocabulary(
    "from and with your the a an at of calling here by in i who working speaking writing contacting for again"
)
"""What may follow a name in "I am John ...": "I am Spanish speaker" and "I am Apple user" are no names."""
_CALLERS = vocabulary("from with calling speaking here")
_NO_NAMES = vocabulary(
    """
    fine sorry sure looking happy glad good well ok okay ready here there back new not so very just also still only
    interested available writing contacting calling waiting working trying going sending asking afraid sick ill busy
    late home done alone single married lonely lost stuck serious honest pleased proud grateful thankful excited
    american indian british english canadian german french spanish italian african nigerian chinese russian mexican
    christian catholic muslim hindu jewish sikh buddhist european asian australian dutch swiss irish turkish polish
    and from with your the a an at of by in i am is it this that my me you we our to for on if or as be all no yes
    thanks thank regards best sincerely cheers love team bank support service services customer care department
    office security account admin administrator management group company online official urgent important free now
    today monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december google facebook whatsapp telegram limited offer offers sale deal deals click
    call reply apply shop visit regarding sent delivered approved selected yours head
    """
)
_ENDINGS = ("ing", "tion", "ful", "less", "ness")
# Must match "My name is J", "I'm J", "myself J"; each occurs in few messages, and ends with the first letter.
_NAMED = r"\bmy name(?: is|'s) [a-z]"
_AM = r"\b(?:i am|i'm|myself) [a-z]"
# Must match "you can call me Victor"; not "call me tomorrow".
_CALLED = r"\b(?:can|may) call me [a-z]"
# Must match "Hi, Tom Hill here."; not "hi Tom, here is the list".
_HERE = r"\b(?:hi|hello|hey),? (?:[a-z]{2,20} ){1,2}here[.,!]"
# Must match "this is Maria Lopez from", "this is officer Reed calling"; not every "this is".
_THIS = r"\bthis is (?:[a-z]{1,20}\.? ){1,4}(?:from|with|calling|speaking|here)\b"
# Must match "regards,\nJ", "Yours sincerely J".
_REGARDS = r"\b(?:regards|sincerely|faithfully|yours truly|best wishes)[ ,.!?\r\n-]{1,5}[a-z]"
# Must match "Thanks,\nJ"; not "Thanks, John", which names the reader.
_THANKS = r"\b(?:thanks|cheers|love|best)[,.! ]{0,2}\r?\n[ -]{0,2}[a-z]"
# Must match "- Maria" and "~ Tom Hill" at the end of a text.
_DASHED = r"[\n .!?][-~]{1,2} ?[a-z]{2,20}(?: [a-z]{2,20})?[.!\s]{0,3}$"
_LEADS = ("my name is ", "my name's ", "i am ", "i'm ", "myself ", "this is ", "can call me ", "may call me ")
_GREETINGS = ("hi ", "hi, ", "hello ", "hello, ", "hey ", "hey, ")
_CLOSINGS = ("regards", "sincerely", "faithfully", "yours truly", "best wishes", "thanks", "cheers", "love", "best")
_SEPARATORS = " ,.!?\r\n-~"


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: introductions, closing formulas, a dash before the last words."""
    return _NAMED, _AM, _CALLED, _HERE, _THIS, _REGARDS, _THANKS, _DASHED


def read(sighting: Sighting) -> Iterator[Signal]:
    """The names among the candidates, in order; what stands behind a name decides with it."""
    text = sighting.view.text
    done, found = 0, 0
    for first, _ in sighting.spans:
        if first < done:
            continue
        lead = next((lead for lead in (*_LEADS, *_GREETINGS) if text.startswith(lead, first)), "")
        if lead:
            span = _introduced(sighting, first, lead)
        elif len(text) - first <= _FROM_END:
            span = _signed(sighting, first)
        else:
            span = None
        if span is None:
            continue
        done = span[1]
        yield sighting.signal("name" if lead else "signature", text[slice(*span)], *span)
        found += 1
        if found == _MOST:
            return


def _introduced(sighting: Sighting, first: int, lead: str) -> tuple[int, int] | None:
    """Where the name stands that ``lead`` introduces."""
    text, start = sighting.view.text, first + len(lead)
    named = lead.startswith("my name")
    if lead in ("i am ", "this is ") and sighting.as_sent(start - 3, start - 2).isupper():
        return None  # in "I Am Waiting" capitals say nothing
    span = _name(sighting, start, shouted=named)
    if span is None:
        return None
    rest = text[span[1] : span[1] + 12]
    if rest.startswith("'"):
        return None  # "I am John's wife"
    if lead in _GREETINGS:
        return span if rest.startswith(" here") else None
    if named or not rest[:1].isspace() or rest[:1] in "\r\n":
        return span
    follower = rest.split()
    if lead == "this is " and (not follower or follower[0] not in _CALLERS):
        return None
    return span if not follower or not follower[0].isalpha() or follower[0] in _FOLLOWERS else None


def _signed(sighting: Sighting, first: int) -> tuple[int, int] | None:
    """Where the name stands behind a closing formula or a dash; it ends its line."""
    text = sighting.view.text
    start = first + len(next((closing for closing in _CLOSINGS if text.startswith(closing, first)), ""))
    while start < len(text) and text[start] in _SEPARATORS:
        start += 1
    span = _name(sighting, start, shouted=False)
    if span is None:
        return None
    rest = text[span[1] :].lstrip(" .!")
    return span if not rest or rest[0] in ",|\r\n" else None  # a post may follow: "John Smith, Manager"


def _name(sighting: Sighting, start: int, *, shouted: bool) -> tuple[int, int] | None:
    """The span of up to three capitalised words, after titles; ``shouted`` names may be all capitals."""
    text = sighting.view.text
    at = start
    for _ in range(_MOST_TITLES):
        stop = _word_end(text, at)
        if text[at:stop] in _TITLES:
            at = stop + (text[stop : stop + 1] == ".") + 1
    begin = end = at
    words = 0
    while words < _MOST_WORDS:
        stop = _word_end(text, at)
        word = text[at:stop]
        if len(word) < 2 or word in _NO_NAMES or not _is_capitalised(sighting.as_sent(at, stop), shouted=shouted):
            break
        words, end = words + 1, stop
        if text[stop : stop + 1] != " ":
            break
        at = stop + 1
    if not words or (words == 1 and text[begin:end].endswith(_ENDINGS)):
        return None
    return None if text[begin:end] in _companies(sighting.tables) else (begin, end)


@lru_cache(maxsize=8)
def _companies(tables: Tables) -> frozenset[str]:
    return frozenset(name for brand in tables.brands for name in (*brand.names, *brand.guarded, *brand.inside))


def _word_end(text: str, at: int) -> int:
    end, limit = at, min(len(text), at + _MOST_WORD)
    while end < limit and (text[end].isalpha() or (text[end] in "'-" and text[end + 1 : end + 2].isalpha())):
        end += 1
    return end - 2 if text[at:end].endswith("'s") else end


def _is_capitalised(word: str, *, shouted: bool) -> bool:
    return word[:1].isupper() and (shouted or not word[1:].isupper() or len(word) == 1)


KIND = Kind("claim", ("name", "signature"), frozenset({"folded"}), patterns, read)
