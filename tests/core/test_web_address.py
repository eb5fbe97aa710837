"""Which addresses of servers can be used; whatever is written, the answer is yes or no."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.core.web_address import is_usable


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.example:8443/x?key=1#y", "http://[::1]:80/", "http://127.0.0.1"]
)
def test_an_address_of_a_server(url: str) -> None:
    assert is_usable(url)


@pytest.mark.parametrize(
    "url", ["", "a.example", "ftp://a", "http://", "http://[a", "http://a:99999", "http://u:p@a", "http://:p@a",
            "http://a/b c", "http://a/\x1b"],
)  # fmt: skip
def test_what_is_none(url: str) -> None:
    assert not is_usable(url)


@given(st.text(max_size=40).map(lambda text: f"http://{text}"))
@example("http://[")
def test_what_can_be_used_has_a_server(url: str) -> None:
    if is_usable(url):
        assert urlsplit(url).hostname
