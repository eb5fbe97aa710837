"""Who comes back is told what happened, once, and is one key away from each thing."""

from __future__ import annotations

from typing import Any

import pytest
from tui_demo import NOW, FakeConnection, HandClock, app_of, demo, screen_text, until

from trinity_tui.core.digest import AWAY_SECONDS
from trinity_tui.core.message import format_time
from trinity_tui.tui.attention import TAB
from trinity_tui.tui.screens.inbox import InboxScreen
from trinity_tui.tui.screens.replay import ReplayScreen
from trinity_tui.tui.widgets.away import AwayDialog, offered


def night(ago: float = 8 * 3_600) -> dict[str, Any]:
    """What a coordinator says of a night."""
    rows = [
        {"sort": "waits", "who": "mechanic", "id": "q1", "place": "inbox",
         "text": "Ship\nboth?" + " or only one of the two" * 5, "at": format_time(NOW - 3)},
        {"sort": "crash", "who": "visitor", "text": "signal 9 [bold]\x1b[2J", "id": "visitor", "place": "room",
         "at": format_time(NOW - 900), "count": 3},
    ]  # fmt: skip
    return {"since": format_time(NOW - ago), "counts": {"crash": 3, "waiting": 2}, "rows": rows, "left_out": 4}


@pytest.mark.parametrize(
    ("count", "keys"), [(0, ""), (1, "1"), (4, "1-4"), (9, "1-9"), (10, "1-9 a"), (16, "1-9 a-g"), (40, "1-9 a-h")]
)
def test_the_foot_offers_the_keys_there_are_rows_for(count: int, keys: str) -> None:
    assert offered(count) == (((keys, "go there"),) if keys else ())


async def test_who_comes_back_sees_it_over_the_room_once_and_a_key_leads_there(link: FakeConnection) -> None:
    demo(link.mirror)
    link.answers["digest"] = night()
    hand = HandClock()
    app = app_of(link, hand)

    def asked(do: str) -> int:
        return [name for name, _ in link.asked].count(do)

    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: isinstance(app.screen, AwayDialog))
        await pilot.pause()
        text = screen_text(app)
        assert "2 wait for you, 3 crashed  since 06:22, 8h" in text
        assert "visitor   signal 9 [bold]␛[2J" in text
        assert "mechanic  Ship both? or only one" in text
        assert "3 times" in text
        assert "Ship both? or only one" in text
        assert " ..." in text
        assert "4 more; `trinity digest --since 9h` has them" in text
        await until(lambda: asked("looked") == 1)
        await pilot.press("1")
        await until(lambda: isinstance(app.screen, InboxScreen))
        # It was told once it was closed, not when it was shown; who asks for it again hears of the same night.
        await until(
            lambda: [args for name, args in link.asked if name == "looked"] == [{"told": False}, {"told": True}]
        )
        await pilot.press("f1", "W")
        await until(lambda: isinstance(app.screen, AwayDialog))
        assert [args for name, args in link.asked if name == "digest"] == [{"again": False}, {"again": True}]
        await pilot.press("2")
        await until(lambda: app.screen is app.room and app.room.chosen == "visitor")

        link.answers["digest"] = night(-AWAY_SECONDS)
        hand.seconds += AWAY_SECONDS + 1
        await pilot.press("down")
        await until(lambda: asked("digest") == 3)
        await pilot.pause()
        assert app.screen is app.room
        # Nothing happened since: whoever closed the last one gets it back, with its times, on this screen or the next.
        link.answers["digest"] = night() | {"made_at": format_time(NOW)}
        await pilot.press("W")
        await until(lambda: isinstance(app.screen, AwayDialog))
        await until(lambda: "3 crashed  since 06:22, 8h; as it was told at 14:22" in screen_text(app))
        await pilot.press("escape")
        assert app._shared.badges[TAB] == 2  # pyright: ignore[reportPrivateUsage]


async def test_it_waits_until_nothing_is_in_the_way_and_leads_to_the_moment_nobody_watched(
    link: FakeConnection,
) -> None:
    demo(link.mirror)
    gap = {"sort": "gap", "who": "coordinator", "text": "nobody watched for 4m: the coordinator died", "id": "4100",
           "place": "replay", "at": format_time(NOW - 9_000)}  # fmt: skip
    link.answers["digest"] = night(0)
    hand = HandClock()
    app = app_of(link, hand)
    async with app.run_test(size=(120, 36)) as pilot:
        # Whoever writes already goes on: no key of theirs decides where they go.
        await pilot.press("m")
        await until(lambda: any(name == "looked" for name, _ in link.asked))
        link.answers["digest"] = night() | {"rows": [gap]}
        hand.seconds += AWAY_SECONDS + 1
        await pilot.press(*"1 and 2")
        await until(lambda: [name for name, _ in link.asked].count("looked") == 2)
        assert app.screen is app.room
        assert app.room.bar.entry.text == "1 and 2"
        await pilot.press("escape", "down")
        await until(lambda: isinstance(app.screen, AwayDialog))
        await until(lambda: "unwatched coordinator  nobody watched for 4m: the coordinator died" in screen_text(app))
        await pilot.press("1")
        await until(lambda: isinstance(app.screen, ReplayScreen))
