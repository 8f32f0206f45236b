"""Links that plainly lead out of a mailing: nobody is tracked while leaving.

A link is one of them when its words ask for it, in a language of the product ("Unsubscribe", "click here to opt out",
"se désabonner", "取消訂閱"), or when a whole step of its path, a whole key or value of its query or the first label of its host
is such a word. A word inside a longer one ("reduce-unsubscribe-rates") does not count.
"""

import re
from urllib.parse import unquote

_ENGLISH = r"(?:unsubscribe|unsub|opt[\s\-]?out)"
_FRENCH = r"(?:d[ée]sabonne(?:r|ment|z)|d[ée]sinscri(?:re|ption|vez)|d[ée]sabonnez-vous)"
_WORDS = re.compile(
    rf"^\W*{_ENGLISH}\b|\b(?:to|or|and|and/or|please)\W+{_ENGLISH}\b"
    rf"|^\W*(?:lien d[e']\s?)?(?:(?:se|me|vous|nous)\s+)?{_FRENCH}\b"
    rf"|\b(?:pour|ou|et|de|vous|me|se)\W+(?:(?:vous|me|se)\s+)?{_FRENCH}\b"
    r"|(?:取消|停止)(?:訂閱|订阅)|退訂|退订",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:list-?|e?mail-?)?(?:unsubscribe|unsub|opt-?out|d[eé]sabonne(?:r|ment)|d[eé]sinscri(?:re|ption))(?:\.(?:php|aspx?|html?|cgi|jsp))?",
    re.IGNORECASE,
)
_ESCAPED_LETTER = re.compile("%[4-7]")
_LONGEST_WORDS = 80


def leads_out(url: str, words: str) -> bool:
    """`words` is the link's visible text."""
    if "%" not in url and not _may_lead_out(f"{url} {words}".lower()):
        return False
    url = url[:4096].lower()
    if not _may_lead_out(f"{unquote(url) if _ESCAPED_LETTER.search(url) else url} {words.lower()}"):
        return False
    if len(words) <= _LONGEST_WORDS and _WORDS.search(words):
        return True
    _, _, rest = url.partition("://")
    host, *steps = re.split(r"[/?&=#]", rest)
    return any(_STEP.fullmatch(unquote(step)) for step in (host.partition(".")[0], *steps) if step)


def _may_lead_out(text: str) -> bool:
    """A quick look that spares most links the slow one."""
    if "unsub" in text or "opt" in text or "sabonn" in text or "sinscri" in text:
        return True
    return not text.isascii() and ("訂" in text or "订" in text or "退" in text)
