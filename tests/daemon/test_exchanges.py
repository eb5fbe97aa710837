"""What the person asks of what models were used for."""

from __future__ import annotations

import pytest

from trinity_tui.core.errors import ClientError
from trinity_tui.core.usage_account import Account
from trinity_tui.daemon.exchanges import usage_rows


@pytest.mark.parametrize("day", ["gestern", "", "2026-13-01", "11111-1111"])
def test_what_is_no_day_is_refused_before_anything_was_used(day: str) -> None:
    with pytest.raises(ClientError, match="is no day: today, or one such as 2026-11-21, in UTC") as refused:
        usage_rows(Account(), day)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("day", [None, "today", "2026-11-21", "20261121"])
def test_a_day_on_which_nothing_was_used_has_no_rows(day: str | None) -> None:
    assert usage_rows(Account(), day) == []
