"""What ``trinity doctor`` looks at: this machine, this folder, this coordinator. Each check says what mends it."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.elsewhere import ssh_program
from trinity_tui.core.errors import BusError, ClientError, ConfigError, StoreError
from trinity_tui.core.told import counted
from trinity_tui.store import secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.config import Config
    from trinity_tui.core.paths import Workspace

KERNEL = (5, 4)


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    is_ok: bool
    says: str
    mend: str = ""
    """The command that mends it; empty where nothing is to do."""
    is_needed: bool = True
    """Whether Trinity cannot do without it."""


def examine(workspace: Workspace | None, environment: Mapping[str, str]) -> list[Check]:
    """Look at everything, the most basic first."""
    checks = [
        _system(),
        _python(),
        _git(),
        _pidfd(),
        _inotify(),
        _terminal(environment),
        _sandbox(),
        _ripgrep(),
        _ssh(environment),
    ]
    return checks + (_workspace(workspace, environment) if workspace is not None else [_no_workspace()])


def _system() -> Check:
    if sys.platform != "linux":
        return Check("system", False, f"{platform.system()} is not supported; Linux 5.4 or newer is")
    release = os.uname().release
    numbers = tuple(int(part) for part in release.split("-")[0].split(".")[:2])
    return Check(
        "system", numbers >= KERNEL, f"Linux {release}", "" if numbers >= KERNEL else "Use Linux 5.4 or newer."
    )


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), platform.python_version())


def _git() -> Check:
    path = shutil.which("git")
    return Check("git", path is not None, path or "not found", "" if path else "apt install git")


def _pidfd() -> Check:
    has = hasattr(os, "pidfd_open")
    return Check("pidfd", has, "deaths are seen at once" if has else "deaths are seen by polling", is_needed=False)


def _inotify() -> Check:
    try:
        with open("/proc/sys/fs/inotify/max_user_instances") as file:
            limit = int(file.read())
    except (OSError, ValueError):
        return Check("inotify", False, "not there: readers poll the log", is_needed=False)
    mend = "" if limit >= 128 else "sudo sysctl fs.inotify.max_user_instances=512"
    return Check("inotify", limit >= 128, f"{limit} instances a user; those beyond poll", mend, is_needed=False)


def _terminal(environment: Mapping[str, str]) -> Check:
    term = environment.get("TERM", "")
    colours = "24-bit colour" if environment.get("COLORTERM") in ("truecolor", "24bit") else "256 colours or fewer"
    good = term not in ("", "dumb")
    return Check("terminal", good, f"{term or 'none'}, {colours}", "" if good else "export TERM=xterm-256color", False)


def _sandbox() -> Check:
    # Slow to load, and only for this command.
    from trinity_tui.tools.sandbox.cell import probe

    found = probe()
    mend = "apt install bubblewrap" if "not installed" in found.why_not else ""
    honest = "instances themselves run as you"
    if found.kind == "bubblewrap":
        return Check("sandbox", True, f"bubblewrap holds the commands of tools; {honest}", is_needed=False)
    if found.kind == "landlock":
        says = f"Landlock holds the commands of tools, which can add nothing at the folder's top ({found.why_not})"
        return Check("sandbox", not mend, f"{says}; {honest}", mend, is_needed=False)
    says = f"none, so that every command of a tool has to be asked for ({found.why_not}); {honest}"
    return Check("sandbox", False, says, mend, is_needed=False)


def _ripgrep() -> Check:
    path = shutil.which("rg")
    says = path or "not found: searches are slower and know no .gitignore"
    return Check("ripgrep", path is not None, says, "" if path else "apt install ripgrep", is_needed=False)


def _ssh(environment: Mapping[str, str]) -> Check:
    try:
        program = ssh_program(environment)[0]
    except ClientError as error:
        return Check("ssh", False, str(error), "unset TRINITY_SSH", is_needed=False)
    path = shutil.which(program)
    if path is None:
        return Check("ssh", False, f"{program} not found: no workspace elsewhere can be attached to",
                     "apt install openssh-client", is_needed=False)  # fmt: skip
    if os.path.basename(path) != "ssh":
        return Check("ssh", True, path, is_needed=False)
    said = subprocess.run([path, "-V"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stderr
    return Check("ssh", True, said.partition(",")[0].strip() or path, is_needed=False)


def _no_workspace() -> Check:
    return Check("workspace", False, "no instances.toml here or above", "trinity init", is_needed=False)


def _workspace(workspace: Workspace, environment: Mapping[str, str]) -> list[Check]:
    from trinity_tui.cli.examine_brains import brain_checks
    from trinity_tui.cli.shared import read_config

    try:
        config = read_config(workspace)
    except ConfigError as error:
        return [Check("workspace", False, str(error))]
    named = Check("workspace", True, f"{workspace.root}, {counted(len(config.instances), 'instance')}")
    here = [named, _writable(workspace), _disk(workspace), *_token(workspace), _carrier(workspace, config)]
    return [*here, _coordinator(workspace), _brains(), *brain_checks(config, environment)]


def _writable(workspace: Workspace) -> Check:
    folder = workspace.runtime if workspace.runtime.exists() else workspace.root
    good = os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_RDONLY
    return Check("folder", good, "can be written" if good else f"{folder} cannot be written")


def _disk(workspace: Workspace) -> Check:
    free = shutil.disk_usage(workspace.root).free
    good = free > 100 * 1024 * 1024
    return Check("disk", good, f"{free / 1e9:.1f} GB free", "" if good else "Make room: the log needs some.", good)


def _token(workspace: Workspace) -> list[Check]:
    """What opens the coordinator; nothing where there is none yet, as the next one makes it."""
    if not os.path.lexists(workspace.token):
        return []
    try:
        secret.token(workspace.token)
    except StoreError as error:
        return [Check("token", False, str(error), f"rm {shlex.quote(str(workspace.token))}")]
    return [Check("token", True, "readable by you alone")]


def _carrier(workspace: Workspace, config: Config) -> Check:
    # Slow to load, and only for this command.
    import asyncio

    from trinity_tui.bus import probe_carrier
    from trinity_tui.core.config import carriage

    try:
        return Check("log", True, asyncio.run(probe_carrier(carriage(config, workspace.root))))
    except BusError as error:
        return Check("log", False, str(error), error.hint)


def _coordinator(workspace: Workspace) -> Check:
    from trinity_tui.client.found import find
    from trinity_tui.client.launcher import answers

    place = find(workspace)
    if place is not None and answers(workspace):
        return Check("coordinator", True, f"pid {place.pid} answers, {place.http or 'socket only'}", is_needed=False)
    return Check("coordinator", False, "none runs", "trinity", is_needed=False)


def _brains() -> Check:
    says = "builtin: no language model; works on the folder's own files"
    return Check("brains", True, says, is_needed=False)
