"""Words, stems and what says the same."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.words import fingerprint, names_place, places, stem, stems, telling, without_endings, words

PORTER = (
    "caresses caress ponies poni cats cat feed feed agreed agre plastered plaster motoring motor sing sing "
    "conflated conflat troubled troubl sized size hopping hop falling fall hissing hiss fizzed fizz failing fail "
    "filing file happy happi sky sky relational relat conditional condit valenci valenc digitizer digit "
    "radicalli radic differentli differ analogousli analog vietnamization vietnam predication predic operator oper "
    "feudalism feudal decisiveness decis hopefulness hope callousness callous formaliti formal sensitiviti sensit "
    "sensibiliti sensibl triplicate triplic formative form formalize formal electriciti electr electrical electr "
    "hopeful hope goodness good revival reviv allowance allow inference infer airliner airlin adjustable adjust "
    "defensible defens irritant irrit replacement replac adjustment adjust dependent depend adoption adopt "
    "communism commun activate activ angulariti angular homologous homolog effective effect bowdlerize bowdler "
    "probate probat rate rate cease ceas controll control roll roll"
).split()


@pytest.mark.parametrize(("word", "root"), list(zip(PORTER[::2], PORTER[1::2], strict=True)))
def test_stems_are_porters(word: str, root: str) -> None:
    assert stem(word) == root


def test_the_index_finds_what_has_the_same_stem() -> None:
    """SQLite's own stemmer and ours have to agree, or what one finds the other would not count."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE one USING fts5(text, tokenize = 'porter unicode61 remove_diacritics 2')")
    database.execute("CREATE VIRTUAL TABLE stem USING fts5vocab(one, row)")
    for word in [*PORTER, "connections", "retries", "migrating", "deployed", "caching", "queues", "timeouts"]:
        database.execute("DELETE FROM one")
        database.execute("INSERT INTO one VALUES (?)", (word,))
        assert database.execute("SELECT term FROM stem").fetchone() == (stem(word),)
    database.close()


def test_stop_words_are_not_looked_for_unless_there_are_no_others() -> None:
    assert telling("What is the port of the API, the port?") == ["port", "api"]
    assert telling("What is it?") == ["what", "is", "it"]
    assert telling("…") == []


def test_words_have_no_accents_case_or_signs() -> None:
    assert words("Café: parse_config(x) — naïve") == ["cafe", "parse", "config", "x", "naive"]
    assert stems("Retries retried") == ["retri", "retri"]


@given(st.text())
def test_any_text_has_words_that_say_the_same_whatever_its_case_and_space(text: str) -> None:
    assert all(words(word) == [word] for word in words(text) if word.isascii())
    assert fingerprint(f"  {text} \n") == fingerprint(text)


def test_texts_that_say_the_same_have_one_fingerprint() -> None:
    assert fingerprint("The port is  open.") == fingerprint("the port is open")
    assert fingerprint("the port is open") != fingerprint("the port is closed")


def test_what_looks_like_a_file_or_a_path_is_a_place() -> None:
    assert places("/auth.py in src/shop, at 2.5 s and/or so. Done.") == ["auth.py", "src/shop", "and/or"]
    assert without_endings("/auth.py fails, 2.5 s") == "/auth fails, 2.5 s"
    assert names_place("see src/auth.py:4", "auth.py") and names_place("AUTH.PY", "auth.py")
    assert not names_place("oauth.py", "auth.py") and not names_place("auth.pyc", "auth.py")
