"""What can be forked, and from which zygote."""

from __future__ import annotations

import sys

import pytest

from trinity_tui.core.wire.keeper import Spawn
from trinity_tui.harness.keeping.orders import kind_of
from trinity_tui.process.guise import ENV_BYTES

MODULE = [sys.executable, "-P", "-m", "some.module", "argument"]


def request(argv: list[str], env: dict[str, str] | None = None, **fields: object) -> Spawn:
    return Spawn(
        instance="a", epoch=1, argv=argv, env=env or {}, cwd="/", output="/o", exit="/e",
        **({"how": "zygote"} | fields),  # pyright: ignore[reportArgumentType]  (fields of a Spawn)
    )  # fmt: skip


@pytest.mark.parametrize(
    "argv",
    [
        ["sleep", "1"], [], [sys.executable], MODULE[:3], ["python3", *MODULE[1:]],
        [sys.executable, "-m", "some.module"],
        [sys.executable, "-P", "-c", "pass"], [sys.executable, "-P", "-m", "../module"], [*MODULE, "a\0b"],
        [*MODULE, "x" * 5000], [sys.executable, "-P", "-m", "some;module"],
    ],
)  # fmt: skip
def test_another_form_is_executed(argv: list[str]) -> None:
    assert kind_of(request(argv)) is None


def test_what_must_be_executed_is() -> None:
    assert kind_of(request(MODULE)) is not None
    assert kind_of(request(MODULE, how="exec")) is None
    assert kind_of(request(MODULE, preload=["os; import evil"])) is None
    assert kind_of(request(MODULE, {"A": "x" * ENV_BYTES})) is None


def test_starts_share_a_zygote_unless_an_interpreter_would_start_otherwise() -> None:
    one = kind_of(request(MODULE, {"PATH": "/bin", "KEY": "of one", "LANG": "C"}))
    assert one == kind_of(request(MODULE, {"PATH": "/usr/bin", "KEY": "of another", "LANG": "C"}))
    assert one != kind_of(request(MODULE, {"LANG": "de_DE.UTF-8"}))
    assert one != kind_of(request(MODULE, {"LANG": "C", "PYTHONPATH": "/elsewhere"}))
    assert one != kind_of(request(MODULE, {"LANG": "C"}, preload=["json"]))
    two = kind_of(request(MODULE, preload=["json", "ast"]))
    assert two == kind_of(request(MODULE, preload=["ast", "json", "ast"]))
    assert "of one" not in repr(one)
