"""What ``trinity doctor`` says of models: whether each that an instance asks for is there, and what mends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.brains import keys
from trinity_tui.brains.choose import look
from trinity_tui.brains.prices import tariff_of
from trinity_tui.cli.examine import Check
from trinity_tui.core import brain_name, brains_config
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brains_config import BrainsConfig
    from trinity_tui.core.config import Config


def brain_checks(config: Config, environment: Mapping[str, str]) -> list[Check]:
    """One check for each model that is asked for, also for vectors; ``auto`` asks for Ollama's."""
    settings = brains_config.settled(config.brains, environment)
    named = {brain_name.parse(one.brain) for one in config.instances.values() if one.enabled}
    wanted = {_meant(name, settings) for name in named if name.provider != "builtin"}
    if config.memory.embeddings:
        wanted.add(brain_name.BrainName("ollama", config.memory.embeddings))
    names = sorted(wanted, key=str)
    return asyncio.run(_all(names, settings, environment))


def _meant(name: BrainName, settings: BrainsConfig) -> BrainName:
    return brain_name.parse(f"ollama:{settings.model}") if name.provider == "auto" else name


async def _all(names: list[BrainName], settings: BrainsConfig, environment: Mapping[str, str]) -> list[Check]:
    return list(await asyncio.gather(*(_check(name, settings, environment) for name in names)))


async def _check(name: BrainName, settings: BrainsConfig, environment: Mapping[str, str]) -> Check:
    if name.provider == "claude":
        return _claude(name, settings, environment)
    found = await look(name, settings, environment)
    if found.name is not None:
        where = f"is there, at {name.url or settings.ollama}"
        if name.provider == "ollama":
            where += f", {settings.parallel} at a time ([brains] parallel, else OLLAMA_NUM_PARALLEL)"
        return Check(str(name), True, f"{where}{_price(name, settings)}", is_needed=False)
    why, _, mend = found.why.partition(". ")
    return Check(str(name), False, why, mend.split("`")[1] if "`" in mend else mend, is_needed=False)


def _claude(name: BrainName, settings: BrainsConfig, environment: Mapping[str, str]) -> Check:
    try:
        keys.claude_key(settings.claude_key, environment)
    except BrainError as error:
        return Check(str(name), False, str(error), error.hint, is_needed=False)
    where = settings.claude_key or "ANTHROPIC_API_KEY"
    return Check(str(name), True, f"a key is in {where}{_price(name, settings)}", is_needed=False)


def _price(name: BrainName, settings: BrainsConfig) -> str:
    tariff = tariff_of(name, settings)
    if tariff is None or not tariff.is_assumed:
        return ""
    highest = f"{tariff.price.input:g} and {tariff.price.output:g} dollars a million tokens"
    return f"; no price of it is known: it is counted at {highest} in and out ([brains] prices says its own)"
