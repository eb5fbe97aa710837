from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tui_demo import NOW, Script

from trinity_tui.core.room import link_key
from trinity_tui.tui.traffic import BUCKET_SECONDS, BUCKETS, Tally, Traffic


def started() -> Script:
    script = Script()
    script.greet()
    for order, name in enumerate(("a", "b", "c"), 1):
        script.status(name, order=order, role="builder")
    return script


def test_a_message_makes_one_trip_and_no_second_one() -> None:
    script, traffic = started(), Traffic()
    traffic.take(script.mirror.room, NOW)
    script.say("a", "b", "hello")
    trips = traffic.take(script.mirror.room, NOW)
    assert [(trip.sender, trip.recipients, trip.is_broadcast) for trip in trips] == [("a", ("b",), False)]
    assert traffic.take(script.mirror.room, NOW) == []


def test_a_message_to_many_goes_to_all_of_them() -> None:
    script, traffic = started(), Traffic()
    script.say("a", "role:builder", "who is free?", "question")
    script.say("a", "broadcast", "found it", "finding")
    to_role, to_all = traffic.take(script.mirror.room, NOW)
    assert (to_role.recipients, to_role.is_broadcast) == (("b", "c"), False)
    assert to_all.is_broadcast
    assert set(traffic.pairs(NOW)) == {link_key("a", "b"), link_key("a", "c")}


def test_old_messages_are_counted_and_not_seen_moving() -> None:
    script, traffic = started(), Traffic()
    script.say("a", "b", "earlier", ago=30)
    assert traffic.take(script.mirror.room, NOW) == []
    assert traffic.all.total(NOW) == 1
    assert traffic.pairs(NOW) == {link_key("a", "b"): 0.5}


def test_bookkeeping_is_no_talk() -> None:
    script, traffic = started(), Traffic()
    script.status("a", "DEGRADED", ago=0, order=1)
    assert traffic.take(script.mirror.room, NOW) == []
    assert traffic.all.total(NOW) == 0
    assert traffic.is_quiet(NOW)


def test_pressing_messages_are_known_as_such() -> None:
    script, traffic = started(), Traffic()
    script.say("human", "a", "now", "chat", priority="urgent")
    assert traffic.take(script.mirror.room, NOW)[0].is_pressing


def test_a_line_fades_with_its_last_message() -> None:
    script, traffic = started(), Traffic()
    script.say("a", "b", "hello")
    script.say("b", "a", "hello to you")
    traffic.take(script.mirror.room, NOW)
    warmths = [traffic.pairs(NOW + seconds).get(link_key("a", "b"), 0.0) for seconds in range(0, 60, 5)]
    assert warmths == sorted(warmths, reverse=True)
    assert warmths[0] == 2.0
    assert warmths[-1] > 0.0
    assert traffic.pairs(NOW + 61) == {}
    assert traffic.by_pair == {}
    assert traffic.is_quiet(NOW + 61)


def test_the_minute_turns_in_buckets() -> None:
    script, traffic = started(), Traffic()
    script.say("a", "b", "hello")
    traffic.take(script.mirror.room, NOW)
    traffic.has_turned(NOW)
    assert not traffic.has_turned(NOW)
    assert traffic.has_turned(NOW + BUCKET_SECONDS)


def test_the_last_words_are_kept() -> None:
    script, traffic = started(), Traffic()
    script.say("a", "b", "first")
    script.say("a", "c", "second")
    traffic.take(script.mirror.room, NOW)
    assert traffic.last["a"].text == "second"


@given(st.lists(st.floats(0, 500), max_size=60), st.floats(500, 700))
def test_a_tally_counts_the_buckets_of_the_last_minute(moments: list[float], now: float) -> None:
    tally = Tally()
    for moment in moments:
        tally.add(moment)
    newest = int(now / BUCKET_SECONDS)
    expected = [
        sum(int(moment / BUCKET_SECONDS) == number for moment in moments)
        for number in range(newest - BUCKETS + 1, newest + 1)
    ]
    assert list(tally.levels(now)) == expected
    assert tally.total(now) == sum(expected)
