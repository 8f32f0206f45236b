"""Salesforce's REST API as its documents describe it: tokens, SOQL, tasks. Login host and My Domain are both the sandbox."""

from server.sandbox.salesforce import oauth, query, records
from server.sandbox.salesforce.routes import salesforce

__all__ = ["oauth", "query", "records", "salesforce"]
