"""Structured logs on stderr, one JSON object a line (or readable text on a terminal)."""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, MutableMapping
from typing import Any

# structlog takes rich along, and that Pygments, for tracebacks that we write ourselves.
_missing = "rich" not in sys.modules
if _missing:
    sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402

if _missing:
    del sys.modules["rich"]

_ADDRESS = re.compile(r"([^\s@<>\"',;:]{1,64})@([^\s@<>\"',;:]{1,255})")
_SECRET_NAMES = re.compile(r"secret|token|password|authorization|cookie|code_verifier|api_key", re.IGNORECASE)


def mask_address(text: str) -> str:
    """nora.lindqvist@fjordline.example -> n…@fjordline.example, wherever an address stands in the text."""
    return _ADDRESS.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _SECRET_NAMES.search(name) and value:
            event[name] = "…"
        elif isinstance(value, str):
            event[name] = mask_address(value)
    return event


def configure(level: str = "INFO", *, readable: bool | None = None) -> None:
    """Call once a process. Lines of other libraries go through the same masking."""
    as_text = sys.stderr.isatty() if readable is None else readable
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it greets at each look at the database


def logger(name: str) -> structlog.stdlib.BoundLogger:
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


class Seldom:
    """For lines that strangers can bring about: of one kind, one a minute at most. Kinds are few, and none of their making."""

    def __init__(self, every: float = 60.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kinds: dict[str, tuple[float, int]] = {}

    def due(self, kind: str) -> int | None:
        """None: say nothing. Else how many were kept back since the line before."""
        now = self._monotonic()
        with self._lock:
            said_at, kept_back = self._kinds.get(kind, (now - self._every, 0))
            if now - said_at < self._every:
                self._kinds[kind] = (said_at, kept_back + 1)
                return None
            self._kinds[kind] = (now, 0)
            return kept_back
