"""The person's own keys: checked against the registry, in sentences that say what is wrong and what may be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.keys import _character_to_key  # pyright: ignore[reportPrivateUsage]  # as Textual reads a keymap

from trinity_tui.core.address import nearest
from trinity_tui.core.errors import ConfigError
from trinity_tui.tui.actions import ACTIONS, bindings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trinity_tui.tui.actions import Action


def checked(wishes: Mapping[str, str], file: str = "config.toml") -> dict[str, str]:
    """The person's keys for Textual's keymap: action id to keys, separated by commas.

    Raises:
        ConfigError: There is no such action, and the nearest one is suggested; or a key is to do two things in one
            place, and both are named.
    """
    known = {binding.id or "" for action in ACTIONS for binding in bindings_of(action)}
    for name in wishes:
        if name not in known:
            near = nearest(name, known)
            hint = f' (did you mean "{near}"?)' if near else ""
            raise ConfigError(file, f'unknown action "{name}"{hint}', where="keymap")
    for name in wishes:
        _check_clash(name, wishes, file)
    return dict(wishes)


def is_own(action: Action, keys: Mapping[str, str]) -> bool:
    """Whether the person chose a key of this action."""
    return any(binding.id in keys for binding in bindings_of(action))


def _check_clash(name: str, wishes: Mapping[str, str], file: str) -> None:
    mine = {key: action for key, action in _keys_of(wishes) if key[0] == name}
    for (other, key), action in _keys_of(wishes):
        own = mine.get((name, key))
        if own is not None and other != name and _meet(own, action):
            raise ConfigError(file, f'"{key}" is the key of both "{name}" and "{other}"', where="keymap")


def _keys_of(wishes: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], Action]]:
    """Every key that holds: the id of its binding and its name, and the action."""
    for action in ACTIONS:
        for binding in bindings_of(action):
            name = binding.id or ""
            for key in wishes.get(name, binding.key).split(","):
                yield (name, _normal(key.strip())), action


def _normal(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


def _meet(one: Action, other: Action) -> bool:
    """Whether there is a place in which both can be meant."""
    if "found" in (one.area, other.area):
        # While something is looked for, its keys are taken before those that hold everywhere.
        return False
    return not one.places or not other.places or bool(one.places & other.places)
