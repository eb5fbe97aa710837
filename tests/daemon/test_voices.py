"""What instances say as they say it: joined, encoded once, all of it for who comes late, and for who was slow."""

from __future__ import annotations

import asyncio

from patience import PATIENCE_SECONDS
from trinity_tui.core.talk import Talks
from trinity_tui.core.wire import face
from trinity_tui.core.wire.live import Piece, ToolUse
from trinity_tui.daemon.hub import Session
from trinity_tui.daemon.voices import WAITING_BYTES, Voices


class Screen:
    """A face that listens, and what it makes of what it is sent."""

    def __init__(self, voices: Voices) -> None:
        self.session = Session()
        self.frames: list[face.Talk] = []
        self.talks = Talks()
        voices.listen(self.session, "lead-1")

    async def read(self) -> face.Talk:
        """The next frame; what came with it as well."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frames = await self.session.take()
        for raw in frames:
            self.session.sent(raw)
            frame = face.decode_to_face(raw)
            assert isinstance(frame, face.Talk)
            self._take(frame)
        return self.frames[-1]

    def _take(self, frame: face.Talk) -> None:
        self.frames.append(frame)
        if frame.fresh:
            self.talks = Talks()
        for said in (*frame.pieces, *frame.uses):
            self.talks.take(said)
        self.talks.over(frame.over)

    @property
    def text(self) -> str:
        return "".join(talking.answer.text for talking in self.talks.turns.values())


async def test_tokens_go_out_joined_and_nothing_is_lost() -> None:
    voices = Voices()
    screen = Screen(voices)
    said = [f"word {n} " for n in range(200)]
    at = 0
    for word in said:
        voices.heard("lead-1", Piece("t", at, word))
        voices.heard("builder-1", Piece("t", at, "for others"))
        at += len(word)
    while screen.text != "".join(said):
        await screen.read()
    assert len(screen.frames) <= 3
    voices.close()


async def test_who_comes_late_gets_all_of_what_runs_and_then_what_comes() -> None:
    voices = Voices()
    first = Screen(voices)
    voices.heard("lead-1", Piece("t", 0, "It "))
    voices.heard("lead-1", ToolUse("t", "c1", "search", "refresh", "runs"))
    late = Screen(voices)
    assert (await late.read()).fresh
    voices.heard("lead-1", Piece("t", 3, "is so."))
    voices.heard("lead-1", ToolUse("t", "c1", "search", "refresh", "done", "2 places"))
    for screen in (first, late):
        while screen.text != "It is so.":
            await screen.read()
        assert [use.result for use in screen.talks.turns["t"].uses.values()] == ["2 places"]
    voices.close()


async def test_a_frame_is_encoded_once_for_all() -> None:
    voices = Voices()
    screens = [Screen(voices) for _ in range(3)]
    for screen in screens:
        await screen.read()
    voices.heard("lead-1", Piece("t", 0, "hello"))
    frames: list[bytes] = []
    for screen in screens:
        async with asyncio.timeout(PATIENCE_SECONDS):
            frames += await screen.session.take()
    assert len({id(frame) for frame in frames}) == 1
    voices.close()


async def test_the_end_is_told_after_the_last_words_and_nothing_is_kept() -> None:
    voices = Voices()
    screen = Screen(voices)
    voices.heard("lead-1", Piece("t", 0, "done."))
    voices.over("lead-1", "t")
    while not screen.frames or screen.frames[-1].over != ["t"]:
        await screen.read()
    assert screen.text == "done."
    assert (await Screen(voices).read()).pieces == []
    voices.over("lead-1")
    voices.over("never-heard-of")
    voices.close()


async def test_a_slow_face_gets_it_all_together_and_delays_nobody() -> None:
    voices = Voices()
    slow, quick = Screen(voices), Screen(voices)
    await slow.read()
    await quick.read()
    flood = b"x" * (WAITING_BYTES + 1)
    slow.session.put(flood)
    for n in range(5):
        voices.heard("lead-1", Piece("t", n, str(n)))
    while quick.text != "01234":
        await quick.read()
    assert await slow.session.take() == [flood], "no piece waits behind what it did not read"
    slow.session.sent(flood)
    voices.catch_up(slow.session)
    assert (await slow.read()).fresh
    assert slow.talks.turns["t"].answer.text == "01234"
    voices.heard("lead-1", Piece("t", 5, "5"))
    while slow.text != "012345":
        await slow.read()
    voices.close()


async def test_a_face_that_left_or_listens_no_more_is_sent_nothing() -> None:
    voices = Voices()
    gone, deaf = Screen(voices), Screen(voices)
    for screen in (gone, deaf):
        await screen.read()
    voices.leave(gone.session)
    voices.unlisten(deaf.session, "lead-1")
    voices.heard("lead-1", Piece("t", 0, "hello"))
    watcher = Screen(voices)
    await watcher.read()
    assert watcher.text == "hello"
    assert gone.session.waiting_bytes == deaf.session.waiting_bytes == 0
    voices.close()


async def test_a_face_that_begins_anew_has_what_runs() -> None:
    voices = Voices()
    screen = Screen(voices)
    voices.heard("lead-1", Piece("t", 0, "hello"))
    await screen.read()
    voices.again(screen.session)
    while not screen.text:
        await screen.read()
    assert screen.frames[-1].fresh
    assert screen.text == "hello"
    voices.close()
