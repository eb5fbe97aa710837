"""Which brain each instance may use, and what its tools may do without asking, as far as the configuration may say so.

A brain that shows what it is shown to another machine, and rules that let tools act without asking, count only once the
person allowed exactly that: the brain with the limits it may spend, the rules word for word.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.brains.http_probe import listens_here
from trinity_tui.brains.prices import tariff_of
from trinity_tui.core import brain_name, brain_needs, brains_config
from trinity_tui.core.brains_config import leaves_machine
from trinity_tui.core.budget import budget_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brain_price import Price, Tariff
    from trinity_tui.core.budget import Budget
    from trinity_tui.core.config import Config, InstanceConfig
    from trinity_tui.core.tools_config import ToolsConfig
    from trinity_tui.daemon.ceilings import Ceilings
    from trinity_tui.daemon.words import Words

BUILTIN = "builtin"
SHOWN_CHARACTERS = 120


class Mind(msgspec.Struct, frozen=True):
    """What counts of the brain an instance was given."""

    brain: str
    variables: tuple[str, ...] = ()
    """Which of our variables its process gets for it."""
    modules: tuple[str, ...] = ()
    """What is best loaded before its process begins."""
    lacks: str = ""
    """Why it is not the brain that was given; empty where it is."""


class Minds:
    """Says what counts.

    Args:
        words: What the person said.
        ceilings: How much the person allowed brains to use.
        config: What holds now.
    """

    def __init__(self, words: Words, ceilings: Ceilings, config: Callable[[], Config]) -> None:
        self._words = words
        self._ceilings = ceilings
        self._config = config

    def of(self, name: str, config: InstanceConfig) -> Mind:
        """The brain it may use now; asks the person where that is not known."""
        brain, command = brain_name.parse(config.brain), self.command(name, config)
        is_allowed = self._is_allowed(name, config)
        if leaves_machine(brain, self._config().brains) and not is_allowed:
            said = self._words.on(command, f"instances.toml wants {name} to {self._sentence(config, brain)}")
            if said != "yes":
                why = "waits for your word to" if said == "waits" else "you did not allow it to"
                return Mind(BUILTIN, lacks=f"{why} use {config.brain}")
        variables = brain_needs.variables_of(brain)
        if not is_allowed:
            # A server on this machine needs no word. Who listens there is still nobody to be handed a key unasked.
            variables = tuple(key for key in variables if not key.endswith("_KEY"))
        is_ollama_there = brain.provider == "auto" and listens_here(self._ollama())
        return Mind(config.brain, variables, brain_needs.modules_of(brain, is_ollama_there=is_ollama_there))

    def _ollama(self) -> str:
        return brains_config.settled(self._config().brains, os.environ).ollama

    def _is_allowed(self, name: str, config: InstanceConfig) -> bool:
        """Whether the person allowed this brain; a higher limit than was allowed with it is asked for, and waits."""
        command, about, budget = self.command(name, config), self._about(name, config), self._budget(config)
        if not self._is_asked(brain_name.parse(config.brain)):
            return self._ceilings.hold(name, budget, None)
        if self._words.is_allowed(command):
            self._ceilings.allow(about, budget, is_for_good=self._words.is_for_good(command))
        allowed = self._ceilings.of(about)
        if self._ceilings.hold(name, budget, allowed) and allowed is not None:
            more, before, brain = words_of(budget) or "what it wants", words_of(allowed), _plain(config.brain)
            self._words.on(command, f"instances.toml lets {name} use {more} with {brain}; you allowed {before}.")
        return allowed is not None

    def budget(self, name: str, config: InstanceConfig) -> Budget:
        """What counts of an instance's limits: one that was raised counts once the person allowed it."""
        return self._ceilings.held(name, self._budget(config))

    def command(self, name: str, config: InstanceConfig) -> str:
        """What the person is asked to allow: equal only for the same instance, brain, place, key, price and limits."""
        budget = self._budget(config)
        return self._command(name, config, [budget.tokens, budget.microdollars])

    def _about(self, name: str, config: InstanceConfig) -> str:
        """The same without the limits."""
        return self._command(name, config, ["at most"])

    def _command(self, name: str, config: InstanceConfig, limits: list[Any]) -> str:
        brains, brain = self._config().brains, brain_name.parse(config.brain)
        place = {"claude": brains.claude_key, "ollama": brains.ollama, "auto": brains.ollama}.get(brain.provider, "")
        # A price of the file's own could make a limit of money mean nothing.
        price = brains.prices.get(brain.model) if tariff_of(brain, brains) is not None else None
        exactly = [name, config.brain, place, *limits, *([price] if price is not None else [])]
        return self._words.command(f"{name} use {_plain(config.brain)}", exactly)

    def trust(self, name: str, config: InstanceConfig) -> None:
        """The person named this brain at a command."""
        if self._is_asked(brain_name.parse(config.brain)):
            self._words.allow(self.command(name, config))

    def _is_asked(self, brain: BrainName) -> bool:
        """Whether the person's word means something for it: it tells others, or is handed a key."""
        return leaves_machine(brain, self._config().brains) or bool(brain_needs.variables_of(brain))

    def warning(self, name: str, config: InstanceConfig) -> str:
        """What the person should know of a brain that is chosen; empty where nothing leaves this machine."""
        brain = brain_name.parse(config.brain)
        if not leaves_machine(brain, self._config().brains):
            return ""
        return f"{name} is to {self._sentence(config, brain)}"

    def _sentence(self, config: InstanceConfig, brain: BrainName) -> str:
        brains, budget = self._config().brains, self._budget(config)
        where = f" at {_plain(brains.ollama)}" if brain.provider in ("ollama", "auto") else ""
        is_claude = brain.provider == "claude"
        key = f", with the key in {_plain(brains.claude_key)}" if is_claude and brains.claude_key else ""
        tariff = tariff_of(brain, brains)
        # What is not paid by the token has no limit of money, and none is promised.
        most = words_of(budget if tariff is not None else msgspec.structs.replace(budget, microdollars=0))
        limit = f"at most {most}" if most else "and what it costs has no limit"
        by = _by(brains.prices.get(brain.model), tariff) if tariff is not None and budget.microdollars else ""
        return f"use {_plain(config.brain)}{where}{key}: what it is shown leaves this machine, {limit}{by}."

    def _budget(self, config: InstanceConfig) -> Budget:
        return budget_of(self._config().limits, config.tokens_per_day, config.dollars_per_day)

    def tools(self) -> ToolsConfig:
        """What tools may do; without what was not allowed of it."""
        tools = self._config().tools
        if not tools.allow and not tools.network:
            return tools
        parts = ["use without asking: " + "; ".join(map(_plain, tools.allow))] if tools.allow else []
        parts += ["reach the network"] if tools.network else []
        if self._words.on(self.tools_command(), f"instances.toml wants tools to {', and to '.join(parts)}.") == "yes":
            return tools
        return msgspec.structs.replace(tools, allow=(), network=False)

    def tools_command(self) -> str:
        """What the person is asked to allow tools: equal only for the same rules."""
        tools = self._config().tools
        what = f"tools: {_plain('; '.join(tools.allow))}" + (" with the network" if tools.network else "")
        return self._words.command(what, [list(tools.allow), tools.network])


def _by(own: Price | None, tariff: Tariff) -> str:
    """By which price, where that is not the provider's."""
    if own is not None:
        return f", counted at {own.input:g} and {own.output:g} dollars a million tokens in and out"
    return ", counted by the highest price that is known, for its own is not" if tariff.is_assumed else ""


def _plain(text: str) -> str:
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= SHOWN_CHARACTERS else plain[: SHOWN_CHARACTERS - 1] + "…"
