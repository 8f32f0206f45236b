"""Gmail's API: one file a noun."""

from server.sandbox.gmail import batch, drafts, history, messages, settings, threads, users
from server.sandbox.gmail.routes import gmail

__all__ = ["batch", "drafts", "gmail", "history", "messages", "settings", "threads", "users"]
