"""Work that must be done: a table remembers it, a wake-up makes it start at once."""

from server.queue.work import Queue, Store

__all__ = ["Queue", "Store"]
