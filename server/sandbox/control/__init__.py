"""The JSON API by which tests and newcomers move the sandbox. docs/sandbox.md describes every call."""

from server.sandbox.control import crm, google, mail, marketo, salesforce, world
from server.sandbox.control.routes import control

__all__ = ["control", "crm", "google", "mail", "marketo", "salesforce", "world"]
