"""The account: sums of what instances say they used, by UTC day, instance and brain; bounded, whatever is said."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.conversation import Usage
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.usage_account import BRAINS_KEPT, DAYS_KEPT, MOST, OTHER, Account, Tally

NOW = 1_795_000_000.0
COUNT = st.integers(0, 10**6)
USAGE = st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT)
SPENT = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["ollama:x", "claude:y"]), USAGE), max_size=20)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


IDS = count()


def said(name: str, spent: Any, at: float = NOW) -> Message:
    metadata = {"spent": spent}
    return Message(
        v=1, id=str(next(IDS)), from_=name, to="coordinator", type="status", priority="normal",
        timestamp=format_time(at), content="", metadata=metadata,
    )  # fmt: skip


def spent_of(brain: str, usage: Usage) -> dict[str, Any]:
    return {"brain": brain, "turn": "t", **msgspec.to_builtins(usage)}


@given(SPENT)
def test_it_is_the_sum_of_what_was_said(spent: list[tuple[str, str, Usage]]) -> None:
    account = Account()
    for name, brain, usage in spent:
        assert account.fold(said(name, spent_of(brain, usage)))
    day = format_time(NOW)[:10]
    for name in ("a", "b"):
        mine = [usage for who, _, usage in spent if who == name]
        assert account.of(name, day) == Tally(len(mine), sum(mine, Usage()))
    assert account.of("a", "2026-01-01") == Tally()


@given(JUNK)
def test_whatever_is_said_never_counts_as_less_than_nothing(junk: Any) -> None:
    account = Account()
    account.fold(said("a", junk))
    for tallies in account.days.values():
        (usage,) = [tally.usage for tally in tallies["a"].values()]
        assert all(0 <= value <= MOST for value in msgspec.structs.astuple(usage))


def test_a_negative_figure_gives_nothing_back() -> None:
    account = Account()
    account.fold(said("a", {"brain": "b", "microdollars": -5, "input_tokens": True, "output_tokens": 1e300}))
    assert account.of("a", format_time(NOW)[:10]) == Tally(1, Usage())


def test_it_is_bounded() -> None:
    account = Account()
    for day in range(2 * DAYS_KEPT):
        account.fold(said("a", {"brain": "b", "input_tokens": 1}, NOW + day * 86_400))
    assert len(account.days) == DAYS_KEPT
    assert min(account.days) == format_time(NOW + DAYS_KEPT * 86_400)[:10]
    for brain in range(3 * BRAINS_KEPT):
        account.fold(said("a", {"brain": f"b{brain}", "input_tokens": 1}))
    account.fold(said("z", {"brain": "b", "input_tokens": 1}, NOW + 70 * 86_400))
    for brain in range(3 * BRAINS_KEPT):
        account.fold(said("z", {"brain": f"b{brain}", "input_tokens": 1}, NOW + 70 * 86_400))
    tallies = account.days[format_time(NOW + 70 * 86_400)[:10]]["z"]
    assert len(tallies) == BRAINS_KEPT + 1
    assert sum(tally.exchanges for tally in tallies.values()) == 3 * BRAINS_KEPT + 1
    assert tallies[OTHER].exchanges == 3 * BRAINS_KEPT - BRAINS_KEPT + 1


def status(name: str, by: str = "coordinator") -> Message:
    return Message(
        v=1, id=f"s {name}", from_=by, to="human", type="status", priority="normal", timestamp=format_time(NOW),
        content="", metadata={"instance": name, "state": "ONLINE", "role": "lead"},
    )  # fmt: skip


def test_only_an_instance_that_is_known_has_an_account_and_only_its_own() -> None:
    folder = Folder()
    spent = {"brain": "claude:x", "microdollars": 5}
    folder.apply(Record(0, status("lead-1")))
    folder.apply(Record(10, said("stranger", spent)))
    forged = msgspec.structs.replace(said("stranger", spent), metadata={"instance": "lead-1", "spent": spent})
    folder.apply(Record(20, forged))
    assert folder.room.usage == Account()
    assert folder.room.forbidden == 1
    folder.take_dirty()
    folder.apply(Record(30, said("lead-1", spent)))
    folder.apply(Record(40, said("lead-1", spent)))
    assert "usage" in folder.take_dirty()
    assert folder.room.usage.of("lead-1", format_time(NOW)[:10]) == Tally(2, Usage(microdollars=10))
    again = Folder(msgspec.json.decode(msgspec.json.encode(folder.room), type=Room))
    assert again.room.digest() == folder.room.digest()
