"""The session log: whoever edits it wherever, nothing is lost, nothing doubled, and it comes to rest at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff import blocks, log_parts
from trinity_tui.core.handoff.blocks import EXPLANATION, Version

LINES = st.sampled_from(
    [
        "", "## Session: 2026-11-21 20:45 UTC - builder-1", "## session by me", "### Blockers", "# A title", "- one",
        "- two  ", "```", "```py", "~~~~", "````", "  ```", "    code", "text", "Ü ✓", "\u2028", "Setext", "-----",
        "<!-- trinity:block b1 0000 -->", "<!-- trinity:bloc", "<!-- a remark -->", EXPLANATION, "\f", "\ufeffx",
        f"<!-- trinity:block b2 {'0' * 64} -->", "## Sessions and more",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=12).map("\n".join)
NAMES = st.sampled_from(["b1", "b2", "b3", "C1-builder-1-7"])
KNOWN = st.dictionaries(NAMES, TEXTS.map(blocks.tidy).filter(bool), max_size=4).map(
    lambda texts: [Version(name, text) for name, text in texts.items()]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def take(text: str, known: list[Version]) -> tuple[str, list[Version]]:
    """A log read as it stands: what it becomes, and all that is known then."""
    log = log_parts.parse_log(text)
    known = [*known, *blocks.additions(log.pieces, known)]
    return blocks.assemble(log.intro, blocks.shown(known)), known


def edited(text: str, data: st.DataObject) -> str:
    """As a person leaves it: lines taken out, put in, changed; another editor's line ends."""
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(lines)))
        what = data.draw(st.sampled_from(["add", "drop", "typo", "join"]))
        if what == "add" or place >= len(lines):
            lines.insert(place, data.draw(LINES))
        elif what == "drop":
            lines.pop(place)
        elif what == "typo":
            lines[place] = lines[place][1:] + "x"
        else:
            lines[place : place + 2] = ["".join(lines[place : place + 2])]
    return data.draw(ENDS).join(lines).rstrip(data.draw(st.sampled_from(["", "\r\n"])))


@given(TEXTS, KNOWN)
def test_what_was_assembled_is_at_rest(text: str, known: list[Version]) -> None:
    assembled, known = take(text, known)
    again, more = take(assembled, known)
    assert more == known
    assert again == assembled


@given(TEXTS, KNOWN, st.data())
def test_what_a_person_edits_anywhere_comes_to_rest_at_once(
    text: str, known: list[Version], data: st.DataObject
) -> None:
    assembled, known = take(text, known)
    after, known = take(edited(assembled, data), known)
    assert take(after, known) == (after, known)


@given(TEXTS, KNOWN, st.data())
def test_nothing_that_a_person_wrote_is_lost(text: str, known: list[Version], data: st.DataObject) -> None:
    assembled, known = take(text, known)
    lines = assembled.split("\n")
    lines.insert(data.draw(st.integers(0, len(lines))), "a word that nobody else writes")
    after, known = take("\n".join(lines), known)
    intro = log_parts.parse_log(after).intro
    assert any("a word that nobody else writes" in kept for kept in (intro, *(version.text for version in known)))
    assert "a word that nobody else writes" in after


@given(TEXTS, TEXTS, KNOWN, st.data())
def test_two_computers_that_assemble_in_any_order_show_the_same(
    one: str, other: str, known: list[Version], data: st.DataObject
) -> None:
    _, here = take(one, known)
    _, there = take(other, known)
    united = {version.name: version for version in data.draw(st.permutations([*here, *there]))}
    assert {version.name for version in here} <= set(united)
    again = {version.name: version for version in [*there, *here]}
    shown = blocks.assemble("", blocks.shown(united.values()))
    assert shown == blocks.assemble("", blocks.shown(again.values()))
    assert take(shown, list(united.values()))[0] == shown


BLOCKS = [
    Version("b1", "## Session: one\n\n```py\nx = 1\n```\n\n### Blockers\n\n- none"),
    Version("b2", "## Session: two\n\n```\ny\n```"),
    Version("b3", "## Session: three\n\ntext"),
]
LOG = blocks.assemble("", BLOCKS)


