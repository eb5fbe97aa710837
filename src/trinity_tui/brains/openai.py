"""Any server with OpenAI's chat protocol (llama.cpp, vLLM, LM Studio), asked with httpx.

A stream is whole with a ``finish_reason`` or ``[DONE]``; calls come in pieces that are joined before they are read.
"""

from __future__ import annotations

import json
import time
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from trinity_tui.brains import failures
from trinity_tui.brains.called import CallError
from trinity_tui.brains.guarding import guarded, next_of
from trinity_tui.brains.openai_messages import Reading, ServerError, message_of, request_of
from trinity_tui.core.brain_price import priced
from trinity_tui.core.brains_config import is_loopback
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from trinity_tui.brains.keys import Key
    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brain_price import Tariff
    from trinity_tui.core.conversation import Event, Prompt, Usage

CONNECT_SECONDS = 5.0
ERROR_BYTES = 64 * 1024
LINE_BYTES = 4 * 1024 * 1024


class OpenAIBrain:
    """One model of one server as a brain.

    Args:
        name: Which, and where.
        key: Sent to that server; None: none is.
        silence_seconds: When nothing came for so long, the answer is given up.
        tariff: What it costs; None: nothing.
    """

    def __init__(self, name: BrainName, key: Key | None, silence_seconds: float, tariff: Tariff | None = None) -> None:
        self.name = name
        self.window_tokens = 0
        self.has_tools = True
        self._key = key
        self._silence_seconds = silence_seconds
        self._tariff = tariff
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=not is_loopback(name.url),
        )

    def __repr__(self) -> str:
        return f"OpenAIBrain({self.name})"

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Ask it; see ``Brain.stream``."""
        return guarded(str(self.name), lambda: self._exchange(prompt))

    def priced(self, usage: Usage) -> Usage:
        """The same with what it costs."""
        return priced(self._tariff, usage)

    async def aclose(self) -> None:
        """Let its connections go."""
        await self._client.aclose()

    async def _exchange(self, prompt: Prompt) -> AsyncGenerator[Event]:
        who, reading = str(self.name), Reading(self._tariff)
        headers = {"Authorization": f"Bearer {self._key.reveal()}"} if self._key else {}
        url, body = f"{self.name.url}/chat/completions", request_of(prompt, self.name)
        async with self._told(), self._client.stream("POST", url, json=body, headers=headers) as response:
            if response.status_code != 200:
                raise await self._refusal(response)
            failures.check_kind(who, response.headers.get("content-type", ""))
            async with aclosing(_data(response)) as lines:
                while (line := await next_of(who, lines, self._silence_seconds)) is not None:
                    for event in reading.events(line):
                        yield event
                    if reading.is_over:
                        break
            for event in reading.end():
                yield event

    async def _refusal(self, response: httpx.Response) -> BrainError:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > ERROR_BYTES:
                break
        wait = failures.retry_after(response.headers, time.time())
        return failures.of_status(response.status_code, str(self.name), self._said(_reason(body)), wait)

    @asynccontextmanager
    async def _told(self) -> AsyncGenerator[None]:
        """Within it, whatever the client raises is an error of ours with its cause."""
        who = str(self.name)
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise BrainError("missing", f"no server answers at {self.name.url}") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise failures.cut(who, self._said(error)) from None
        except ServerError as error:
            raise failures.cut(who, self._said(error)) from None
        except CallError as error:
            raise failures.no_call(who, self._said(error)) from None
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            raise failures.malformed(who, self._said(error)) from None

    def _said(self, words: object) -> str:
        return failures.said(words, self._key.reveal() if self._key else "")


async def _data(response: httpx.Response) -> AsyncGenerator[str]:
    """The data of the server's events, one each; other lines are remarks."""
    async for line in _lines(response.aiter_text()):
        if line.startswith("data:"):
            yield line[5:].strip()


async def _lines(chunks: AsyncIterator[str]) -> AsyncGenerator[str]:
    rest = ""
    async for chunk in chunks:
        # Only these end a line: a text may hold what Unicode calls line ends.
        *whole, rest = (rest + chunk).split("\n")
        if len(rest) > LINE_BYTES:
            raise ValueError("a line does not end")
        for line in whole:
            yield line.removesuffix("\r")
    if rest:
        yield rest


def _reason(body: bytes) -> str:
    try:
        return message_of(json.loads(body))
    except (ValueError, AttributeError):
        return body[:200].decode("utf-8", "replace")
