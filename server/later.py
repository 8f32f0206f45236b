"""Modules that a start does without: each is imported when something in it is first asked for.

if TYPE_CHECKING:
    import requests
else:
    requests = later("requests")
"""

from importlib import import_module
from types import ModuleType
from typing import Any

_PROMISED: dict[str, None] = {}


class _Later(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def later(name: str) -> Any:
    _PROMISED[name] = None
    return _Later(name)


def promised() -> tuple[str, ...]:
    """Names of the modules that somebody will want at some time."""
    return tuple(_PROMISED)
