"""The chaos: a whole workspace under fire for as long as wanted, then the verdict. Exit code 0 when nothing is wrong.

    python -m chaos                 (``make chaos``; CHAOS_SECONDS, CHAOS_SEED)

The workspace lies on a small disk of its own in a mount namespace where that can be had, so that it can be filled.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chaos.run import Run

DISK_BYTES = 768 * 1024 * 1024
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Take a disk of our own, and run on it."""
    if len(sys.argv) == 3:
        return _run(Path(sys.argv[1]), has_own_disk=sys.argv[2] == "own")
    root = Path(tempfile.mkdtemp(prefix="trinity-chaos-")).resolve()
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        os.environ[name] = str(root / folder)
    disk = root / "disk"
    disk.mkdir()
    try:
        return subprocess.run(_with_a_disk(disk), check=False).returncode
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _with_a_disk(disk: Path) -> list[str]:
    again = [sys.executable, "-m", "chaos", str(disk)]
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    space = ["unshare", *user, "--mount", "sh", "-c"]
    mount = f"mount -t tmpfs -o size={DISK_BYTES} tmpfs {disk}"
    if shutil.which("unshare") and subprocess.run([*space, mount], capture_output=True, check=False).returncode == 0:
        return [*space, f'{mount} && exec "$@"', "sh", *again, "own"]
    return [*again, "shared"]


def _run(disk: Path, *, has_own_disk: bool) -> int:
    # Whoever loses its parent comes to us, so that nothing can get away unseen.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    seconds = float(os.environ.get("CHAOS_SECONDS", "600"))
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(10**6))
    return Run(disk, seed, seconds, has_own_disk=has_own_disk).main()


if __name__ == "__main__":
    sys.exit(main())
