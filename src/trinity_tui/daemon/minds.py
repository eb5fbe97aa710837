"""Which brain each instance may use, and what its tools may do without asking, as far as the configuration may say so.

A brain that shows what it is shown to another machine, and rules that let tools act without asking, count only once the
person allowed exactly that: the brain with the limits it may spend, the rules word for word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.brains.prices import price_of
from trinity_tui.core import brain_name, brain_needs
from trinity_tui.core.brains_config import leaves_machine
from trinity_tui.core.budget import budget_of, dollars

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.budget import Budget
    from trinity_tui.core.config import Config, InstanceConfig
    from trinity_tui.core.tools_config import ToolsConfig
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
        config: What holds now.
    """

    def __init__(self, words: Words, config: Callable[[], Config]) -> None:
        self._words = words
        self._config = config

    def of(self, name: str, config: InstanceConfig) -> Mind:
        """The brain it may use now; asks the person where that is not known."""
        brain, command = brain_name.parse(config.brain), self.command(name, config)
        if leaves_machine(brain, self._config().brains):
            said = self._words.on(command, f"instances.toml wants {name} to {self._sentence(name, config, brain)}")
            if said != "yes":
                why = "waits for your word to" if said == "waits" else "you did not allow it to"
                return Mind(BUILTIN, lacks=f"{why} use {config.brain}")
        variables = brain_needs.variables_of(brain)
        if not self._words.is_allowed(command):
            # A server on this machine needs no word. Who listens there is still nobody to be handed a key unasked.
            variables = tuple(key for key in variables if not key.endswith("_KEY"))
        return Mind(config.brain, variables, brain_needs.modules_of(brain))

    def command(self, name: str, config: InstanceConfig) -> str:
        """What the person is asked to allow: equal only for the same instance, brain, place, key and limits."""
        brains, budget = self._config().brains, self._budget(config)
        provider = brain_name.parse(config.brain).provider
        place = {"claude": brains.claude_key, "ollama": brains.ollama, "auto": brains.ollama}.get(provider, "")
        exactly = [name, config.brain, place, budget.tokens, budget.microdollars]
        return self._words.command(f"{name} use {_plain(config.brain)}", exactly)

    def trust(self, name: str, config: InstanceConfig) -> None:
        """The person named this brain at a command."""
        brain = brain_name.parse(config.brain)
        if leaves_machine(brain, self._config().brains) or brain_needs.variables_of(brain):
            self._words.allow(self.command(name, config))

    def warning(self, name: str, config: InstanceConfig) -> str:
        """What the person should know of a brain that is chosen; empty where nothing leaves this machine."""
        brain = brain_name.parse(config.brain)
        if not leaves_machine(brain, self._config().brains):
            return ""
        return f"{name} is to {self._sentence(name, config, brain)}"

    def _sentence(self, name: str, config: InstanceConfig, brain: BrainName) -> str:
        brains, budget = self._config().brains, self._budget(config)
        where = f" at {_plain(brains.ollama)}" if brain.provider in ("ollama", "auto") else ""
        is_claude = brain.provider == "claude"
        key = f", with the key in {_plain(brains.claude_key)}" if is_claude and brains.claude_key else ""
        # Where no price is known a limit of money holds nothing, and is not promised.
        is_priced = is_claude and price_of(brain.model) is not None
        most = [f"{dollars(budget.microdollars)} dollars"] if budget.microdollars and is_priced else []
        most += [f"{budget.tokens:,} tokens"] if budget.tokens else []
        limit = f"at most {' and '.join(most)} a day" if most else "and what it costs has no limit"
        return f"use {_plain(config.brain)}{where}{key}: what it is shown leaves this machine, {limit}."

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


def _plain(text: str) -> str:
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= SHOWN_CHARACTERS else plain[: SHOWN_CHARACTERS - 1] + "…"
