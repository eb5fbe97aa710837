"""The connection: who is let in, what is said where nobody is, and that no password is told."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest

from nats_server import NatsServer
from trinity_tui.bus import open_carrier, probe_carrier
from trinity_tui.bus.nats.place import Place
from trinity_tui.core.carrier import Carriage
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bus.conftest import Talk

PASSWORD = "open-sesame"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[NatsServer]:
    """A server that asks for a name and a password."""
    server = NatsServer(tmp_path / "nats", "--user", "me", "--pass", PASSWORD)
    yield server
    server.close()


def with_login(server: NatsServer, login: str) -> Carriage:
    return Carriage(server.url.replace("//", f"//{login}@"), "shop")


async def test_a_login_is_taken_from_the_address_or_a_file(root: Path, guarded: NatsServer, talk: Talk) -> None:
    secret = root.parent / "login"
    secret.write_text(f"me:{PASSWORD}\n")
    for carriage in (with_login(guarded, f"me:{PASSWORD}"), Carriage(guarded.url, "shop", "C1", str(secret))):
        bus = await open_carrier(root, "test", carriage)
        assert await bus.publish(talk("let in"))
        assert bus.carrier == guarded.url
        await bus.aclose()
        assert guarded.url in await probe_carrier(carriage)


async def test_who_is_not_let_in_is_told_so_without_the_password(
    root: Path, guarded: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BusError, match=r"[Aa]uthoriz") as caught:
        await open_carrier(root, "test", with_login(guarded, "me:wrong-word"))
    assert "wrong-word" not in caught.value.sentence() + caplog.text


async def test_where_nobody_listens_the_sentence_says_what_to_do(root: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        carriage = Carriage(f"nats://127.0.0.1:{held.getsockname()[1]}", "shop")
        with pytest.raises(BusError, match="does not answer") as caught:
            await open_carrier(root, "test", carriage)
    assert "nats-server" in caught.value.sentence()


async def test_a_server_without_jetstream_is_named(root: Path, tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", is_plain=True)
    try:
        with pytest.raises(BusError, match="JetStream"):
            await open_carrier(root, "test", Carriage(server.url, "shop"))
    finally:
        server.close()


def test_credentials_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "nats.creds"
    with pytest.raises(BusError, match="cannot be read"):
        Place(servers=["nats://a:1"], stream="shop", credentials=str(secret)).login()
    secret.write_text("-----BEGIN NATS USER JWT-----\n")
    with pytest.raises(BusError, match="JWT"):
        Place(servers=["nats://a:1"], stream="shop", credentials=str(secret)).login()
