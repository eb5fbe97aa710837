"""Drafts and what was sent: for the person's eyes only, bounded, and nothing of several screens is lost."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.client.drafts import CHARACTERS_MOST, DRAFTS_MOST, SENT_MOST, Keeper, Kept, file_of, load, merge
from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def test_they_come_back_and_nobody_else_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "drafts" / "a.json"
    Keeper(file).keep({"builder-1": "a\nb", "broadcast": "  "}, ["said"])
    assert load(file) == Kept({"builder-1": "a\nb"}, ["said"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_an_earlier_version_kept_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"builder-1": "half", "drafts": "to one of this name"}')
    assert load(file).drafts == {"builder-1": "half", "drafts": "to one of this name"}


def test_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert load(file) == Kept()
    file.write_text('{"a": ')
    assert load(file) == Kept()
    file.write_text('["a"]')
    assert load(file) == Kept()


def test_what_cannot_be_written_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    file = tmp_path / "drafts" / "a.json"
    keeper = Keeper(file)
    keeper.keep({"a": "half"}, [])
    (file.parent / ".a.json.new").mkdir()
    with pytest.raises(StoreError):
        keeper.keep({"a": "half of it"}, [])
    assert load(file).drafts == {"a": "half"}
    (file.parent / ".a.json.new").rmdir()
    keeper.keep({"a": "half of it"}, [])
    assert load(file).drafts == {"a": "half of it"}


def test_the_file_stays_small() -> None:
    many = {f"explorer-{number}": "x" for number in range(DRAFTS_MOST + 20)}
    long = "what I think of it: " + "x" * CHARACTERS_MOST
    kept = merge(Kept({"long": "what I"}), {}, many | {"long": long}, [str(n) for n in range(SENT_MOST + 9)])
    assert list(kept.drafts) == [*list(many)[21:], "long"]
    assert kept.drafts["long"] == long[:CHARACTERS_MOST]
    assert (len(kept.sent), kept.sent[-1]) == (SENT_MOST, str(SENT_MOST + 8))


def test_two_screens_keep_each_their_own(tmp_path: Path) -> None:
    file = tmp_path / "drafts" / "a.json"
    one, other = Keeper(file), Keeper(file)
    one.keep({"a": "from one"}, ["one said"])
    other.keep({"b": "from the other"}, ["the other said"])
    one.keep({"a": "from one, more"}, [])
    assert load(file) == Kept({"b": "from the other", "a": "from one, more"}, ["one said", "the other said"])
    other.keep({"a": "later", "b": "from the other"}, [])
    assert load(file).drafts["a"] == "later"
    assert "from one, more" in load(file).sent
    one.keep({}, [])
    assert load(file).drafts["a"] == "later"


steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["x", "y"]), st.booleans()), max_size=20)


@given(steps)
def test_of_what_several_screens_wrote_the_last_of_each_is_found(steps: list[tuple[int, str, bool]]) -> None:
    kept, screens = Kept(), [dict[str, str]() for _ in range(3)]
    for number, (at, to, is_deleted) in enumerate(steps):
        base = dict(screens[at])
        screens[at][to] = "" if is_deleted else f"{number} by {at}"
        kept = merge(kept, base, screens[at], [])
        for screen in screens:
            for name, written in screen.items():
                assert not written or written in (kept.drafts.get(name), *kept.sent)


def test_they_lie_outside_of_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = file_of(tmp_path / "work")
    assert file.is_relative_to(tmp_path / "state")
    assert file != file_of(tmp_path / "other")