def added(text: str, known: list[Version] = BLOCKS) -> dict[str, str]:
    """What a log adds: text by file name, revisions without their digest."""
    pieces = log_parts.parse_log(text).pieces
    return {version.name.partition("-")[0]: version.text for version in blocks.additions(pieces, known)}


def test_an_untouched_log_adds_nothing() -> None:
    assert added(LOG) == added(LOG.replace("\n", "\r\n")) == added(LOG.rstrip("\n")) == {}


def test_a_fence_that_somebody_broke_disturbs_its_own_block_alone() -> None:
    broken = LOG.replace("x = 1\n```\n", "x = 1\n")
    assert list(added(broken)) == ["b1.r1"]
    assert broken != LOG


def test_a_block_that_is_quoted_in_a_fence_stays_a_quote() -> None:
    note = f"## Session: mine\n\n````\n{blocks.written(BLOCKS[1])}````"
    assert added(f"{LOG}\n{note}\n") == {"hand": note}


def test_a_mark_in_a_fence_is_text() -> None:
    note = f"How it looks:\n\n```\n## Session: so\n<!-- trinity:block so {'0' * 64} -->\n```"
    assert added(f"{LOG}\n{note}") == {"hand": note}


def test_a_fixed_typo_is_a_revision_and_its_undoing_another() -> None:
    log, known = take(LOG.replace("three\n\ntext", "three\n\nTEXT"), BLOCKS)
    assert known[-1].name.startswith("b3.r1-")
    assert "TEXT" in log and log.count("trinity:block b3") == 1
    log, known = take(log.replace("TEXT", "text"), known)
    assert known[-1].revision == 2
    assert log == LOG


def test_a_lost_mark_doubles_nothing() -> None:
    for version in BLOCKS:
        assert added(LOG.replace(blocks.mark(version), "")) == {}
        assert added(LOG.replace(blocks.mark(version), blocks.mark(version)[:24])) == {}


def test_a_session_that_is_written_above_a_mark_is_not_taken_for_that_block() -> None:
    mine = "## Session: by hand\n\n- looked"
    assert added(LOG.replace(blocks.mark(BLOCKS[1]), f"{mine}\n\n{blocks.mark(BLOCKS[1])}")) == {"hand": mine}


def test_an_old_log_brings_nothing_old_back() -> None:
    _, known = take(LOG.replace("text", "TEXT"), BLOCKS)
    assert added(LOG, known) == {}


def test_a_block_whose_file_is_gone_is_kept_from_the_log() -> None:
    assert added(LOG, BLOCKS[1:]) == {"b1": BLOCKS[0].text}
    assert list(added(LOG.replace("x = 1", "x = 2"), BLOCKS[1:])) == ["b1.r1"]


def test_a_log_from_before_is_taken_over_session_by_session() -> None:
    log = log_parts.parse_log("# My log\n\nEvery session adds.\n\n## Session: a\nA\n\n## SESSION: b\nB\n")
    assert log.intro == "# My log"
    assert [(piece.line, piece.text) for piece in log.pieces] == [
        (3, "Every session adds."),
        (5, "## Session: a\nA"),
        (8, "## SESSION: b\nB"),
    ]


def test_two_texts_under_one_mark_are_both_shown() -> None:
    twice = LOG + blocks.written(BLOCKS[2]).replace("text", "second") + "\n"
    log, known = take(twice.replace("text", "first", 1), BLOCKS)
    assert "first" in log and "second" in log
    assert take(log, known) == (log, known)


def test_an_introduction_stays_at_the_top() -> None:
    text = LOG.replace(blocks.TITLE, "# Ours\n\nRead from the end.")
    log, known = take(text, BLOCKS)
    assert (log, known) == (text, BLOCKS)


def test_lines_are_those_of_the_file() -> None:
    lines = LOG.split("\n")
    for piece in log_parts.parse_log(LOG).pieces:
        assert lines[piece.line - 1] == piece.text.split("\n")[0]


def test_a_long_log_is_read_in_a_breath_of_lines() -> None:
    many = blocks.assemble("", [Version(f"b{n}", f"## Session: {n}\n\n```\n{n}\n```") for n in range(2_000)])
    assert len(log_parts.parse_log(many).pieces) == 2_000
    assert len(log_parts.parse_log("## Session\n" * 5_000 + blocks.mark(BLOCKS[0])).pieces) == 5_000
