"""An ssh server of the tests' own on loopback: its own host key, its own user key, nothing of the person's."""

from __future__ import annotations

import getpass
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from fleet import wait_until
from trinity_tui.process import procfs

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or ""
_serial = itertools.count()


class Sshd:
    """A server, and the ssh program that knows it.

    Args:
        folder: Where its files are made.
        login: What a login prints before anything else is run.
        forced: The command every login is held to; empty: none.
    """

    def __init__(self, folder: Path, *, login: str = "", forced: str = "") -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True)
        for name in ("host", "user"):
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(made, check=True, capture_output=True)
        self.allow_user()
        # An address of its own: while it is stopped, nobody else is given its port.
        pid = os.getpid()
        self.host = f"127.{1 + next(_serial) % 250}.{pid >> 8 & 255}.{1 + pid % 250}"
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port: int = probe.getsockname()[1]
        self._write_programs(login)
        self._write_server(forced)
        self._write_client()
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen: list[int] = []
        self.start()

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def _write_programs(self, login: str) -> None:
        programs = self._folder / "bin"
        programs.mkdir()
        (programs / "trinity").write_text(f'#!/bin/sh\n{login}\nexec {sys.executable} -m trinity_tui "$@"\n')
        (programs / "trinity").chmod(0o700)

    def _write_server(self, forced: str) -> None:
        folder = self._folder
        kept = {name: os.environ[name] for name in os.environ if name.startswith("XDG_")}
        environment = {**kept, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        lines = [
            f"ListenAddress {self.host}:{self.port}",
            f"HostKey {folder / 'host'}",
            f"AuthorizedKeysFile {folder / 'authorized'}",
            f"PidFile {folder / 'pid'}",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "SetEnv " + " ".join(f'{name}="{value}"' for name, value in environment.items()),
        ]
        self._write("sshd_config", "\n".join([*lines, f"ForceCommand {forced}" if forced else "", ""]))

    def _write_client(self) -> None:
        folder = self._folder
        key = " ".join((folder / "host.pub").read_text().split()[:2])
        self._write("known", f"[{self.host}]:{self.port} {key}\n")
        settings = {
            "User": getpass.getuser(), "IdentityFile": folder / "user", "IdentitiesOnly": "yes",
            "UserKnownHostsFile": folder / "known", "GlobalKnownHostsFile": "none", "StrictHostKeyChecking": "yes",
        }  # fmt: skip
        self._write("ssh_config", "".join(f"{name} {value}\n" for name, value in settings.items()))

    @property
    def ssh(self) -> list[str]:
        """The program that knows the way in."""
        return ["ssh", "-F", str(self._folder / "ssh_config")]

    def target(self, path: Path | str) -> str:
        """A folder behind it, as a person writes it."""
        return f"ssh://{self.host}:{self.port}{path}"

    def start(self) -> None:
        """Listen, again where it had stopped."""
        # It looks for this folder when it is started by root.
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", str(self._folder / "sshd_config")], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(self._listens, f"sshd listens: {self.log()}")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0

    def log(self) -> str:
        """What it said."""
        return (self._folder / "log").read_text(errors="replace")

    def allow_user(self) -> None:
        """Let its user in."""
        self._write("authorized", (self._folder / "user.pub").read_text())

    def forget_user(self) -> None:
        """Let nobody in any more."""
        self._write("authorized", "")

    @property
    def children(self) -> list[int]:
        """The processes of its logins, sshd's own and what they run."""
        assert self._process is not None
        return [pid for pid in procfs.scan() if self._process.pid in procfs.ancestors(pid)]

    def freeze(self, pid: int) -> None:
        """Stop a process, which cannot end by itself from then on."""
        os.kill(pid, signal.SIGSTOP)
        self._frozen.append(pid)

    def stop(self) -> None:
        """Hang up on everybody."""
        if self._process is None:
            return
        children = [*self.children, *self._frozen]
        self._frozen.clear()
        self._process.kill()
        self._process.wait()
        self._process = None
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
