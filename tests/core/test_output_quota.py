"""The quota of a fleet's outputs: what goes, in which order, and that it is enough and no more than needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.output_quota import LEAST_BYTES, LEAVE_PARTS, OutputFile, Removal, Trim, to_free

MEGABYTE = 1024 * 1024
FILES = st.lists(
    st.builds(
        OutputFile,
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 50),
        st.integers(0, 20 * MEGABYTE),
        st.floats(0, 1000),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda file: (file.instance, file.epoch),
)


def file(instance: str, megabytes: int, written_at: float, *, is_over: bool) -> OutputFile:
    return OutputFile(instance, int(written_at), megabytes * MEGABYTE, written_at, is_over)


def test_nothing_goes_while_there_is_room_or_no_limit() -> None:
    files = [file("a", 100, 1, is_over=True), file("b", 100, 2, is_over=False)]
    assert to_free(files, 200 * MEGABYTE) == []
    assert to_free(files, 0) == []


def test_the_oldest_runs_of_all_instances_go_first() -> None:
    old, older, running = file("a", 5, 2, is_over=True), file("b", 5, 1, is_over=True), file("a", 5, 9, is_over=False)
    assert to_free([old, running, older], 14 * MEGABYTE) == [Removal(older)]
    assert to_free([old, running, older], 8 * MEGABYTE) == [Removal(older), Removal(old)]


def test_runs_that_go_on_give_back_their_heads_the_long_ones_alone() -> None:
    short, long, longer = (
        file(name, size, 1, is_over=False)
        for name, size in (
            (
                "a",
                1,
            ),
            ("b", 8),
            ("c", 20),
        )
    )
    first, second = to_free([short, long, longer], 10 * MEGABYTE)
    assert isinstance(first, Trim)
    assert isinstance(second, Trim)
    assert {first.file, second.file} == {long, longer}
    assert first.keep_bytes == second.keep_bytes == 4 * MEGABYTE


@given(FILES, st.integers(1, 100 * MEGABYTE))
def test_what_is_left_is_within_the_quota(files: list[OutputFile], quota: int) -> None:
    found = to_free(files, quota)
    left = {(one.instance, one.epoch): one.disk_bytes for one in files}
    for action in found:
        key = (action.file.instance, action.file.epoch)
        if isinstance(action, Removal):
            assert action.file.is_over
            del left[key]
        else:
            assert not action.file.is_over
            assert action.keep_bytes < left[key]
            left[key] = action.keep_bytes
    running = sum(not one.is_over for one in files)
    assert sum(left.values()) <= max(quota, running * LEAST_BYTES)
    taken = sum(one.disk_bytes for one in files)
    if taken <= quota:
        assert found == []
    elif found and isinstance(found[-1], Removal):
        freed = sum(action.file.disk_bytes for action in found[:-1])
        assert taken - freed > int(quota * LEAVE_PARTS), "the last one had to go too"
