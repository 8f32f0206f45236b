"""Why a service outside does not do what it should, in the reader's language."""

from server.web.languages import has_text, t


def cause_words(cause: str, detail: str) -> str:
    """What is wrong and what mends it; the service's own words where nobody knows better."""
    key = f"cause.{cause}"
    return t(key) if has_text(key) else detail
