"""Addresses of servers, as somebody writes them into a configuration: which of them can be used."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_usable(url: str) -> bool:
    """Whether a text is the address of an HTTP server, with no user or password in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_server = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return is_server and url.isprintable() and " " not in url
