"""Work that must be done: a table remembers it, a wake-up makes it start at once."""

from server.queue.work import Queue, Store

BELL = "workers"
"""What is called on the wake-up bus, among the ids of users, when there is work."""

__all__ = ["BELL", "Queue", "Store"]
