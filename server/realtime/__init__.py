"""The wake-up bus: a commit here, screens in every process."""

from server.realtime.bus import Bus, Callback
from server.realtime.local import LocalBus
from server.realtime.redis import RedisBus

__all__ = ["Bus", "Callback", "LocalBus", "RedisBus"]
