"""What Marketo tells becomes people, scores and moments."""

from server.services.marketo.sellers import Sellers
from server.services.marketo.sync import MarketoSync

__all__ = ["MarketoSync", "Sellers"]
