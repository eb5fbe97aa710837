"""What is copied cannot act where it is pasted, and is never more than terminals take."""

from __future__ import annotations

import base64
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from tui_demo import FakeConnection, app_of, demo, until

from trinity_tui.tui.copying import LIMIT_BYTES, copied


@given(st.text())
def test_no_control_character_is_copied_and_nothing_else_is_lost(text: str) -> None:
    found, is_cut = copied(text)
    assert not is_cut
    assert all(letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs") for letter in found)
    assert [letter for letter in text if letter.isalnum()] == [letter for letter in found if letter.isalnum()]


def test_what_is_too_long_is_cut_between_characters() -> None:
    assert copied("x" * LIMIT_BYTES) == ("x" * LIMIT_BYTES, False)
    found, is_cut = copied("漢" * LIMIT_BYTES)
    assert is_cut
    assert set(found) == {"漢"}
    assert len(base64.b64encode(found.encode())) <= 74_994


async def test_y_copies_what_is_chosen_in_every_list(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("y")
        assert app.clipboard == "explorer-1"
        app.room.flow.focus()
        await pilot.press("end", "y")
        assert app.clipboard == "auth.py: refresh untested"
        app.room.memory.focus()
        await pilot.press("end", "y")
        assert app.clipboard in {finding.text for finding in link.mirror.room.findings.values()}
        app.room.output.focus()
        await pilot.press("end", "y")
        assert app.clipboard.startswith("14:21:39 read auth.py lines")
