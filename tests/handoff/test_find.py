"""The check of the four tiers: silent where all is well, and of each defect its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiers_ground import DEFECTS, change, clean
from trinity_tui.core.handoff import checks
from trinity_tui.core.handoff.blocks import Version
from trinity_tui.core.handoff.tiers import FILES
from trinity_tui.handoff import find


def found(root: Path) -> list[str]:
    """What a check says."""
    return [f"{one.place} {one.rule}: {one.text}" for one in checks.check(find.read(root)) if one.severity != "note"]


def test_nothing_is_found_where_all_is_well(tmp_path: Path) -> None:
    clean(tmp_path)
    handoff = find.read(tmp_path)
    assert [(document.tier, document.path) for document in handoff.documents] == [
        ("portfolio", "PORTFOLIO_CONTEXT.md"),
        ("briefing", "SESSION_BRIEFING.md"),
        ("project", "archive/project_context.md"),
        ("project", "weather/PROJECT_CONTEXT.md"),
    ]
    assert len(handoff.entries) == 2
    assert found(tmp_path) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found_at_its_line(tmp_path: Path, defect: str) -> None:
    clean(tmp_path)
    name, old, new, said = DEFECTS[defect]
    change(tmp_path, name, old, new)
    assert found(tmp_path) == said


@pytest.mark.parametrize("name", FILES.values())
def test_a_missing_tier_is_named(tmp_path: Path, name: str) -> None:
    clean(tmp_path)
    for path in [path for path in tmp_path.rglob("*.md") if path.name.casefold() == name.casefold()]:
        path.unlink()
    assert any(line.startswith(f"{name}:1 missing-tier: is missing: it says ") for line in found(tmp_path))


def test_every_rule_is_tried_and_documented(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "handoff.md").read_text()
    told = {line.rsplit(":", 1)[0] for line in found(tmp_path)} | {
        line for *_, said in DEFECTS.values() for line in said
    }
    rules = {line.split(" ")[1].rstrip(":") for line in told if " " in line}
    assert len(rules) >= len(checks.RULES)
    assert not [rule for rule in rules if f"`{rule}`" not in document]


def test_a_decision_that_says_what_it_reverses_is_none_to_report(tmp_path: Path) -> None:
    clean(tmp_path)
    change(tmp_path, "SESSION_LOG.md", "- Added retries", "- Chose webhooks over polling again: the stations can")
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "said",
    [
        "- The map service's key is not resolved",
        "- Resolved the layout of maps",
        "- Fixed a service that has no retries",
        "- Once the key for the map service is there, this is resolved",
    ],
)
def test_what_does_not_resolve_a_blocker(tmp_path: Path, said: str) -> None:
    clean(tmp_path)
    change(tmp_path, "SESSION_LOG.md", "- The key for the map service arrived, so maps are unblocked", said)
    change(tmp_path, "SESSION_BRIEFING.md", "- The station in", "- No key for the map service yet\n- The station in")
    assert found(tmp_path) == []


def test_a_blocker_that_came_back_is_open(tmp_path: Path) -> None:
    clean(tmp_path)
    change(tmp_path, "SESSION_BRIEFING.md", "- The station in", "- No key for the map service yet\n- The station in")
    change(tmp_path, "SESSION_LOG.md", "- None\n", "- The key for the map service was withdrawn\n")
    assert found(tmp_path) == []


def test_blocks_that_no_log_shows_are_read_from_their_files(tmp_path: Path) -> None:
    clean(tmp_path)
    (tmp_path / "SESSION_LOG.md").unlink()
    version = Version("C1-builder-1", "## Session: 2026-11-21 - builder-1\n\n### Blockers\n\n- none")
    handoff = find.read(tmp_path, (version,))
    assert handoff.entries[0].document.path == "coordination/sessions/C1-builder-1.md"
    missing = [problem for problem in checks.check(handoff) if problem.rule == "missing-section"]
    assert {problem.place for problem in missing} == {"coordination/sessions/C1-builder-1.md:1"}
    assert len(missing) == 5


def test_nothing_outside_of_the_workspace_is_read(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    clean(root)
    (tmp_path / "secret").write_text("## Stack\n\na private matter")
    (root / "weather/PROJECT_CONTEXT.md").unlink()
    (root / "weather/PROJECT_CONTEXT.md").symlink_to(tmp_path / "secret")
    assert all("private" not in document.text for document in find.read(root).documents)


def test_folders_of_tools_are_passed_over(tmp_path: Path) -> None:
    clean(tmp_path)
    for folder in ("node_modules/left", ".venv/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "PROJECT_CONTEXT.md").write_text("# not ours")
    assert len(find.read(tmp_path).of("project")) == 2
