"""What a word counts, and what age and neighbours do."""

from __future__ import annotations

import pytest

from trinity_tui.core.ranking import OLDEST_SHARE, corpus, covered, freshness, match, recency, sureness

DAY = 86_400.0
WANTED = ("gatewai", "port")
CORPUS = corpus(WANTED, {"gatewai": 5, "port": 400}, 1000, 8000)


def score(text: str, about: str = "", date: str = "") -> float:
    """What it scores."""
    return match(text, about, date, CORPUS).score


def test_a_rare_word_tells_more_than_a_common_one_and_an_unknown_one_most() -> None:
    weights = corpus(("none", *WANTED), {"gatewai": 5, "port": 400}, 1000, 8000).weights
    assert weights["none"] > weights["gatewai"] > weights["port"] > 0
    assert corpus(WANTED, {"port": 7}, 0, 0).mean_length == 0


def test_the_score_is_what_its_parts_say() -> None:
    found = match("the gateways listen", "port gateway", "", CORPUS)
    assert found.score == pytest.approx(sum(found.parts.values()))
    assert found.stems == {"text": ("gatewai",), "about": ("gatewai", "port"), "date": ()}
    assert set(found.scores) == {"gatewai", "port"}
    assert sum(found.scores.values()) == pytest.approx(found.score)


def test_a_word_in_the_text_counts_more_than_in_what_it_is_about_or_its_date() -> None:
    assert score("port") > score("", "port") > score("", "", "port") > 0


def test_a_word_said_again_adds_less_and_a_long_text_is_held_against_it() -> None:
    assert score("port x") < score("port port") < 2 * score("port x")
    assert score("port " + "word " * 40) < score("port x")


def test_how_much_was_found_is_weighed_by_what_it_tells() -> None:
    assert covered({"gatewai", "port"}, CORPUS) == pytest.approx(1)
    assert 0.5 < covered({"gatewai"}, CORPUS) < 1
    assert covered((), corpus((), {}, 5, 5)) == 0


def test_something_answers_surely_that_has_the_known_words_and_not_only_by_its_neighbours() -> None:
    asked = corpus(("port", "audit", "log", "zeppelin"), {"port": 20, "audit": 20, "log": 20}, 1000, 8000)
    assert sureness({"port", "audit", "log"}, (), asked) > 1
    assert sureness({"port"}, {"audit", "log"}, asked) > 1
    assert sureness({"audit", "log"}, (), asked) < 1
    assert sureness((), {"port", "audit", "log"}, asked) == 0


def test_of_a_long_question_a_few_telling_words_are_enough_and_an_unknown_thing_is_not_answered() -> None:
    counts = dict.fromkeys((f"w{number}" for number in range(20)), 20)
    asked = corpus(tuple(counts), counts, 1000, 8000)
    assert sureness({"w1", "w2", "w3"}, (), asked) > 1 > sureness({"w1", "w2"}, (), asked)
    unknown = corpus(("hangar", "zeppelin", "up"), {"up": 900}, 1000, 8000)
    assert sureness({"up"}, (), unknown) < 1


def test_findings_age_and_decisions_do_not() -> None:
    assert freshness("finding", 30 * DAY) == pytest.approx(0.5)
    assert freshness("finding", 3000 * DAY) == OLDEST_SHARE
    assert freshness("finding", -5) == freshness("decision", 3000 * DAY) == 1


def test_of_two_that_score_the_same_the_newer_wins_by_a_little() -> None:
    assert 1.1 >= recency(-1) >= recency(0) > recency(90 * DAY) > recency(900 * DAY) > 1
