"""Notices are told once for as long as they hold, and not more than a few of them one by one."""

from __future__ import annotations

from trinity_tui.tui.standing_notices import StandingNotices


def test_a_notice_is_told_once_for_as_long_as_it_holds() -> None:
    notices = StandingNotices()
    assert notices.fresh(["the disk is full"], "N") == ["the disk is full"]
    assert notices.fresh(["the disk is full", "no git"], "N") == ["no git"]
    assert notices.fresh(["no git"], "N") == []
    assert notices.fresh(["the disk is full", "no git"], "N") == ["the disk is full"], "it came back"


def test_of_many_only_the_first_are_told_one_by_one() -> None:
    many = [f"instance-{number}: the disk is full" for number in range(5)]
    assert StandingNotices().fresh(many, "N") == [*many[:3], "and 2 more: N says all of them"]
    assert StandingNotices().fresh(many[:3], "N") == many[:3]
