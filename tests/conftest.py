"""What every room's tests share: a user's folders of their own, and a workspace to run programs in."""

from __future__ import annotations

import gc
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from fleet import Fleet, plant

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# How long an example takes says how busy the machine is, and nothing about what it tests. By hand a property is tried
# with fewer of them, others each time; ``--hypothesis-profile=thorough``, which CI takes, with more, always the same.
BUSY = [HealthCheck.too_slow]
settings.register_profile("quick", deadline=None, max_examples=40, suppress_health_check=BUSY)
settings.register_profile("thorough", deadline=None, max_examples=100, suppress_health_check=BUSY, derandomize=True)
settings.load_profile("quick")

NEW_OBJECTS = 20_000
"""How many there are before garbage among them is looked for: an app makes 700, which is usual, with each key."""


def pytest_configure() -> None:
    """Let what tests start be interrupted: what a shell runs in the background ignores that, and so would they."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage neither while tests are collected, nor afterwards among what stays to the end anyhow."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Look for garbage again where a test ran what holds it up until its process ends."""
    gc.enable()


@contextmanager
def at_home(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """Nothing of the real user is read or written meanwhile."""
    home = Path(tempfile.mkdtemp(prefix="trinity-home-"))
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(home / folder))
    for name in ("TRINITY_WORKSPACE", "TRINITY_DEPTH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    # Nor is a model asked that this machine happens to have.
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def planted() -> Generator[Fleet]:
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


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A test's own home in the place of the real user's."""
    with at_home(monkeypatch) as home:
        yield home


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A workspace of a test's own."""
    with planted() as made:
        yield made


@pytest.fixture(scope="module")
def running_fleet() -> Iterator[Fleet]:
    """A fleet that runs and that the tests of a module share: they speak to it, look at it and leave it as it was."""
    with pytest.MonkeyPatch.context() as monkeypatch, at_home(monkeypatch), planted() as made:
        made.serve()
        yield made
