"""Our own posts, told by a mark that nobody else can make.

A banner that we post comes back through the webhook, and must not be screened. A fixed mark would be an invitation:
whoever copies it is never screened. So the mark is keyed and covers the thread and every word of the post.
"""

from __future__ import annotations

import hashlib
import hmac
import re

ANYWHERE = ""
"""The thread of a post that is none in a thread, such as an Issue: its name is not known before it is made."""
_MARK = re.compile(r"\[lw-([0-9a-f]{16})\]")
_MARKED = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{12} \[lw-[0-9a-f]{16}\]")
"""The last line of a banner: the end of an alert's id, and the mark. No number could be read out of it."""
_WORD = re.compile(r"\w+")


def mark(text: str, thread: str, secret: str) -> str:
    """What to put behind a post of ours in a thread: ``[lw-...]``. Another layout makes no difference to it."""
    words = " ".join(_WORD.findall(text.casefold()))
    digest = hmac.new(secret.encode(), f"{thread}\n{words}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return f"[lw-{digest.hexdigest()[:16]}]"


def is_ours(text: str, thread: str, secret: str) -> bool:
    """Whether the text is a post of ours in this thread: the mark fits, and nothing was added."""
    found = _MARK.search(text)
    if found is None:
        return False
    rest = text[: found.start()] + text[found.end() :]
    return hmac.compare_digest(found[0].encode(), mark(rest, thread, secret).encode())


def unmarked(quoted: str) -> str:
    """A quotation without the last lines of banners: nobody said these, and nobody can say anything with them."""
    return "\n".join(line for line in quoted.splitlines() if not _MARKED.fullmatch(line.strip()))
