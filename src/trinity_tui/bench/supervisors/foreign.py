"""supervisord, circus and pm2 as their documentation has them: default policies, one configuration file each."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trinity_tui.bench import bound
from trinity_tui.bench.supervisors.port import program
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bench.supervisors.scene import Scene

STOP_SECONDS = 30.0


class Daemon:
    """One that runs in the foreground, as our child."""

    def __init__(self, folder: Path, scene: Scene) -> None:
        self.folder = folder
        self.scene = scene
        self._process: subprocess.Popen[Any] | None = None

    def launch(self, argv: list[str]) -> None:
        """Start its main process."""
        log = open(self.folder / "daemon.log", "ab")
        self._process = bound.start(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        log.close()

    def pids(self) -> list[int]:
        """Its main process."""
        return [self._process.pid] if self._process and self._process.poll() is None else []

    def wait_end(self) -> None:
        """Wait until it has ended."""
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill it with -9."""
        if self._process:
            self._process.kill()
            self._process.communicate()

    def close(self) -> None:
        """End it, if it has not ended."""
        if self._process:
            bound.stop(self._process)


def _run(*argv: str, **options: Any) -> None:
    subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        timeout=STOP_SECONDS, **options,
    )  # fmt: skip


class Supervisord(Daemon):
    """supervisord with its unix socket."""

    def start(self) -> None:
        """Write the configuration, run it."""
        folder = self.folder
        lines = ["[supervisord]", "nodaemon=true", f"logfile={folder}/log", f"pidfile={folder}/pid", "user=root"]
        lines = lines if os.getuid() == 0 else lines[:-1]
        lines += ["[unix_http_server]", f"file={folder}/sock", "[supervisorctl]", f"serverurl=unix://{folder}/sock"]
        lines += ["[rpcinterface:supervisor]", "supervisor.rpcinterface_factory=" + _FACTORY]
        for name, argv in self.scene.children():
            lines += [f"[program:{name}]", f"command={shlex.join(argv)}", f"stdout_logfile={folder}/{name}.out"]
        (folder / "conf").write_text("\n".join((*lines, "")))
        self.launch([program("supervisord"), "-c", str(folder / "conf")])

    def status(self) -> None:
        """``supervisorctl status``."""
        _run(program("supervisorctl"), "-c", f"{self.folder}/conf", "status")

    def stop(self) -> None:
        """``supervisorctl shutdown``."""
        _run(program("supervisorctl"), "-c", f"{self.folder}/conf", "shutdown")
        self.wait_end()


_FACTORY = "supervisor.rpcinterface:make_main_rpcinterface"


class Circus(Daemon):
    """circusd on unix sockets."""

    def start(self) -> None:
        """Write the configuration, run it."""
        self._endpoint = f"ipc://{self.folder}/c"
        lines = ["[circus]", f"endpoint = {self._endpoint}", f"pubsub_endpoint = ipc://{self.folder}/p"]
        lines += ["statsd = False"]
        for name, argv in self.scene.children():
            lines += [f"[watcher:{name}]", f"cmd = {shlex.join(argv)}", "numprocesses = 1"]
            lines += ["stdout_stream.class = FileStream", f"stdout_stream.filename = {self.folder}/{name}.out"]
        (self.folder / "conf").write_text("\n".join((*lines, "")))
        self.launch([program("circusd"), str(self.folder / "conf")])

    def status(self) -> None:
        """``circusctl status``."""
        _run(program("circusctl"), "--endpoint", self._endpoint, "status")

    def stop(self) -> None:
        """``circusctl quit``."""
        _run(program("circusctl"), "--endpoint", self._endpoint, "quit")
        self.wait_end()


class Pm2(Daemon):
    """pm2 with a home of its own."""

    def start(self) -> None:
        """Write the configuration, have its daemon take it."""
        apps = [
            {"name": name, "script": argv[0], "args": argv[1:], "interpreter": "none", "exec_mode": "fork"}
            for name, argv in self.scene.children()
        ]
        (self.folder / "conf.json").write_text(json.dumps({"apps": apps}))
        self._pm2("start", str(self.folder / "conf.json"))

    def _pm2(self, *words: str) -> None:
        _run(program("pm2"), *words, env=os.environ | {"PM2_HOME": f"{self.folder}/pm2"})

    def pids(self) -> list[int]:
        """Its daemon, which is no child of ours."""
        try:
            pid = int((self.folder / "pm2" / "pm2.pid").read_text())
        except (OSError, ValueError):
            return []
        return [pid] if b"pm2" in (procfs.read(f"/proc/{pid}/cmdline") or b"").lower() else []

    def status(self) -> None:
        """``pm2 list``."""
        self._pm2("list")

    def stop(self) -> None:
        """``pm2 kill``."""
        self._pm2("kill")

    def kill(self) -> None:
        """Kill the daemon with -9."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
            bound.wait_until_gone([pid], 5.0)

    def close(self) -> None:
        """End the daemon, if it has not ended."""
        self.kill()


class Exec(Daemon):
    """No supervisor: a loop that waits for the end of its children and starts them again at once."""

    def start(self) -> None:
        """Run the loop."""
        (self.folder / "children.json").write_text(json.dumps([argv for _, argv in self.scene.children()]))
        argv = [program("python"), "-I", "-S", "-c", _LOOP, str(self.folder / "children.json")]
        self.launch(argv)

    def status(self) -> None:
        """It knows none."""

    def stop(self) -> None:
        """TERM to the loop, which passes it on."""
        for pid in self.pids():
            os.kill(pid, signal.SIGTERM)
        self.wait_end()


_LOOP = """
import json, os, signal, sys
def start(argv):
    null = os.devnull
    actions = [(os.POSIX_SPAWN_OPEN, 1, null, os.O_WRONLY, 0)]
    return os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
running = {start(argv): argv for argv in json.load(open(sys.argv[1]))}
def stop(*_):
    for pid in running:
        os.kill(pid, signal.SIGTERM)
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
while True:
    argv = running.pop(os.wait()[0])
    running[start(argv)] = argv
"""
