"""How a coordinator and its instances stand, in figures: what commands, screens and files for other programs show."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui import __version__
from trinity_tui.core import brains_config

if TYPE_CHECKING:
    from trinity_tui.core.room import InstanceView
    from trinity_tui.daemon.house import House


def ollama(house: House) -> str:
    """Where Ollama is asked."""
    return brains_config.settled(house.config.brains, os.environ).ollama


def facts(house: House) -> dict[str, Any]:
    """The coordinator in figures."""
    return {
        "pid": house.pid, "version": __version__, "started_at": house.started_at, "http": house.http,
        "carrier": house.bus.carrier,
        "computer": house.config.serve.computer, "ollama": ollama(house),
        "faces": house.hub.sessions, "keeper": house.supervisor.keeper_pid,
        "bus": msgspec.to_builtins(house.bus.stats()),
    }  # fmt: skip


def instance_status(house: House, view: InstanceView) -> dict[str, Any]:
    """One instance as ``trinity status`` shows it."""
    now, status = house.hub.view(view.id), house.supervisor.statuses().get(view.id)
    started = status.started_at if status is not None else None
    config = house.config.instances.get(view.id)
    return {
        "id": view.id, "role": view.role, "state": view.state, "activity": now.activity, "detail": now.detail,
        "reason": view.reason, "source": view.source, "pid": view.pid or None, "epoch": view.epoch,
        "restarts": view.restarts, "uptime_s": round(max(0.0, time.time() - started), 1) if started else None,
        "cpu_percent": now.cpu_percent, "rss_bytes": now.rss_bytes, "inbox_depth": now.inbox_depth,
        "brain": now.brain or view.brain, "asked_brain": config.brain if config is not None else "",
        "how": status.how if status is not None and status.pid else None,
        "chosen": house.reload.settings.is_chosen(view.id),
        "group": config.group if config is not None else "", "stands_for": view.stands_for,
    }  # fmt: skip


def known(house: House) -> dict[str, dict[str, Any]]:
    """How each instance is, those as well that were not heard of yet."""
    views = house.shown.instances()
    return {name: {"role": one.role} for name, one in house.config.instances.items() if name not in views} | {
        name: instance_status(house, view) for name, view in views.items()
    }
