"""Which peers and rounds are meant."""

from __future__ import annotations

import pytest

from trinity_tui.bench.options import Options
from trinity_tui.core.errors import ClientError

KNOWN = ("redis", "sqlite")


@pytest.mark.parametrize(
    ("said", "meant"), [("all", KNOWN), ("none", ()), ("sqlite", ("sqlite",)), (" redis , sqlite ", KNOWN)]
)
def test_peers(said: str, meant: tuple[str, ...]) -> None:
    assert Options(peers=said).chosen(KNOWN) == meant


def test_an_unknown_peer_is_named() -> None:
    with pytest.raises(ClientError, match="no peer 'rabbit'"):
        Options(peers="redis,rabbit").chosen(KNOWN)


def test_a_quick_run_has_fewer_rounds_unless_told() -> None:
    assert Options(quick=True).round_count < Options().round_count
    assert Options(quick=True, rounds=7).round_count == 7
