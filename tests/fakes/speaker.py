"""An instance that does what it is told in messages: it speaks the live lane and the log as an instance does.

Usage: as ``trinity_tui.harness``. Each line of a message to it is a command: ``frame JSON`` sends a frame, ``status
JSON`` puts a status with that metadata on record, ``request JSON`` asks the person, ``answer TEXT # JSON`` answers.
``$id`` stands for the message's id. What it hears it writes into ``heard.jsonl``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.instance import Brief
from trinity_tui.core.paths import Workspace
from trinity_tui.core.wire import PROTOCOL, framing, live
from trinity_tui.store import document
from trinity_tui.store.lock import Lock

if TYPE_CHECKING:
    from trinity_tui.bus import Bus, Delivery

FROM_INSTANCE: Any = live.FromInstance
FROM_COORDINATOR: Any = live.FromCoordinator
BEAT_SECONDS = 1.0


class Speaker:
    """One life."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.workspace = Workspace(options.workspace)
        self.name: str = options.instance
        self.epoch: int = options.epoch
        self.places = self.workspace.instance(self.name)
        brief = document.read(self.places.brief, Brief)
        assert brief is not None
        self.brief = brief
        self.bus: Bus = open_bus(self.workspace.bus, self.name)
        self.consumer = self.bus.consumer(self.name, brief.role)
        self.writer: asyncio.StreamWriter | None = None
        self.is_connected = asyncio.Event()

    def send(self, frame: Any) -> None:
        """Say something on the live lane, if it is there."""
        if self.writer is not None:
            self.writer.write(framing.encode(frame))

    def hear(self, frame: Any) -> None:
        """Note what the coordinator says."""
        if isinstance(frame, live.Ping):
            self.send(live.Pong(frame.nonce))
            return
        with (self.places.folder / "heard.jsonl").open("ab") as file:
            file.write(msgspec.json.encode(frame) + b"\n")

    async def connected(self) -> None:
        """Keep the live lane, over coordinators."""
        while True:
            try:
                place = msgspec.json.decode(self.workspace.coordinator.read_bytes())["live"]
                reader, self.writer = await asyncio.open_unix_connection(place)
                self.send(live.Hello(PROTOCOL, self.name, self.epoch, os.getpid(), live.REVISION))
                self.is_connected.set()
                self.send(live.Activity("idle", brain=self.brief.brain))
                decoder = framing.FrameDecoder[Any](FROM_COORDINATOR)
                while data := await reader.read(65_536):
                    for frame in decoder.feed(data):
                        self.hear(frame)
            except OSError:
                pass
            self.writer = None
            self.is_connected.clear()
            await asyncio.sleep(0.05)

    async def beat(self) -> None:
        """Be heard of."""
        while True:
            self.send(live.Beat())
            await asyncio.sleep(BEAT_SECONDS)

    async def listen(self) -> None:
        """Do what messages say."""
        while True:
            delivery = await self.consumer.next()
            self.consumer.read(delivery)
            await self.obey(delivery)

    async def obey(self, delivery: Delivery) -> None:
        """Do what one message says, line by line."""
        message, is_answered = delivery.message, False
        for line in message.content.replace("$id", message.id).splitlines():
            command, _, rest = line.partition(" ")
            match command:
                case "frame":
                    # Who is told something in the moment a coordinator is replaced has no lane to say it on yet.
                    await self.is_connected.wait()
                    self.send(msgspec.json.decode(rest, type=FROM_INSTANCE))
                case "status":
                    await self.say("coordinator", "status", "…", msgspec.json.decode(rest))
                case "request":
                    await self.say("human", "approval", "May I?", {"op": "request", **msgspec.json.decode(rest)})
                case "answer":
                    text, _, metadata = rest.partition(" # ")
                    reply = new_message(
                        self.name, message.from_, "answer", text, origin="peer", reply_to=message.id,
                        thread=message.thread or message.id,
                        metadata=msgspec.json.decode(metadata) if metadata else {},
                    )  # fmt: skip
                    await self.consumer.answered(delivery, reply)
                    is_answered = True
                case _:
                    pass
        if not is_answered:
            self.consumer.ack(delivery)

    async def say(self, to: str, kind: str, text: str, metadata: dict[str, Any]) -> None:
        """Put something on record."""
        await self.bus.publish(new_message(self.name, to, kind, text, origin="peer", metadata=metadata))


async def live_on(options: argparse.Namespace) -> None:
    """Until told to stop."""
    speaker = Speaker(options)
    lock = Lock.acquire(speaker.places.lock)
    assert not isinstance(lock, int)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tasks = [asyncio.create_task(work) for work in (speaker.connected(), speaker.beat(), speaker.listen())]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await speaker.consumer.aclose()
    await speaker.bus.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for word, kind in (("--instance", str), ("--epoch", int), ("--workspace", Path)):
        parser.add_argument(word, type=kind, required=True)
    asyncio.run(live_on(parser.parse_args()))
