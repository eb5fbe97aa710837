"""What is found, in what order, and what never is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_lines import DAY, START, line
from trinity_tui.core.memory_fold import fold
from trinity_tui.core.words import stems, telling
from trinity_tui.memory import search as searching
from trinity_tui.memory.index import Index
from trinity_tui.memory.search import Hit, Query, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.core.memory import Operation

NASTY = "\"'*()^:-+.,;%_\\/{}[]<>|&!?#\x00\x1a\u202e ANDORNOTNEAR text about rowid port \U0001f600ﬁßéİ"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One for many examples."""
    index = Index.open(tmp_path_factory.mktemp("index") / "memory.db")
    yield index
    index.close()


@pytest.fixture
def index(shared: Index) -> Index:
    """An empty one."""
    shared.rebuild([])
    return shared


def found(index: Index, text: str, **fields: Any) -> list[str]:
    """The ids found, the best first."""
    return [hit.record.id for hit in hits(index, text, **fields)]


def hits(index: Index, text: str, **fields: Any) -> list[Hit]:
    """What is found a day later."""
    fields = {"now": START + DAY, **fields}
    return search(index, Query(text=text, **fields))


def test_words_find_what_has_them_in_any_form_the_best_first(index: Index) -> None:
    index.apply([
        line("a", 1, text="The gateway retries failed calls."),
        line("b", 2, "smith", text="A failed call of the gateway."),
        *(line(f"m{number}", number, "lead", text=f"Something else, {number}.") for number in range(20)),
    ])  # fmt: skip
    assert found(index, "How does the gateway retry a failing call?") == ["a", "b"]
    (first, _) = hits(index, "how does the gateway retry a failing call?")
    parts = first.parts
    words = parts["text"] + parts["about"] + parts["date"] + parts["neighbours"]
    assert first.score == pytest.approx(words * parts["found"] * parts["age"] * parts["recent"])
    assert parts["found"] == pytest.approx(1)
    assert first.why == "in its text: gateway, retry, failing, call"


def test_while_it_is_typed_a_begun_word_is_the_most_common_one_that_begins_so(index: Index) -> None:
    index.apply([
        line("a", 1, text="The modules of the gateway."), line("b", 2, text="Modules are modelled."),
        line("c", 3, text="Modern times."), line("d", 4, text="A mode of the gateway."),
    ])  # fmt: skip
    assert found(index, "gateway modu", is_begun=True)[0] == "a"
    assert sorted(found(index, "modu", is_begun=True)) == ["a", "b"]
    assert found(index, "mode", is_begun=True) == ["d"], "somebody said that very word"
    assert found(index, "modu") == []
    assert found(index, "xyz", is_begun=True) == []
    assert found(index, "m", is_begun=True) == []


def test_what_is_superseded_retracted_or_expired_is_not_found_unless_asked_as_of(index: Index) -> None:
    index.apply([
        line("a", 1, text="the port is 1", subject="api", predicate="port", value="1"),
        line("b", 5, text="the port is 2", subject="api", predicate="port", value="2"),
        line("c", 6, text="a port is gone"), line("d", 7, op="retract", target="c"),
        line("e", 8, "lead", text="the port is blocked", expires=20),
    ])  # fmt: skip
    assert found(index, "port") == ["b"]
    assert found(index, "port", as_of=START + 3) == ["a"]
    assert sorted(found(index, "port", as_of=START + 9)) == ["b", "e"]


def two_sessions(again: str) -> list[Operation]:
    """Two things that only the line before names."""
    return [
        line("a", 1, text="Began with the payment gateway, where we had stopped.", session="s1"),
        line("b", 2, text="It listens there.", session="s1"),
        line("c", 3, text="Began with the news feed, where we had stopped.", session="s2"),
        line("d", 4, text=again, session="s2"),
        *(line(f"m{number}", 9 + number, "lead", text=f"Something else, {number}.") for number in range(20)),
    ]  # fmt: skip


def test_what_was_said_around_it_counts(index: Index) -> None:
    index.apply(two_sessions("It listens there, too."))
    assert found(index, "where does the payment gateway listen")[0] == "b"
    assert found(index, "where does the news feed listen")[0] == "d"
    first = hits(index, "where does the payment gateway listen")[0]
    assert first.parts["neighbours"] > 0
    assert first.why == "in its text: listen; said around it: payment, gateway"


def test_the_same_text_said_in_two_sessions_is_found_by_either(index: Index) -> None:
    index.apply(two_sessions("It listens there."))
    for thing in ("payment gateway", "news feed"):
        assert found(index, f"where does the {thing} listen")[0] == "b"


def test_filters(index: Index) -> None:
    index.apply([
        line("a", 1, text="the port is open", kind="decision", tags=("net", "api")),
        line("b", 2, "smith", text="the port is shut", tags=("net",)), line("c", 9, "lead", text="the port is new"),
    ])  # fmt: skip
    assert found(index, "port", kinds=("decision", "howto")) == ["a"]
    assert found(index, "port", author="smith") == ["b"]
    assert found(index, "port", author="smi") == []
    assert found(index, "port", tags=("net", "api")) == ["a"]
    assert found(index, "port", newer_than=START + 2) == ["c"]
    assert len(found(index, "port", limit=2)) == 2


def test_without_words_the_newest_are_found(index: Index) -> None:
    index.apply([line("a", 1, text="one"), line("b", 2, text="two"), line("c", 3, text="three", tags=("x",))])
    assert found(index, "", limit=2) == ["c", "b"]
    assert found(index, " … ", tags=("x",)) == ["c"]


