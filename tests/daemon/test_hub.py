"""The hub: records are encoded once for all, contents cut; a face that is too slow begins anew and delays nobody."""

from __future__ import annotations

import asyncio

from patience import PATIENCE_SECONDS
from trinity_tui.bus import new_message
from trinity_tui.core import room
from trinity_tui.core.record import Record
from trinity_tui.core.wire import face
from trinity_tui.daemon.hub import OUTBOX_BYTES, Hub, Session, batch


def records(count: int, content: str = "hello") -> list[Record]:
    return [Record(100 * n, new_message("lead-1", "all", "message", content)) for n in range(count)]


async def taken(session: Session) -> list[face.ToFace]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        frames = await session.take()
    for frame in frames:
        session.sent(frame)
    return [face.decode_to_face(frame) for frame in frames]


async def test_a_batch_goes_out_once_with_what_came_meanwhile() -> None:
    hub, session = Hub(lambda: 1234), Session()
    hub.join(session)
    hub.records(records(3))
    hub.records(records(2))
    (frame,) = await taken(session)
    assert isinstance(frame, face.Batch)
    assert (len(frame.records), frame.position) == (5, 1234)
    hub.leave(session)
    hub.records(records(1))
    assert hub.sessions == 0
    hub.close()


async def test_a_batch_claims_no_more_than_the_records_it_has() -> None:
    at = [1000]
    hub, session = Hub(lambda: at[0]), Session()
    hub.join(session)
    hub.records(records(3))
    # The fold goes on, and hands over what it folded only after the batch went out.
    at[0] = 2000
    (frame,) = await taken(session)
    assert isinstance(frame, face.Batch)
    assert frame.position == 1000
    hub.close()


def test_contents_are_cut_as_the_room_cuts_them() -> None:
    (cut,) = batch(1, records(1, "x" * 100_000)).records
    assert cut.message.content == room.cut("x" * 100_000)
    (short,) = batch(1, records(1, "short")).records
    assert short.message.content == "short"


async def test_a_slow_face_loses_its_queue_and_is_told_to_begin_anew() -> None:
    session = Session()
    frame = b"x" * (OUTBOX_BYTES // 4)
    for _ in range(10):
        session.put(frame)
    assert session.is_lagging
    assert session.waiting_bytes == 0
    assert session.dropped == 5
    assert await session.take() == []
    session.resume()
    session.put(b"after the snapshot")
    assert await session.take() == [b"after the snapshot"]


async def test_a_face_that_is_to_begin_anew_is_told_and_loses_nothing_that_waits() -> None:
    hub, session = Hub(lambda: 0), Session()
    hub.join(session)
    hub.renew()
    assert await taken(session) == []
    assert session.is_stale
    session.resume()
    assert not session.is_stale
    hub.broadcast(face.Notices(["said before"]))
    hub.renew()
    assert await taken(session) == [face.Notices(["said before"])]
    assert session.is_stale
    assert not session.is_lagging
    hub.close()


async def test_a_slow_face_costs_the_others_nothing() -> None:
    hub, slow, quick = Hub(lambda: 1), Session(), Session()
    hub.join(slow)
    hub.join(quick)
    got = 0
    for _ in range(60):
        hub.records(records(1000, "y" * 180))
        got += sum(len(frame.records) for frame in await taken(quick) if isinstance(frame, face.Batch))
    assert got == 60_000
    assert slow.is_lagging
    hub.close()


async def test_what_instances_do_now_is_sent_when_it_changes() -> None:
    hub, session = Hub(lambda: 1), Session()
    hub.join(session)
    view = face.LiveView("lead-1", activity="tool", detail="pytest")
    hub.tell(view)
    hub.tell(face.LiveView("lead-2"))
    hub.tell(view)
    (frame,) = await taken(session)
    assert isinstance(frame, face.Live)
    assert [one.id for one in frame.views] == ["lead-1", "lead-2"]
    assert hub.view("lead-1") == view
    assert hub.view("unheard-of").activity == "idle"
    hub.close()


async def test_what_changed_beside_the_log_is_told_once() -> None:
    hub, session = Hub(lambda: 0), Session()
    hub.join(session)
    for area in ("memory", "documents", "memory"):
        hub.changed(area)
    (frame,) = await taken(session)
    assert frame == face.Live([], ["documents", "memory"])
    hub.close()
