"""A git worktree of an instance's own: made, shown as a diff, taken over into the person's tree, or thrown away.

::

    base ─────────── branch trinity/<id>, the worktree's files on top      refs/trinity/<id>: the base
      └── the person's tree: `accept` applies base→files to its files, when that goes in cleanly, and nothing else

The worktree lies in the user's state, where its tools see it and nothing of ``.trinity``. It is asked by the name its
repository has for it, so that a ``.git`` somebody put into it leads nowhere.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from platformdirs import user_state_path

from trinity_tui.core.errors import ToolError
from trinity_tui.core.harmless_git import LOCAL, PLAIN_DIFF, git
from trinity_tui.core.policy import FROZEN, HIDDEN
from trinity_tui.tools.command import KEPT_VARIABLES
from trinity_tui.tools.programs import path_without, program

LIMIT_SECONDS = 120.0
_WHO = ("-c", "user.name=Trinity", "-c", "user.email=trinity@trinity.invalid")


class Worktree:
    """The worktree of one instance.

    Args:
        workspace: The person's folder, resolved; the top of its repository.
        instance: Whose.
    """

    def __init__(self, workspace: Path, instance: str) -> None:
        self.workspace = workspace
        self.branch = f"trinity/{instance}"
        digest = hashlib.sha256(bytes(workspace)).hexdigest()[:16]
        self.path = user_state_path("trinity") / "worktrees" / digest / instance
        self._base = f"refs/trinity/{instance}"

    @property
    def _trees(self) -> tuple[str, ...]:
        return str(self.workspace), os.path.realpath(self.path)

    @property
    def is_there(self) -> bool:
        """Whether it was made."""
        return (self.path / ".git").exists()

    def check(self) -> None:
        """See whether it is there or could be made.

        Raises:
            ToolError: The folder is no repository of its own, or has no commit.
        """
        way_out = 'or set isolation = "none" and it asks before it writes to your files'
        if not (self.workspace / ".git").exists():
            raise ToolError(f"{self.workspace} is no git repository: `git init` and commit, {way_out}")
        if not self.is_there and not self._says("rev-parse", "--verify", "--quiet", "HEAD"):
            raise ToolError(f"the repository has no commit yet: commit once, {way_out}")

    def make(self) -> Path:
        """Where it lies; made from the person's last commit where it is not there.

        Raises:
            ToolError: The folder is no repository of its own, or has no commit.
        """
        self.check()
        if self.is_there:
            return self.path.resolve()
        self.path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._git("worktree", "prune")
        self._git("worktree", "add", "--quiet", "--force", "-B", self.branch, str(self.path), "HEAD")
        self._git("update-ref", self._base, "HEAD")
        return self.path.resolve()

    def diff(self, *, is_binary: bool = False) -> str:
        """What it changed since it was made, or last accepted; empty where nothing.

        Args:
            is_binary: Whether what is no text is in it too, as a patch needs it.

        Raises:
            ToolError: There is none.
        """
        with tempfile.TemporaryDirectory(prefix="trinity-index-") as folder:
            self._stage(folder)
            binary = ["--binary", "--full-index"] if is_binary else []
            return self._own(folder, "diff", *PLAIN_DIFF, "--no-renames", *binary, "--cached", self._base).decode(
                "utf-8", "surrogateescape"
            )

    def changed(self) -> list[str]:
        """The files that differ from what they were when it was made, or last accepted.

        Raises:
            ToolError: There is none.
        """
        with tempfile.TemporaryDirectory(prefix="trinity-index-") as folder:
            self._stage(folder)
            found = self._own(folder, "diff", "--no-renames", "--name-only", "-z", "--cached", self._base)
        return [os.fsdecode(name) for name in found.split(b"\0") if name]

    def accept(self) -> list[str]:
        """Take its changes over into the person's files; neither index nor branch of theirs is touched.

        Returns:
            The files that changed.

        Raises:
            ToolError: Nothing to take over, it would change what tools may not, or it does not go in cleanly; nothing
                was changed then.
        """
        patch = self.diff(is_binary=True)
        names = self.changed()
        if not patch:
            raise ToolError("there is nothing to take over")
        forbidden = [name for name in names if _is_the_persons(name)]
        if forbidden:
            raise ToolError(f"it would change {', '.join(forbidden)}, which is yours alone: take that over by hand")
        raw = patch.encode("utf-8", "surrogateescape")
        self._apply(raw, "--check")
        self._apply(raw)
        self._keep("Taken over")
        return names

    def discard(self) -> None:
        """Throw its changes away and begin again from the person's last commit.

        Raises:
            ToolError: There is none.
        """
        head = self._says("rev-parse", "HEAD")
        self._own("", "reset", "--quiet", "--hard", head)
        self._own("", "clean", "-ffdqx", "--exclude=/.git")
        self._git("update-ref", self._base, head)

    def catch_up(self) -> str:
        """Go on from the person's newest commit, with what was taken over; only where nothing waits to be taken over.

        Returns:
            Why it does not, in a sentence; empty where it works on that commit.

        Raises:
            ToolError: Git cannot say how things stand.
        """
        if not self.is_there or not self._git("rev-list", "--max-count=1", f"{self._base}..HEAD"):
            return ""
        if self.diff():
            return "It works on an older commit than yours until its changes are accepted or discarded."
        try:
            newest = self._merged()
        except ToolError as error:
            why = str(error).removeprefix("git: ")
            apart = f"What was taken over from it does not go together with your newest commit{why and f' ({why})'}"
            return f"{apart}: discarded, it begins from that."
        self._own("", "reset", "--quiet", "--hard", newest)
        self._git("update-ref", self._base, newest)
        return ""

    def _merged(self) -> str:
        """A commit that has the base and the person's last one in it."""
        head = self._says("rev-parse", "HEAD")
        if not self._git("rev-list", "--max-count=1", f"HEAD..{self._base}"):
            return head
        tree = self._git("merge-tree", "--write-tree", "--name-only", "--no-messages", self._base, "HEAD").decode()
        parents = ("-p", self._base, "-p", head)
        return self._git(*_WHO, "commit-tree", tree.split()[0], *parents, "-m", "Caught up").decode().strip()

    def _kept_in(self) -> Path:
        """The repository's folder for the worktree: git chooses its name, and says in it whose it is."""
        known = repository_of(self.workspace)
        ours = str(self.path.resolve() / ".git")
        for place in sorted((known / "worktrees").glob("*/gitdir")) if known is not None else ():
            if place.read_text(encoding="utf-8", errors="surrogateescape").strip() == ours:
                return place.parent
        raise ToolError(f"git does not know the worktree at {self.path} any more")

    def _stage(self, folder: str) -> None:
        """All its files, in an index of our own: its instance may be working with the other."""
        self._own(folder, "read-tree", self._base)
        self._own(folder, "add", "--all")

    def _keep(self, message: str) -> None:
        """What it has now is the base of what comes."""
        with tempfile.TemporaryDirectory(prefix="trinity-index-") as folder:
            self._stage(folder)
            tree = self._own(folder, "write-tree").decode().strip()
        commit = self._git(*_WHO, "commit-tree", tree, "-p", self.branch, "-m", message).decode().strip()
        self._own("", "reset", "--quiet", commit)
        self._git("update-ref", self._base, commit)

    def _apply(self, patch: bytes, *options: str) -> None:
        self._git("apply", "--whitespace=nowarn", *options, "-", given=patch)

    def _says(self, *arguments: str) -> str:
        try:
            return self._git(*arguments).decode("utf-8", "replace").strip()
        except ToolError:
            return ""

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        return _run(self.workspace, self._trees, {}, arguments, given)

    def _own(self, index: str, *arguments: str) -> bytes:
        """A git command on the worktree; with an index of its own where a folder for one is given."""
        if not self.is_there:
            raise ToolError(f"there is no worktree at {self.path}")
        variables = {
            "GIT_DIR": str(self._kept_in()), "GIT_WORK_TREE": str(self.path),
            **({"GIT_INDEX_FILE": f"{index}/index"} if index else {}),
        }  # fmt: skip
        return _run(self.path, self._trees, variables, arguments, b"")