def test_findings_age(index: Index) -> None:
    index.apply([line("a", 0, text="the port leaks", kind="finding"), line("b", 0, "smith", text="the port leak")])
    assert found(index, "port leak", now=START + 90 * DAY) == ["b", "a"]
    assert "counts 20% at its age" in hits(index, "port leak", now=START + 90 * DAY)[1].why


def test_what_has_too_little_of_what_is_looked_for_is_no_answer(index: Index) -> None:
    index.apply([line(f"m{number}", number, text=f"The service number {number} is up.") for number in range(30)])
    assert found(index, "which zeppelin hangar has the service") == []


def test_what_lacks_what_is_asked_of_a_known_thing_is_no_answer(index: Index) -> None:
    things = ("audit log", "mail sender", "export job", "map tiles")
    texts = [f"Worked on the {thing}, part {number}." for thing in things for number in range(3)]
    texts += ["The mail sender needs little memory.", "The audit log is behind a port."]
    index.apply([line(f"m{number}", number, text=text, session=text) for number, text in enumerate(texts)])
    assert found(index, "how much memory does the audit log need") == []
    assert found(index, "which port does the audit log have") == ["m13"]
    assert found(index, "how much memory does the mail sender need") == ["m12"]


def test_what_only_has_neighbours_that_fit_is_no_answer(index: Index) -> None:
    index.apply(two_sessions("It listens there, too."))
    assert found(index, "where is the payment gateway") == ["a"]


def test_a_long_question_is_answered_by_what_has_its_most_telling_words(index: Index) -> None:
    index.apply([
        *(line(f"m{number}", number, text=f"The team wrote notes for review {number}.") for number in range(30)),
        line("a", 40, text="The export job keeps its files for nine days."),
    ])  # fmt: skip
    question = (
        "While preparing the review for tomorrow I noticed something odd in the notes of the team and wanted to check"
        " before changing anything: how many days does the export job keep files? Please look whether somebody wrote it"
        " down in an earlier session, and tell me who."
    )
    assert found(index, question)[0] == "a"


def test_a_date_is_found(index: Index) -> None:
    index.apply([line("a", 0, text="we chose this"), line("b", 40 * DAY, "smith", text="we chose that")])
    assert found(index, "chose in May 2026", now=START + 50 * DAY)[0] == "a"
    assert found(index, "chose in July 2026", now=START + 50 * DAY)[0] == "b"


def test_common_words_find_as_well(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "ROWS_MOST", 20)
    said = [line(f"m{number:03}", number, text=f"the port of service {number}") for number in range(200)]
    index.apply([*said, line("it", 300, text="the port of the gateway service")])
    assert found(index, "gateway port service")[0] == "it"
    assert len(found(index, "port service")) == 10
    assert len(found(index, "port")) == 10


@given(st.text(st.sampled_from(NASTY) | st.characters(), max_size=60))
def test_any_text_is_only_words(shared: Index, text: str) -> None:
    if not shared.query("SELECT 1 FROM records"):
        shared.apply([line("a", 1, text="the port is open"), line("b", 2, text="AND OR NOT NEAR")])
    known = {one.id for one in shared.all_records()}
    assert {hit.record.id for hit in search(shared, Query(text=text, now=START + DAY))} <= known


_words = st.sampled_from(["port", "gateway", "queue", "fails", "retry", "the"])


@given(st.lists(st.lists(_words, min_size=1, max_size=4), max_size=8), st.lists(_words, min_size=1, max_size=3))
def test_everything_that_has_all_words_is_found(shared: Index, texts: list[list[str]], asked: list[str]) -> None:
    """The index finds what a look at every record finds."""
    said: list[Operation] = [
        line(f"m{number}", number, text=" ".join(words), session=str(number)) for number, words in enumerate(texts)
    ]
    shared.rebuild([])
    shared.apply(said)
    wanted = set(stems(" ".join(telling(" ".join(asked)))))
    full = {record.id for record in fold(said) if wanted <= set(stems(record.text))}
    assert full <= set(found(shared, " ".join(asked), limit=50))


def test_a_file_is_found_by_its_whole_name_and_not_by_its_ending(index: Index) -> None:
    index.apply([
        line("a", 1, text="src/auth.py:4 an except that swallows"),
        *(line(f"m{number}", number, text=f"shop/cart{number}.py:1 auth is nowhere tested") for number in range(2, 6)),
    ])  # fmt: skip
    assert found(index, "/auth.py") == found(index, "auth.py") == ["a"]
    assert found(index, "stock.py") == [], "every file ends so"
    assert len(found(index, "auth.rs")) == 5, "where nothing names it, its words are looked for"


def test_what_has_only_some_of_it_says_what_it_lacks(index: Index) -> None:
    index.apply([
        line("a", 1, text="The gateway listens on port 8001", path="src/auth.py"),
        line("b", 2, text="The port of the mail server is 25"),
        line("c", 3, text="A gateway needs a port of its own in shop/loop.py"),
    ])  # fmt: skip
    lacks = {hit.record.id: hit.lacks for hit in hits(index, "the ports of the gateway")}
    assert (lacks["a"], lacks["c"]) == ((), ())
    assert lacks.get("b", ("gateway",)) == ("gateway",)
    assert {hit.lacks for hit in hits(index, "gateway port penguin", sure_least=0)} >= {("penguin",)}
    assert {hit.lacks for hit in hits(index, "loop.py")} == {()}
    assert {hit.lacks for hit in hits(index, "harness/loop.py")} == {("harness/loop.py",)}, "its words alone are near"
    assert {hit.lacks for hit in hits(index, "")} == {()}
