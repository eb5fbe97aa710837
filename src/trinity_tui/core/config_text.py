"""The text of ``instances.toml`` made into a configuration, or an error that says file, line and key.

Text in, configuration out; reading the file is ``store``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core import address, brain_name, brains_config, carrier, notify
from trinity_tui.core.config import Config, InstanceConfig
from trinity_tui.core.config_fleet import expand
from trinity_tui.core.config_lines import locate
from trinity_tui.core.config_table import load, table
from trinity_tui.core.config_words import astray, shown, unknown
from trinity_tui.core.errors import ConfigError
from trinity_tui.core.paths import CONFIG
from trinity_tui.core.policy import split_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.config import BusConfig
    from trinity_tui.core.tools_config import ToolsConfig

_DERIVED = frozenset({"replica_of"})
"""What expansion says of an instance, and no file."""
_TABLES: dict[str, type[msgspec.Struct]] = {
    field.name: field.type for field in msgspec.structs.fields(Config) if field.name != "instances"
}
_KEYS = {f"[{name}]": shape.__struct_fields__ for name, shape in _TABLES.items()} | {
    "[instances.NAME]": tuple(key for key in InstanceConfig.__struct_fields__ if key not in _DERIVED)
}
"""The keys of all tables, by how each is called."""


def parse(text: str, file: str = CONFIG, adjust: Callable[[dict[str, Any]], dict[str, Any]] | None = None) -> Config:
    """The configuration a text describes.

    Args:
        text: What the person wrote.
        file: What its errors call it.
        adjust: Makes of ``[instances.…]`` as written those that count; None: as written.

    Raises:
        ConfigError: It is no TOML, a key is unknown, or a value is of the wrong kind; with the line where it stands.
    """
    raw, written = load(text, file), _Written(text, file)
    if adjust is not None and isinstance(raw.get("instances", {}), dict):
        raw["instances"] = adjust(raw.get("instances", {}))
    written.check_names(raw)
    tables = {
        name: table(text, file, (name,), raw.get(name, {}), shape, where=f"[{name}]", elsewhere=_KEYS)
        for name, shape in _TABLES.items()
    }
    config = Config(**tables)  # pyright: ignore[reportArgumentType]  # each is of its own shape
    written.check_tables(config)
    return msgspec.structs.replace(config, instances=written.instances(raw.get("instances", {})))


class _Written(msgspec.Struct, frozen=True):
    """A text, and what its errors call it: what a shape alone cannot say of it is checked here."""

    text: str
    file: str

    def _wrong(self, problem: str, path: tuple[str, ...], where: str = "") -> ConfigError:
        return ConfigError(self.file, problem, locate(self.text, path), where)

    def _wrong_key(self, name: str, key: str, problem: str) -> ConfigError:
        return self._wrong(f'key "{key}": {problem}', (name, key), f"[{name}]")

    def check_names(self, raw: dict[str, Any]) -> None:
        """Refuse tables that are none."""
        known = [*_TABLES, "instances"]
        for name in raw:
            if name not in known:
                raise self._wrong(_no_table(name, raw[name], known), (name,))

    def check_tables(self, config: Config) -> None:
        """Refuse what of the tables but the instances' cannot be meant."""
        computer = config.serve.computer
        if not address.is_computer(computer):
            raise self._wrong_key("serve", "computer", f'"{shown(computer)}" is no computer: C1, C2, …')
        self._check_bus(config.bus)
        for name, problem in (
            ("brains", brains_config.problem_of(config.brains)), ("notify", notify.problem_of(config.notify)),
        ):  # fmt: skip
            if problem is not None:
                raise self._wrong_key(name, problem[0], shown(problem[1]))
        self._check_rules(config.tools)

    def _check_bus(self, bus: BusConfig) -> None:
        try:
            carrier.servers_of(bus.carrier)
        except ValueError as error:
            raise self._wrong_key("bus", "carrier", shown(str(error))) from error
        if bus.stream and not carrier.is_stream(bus.stream):
            rule = "must be A-Z, a-z, 0-9, - and _, at most 64"
            raise self._wrong_key("bus", "stream", f'"{shown(bus.stream)}" {rule}')

    def _check_rules(self, tools: ToolsConfig) -> None:
        for key in ("deny", "ask", "allow"):
            for rule in getattr(tools, key):
                try:
                    split_rule(rule)
                except ValueError as error:
                    raise self._wrong_key("tools", key, f'rule "{shown(rule)}": {shown(str(error))}') from error

    def instances(self, raw: object) -> dict[str, InstanceConfig]:
        """Those the tables describe."""
        if not isinstance(raw, dict):
            raise self._wrong("instances must be tables: [instances.explorer-1]", ("instances",))
        found = {name: self._instance(name, said) for name, said in cast("dict[str, object]", raw).items()}
        return expand(found, self._wrong_instance)

    def _instance(self, name: str, raw: object) -> InstanceConfig:
        if not address.is_instance_id(name):
            rule = "must be a-z, 0-9, - and _, at most 32, first a letter"
            why = "is a reserved name" if name in address.RESERVED else rule
            raise self._wrong(why, ("instances", name), f'instance "{shown(name)}"')
        instance = table(
            self.text, self.file, ("instances", name), raw, InstanceConfig, where=f'instance "{name}"',
            hidden=_DERIVED, elsewhere=_KEYS,
        )  # fmt: skip
        role = address.ROLE_ALIASES.get(instance.role, instance.role)
        if role not in address.ROLES:
            why = unknown("role", instance.role, address.ROLES)
            raise self._wrong(why, ("instances", name, "role"), f'instance "{name}"')
        try:
            brain_name.parse(instance.brain)
        except ValueError as error:
            raise self._wrong_instance(name, "brain", _no_brain(instance.brain, str(error))) from error
        return msgspec.structs.replace(instance, role=role)

    def _wrong_instance(self, name: str, key: str, problem: str) -> ConfigError:
        path = ("instances", name, key) if key else ("instances", name)
        return self._wrong(f'key "{key}": {problem}' if key else problem, path, f'instance "{name}"')


def _no_table(name: str, written: object, known: list[str]) -> str:
    if any(name in keys for keys in _KEYS.values()) and not isinstance(written, dict):
        return astray(name, known, _KEYS)
    if isinstance(written, dict) and "role" in written and address.is_instance_id(name):
        return f'unknown table "{shown(name)}" (did you mean [instances.{name}]?)'
    return unknown("table", name, known)


def _no_brain(written: str, problem: str) -> str:
    provider, colon, rest = written.partition(":")
    near = address.nearest(provider, brain_name.PROVIDERS) if provider not in brain_name.PROVIDERS else None
    meant = f' (did you mean "{shown(near + colon + rest)}"?)' if near else ""
    return f'"{shown(written)}": {shown(problem)}{meant}'
