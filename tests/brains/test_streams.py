"""What holds for every provider: the answer in pieces, whole or not at all; every failure an error of ours."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from brains.providers import HELLO, KEY, NAMES, all_of, asking, calls_of, failing, text_of, thinking_of
from fakes.scripted import Asked, Fault, Reply, ScriptedCall
from patience import until
from trinity_tui.core.conversation import Call, End, Prompt, Text, ToolSpec, Turn, Waiting

each = pytest.mark.parametrize("provider", NAMES)
WORDS = "Grüße — 你好, \u2028 a line that is none; \x85 nor that. "
READ = ToolSpec("read", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})


@each
async def test_an_answer_comes_in_pieces_and_ends(provider: str) -> None:
    async with asking(provider, Reply(text=WORDS, output_tokens=7)) as asked:
        events = await all_of(asked.brain)
        assert text_of(events) == WORDS
        assert sum(isinstance(event, Text) for event in events) == len(range(0, len(WORDS), 4))
        end = events[-1]
        assert isinstance(end, End)
        assert (end.reason, end.usage.input_tokens, end.usage.output_tokens) == ("stop", 26, 7)


@each
async def test_calls_come_whole_whatever_pieces_they_came_in(provider: str) -> None:
    wanted = {"path": "a b/ü.py", "lines": [1, {"to": None}], "text": "x" * 50}
    reply = Reply(text="I look.", calls=(ScriptedCall("read", wanted), ScriptedCall("read")), chunk=3)
    async with asking(provider, reply) as asked:
        prompt = Prompt("", turns=(Turn("user", "look"),), tools=(READ,))
        events = await all_of(asked.brain, prompt)
        calls = calls_of(events)
        assert [(call.tool, call.arguments) for call in calls] == [("read", wanted), ("read", {})]
        assert len({call.id for call in calls}) == 2
        end = events[-1]
        assert isinstance(end, End)
        assert end.reason == "tools"


@each
async def test_a_result_goes_back_and_an_interrupted_call_has_one_too(provider: str) -> None:
    turns = (
        Turn("user", "look"),
        Turn("assistant", "yes", calls=(Call("call-1", "read", {"path": "a"}), Call("call-2", "read", {"path": "b"}))),
        Turn("tool", "the content of a", call_id="call-1", tool="read"),
        Turn("assistant", "", cut="stopped"),
        Turn("user", "and?"),
    )
    async with asking(provider, Reply(text="fine")) as asked:
        assert text_of(await all_of(asked.brain, Prompt("", turns=turns, tools=(READ,)))) == "fine"
        sent = str(asked.server.journal[-1].body["messages"])
        assert sent.count("the content of a") == 1
        assert sent.index("the content of a") < sent.index("and?")


@each
async def test_thinking_is_told_from_the_answer(provider: str) -> None:
    async with asking(provider, Reply(text="42", thinking="six times seven"), think=True) as asked:
        events = await all_of(asked.brain)
        assert (thinking_of(events), text_of(events)) == ("six times seven", "42")


@each
async def test_a_very_long_answer_comes_whole(provider: str) -> None:
    async with asking(provider, Reply(text="0123456789", repeat=50_000, chunk=2_000)) as asked:
        assert text_of(await all_of(asked.brain)) == "0123456789" * 50_000


@each
async def test_an_answer_without_end_is_stopped(provider: str) -> None:
    async with asking(provider, Reply(text="0" * 100_000, repeat=50, chunk=100_000)) as asked:
        _, error = await failing(asked.brain)
        assert "does not stop" in str(error)
        assert error.kind == "malformed"


@each
@pytest.mark.parametrize("after", [1, 3, 100])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [("drop", "cut"), ("end", "cut"), ("error", "cut"), ("malformed", "malformed"), ("silent", "late")],
)
async def test_a_stream_that_fails_is_never_whole(provider: str, fault: Fault, kind: str, after: int) -> None:
    reply = Reply(text="a whole sentence", fault=fault, after=after, stays=True)
    async with asking(provider, reply, silence_seconds=0.3 if fault == "silent" else 20.0) as asked:
        events, error = await failing(asked.brain)
        assert error.kind in ({kind, "overloaded"} if fault == "error" else {kind}), error
        assert error.problem
        assert not any(isinstance(event, End) for event in events)
        assert "a whole sentence".startswith(text_of(events))


@each
async def test_after_a_word_was_given_out_nothing_is_tried_again(provider: str) -> None:
    async with asking(provider, Reply(text="a whole sentence", fault="drop", after=2), Reply(text="again")) as asked:
        await failing(asked.brain)
        assert len(asked.server.script.replies) == 1, "the second reply was not asked for"


@each
async def test_a_connection_that_breaks_before_the_first_word_is_tried_again_and_seen(provider: str) -> None:
    async with asking(provider, Reply(text="x", fault="drop"), Reply(text="here")) as asked:
        events = await all_of(asked.brain)
        assert text_of(events) == "here"
        assert any(isinstance(event, Waiting) and "again in" in event.reason for event in events)


@each
async def test_an_overloaded_provider_is_asked_again(provider: str) -> None:
    status = 503 if provider == "ollama" else 529
    async with asking(provider, Reply(status=status, error="busy"), Reply(text="here")) as asked:
        events = await all_of(asked.brain)
        assert text_of(events) == "here"
        assert any(isinstance(event, Waiting) and "overloaded" in event.reason for event in events)


@each
@pytest.mark.parametrize(
    ("status", "kind", "seconds"), [(429, "rate", 17.0), (400, "refused", None), (401, "refused", None)]
)
async def test_a_refusal_says_why_and_for_how_long(
    provider: str, status: int, kind: str, seconds: float | None
) -> None:
    async with asking(provider, Reply(status=status, retry_after="17", error="because \x1b[31m of this")) as asked:
        _, error = await failing(asked.brain)
        assert (error.kind, error.retry_seconds) == (kind, None if provider == "ollama" else seconds)
        assert str(error).isprintable()
        assert "of this" in str(error)


@each
async def test_a_page_of_another_server_is_no_answer(provider: str) -> None:
    async with asking(provider, Reply(fault="html", stays=True)) as asked:
        _, error = await failing(asked.brain)
        assert error.kind == "malformed"
        assert "answered a web page, which is no stream of a model" in str(error)
        assert "proxy" in error.hint


@each
@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (307, "refused", "answers that it is elsewhere (307)"),
        (401, "refused", "does not accept the key"),
        (402, "refused", "wants to be paid first"),
        (403, "refused", "does not allow that with this key"),
        (404, "missing", "is not there"),
        (407, "refused", "is behind a proxy that wants a password"),
        (413, "refused", "finds the question too long"),
        (418, "refused", "refused with 418"),
        (429, "rate", "was asked too often"),
        (500, "overloaded", "failed with 500"),
        (504, "overloaded", "did not answer the server before it"),
        (529, "overloaded", "is overloaded"),
    ],
)
async def test_each_refusal_has_a_sentence_of_its_own(
    provider: str, status: int, kind: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trinity_tui.brains.guarding.wait_seconds", _never)
    async with asking(provider, Reply(status=status, error="because", stays=True)) as asked:
        _, error = await failing(asked.brain)
        assert (error.kind, str(error)) == (kind, f"{asked.brain.name} {says}: because")
        assert len(asked.server.journal) == len({one.path for one in asked.server.journal}), "it went nowhere else"


@each
async def test_a_page_of_a_proxy_with_a_refusal_is_no_reason(provider: str) -> None:
    async with asking(provider, Reply(status=403, fault="html", stays=True)) as asked:
        _, error = await failing(asked.brain)
        assert "does not allow that with this key" in str(error)
        assert "<" not in str(error)


@each
@pytest.mark.parametrize("raw", ['{"path": ', "[1]", "7"])
async def test_a_call_that_cannot_be_read_is_none(provider: str, raw: str) -> None:
    async with asking(provider, Reply(calls=(ScriptedCall("read", raw=raw),), stays=True)) as asked:
        events, error = await failing(asked.brain, Prompt("", turns=(Turn("user", "look"),), tools=(READ,)))
        assert not calls_of(events)
        assert error.kind == "malformed"
        if provider != "ollama":
            assert str(error) == f"{asked.brain.name} wants read used with arguments that are no JSON object"


@each
async def test_who_stops_listening_ends_the_exchange_at_the_provider(provider: str) -> None:
    async with asking(provider, Reply(text="0123456789" * 100, piece_seconds=0.02)) as asked:
        async with aclosing(asked.brain.stream(HELLO)) as events:
            async for event in events:
                if isinstance(event, Text):
                    break
        await _left(asked.server.journal)


@each
@pytest.mark.parametrize("fault", ["", "silent"])
async def test_cancelling_ends_it_too_and_the_brain_can_be_asked_again(provider: str, fault: Fault) -> None:
    reply = Reply(text="0123456789" * 100, piece_seconds=0.02, fault=fault, after=2)
    async with asking(provider, reply) as asked:
        begun = asyncio.Event()

        async def listen() -> None:
            async for event in asked.brain.stream(HELLO):
                if isinstance(event, Text):
                    begun.set()

        task = asyncio.create_task(listen())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _left(asked.server.journal)
        asked.server.script.replies.append(Reply(text="again"))
        assert text_of(await all_of(asked.brain)) == "again"


@pytest.mark.parametrize("provider", ["claude", "openai"])
async def test_a_key_is_never_shown(provider: str) -> None:
    async with asking(provider, Reply(status=401, error=f"no: {KEY} and Bearer {KEY}")) as asked:
        _, error = await failing(asked.brain)
        seen: list[object] = [error, error.args, error.__cause__, asked.brain]
        assert KEY not in "".join(f"{one!s}{one!r}" for one in seen)


def _never(*_: object) -> None:
    """No second try."""


async def _left(journal: list[Asked]) -> None:
    await until(lambda: journal[-1].ended == "left", "the provider sees that nobody listens")
