"""Claude by Anthropic's own client: events as they come, the stable part kept by the provider, usage with its price.

A stream is whole only with ``message_stop``. Waits and further attempts are ours, so that they can be seen: the client
makes none.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2

from trinity_tui.brains import failures
from trinity_tui.brains.called import CallError
from trinity_tui.brains.claude_messages import Reading, request_of
from trinity_tui.brains.guarding import guarded, next_of
from trinity_tui.core.brain_price import priced
from trinity_tui.core.brains_config import is_loopback
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.brains.keys import Key
    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brain_price import Tariff
    from trinity_tui.core.conversation import Event, Prompt, Usage

WINDOW_TOKENS = 200_000
CONNECT_SECONDS = 10.0
_STATUS_OF = {"overloaded_error": 529, "rate_limit_error": 429, "api_error": 500, "timeout_error": 504,
              "authentication_error": 401, "permission_error": 403, "not_found_error": 404}  # fmt: skip
"""What an error within a stream, under HTTP 200, would have been."""


class ClaudeBrain:
    """One model as a brain.

    Args:
        name: Which.
        key: Sent to the provider alone.
        url: Another server of its protocol; empty: the provider's.
        think: Whether it thinks whatever a prompt says.
        silence_seconds: When nothing came for so long, the answer is given up.
        tariff: What it costs; None: nothing.
    """

    def __init__(
        self, name: BrainName, key: Key, url: str, think: bool, silence_seconds: float, tariff: Tariff | None = None
    ) -> None:
        self.name = name
        self.window_tokens = WINDOW_TOKENS
        self.has_tools = True
        self._key = key
        self._think = think
        self._silence_seconds = silence_seconds
        self._tariff = tariff
        self._client = anthropic.AsyncAnthropic(
            api_key=key.reveal(),
            base_url=url or None,
            max_retries=0,
            open_telemetry=False,
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            # Redirects would carry the prompt to whom nobody named, and a proxy is no way to this machine.
            http_client=anthropic.DefaultAsyncHttpxClient(
                follow_redirects=False, trust_env=not (url and is_loopback(url))
            ),
        )

    def __repr__(self) -> str:
        return f"ClaudeBrain({self.name})"

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Ask it; see ``Brain.stream``."""
        return guarded(str(self.name), lambda: self._exchange(prompt))

    def priced(self, usage: Usage) -> Usage:
        """The same with what it costs."""
        return priced(self._tariff, usage)

    async def aclose(self) -> None:
        """Let its connections go."""
        await self._client.close()

    async def _exchange(self, prompt: Prompt) -> AsyncGenerator[Event]:
        who, model = str(self.name), self.name.model
        reading = Reading(self._tariff)
        async with self._told():
            request = request_of(prompt, model, think=prompt.think or self._think)
            stream: Any = await self._client.messages.create(stream=True, **request)
            async with stream:
                # The client finds no event in another server's page, and takes that for an empty answer.
                failures.check_kind(who, stream.response.headers.get("content-type", ""))
                parts = aiter(stream)
                while (part := await next_of(who, parts, self._silence_seconds)) is not None:
                    for event in reading.events(part):
                        yield event
                    if reading.is_over:
                        return

    @asynccontextmanager
    async def _told(self) -> AsyncGenerator[None]:
        """Within it, whatever the client raises is an error of ours with its cause, and without the key."""
        who = str(self.name)
        try:
            yield
        except anthropic.APIStatusError as error:
            raise self._refusal(error) from None
        except anthropic.APITimeoutError:
            raise BrainError("late", f"{who} could not be reached in time") from None
        except anthropic.APIConnectionError as error:
            raise failures.cut(who, self._said(error.__cause__ or error)) from None
        except (anthropic.AnthropicError, httpx2.HTTPError, httpx2.StreamError) as error:
            raise failures.cut(who, self._said(error)) from None
        except CallError as error:
            raise failures.no_call(who, self._said(error)) from None
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise failures.malformed(who, self._said(error)) from None

    def _refusal(self, error: anthropic.APIStatusError) -> BrainError:
        status, kind = error.status_code, error.type or ""
        if status == 200:
            status = _STATUS_OF.get(kind, 500)
        why = self._said(error.api_message or "")
        wait = failures.retry_after(error.response.headers, time.time())
        return failures.of_status(status, str(self.name), why, wait)

    def _said(self, words: object) -> str:
        return failures.said(words, self._key.reveal())
