"""The tools of one instance, as its model's loop uses them: each call is judged, and done only as it was judged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.approvals import is_grant
from trinity_tui.core.conversation import ToolSpec
from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import Hands, by_role, decide, split_rule
from trinity_tui.tools.ground import Plan, Tool, in_a_line, understood
from trinity_tui.tools.tool import Judged, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.conversation import Call
    from trinity_tui.tools.ground import Ground


class Workbench:
    """Fulfils ``tools.tool.Toolbox``.

    Args:
        ground: What the tools work in.
        tools: Which there are.
    """

    def __init__(self, ground: Ground, tools: Sequence[Tool]) -> None:
        self.ground = ground
        self.hands = Hands(ground.cell.sandbox.is_there, ground.is_isolated)
        self._tools = {tool.name: tool for tool in tools}
        self.specs: Sequence[ToolSpec] = tuple(_spec(tool) for tool in tools if self._is_offered(tool))

    def _is_offered(self, tool: Tool) -> bool:
        """Whether the role may ever use it, by itself or by a rule."""
        action = (
            "read" if tool.name in ("search", "read", "git") else "write" if tool.name in ("write", "edit") else "run"
        )
        allowed = (*self.ground.config.allow, *self.ground.config.ask)
        is_ruled = any(split_rule(rule)[1] in ("*", tool.name) for rule in allowed)
        return is_ruled or by_role(action, self.ground.role, self.hands) != "deny"

    def judge(self, call: Call) -> Judged:
        """What a call would do and whether it may."""
        try:
            plan = self._plan(call)
        except ToolError as error:
            return Judged(call, "deny", "malformed", in_a_line(f"{call.tool}: {error}"))
        decision = decide(plan.wish, self.ground.role, self.ground.config, self.hands)
        grant = plan.grant if decision.verdict == "ask" and is_grant(plan.grant) else ()
        return Judged(call, decision.verdict, decision.rule, plan.summary, grant, plan.diff)

    async def use(self, judged: Judged, printed: Callable[[str], None]) -> Result:
        """Do what was allowed, unless it would not be the same any more."""
        began = time.monotonic()
        again = self.judge(judged.call)
        if again.verdict == "deny":
            return Result(f"not done: {again.rule}: {again.summary}", is_error=True)
        if again.diff != judged.diff:
            return Result("not done: the file changed since; read it again", is_error=True)
        tool = self._tools[judged.call.tool]
        try:
            done = await tool.use(self.ground, understood(tool, judged.call.arguments), printed)
        except ToolError as error:
            done = Result(f"not done: {error}", is_error=True)
        except OSError as error:
            done = Result(f"not done: {error.strerror or error}", is_error=True)
        return msgspec.structs.replace(done, seconds=time.monotonic() - began)

    def _plan(self, call: Call) -> Plan:
        tool = self._tools.get(call.tool)
        if tool is None:
            raise ToolError(f"there is no such tool; there are {', '.join(self._tools)}")
        try:
            return tool.plan(self.ground, understood(tool, call.arguments))
        except OSError as error:
            raise ToolError(error.strerror or str(error)) from error


def _spec(tool: Tool) -> ToolSpec:
    _, shapes = msgspec.json.schema_components([tool.arguments])
    shape = shapes[tool.arguments.__name__]
    parameters = {key: shape[key] for key in ("type", "properties", "required") if key in shape}
    return ToolSpec(tool.name, tool.description, parameters)
