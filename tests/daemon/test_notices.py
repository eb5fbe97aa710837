"""One sentence a subject, told when it comes, changes or goes; said again it is no news."""

from __future__ import annotations

import errno
import os

from trinity_tui.daemon.notices import Notices


def test_every_face_is_told_what_holds_and_nothing_twice() -> None:
    told: list[list[str]] = []
    notices = Notices(told.append)
    notices.say("log", "The log takes nothing.")
    notices.say("port", "Port 8000 is in use.")
    notices.say("log", "The log takes nothing.")
    notices.say("keeper", "")
    assert told == [["The log takes nothing."], ["The log takes nothing.", "Port 8000 is in use."]]
    notices.say("log", "")
    assert told[-1] == notices.sentences() == ["Port 8000 is in use."]
    assert len(told) == 3


def test_a_full_disk_is_one_sentence_that_counts_and_ends_when_all_is_written() -> None:
    told: list[list[str]] = []
    notices = Notices(told.append)
    full = os.strerror(errno.ENOSPC)
    notices.say("port", "Port 8000 is in use.")
    for number in range(7):
        notices.say(f"{number}.json", f"{number}.json could not be written: {full}.")
    notices.say("log", "The log takes nothing: the disk is full: 1 of 1 messages were not written.")
    port, again = "Port 8000 is in use.", "all of it is tried again."
    assert told[1:] == [
        [f"The disk is full: one file could not be written; {again}", port],
        [f"The disk is full: 2 or more files could not be written; {again}", port],
        [f"The disk is full: 4 or more files could not be written; {again}", port],
        [
            f"The disk is full: no message is taken, and 4 or more files could not be written; {again}",
            port,
        ],
    ]
    del told[:]
    notices.say("0.json", "0.json could not be written: Permission denied.")
    assert told == [[notices.sentences()[0], port, "0.json could not be written: Permission denied."]]
    for number in range(1, 7):
        notices.say(f"{number}.json", "")
    assert len(told) == 1, "while one is not written the disk may be full still"
    notices.say("log", "")
    assert told[1:] == [[port, "0.json could not be written: Permission denied."]]
    notices.say("1.json", f"1.json could not be written: {full}.")
    assert told[-1][0].startswith("The disk is full: one file"), "another time is counted anew"
