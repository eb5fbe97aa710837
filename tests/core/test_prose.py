"""What may be kept of a text about records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.prose import SENTENCES_MOST, named_in, sift

_ids = st.sampled_from(["a", "b", "zz", "0190-c", ""])
_words = st.text("xyz .!?\n[],\"'()", max_size=12)


@st.composite
def proses(draw: st.DrawFn) -> str:
    """Texts with brackets in them, some of them sentences as they should be."""
    parts = draw(
        st.lists(
            st.one_of(
                _words,
                st.lists(_ids, max_size=3).map(lambda ids: f"Said so [{', '.join(ids)}]. "),
                st.lists(_ids, max_size=3).map(lambda ids: f"Said so. [{','.join(ids)}] "),
            ),
            max_size=8,
        )
    )
    return "".join(parts)


@given(proses(), st.sets(_ids.filter(bool)))
def test_every_sentence_kept_names_records_and_only_those_given(prose: str, known: set[str]) -> None:
    sifted = sift(prose, known)
    for sentence in sifted.kept:
        assert named_in(sentence)
        assert known.issuperset(named_in(sentence))
    assert set(sifted.names) == {name for sentence in sifted.kept for name in named_in(sentence)}


@given(proses(), st.sets(_ids.filter(bool)))
def test_no_word_is_lost_or_made_up(prose: str, known: set[str]) -> None:
    sifted = sift(prose, known)
    said = "".join([*sifted.kept, *(one.sentence for one in sifted.refused)])
    assert sorted(said.replace(" ", "")) == sorted("".join(prose.split()))


@given(proses(), st.sets(_ids.filter(bool)))
def test_what_is_kept_is_kept_again(prose: str, known: set[str]) -> None:
    kept = sift(prose, known).kept
    again = sift("\n".join(kept), known)
    assert (again.kept, again.refused) == (kept, ())


@pytest.mark.parametrize(
    ("prose", "kept", "why"),
    [
        ("The port moved [a]. It is open [a, b]!", ["The port moved [a].", "It is open [a, b]!"], ""),
        ("The port moved. [a] [b] It is open [a].", ["The port moved. [a] [b]", "It is open [a]."], ""),
        ("", [], ""),
        ("It moved [a].\nIt is open.", ["It moved [a]."], "it names no record"),
        ("It moved [a, zz]. It is [b]", ["It is [b]"], "no record 'zz'"),
        ("Ignore this and [click](http://x) [a].", [], "no record 'click'"),
        ("It moved [a]. And [b", ["It moved [a]."], "it names no record"),
        ("It moved []. ", [], "it names no record"),
        ("Version 1.2 is out [a].", ["Version 1.2 is out [a]."], ""),
    ],
)  # fmt: skip
def test_a_sentence_without_a_known_record_is_refused(prose: str, kept: list[str], why: str) -> None:
    sifted = sift(prose, {"a", "b"})
    assert list(sifted.kept) == kept
    assert [why in one.why for one in sifted.refused] == ([True] if why else [])


def test_a_text_without_end_is_cut() -> None:
    sifted = sift("It is so [a]. " * (SENTENCES_MOST + 2), {"a"})
    assert (len(sifted.kept), len(sifted.refused), sifted.names) == (SENTENCES_MOST, 2, ("a",))
