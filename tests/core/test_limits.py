"""The limits fit one another: what each part allows goes into a line together."""

from __future__ import annotations

from trinity_tui.core import limits, message, record
from trinity_tui.core.message import Message, Source


def test_the_largest_message_that_is_no_blob_fits_a_line() -> None:
    metadata = {"key": "m" * (limits.METADATA_BYTES - len('{"key":""}'))}
    said = Message(
        v=1, id="i" * 64, from_="C9999/" + "f" * 32, to="C9999/" + "t" * 32, type="task_complete", priority="urgent",
        timestamp="2026-08-01T10:00:00.000000Z", content="c" * limits.CONTENT_BYTES, metadata=metadata, thread="t" * 64,
        reply_to="r" * 64, hops=2**31, origin="coordinator", expires_at="2026-08-01T10:00:00.000000Z",
        ack_by="2026-08-01T10:00:00.000000Z", source=Source("C9999", 2**62, 2**62),
    )  # fmt: skip
    message.check(said)
    line = record.encode(said)
    assert limits.CONTENT_BYTES + limits.METADATA_BYTES < len(line) <= limits.LINE_BYTES
    assert record.decode(line) == said


def test_what_is_shown_is_less_than_what_is_kept() -> None:
    assert limits.HEAD_CHARACTERS < limits.MODEL_BYTES < limits.CONTENT_BYTES < limits.BLOB_BYTES
    assert limits.SEEN_IDS == 65_536
