"""The words of ``[bus] carrier``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import carrier


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("files", []),
        ("nats://127.0.0.1:4222", ["nats://127.0.0.1:4222"]),
        ("nats://a:1, tls://me:secret@b:2", ["nats://a:1", "tls://me:secret@b:2"]),
        ("nats://[::1]:4222", ["nats://[::1]:4222"]),
    ],
)
def test_what_it_may_be(text: str, servers: list[str]) -> None:
    assert carrier.servers_of(text) == servers


@pytest.mark.parametrize("text", ["", "file", "nats", "nats://", "http://a:1", "nats://a:1,", "nats://a:70000"])
def test_what_it_may_not_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"files|[Pp]ort"):
        carrier.servers_of(text)


def test_a_password_is_not_shown() -> None:
    assert carrier.shown("nats://me:sec@ret@a:1, tls://token@b:2") == "nats://a:1,tls://b:2"
    with pytest.raises(ValueError, match="neither files") as caught:
        carrier.servers_of("http://me:secret@a:1")
    assert "secret" not in str(caught.value)


@given(st.text())
def test_a_stream_of_any_workspace_is_one_a_server_takes(name: str) -> None:
    assert carrier.is_stream(carrier.stream_of(name))
