"""The demo tells its story to a product through its front doors."""

import threading
import urllib.request

from server.sandbox.demo import Options, playing
from server.sandbox.stories import FIRST_MAILS, NORA
from server.sandbox.world import World

from .product import CLIENT_ID, CLIENT_SECRET, EXTENSION, running_product


def test_nora_signs_in_and_sends_her_first_mails() -> None:
    world, stop = World(seed=1), threading.Event()
    with running_product() as fake:
        options = Options(fake.url, CLIENT_ID, CLIENT_SECRET, EXTENSION, port=0, pace=0.0)
        arrived = threading.Event()
        world.on_delivery(lambda _: arrived.set() if len(fake.messages) == len(FIRST_MAILS) else None)
        with playing(world, options, stop) as (demo, sandbox):
            fake.google_url = sandbox.url
            assert arrived.wait(30)
            assert demo.people.schedule.wait_idle(30)
            with urllib.request.urlopen(f"{sandbox.url}/recipients/", timeout=10) as page:
                assert "Aïssatou Diallo" in page.read().decode()
    assert len(world.mailbox(NORA).messages(labels=["SENT"])) == len(FIRST_MAILS) - 1
    assert len(fake.sent) == 1
    assert {kind for kind, _, _ in fake.hits} == {"view", "click"}
    assert all(address for _, _, address in fake.hits)
    assert len(world.mailbox(NORA).messages(labels=["INBOX"])) >= 3
