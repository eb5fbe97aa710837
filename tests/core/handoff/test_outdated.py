"""What sessions tell that is no longer so is left out of what the next is told, and nothing else is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff.document import Document, Entry, Handoff, Section
from trinity_tui.core.handoff.outdated import NO_LONGER, told, without

_items = st.tuples(
    st.sampled_from(["Found", "Decided", "Does not work", "Open question", "Waits for"]),
    st.sampled_from(["one", "One.", "two", "a: b", "- c"]),
)


def handoff(items: list[tuple[str, str]], title: str = "Session: 2026-01-01 - builder-1 on C1") -> Handoff:
    body = "\n".join(f"- {what}: {text}" for what, text in items)
    text = f"## {title}\n\n### Work Accomplished\n\n{body}"
    sections = (Section(title, 2, 1, ""), Section("Work Accomplished", 3, 3, body))
    return Handoff(entries=(Entry("e", Document("log.md", "log", text, sections=sections)),))


@given(st.lists(_items, max_size=6), st.sets(st.sampled_from(["ONE", "two", "- c", "other"])))
def test_only_what_is_over_is_left_out_and_every_line_stays_where_it_is(
    items: list[tuple[str, str]], over: set[str]
) -> None:
    before = handoff(items)
    after = without(before, over)
    gone = {one.lower() for one in over}
    pairs = zip(
        before.entries[0].document.text.split("\n"), after.entries[0].document.text.split("\n"), strict=True
    )  # fmt: skip
    for was, now in pairs:
        what, _, text = was.removeprefix("- ").partition(": ")
        is_over = was.startswith("- ") and what != "Waits for" and text.lower().strip(".") in gone
        assert now == (f"- {what}: {NO_LONGER}" if is_over else was)
    assert after.entries[0].document.sections[1].text == "\n".join(after.entries[0].document.text.split("\n")[4:])
    assert told(before) >= {text for what, text in items if what != "Waits for"}


def test_what_a_person_wrote_between_the_sessions_stays() -> None:
    note = handoff([("Found", "one")], title="A note of mine")
    assert without(note, {"one"}) == note
    assert told(note) == frozenset()
