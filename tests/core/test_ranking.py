"""What a word counts, and what age and neighbours do."""

from __future__ import annotations

import pytest

from trinity_tui.core.ranking import OLDEST_SHARE, Corpus, covered, freshness, match, recency

DAY = 86_400.0
CORPUS = Corpus(1000, 8.0, {"gatewai": 5, "port": 400})


def columns(text: str, about: str = "", date: str = "") -> dict[str, str]:
    return {"text": text, "about": about, "date": date}


def test_a_rare_word_tells_more_than_a_common_one_and_an_unknown_one_most() -> None:
    assert CORPUS.weight("nothing") > CORPUS.weight("gatewai") > CORPUS.weight("port") > 0


def test_the_score_is_what_its_parts_say() -> None:
    found = match(["gatewai", "port"], columns("the gateways listen", "port gateway"), CORPUS)
    assert found.score == pytest.approx(sum(found.parts.values()))
    assert found.stems == {"text": ("gatewai",), "about": ("gatewai", "port"), "date": ()}
    assert set(found.scores) == {"gatewai", "port"}
    assert sum(found.scores.values()) == pytest.approx(found.score)


def test_a_word_in_the_text_counts_more_than_in_what_it_is_about_or_its_date() -> None:
    scores = [match(["port"], columns(*words), CORPUS).score for words in (("port",), ("", "port"), ("", "", "port"))]
    assert scores == sorted(scores, reverse=True) and scores[2] > 0


def test_a_word_said_again_adds_less_and_a_long_text_is_held_against_it() -> None:
    once, twice = (match(["port"], columns(text), CORPUS).score for text in ("port x", "port port"))
    assert once < twice < 2 * once
    assert match(["port"], columns("port " + "word " * 40), CORPUS).score < once


def test_how_much_was_found_is_weighed_by_what_it_tells() -> None:
    assert covered(["gatewai", "port"], {"gatewai", "port"}, CORPUS) == pytest.approx(1)
    assert 0.5 < covered(["gatewai", "port"], {"gatewai"}, CORPUS) < 1
    assert covered([], set(), CORPUS) == 0


def test_findings_age_and_decisions_do_not() -> None:
    assert freshness("finding", 30 * DAY) == pytest.approx(0.5)
    assert freshness("finding", 3000 * DAY) == OLDEST_SHARE
    assert freshness("finding", -5) == freshness("decision", 3000 * DAY) == 1


def test_of_two_that_score_the_same_the_newer_wins_by_a_little() -> None:
    assert 1.1 >= recency(-1) >= recency(0) > recency(90 * DAY) > recency(900 * DAY) > 1
