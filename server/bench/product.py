"""The whole product as `livefeed serve` runs it, and when its feeds were committed."""

from typing import Any

from server.bench.served import Commits, around
from server.wsgi import Served


def _build() -> Served:
    from server import app, settings, wsgi

    product, commits = app.build(settings.read()), Commits()
    product.bus.listen(commits.note)
    served = wsgi.served(product)
    return Served(around(served, commits), stop=served.stop, close=served.close)


def __getattr__(name: str) -> Any:
    if name == "application":
        globals()[name] = _build()
        return globals()[name]
    raise AttributeError(name)
