"""What "always" means for a request: to whom it allows what, exactly that and nothing that only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.room import Approval

TOOL = "tool"


ONLY_ONCE = (
    "it cannot be allowed for good, as nothing can that pushes, has no sandbox around it, or is run by a shell or "
    "another program, which hides what it does"
)
"""Why there is no "always" for a call whose grant is empty."""


def named(to: str, at: str) -> str:
    """A grant in words, as it stands in the history of what it decided.

    Args:
        to: To whom it was given: ``role:NAME``, or an instance.
        at: When, RFC 3339.
    """
    return f"your word for {to} of {at[:16].replace('T', ' ')} UTC"


def grant_of(asked: Approval, role: str) -> tuple[str, str] | None:
    """To whom "always" would allow what, as it is kept; None where it cannot be allowed for good.

    A command of the configuration is allowed to the instance that asked. A call of a tool is allowed to the role: the
    exact beginning of its arguments, so that no two different ones are kept alike.

    Args:
        asked: The request.
        role: Of the instance that asked; empty where it is not known.
    """
    if asked.kind != TOOL:
        return asked.from_, asked.command
    if not asked.grant or not role:
        return None
    return f"role:{role}", f"{TOOL} {msgspec.json.encode(asked.grant).decode()}"
