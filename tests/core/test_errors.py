"""The errors: one tree, and a sentence that says where, what and what next."""

from __future__ import annotations

import re

import pytest

from trinity_tui.core import errors
from trinity_tui.core.errors import (
    BusError,
    ClientError,
    ConfigError,
    MessageError,
    StoreError,
    StormError,
    TrinityError,
)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConfigError("instances.toml", "is odd"), "instances.toml: is odd"),
        (ConfigError("instances.toml", "is odd", 12), "instances.toml:12: is odd"),
        (ConfigError("a.toml", "is odd", 12, 'instance "scout"'), 'a.toml:12: instance "scout": is odd'),
        (ConfigError("a.toml", "is odd", where="[bus]"), "a.toml: [bus]: is odd"),
        (MessageError("to", "is missing"), "message refused: to: is missing"),
        (
            ClientError("no coordinator runs here.", 3, "Start one: trinity."),
            "no coordinator runs here. Start one: trinity.",
        ),
        (StormError("rate", "lead-1", "too many"), "storm guard: no message to lead-1: too many"),
        (ClientError("refused"), "refused"),
        (StoreError("the disk is full"), "the disk is full"),
    ],
)
def test_the_sentence(error: TrinityError, sentence: str) -> None:
    assert error.sentence() == sentence


def test_the_fields() -> None:
    refused = MessageError("to", "is missing")
    failed = ClientError("not in time", 5)
    wrong = ConfigError("a.toml", "is odd", 3, "[bus]")
    assert (refused.field, refused.problem) == ("to", "is missing")
    assert (failed.exit_code, failed.hint, ClientError("x").exit_code) == (5, "", 1)
    assert (wrong.file, wrong.problem, wrong.line, wrong.where) == ("a.toml", "is odd", 3, "[bus]")


def test_the_tree_is_the_one_that_is_drawn() -> None:
    drawn = set(re.findall(r"── (\w+) ", errors.__doc__ or ""))
    made = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrinityError)}
    assert {kind.__name__ for kind in made} == drawn | {"TrinityError"}
    assert issubclass(BusError, StoreError)
