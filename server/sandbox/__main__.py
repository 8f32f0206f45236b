"""`python -m server.sandbox`: the sandbox beside a product."""

import argparse
from pathlib import Path

from server import logs

from . import places
from .demo import Options, play
from .world import World


def main(arguments: list[str] | None = None) -> int:
    logs.configure()
    given = _parser().parse_args(arguments)
    if given.places_dir:
        places.write(given.places_dir)
    options = Options(
        product_url=given.product_url,
        client_id=given.client_id,
        client_secret=given.client_secret,
        extension_id=given.extension_id,
        host=given.host,
        port=given.port,
        seed=given.seed,
        pace=None if given.quiet_recipients else given.pace,
        mailbox=given.mailbox,
        push_url=given.push_url,
        tracking_host=given.tracking_host,
    )
    play(World(seed=options.seed), options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server.sandbox", description="A Google, and people who read mail.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--product-url", default="http://localhost:8080")
    parser.add_argument("--client-id", default="sandbox-client.apps.example")
    parser.add_argument("--client-secret", default="sandbox-client-secret")
    parser.add_argument("--extension-id", default="abcdefghijklmnopabcdefghijklmnop")
    parser.add_argument("--seed", type=int, default=1, help="makes the people, their addresses and their habits repeatable")
    parser.add_argument("--pace", type=float, default=1.0, help="1: within a minute; 60: about as in life")
    parser.add_argument("--quiet-recipients", action="store_true", help="nobody does anything by themselves")
    parser.add_argument("--mailbox", type=Path, help="an mbox file or a folder of .eml files, sent by the rep")
    parser.add_argument("--push-url", default="", help="the product's address for Gmail push; empty: none")
    parser.add_argument("--tracking-host", default="", help="host of pixels and links, when it is not the product's")
    parser.add_argument("--places-dir", type=Path, help="write places.mmdb and networks.mmdb here first")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
