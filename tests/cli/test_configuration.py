"""What holds is shown value by value, each with its origin, whether a coordinator runs or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.cli.configuration import values
from trinity_tui.core.overrides import Overrides

if TYPE_CHECKING:
    from fleet import Fleet

TEXT = """\
[workspace]
name = "shop"

[instances.araya]
role = "guide"
replicas = 2
env = {KEY = "a secret"}

[instances.lead-1]
role = "lead"
"""


def test_every_value_has_its_origin() -> None:
    chosen = Overrides(replicas={"araya": 3}, removed=("lead-1",), instances={"extra": {"role": "builder"}})
    rows = {row["key"]: (row["value"], row["origin"]) for row in values(TEXT, chosen)}
    assert rows["workspace.name"] == ("shop", "instances.toml:2")
    assert rows["workspace.check_seconds"] == (300.0, "default")
    assert rows["instances.araya-3.role"] == ("guide", "instances.toml:5")
    assert rows["instances.araya-3.replicas"] == (3, "overrides.toml")
    assert rows["instances.extra.role"] == ("builder", "overrides.toml")
    assert rows["instances.extra.nice"] == (5, "default")
    assert rows["instances.lead-1"] == ("removed", "overrides.toml")
    assert not any(key.startswith("instances.lead-1.") for key in rows)


def test_what_is_nobodys_to_read_is_named_and_not_shown() -> None:
    rows = {row["key"]: row["value"] for row in values(TEXT, Overrides())}
    assert rows["instances.araya-1.env"] == ["KEY"]
    assert "a secret" not in str(rows)


def test_it_needs_no_coordinator(fleet: Fleet) -> None:
    shown = fleet.trinity("config", "show")
    assert shown.returncode == 0, shown.stderr
    number = (fleet.root / "instances.toml").read_text().splitlines().index('role = "explorer"') + 1
    line = next(line for line in shown.stdout.splitlines() if "explorer-1.role" in line)
    assert line.split() == ["instances.explorer-1.role", '"explorer"', f"instances.toml:{number}"]
