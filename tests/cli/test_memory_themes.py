"""``trinity memory themes``: what the records say together, for a person and for a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from fleet import Fleet


@pytest.fixture
def quiet(fleet: Fleet) -> Fleet:
    """A coordinator without instances."""
    fleet.write_config(CONFIG, {})
    fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator")
    return fleet


def know(fleet: Fleet, folder: Path, *records: dict[str, Any]) -> None:
    """Have these be remembered, in their order."""
    path = folder / "lines.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert fleet.json("memory", "import", str(path))["new"] == len(records)


def record(name: str, author: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "author": author, "text": text, **fields}


def test_an_empty_memory_says_nothing_together(quiet: Fleet) -> None:
    assert quiet.trinity("memory", "themes").stdout == "The records say nothing together yet.\n"
    assert quiet.json("memory", "themes") == {"themes": [], "questions": [], "solutions": []}


def test_themes_questions_and_ways_are_told_with_their_records(quiet: Fleet, tmp_path: Path) -> None:
    port = {"subject": "gateway", "predicate": "port"}
    know(
        quiet, tmp_path,
        record("f", "scout", "The build fails on ARM.", kind="failure", subject="build"),
        record("h", "smith", "Set CC first.", kind="howto", subject="build"),
        record("p", "scout", "It listens on 8001.", value="8001", **port),
        record("q", "smith", "It listens on 8002.", value="8002", **port),
        record("one", "lead", "Nobody else says this."),
    )  # fmt: skip
    assert quiet.trinity("memory", "themes").stdout.splitlines() == [
        "build: Set CC first.", "    2 records of scout, smith: f, h",
        "gateway: It listens on 8002.", "    2 records of scout, smith: p, q",
        "failed: The build fails on ARM.", "    helped: Set CC first.  f, h",
        "What is the port of gateway?",
        "    8001  said by scout", "        trinity memory resolve p",
        "    8002  said by smith", "        trinity memory resolve q",
    ]  # fmt: skip
    told = quiet.json("memory", "themes")
    assert [(one["key"], one["record_ids"]) for one in told["themes"]] == [
        ("about:build", ["f", "h"]), ("about:gateway", ["p", "q"]),
    ]  # fmt: skip
    assert [claim["record_ids"] for claim in told["questions"][0]["claims"]] == [["p"], ["q"]]
    assert told["solutions"] == [
        {"failure": "The build fails on ARM.", "solution": "Set CC first.", "record_ids": ["f", "h"]}
    ]
    quiet.json("memory", "retract", "h")
    quiet.json("memory", "resolve", "q")
    told = quiet.json("memory", "themes")
    assert (told["themes"], told["questions"], told["solutions"]) == ([], [], [])


def test_of_a_thousand_records_the_weightiest_are_shown_and_the_rest_counted(quiet: Fleet, tmp_path: Path) -> None:
    know(
        quiet, tmp_path,
        *(
            record(f"m{number}", f"scout-{number % 2}", f"point {number}", subject=f"thing {number % 50:02}")
            for number in range(999)
        ),
        record("last", "smith", "the last word", subject="thing 49"),
    )  # fmt: skip
    lines = quiet.trinity("memory", "themes").stdout.splitlines()
    assert lines[:2] == [
        "thing 49: the last word", "    20 records of scout-1, smith: m799, m849, m899, m949, last and 15 more",
    ]  # fmt: skip
    assert (len(lines), lines[-1]) == (41, "… and 30 more; --json gives all")
    told = quiet.json("memory", "themes")["themes"]
    assert sum(len(one["record_ids"]) for one in told) == 1_000
