"""How an instance is shown: one table of everything that is known and the state it comes to."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.instance import (
    STANDSTILL_SECONDS,
    Brief,
    Lifecycle,
    Sign,
    after_turn,
    presence,
)
from trinity_tui.core.wire.live import BEAT_SECONDS, SILENT_SECONDS

NOW = 100.0
ONLINE = Lifecycle("ONLINE", "ready", "supervision")
SILENT = Lifecycle("UNKNOWN", "no heartbeat for 5 s and no exit seen", "live lane")
FRESH = Sign(NOW)


@pytest.mark.parametrize(
    ("sign", "paused", "shown"),
    [
        (FRESH, "", ONLINE),
        (Sign(NOW - SILENT_SECONDS), "", ONLINE),
        (Sign(NOW - SILENT_SECONDS - 0.01), "", SILENT),
        (None, "", SILENT),
        (None, "by the person", SILENT),
        (Sign(NOW - 60, "no model"), "by the person", SILENT),
        (FRESH, "by the person", Lifecycle("PAUSED", "by the person", "person")),
        (Sign(NOW, "no model"), "by the person", Lifecycle("PAUSED", "by the person", "person")),
        (Sign(NOW, "no model"), "", Lifecycle("DEGRADED", "no model", "instance")),
    ],
)
def test_what_is_shown_of_an_instance_that_runs(sign: Sign | None, paused: str, shown: Lifecycle) -> None:
    assert presence(ONLINE, sign, paused, NOW) == shown


@pytest.mark.parametrize("state", ["OFFLINE", "STARTING", "CRASHED", "PARKED"])
@pytest.mark.parametrize("sign", [None, FRESH, Sign(0.0), Sign(NOW, "no model")])
@pytest.mark.parametrize("paused", ["", "by the person"])
def test_supervision_has_the_word_on_one_that_does_not_run(state: str, sign: Sign | None, paused: str) -> None:
    down = Lifecycle(state, "signal 9", "supervision")
    assert presence(down, sign, paused, NOW) is down


def test_one_lost_beat_is_no_silence() -> None:
    assert 2 * BEAT_SECONDS < SILENT_SECONDS


ages = st.floats(0.0, 2 * SILENT_SECONDS)


@given(ages, st.floats(STANDSTILL_SECONDS + 0.01, 1e6))
def test_a_standstill_of_who_listens_changes_nobody(age: float, still_seconds: float) -> None:
    sign, woke_at = Sign(NOW - age, "no model"), NOW + still_seconds
    woken = after_turn(sign, NOW, woke_at)
    assert presence(ONLINE, woken, "", woke_at) == presence(ONLINE, sign, "", NOW)
    assert presence(ONLINE, woken, "", woke_at + SILENT_SECONDS + 0.01) == SILENT


@given(ages, st.floats(0.0, STANDSTILL_SECONDS))
def test_a_turn_in_time_leaves_the_sign_as_it_is(age: float, between_seconds: float) -> None:
    sign = Sign(NOW - age)
    assert after_turn(sign, NOW, NOW + between_seconds) is sign


def test_a_brief_is_read_as_it_was_written() -> None:
    brief = Brief("lead-1", "lead", "/srv/shop", checks=["pytest -q"], persona="Brief.")
    assert msgspec.json.decode(msgspec.json.encode(brief), type=Brief) == brief
    assert msgspec.json.decode(b'{"id":"a","role":"lead","workspace":"/"}', type=Brief).checks is None
