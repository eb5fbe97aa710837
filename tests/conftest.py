"""What every room's tests share: a user's folders of their own, and a workspace to run programs in."""

from __future__ import annotations

import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from fleet import Fleet, plant

if TYPE_CHECKING:
    from collections.abc import Iterator

# How long an example takes says how busy the machine is, and nothing about what it tests. By hand a property is tried
# with fewer of them; ``--hypothesis-profile=thorough``, which CI takes, with more.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile("quick")


def pytest_configure() -> None:
    """Let what tests start be interrupted: what a shell runs in the background ignores that, and so would they."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nothing of the real user is read or written."""
    home = Path(tempfile.mkdtemp(prefix="trinity-home-"))
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(home / folder))
    for name in ("TRINITY_WORKSPACE", "TRINITY_DEPTH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    # Nor is a model asked that this machine happens to have.
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A workspace of four instances on a small git repository; nothing runs yet."""
    root = Path(tempfile.mkdtemp(prefix="trinity-test-")).resolve()
    made = Fleet(root)
    try:
        plant(root)
        made.write_config()
        yield made
    finally:
        made.close()
        shutil.rmtree(root, ignore_errors=True)
