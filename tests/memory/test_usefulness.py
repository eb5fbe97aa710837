"""What helps is told from what stands unused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_lines import DAY, START, line
from trinity_tui.core.message import format_time
from trinity_tui.memory.index import Index
from trinity_tui.memory.usefulness import usefulness
from trinity_tui.memory.uses import Use, count, journal

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_named_in_answers_comes_first_and_what_was_long_not_used_is_told(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "memory.db")
    index.apply([
        line("a", 0, text="used long ago"), line("b", 0, text="named"), line("c", 0, "smith", text="named"),
        line("d", 0, text="never used"), line("e", 50 * DAY, text="new"), line("f", 0, text="taken back"),
        line("g", 1, op="retract", target="f"), line("h", 0, text="shown often"),
    ])  # fmt: skip
    for name in ("scout", "smith"):
        (tmp_path / name).mkdir()
    scout, smith = (journal(tmp_path / name / "memory_use.jsonl") for name in ("scout", "smith"))
    scout.append(Use(format_time(START + DAY), "t1", "cited", ("a", "f")))
    for number in range(3):
        scout.append(Use(format_time(START + 40 * DAY), f"s{number}", "shown", ("h",)))
    # Known to one brain by the message of one author, to the other by that of another.
    scout.append(Use(format_time(START + 40 * DAY), "t2", "cited", ("b",)))
    smith.append(Use(format_time(START + 41 * DAY), "t3", "cited", ("c",)))
    told = usefulness(index, count(tmp_path), START + 60 * DAY, 30 * DAY, 10)
    assert (told["standing"], told["used"], told["idle"]) == (5, 3, 2)
    assert [row["id"] for row in told["most_used"]] == ["b", "a", "h"]
    assert told["most_used"][0]["use"]["by"] == ["scout", "smith"]
    assert [row["id"] for row in told["longest_idle"]] == ["a", "d"]
    assert len(usefulness(index, count(tmp_path), START + 60 * DAY, 30 * DAY, 1)["most_used"]) == 1
    index.close()
