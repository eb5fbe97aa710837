"""What faces can ask for of the instances' lives: started, stopped, paused, handed over, more and fewer of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.coordinator.budgets import HOW
from trinity_tui.core.errors import ClientError
from trinity_tui.daemon import handing_over
from trinity_tui.daemon.arguments import Add, Args, HandOver, One, Scale, Who
from trinity_tui.daemon.whom import one, those

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.requests import Requests

RECORD_SECONDS = 10.0
"""How long is waited until a pause is on record: who is told of it is to find it so after any death of ours."""


async def start(requests: Requests, args: Who) -> dict[str, Any]:
    """Have instances run."""
    done = _each(requests.house, args.who, requests.house.start_instance)
    return _written(requests.house, done)


async def stop(requests: Requests, args: Who) -> dict[str, Any]:
    """Have instances stop."""
    names = those(requests.house, args.who)
    requests.house.stop_instances(names)
    return _written(requests.house, {"instances": names})


async def restart(requests: Requests, args: Who) -> dict[str, Any]:
    """Stop and start instances."""
    done = _each(requests.house, args.who, requests.house.restart_instance)
    return _written(requests.house, done)


async def hand_over(requests: Requests, args: HandOver) -> dict[str, Any]:
    """Have one instance go on with the work of another, which stops."""
    return await handing_over.hand_over(requests.house, one(requests.house, args.who), one(requests.house, args.to))


async def pause(requests: Requests, args: Who) -> dict[str, Any]:
    """Cut their turns and let them begin none."""
    done = _each(requests.house, args.who, requests.house.pauses.pause)
    await _on_record(requests.house, done["instances"])
    return done


async def resume(requests: Requests, args: Who) -> dict[str, Any]:
    """Let them go on; who is held by a budget or a provider's limit is not, and why."""
    names = those(requests.house, args.who)
    held = {name: why for name in names if (why := requests.house.pauses.resume(name))}
    if len(held) == len(names):
        name, why = next(iter(held.items()))
        raise ClientError(f"{name} stays paused {why}", 1, f"{HOW.format(name)} Else it goes on by itself.")
    await _on_record(requests.house, names)
    return {"instances": names, "held": held}


def _written(house: House, done: dict[str, Any]) -> dict[str, Any]:
    """What was done, where the next coordinator will know what is wanted.

    Raises:
        ClientError: It will not.
    """
    names: list[str] = done["instances"]
    if why := next((why for name in names if (why := house.supervisor.unrecorded(name))), ""):
        raise ClientError(f"done, but the next coordinator would not know: {why}")
    return done


async def _on_record(house: House, names: list[str]) -> None:
    """Wait until the log says who is paused and who is not.

    Raises:
        ClientError: It does not in time: the next coordinator would not know (5).
    """

    def is_recorded(name: str) -> bool:
        view = house.coordinator.room.instances.get(name)
        return view is None or bool(view.hold) == bool(house.standing.paused(name))

    try:
        async with asyncio.timeout(RECORD_SECONDS):
            while not all(map(is_recorded, names)):
                await house.next_batch()
    except TimeoutError:
        raise ClientError("done, but the log does not take it: the next coordinator would not know", 5) from None


async def add(requests: Requests, args: Add) -> dict[str, Any]:
    """Have another instance."""
    return requests.house.choices.add(args.id, args.table())


async def remove(requests: Requests, args: One) -> dict[str, Any]:
    """Have an instance no more."""
    return requests.house.choices.remove(args.id)


async def scale(requests: Requests, args: Scale) -> dict[str, Any]:
    """Have another number of replicas."""
    return requests.house.choices.scale(args.id, args.replicas)


def _each(house: House, who: str, act: Callable[[str], None]) -> dict[str, Any]:
    names = those(house, who)
    for name in names:
        act(name)
    return {"instances": names}


LIFECYCLE_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "start": (Who, start, "start instances"),
    "stop": (Who, stop, "stop instances"),
    "restart": (Who, restart, "restart instances"),
    "hand_over": (HandOver, hand_over, "hand over instances"),
    "pause": (Who, pause, "pause instances"),
    "resume": (Who, resume, "let instances go on"),
    "add": (Add, add, "add instances"),
    "remove": (One, remove, "remove instances"),
    "scale": (Scale, scale, "scale instances"),
}
"""As ``requests.REQUESTS``."""
