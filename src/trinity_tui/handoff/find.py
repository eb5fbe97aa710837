"""Where the four tiers stand: at the top of the workspace, in its folders, in the projects the portfolio lists.

Nothing outside of the workspace is read: what stands there could be anybody's, and what is read here is told to models.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import blocks, dates, log_parts
from trinity_tui.core.handoff.document import Document, Entry, Handoff, Project, Reference
from trinity_tui.core.handoff.tiers import FILES, Tier
from trinity_tui.handoff import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from trinity_tui.core.handoff.blocks import Piece, Version

    Parse = Callable[[str, Tier, str, int], Document]
    """From the name, the tier, the text and its first line to the document."""

LIMIT_BYTES = 512 * 1024
"""Of a document, and of one session, that is read; the rest of a longer one is not."""
LOG_LIMIT_BYTES = 64 * 1024 * 1024
SESSIONS_MOST = 200
"""Of what sessions said: what is older is history."""
FOLDERS_MOST = 2_000
DEPTH = 2
"""How deep below the workspace a project's folder is looked for."""
_PASSED_OVER = frozenset({"node_modules", "venv", "__pycache__", "dist", "build", "target", "vendor"})
_BY_NAME: dict[str, Tier] = {name.casefold(): tier for tier, name in FILES.items()}


def read(
    root: Path, versions: Sequence[Version] = (), most: int = SESSIONS_MOST, parse: Parse = documents.parse
) -> Handoff:
    """Everything there is of the four tiers.

    Args:
        root: The workspace.
        versions: The blocks of the session log, in their order; those the log itself shows are read from there.
        most: How many sessions, the last ones.
        parse: Reads one document or session; whoever reads again and again remembers what it said.
    """
    found: list[Document] = []
    entries: list[Entry] = []
    there: set[str] = set()
    for tier, path in places(root):
        if (text := text_of(root, path, LOG_LIMIT_BYTES if tier == "log" else LIMIT_BYTES)) is None:
            continue
        name = path.relative_to(root).as_posix()
        if tier == "log":
            pieces = log_parts.parse_log(text).pieces
            there |= {piece.id for piece in pieces}
            entries += _entries(root, path, pieces[-most:], parse)
        else:
            found.append(_settled(parse(name, tier, text, 1), root, path.parent))
    entries += [_entry_of(root, version, parse) for version in versions[-most:] if version.id not in there]
    return Handoff(tuple(found), tuple(sorted(entries, key=_moment)[-most:]))


def places(root: Path) -> list[tuple[Tier, Path]]:
    """The files of the four tiers; of portfolio, briefing and log the workspace's alone."""
    found: list[tuple[Tier, Path]] = []
    for folder in (root, *_folders(root)):
        for name in sorted(_names(folder)):
            tier = _BY_NAME.get(name.casefold())
            if tier is not None and (tier == "project" or folder == root):
                found.append((tier, folder / name))
    return found


def path_of(root: Path, tier: Tier) -> Path:
    """Where a document of the workspace stands, or would; under the name it has, however that is written."""
    usual = FILES[tier]
    names = sorted(name for name in _names(root) if name.casefold() == usual.casefold())
    return root / (usual if usual in names or not names else names[0])


def text_of(root: Path, path: Path, limit_bytes: int = LIMIT_BYTES) -> str | None:
    """What a document says; None where it cannot be read, or is a link that leads out of the workspace."""
    try:
        whole = path.resolve(strict=True)
        if not whole.is_relative_to(root.resolve()) or not whole.is_file():
            return None
        with whole.open("rb") as file:
            return file.read(limit_bytes).decode(errors="replace")
    except (OSError, RuntimeError):
        return None


def _folders(root: Path, depth: int = DEPTH) -> list[Path]:
    """The folders of projects, those near the top first."""
    found: list[Path] = []
    level = [root]
    for _ in range(depth):
        level = [inner for folder in level for inner in _inner(folder)][: FOLDERS_MOST - len(found)]
        found += level
    return found


def _inner(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if name not in _PASSED_OVER and not name.startswith(".")]


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _entries(root: Path, path: Path, pieces: Sequence[Piece], parse: Parse) -> Iterator[Entry]:
    name = path.relative_to(root).as_posix()
    latest: float | None = None
    for piece in pieces:
        document = parse(name, "log", piece.text[:LIMIT_BYTES], piece.line)
        found = dates.find(piece.text.partition("\n")[0])
        latest = found if found is not None else latest
        yield Entry(piece.id or blocks.hand_id(piece.text), _settled(document, root, path.parent), latest)


def _entry_of(root: Path, version: Version, parse: Parse) -> Entry:
    folder = root / "coordination" / "sessions"
    document = parse(f"coordination/sessions/{version.name}.md", "log", version.text[:LIMIT_BYTES], 1)
    return Entry(version.id, _settled(document, root, folder), dates.find(version.text.partition("\n")[0]))


def _moment(entry: Entry) -> float:
    return entry.moment if entry.moment is not None else float("-inf")


# What is there of what they name


def _settled(document: Document, root: Path, folder: Path) -> Document:
    """The document, with what is there of what it points to."""
    references = tuple(_reference(document, one, root, folder) for one in document.references)
    projects = tuple(_project(one, root) for one in document.projects)
    return msgspec.structs.replace(document, references=references, projects=projects)


def _reference(document: Document, one: Reference, root: Path, folder: Path) -> Reference:
    if documents.is_elsewhere(one.target):
        return one
    target, _, anchor = one.target.partition("#")
    if not target:
        is_there = not anchor or anchor.casefold() in documents.anchors(document)
        return msgspec.structs.replace(one, exists=is_there or document.tier == "log")
    if one.kind == "file" and "/" not in target and not target.endswith(".md"):
        return one  # A bare name may be a file anywhere, or none at all.
    return msgspec.structs.replace(one, exists=_is_there(target.partition("?")[0], root, folder))


def _is_there(target: str, root: Path, folder: Path) -> bool | None:
    if target.startswith(("/", "~")) or (target.startswith(".") and not target.startswith(("./", "../"))):
        return None  # Of this or of another computer, or of what runs: who knows.
    return any(_exists(place / target) for place in (folder, root))


def _project(one: Project, root: Path) -> Project:
    place = one.place
    if not place or "\\" in place or ":" in place or "..." in place or "…" in place:
        return one  # No folder of this computer's.
    folder = root / os.path.expanduser(place)
    if not _exists(folder):
        return msgspec.structs.replace(one, exists=False)
    has_context = any(name.casefold() == FILES["project"].casefold() for name in _names(folder))
    return msgspec.structs.replace(one, exists=True, has_context=has_context)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