def _is_the_persons(name: str) -> bool:
    parts = name.casefold().split("/")
    return parts[0] in FROZEN or not set(HIDDEN).isdisjoint(parts)


def _is_repository(place: Path) -> bool:
    return (place / "HEAD").is_file() and (place / "objects").is_dir()


def repository_of(root: Path) -> Path | None:
    """Where git keeps what belongs to a folder that is the top of its tree; None where it is none."""
    place = root / ".git"
    if place.is_dir():
        return place if _is_repository(place) else None
    try:
        text = place.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    own = Path(text.removeprefix("gitdir:").strip())
    # A worktree's own folder is `<repository>/worktrees/<name>`; the repository holds the rest.
    found = own.parent.parent if own.parent.name == "worktrees" else own
    return found if _is_repository(found) else None


def _run(
    folder: Path, without: tuple[str, ...], variables: dict[str, str], arguments: tuple[str, ...], given: bytes
) -> bytes:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    env = kept | {"LC_ALL": "C"} | LOCAL | variables
    # A folder of programs within a tree may hold a git that is none.
    argv = [program("git", *without) or "git", *git(*arguments)[1:]]
    env["PATH"] = path_without(*without)
    try:
        done = subprocess.run(argv, cwd=folder, env=env, input=given, capture_output=True, timeout=LIMIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"git could not be run: {error}") from error
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ToolError("git: " + "; ".join(line.removeprefix("error: ") for line in words[:3])[:500])
    return done.stdout
