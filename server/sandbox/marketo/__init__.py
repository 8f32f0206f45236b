"""Marketo's REST API as Adobe documents it. Base address and identity address are both the sandbox's own."""

from server.sandbox.marketo import activities, campaigns, identity, leads, stats
from server.sandbox.marketo.routes import marketo

__all__ = ["activities", "campaigns", "identity", "leads", "marketo", "stats"]
