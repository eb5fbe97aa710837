"""How each instance stands: supervision, live lane and the person's pauses made one state, on record on change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.budget import BUDGET, RATE
from trinity_tui.core.instance import PERSON, Lifecycle, Sign, after_turn, presence
from trinity_tui.core.storm import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.core.room import InstanceView


RESTARTED = "restarted"
"""How the reason of an instance that has just come back begins; that it ends is news."""
SHOWN_FIRST = (PERSON, SOURCE, BUDGET, RATE)
"""Whose pause is shown, where several hold an instance."""
LAST_FOR_ITSELF = ("ONLINE", "PAUSED")
"""States that supervision and the pauses tell again by themselves once a run is taken over."""
LAST_UNTIL_HEARD = ("DEGRADED", "UNKNOWN")
"""States that only the instance can end, by a sign of its own."""
LIFTED_BY_PERSON = (PERSON, SOURCE)
"""Whose pauses the person ends; the others end by themselves."""


class Supervised(msgspec.Struct, frozen=True):
    """What supervision knows of one instance, as far as others see it."""

    state: str
    reason: str
    source: str
    pid: int | None = None
    epoch: int = 0
    restarts: int = 0
    last_exit: str = ""


class Status(msgspec.Struct, frozen=True):
    """What is put on record of one instance; the metadata of a ``status`` record."""

    instance: str
    state: str
    reason: str
    source: str
    role: str
    brain: str
    order: int
    epoch: int
    pid: int
    restarts: int
    crash: str = ""
    crash_epoch: int = 0
    """Which run that ended."""
    hold: str = ""
    """Why it is paused, also while its process is away: the record is what a pause outlives a coordinator by."""
    hold_by: str = ""
    hold_until: int = 0
    """When that ends by itself, seconds since the epoch; 0: when somebody ends it."""
    stands_for: str = ""
    """Whom it stands in for as the backup."""


class Pause(msgspec.Struct, frozen=True):
    """Why somebody paused an instance."""

    reason: str
    until: int = 0


class Standing:
    """Knows every instance's state and says which changed.

    Args:
        instances: As configured, in their order.
        clock: Monotonic seconds.
    """

    def __init__(self, instances: Mapping[str, InstanceConfig], clock: Callable[[], float]) -> None:
        self._instances = dict(instances)
        self._clock = clock
        self._turned_at = clock()
        self._supervised: dict[str, Supervised] = {}
        self._signs: dict[str, Sign] = {}
        self._paused: dict[str, dict[str, Pause]] = {}
        """By instance, and by who paused it."""
        self._lacks: dict[str, str] = {}
        """Why an instance may not have the brain it was given."""
        self._shown: dict[str, Status] = {}
        self._spoken: set[str] = set()
        """Who said itself how it is, in the run that is known."""
        self._crashes: dict[str, tuple[str, int]] = {}
        """What is to be told of those that crashed, and which run that ended."""
        self.stand_ins: dict[str, str] = {}
        """Which backup stands in, and for whom."""

    def configure(self, instances: Mapping[str, InstanceConfig]) -> None:
        """Another configuration; who is in it no more stays until its process is gone (``forget``)."""
        leaving = {name: config for name, config in self._instances.items() if name not in instances}
        self._instances = dict(instances) | leaving

    def forget(self, instance: str) -> None:
        """Nothing is left of it, and the configuration does not have it."""
        for known in (
            self._instances, self._supervised, self._signs, self._paused, self._shown, self._crashes, self._lacks,
        ):  # fmt: skip
            known.pop(instance, None)
        self._spoken.discard(instance)

    def supervised(self, instance: str, status: Supervised) -> None:
        """Supervision saw a change."""
        before = self._supervised.get(instance)
        if _has_crashed(before, status):
            self._crashes[instance] = _crash(status)
        if before is not None and before.epoch != status.epoch:
            self._signs.pop(instance, None)
            self._spoken.discard(instance)
        self._supervised[instance] = status
        if status.state == "ONLINE" and instance not in self._signs:
            # Ready, or taken over: it has until it would be UNKNOWN to be heard on the lane.
            self._signs[instance] = Sign(self._clock())

    def recall(self, view: InstanceView) -> None:
        """Take what the log says of one that supervision found as this coordinator began.

        A run that was taken over stands as it stood until it says otherwise: its state keeps its age, and one that was
        silent is not called well for being there.
        """
        supervised, sign = self._supervised.get(view.id), self._signs.get(view.id)
        if supervised is None:
            return
        if supervised.restarts > view.restarts and supervised.reason.startswith(RESTARTED):
            self._crashes.setdefault(view.id, _crash(supervised))
        if sign is None or view.id in self._spoken or supervised.state != "ONLINE":
            return
        is_same = view.epoch == supervised.epoch
        if is_same and view.state in LAST_UNTIL_HEARD:
            recalled = Lifecycle(view.state, view.reason, view.source)
        elif is_same and view.state in LAST_FOR_ITSELF:
            return
        else:
            recalled = Lifecycle("STARTING", "taken over, not heard from yet", "supervision")
        self._signs[view.id] = msgspec.structs.replace(sign, recalled=recalled)

    def turn(self) -> None:
        """The loop that hears them gets to it; told again and again, so that its own standstill is nobody's silence."""
        now = self._clock()
        self._signs = {name: after_turn(sign, self._turned_at, now) for name, sign in self._signs.items()}
        self._turned_at = now

    def heard(self, instance: str, degraded: str | None = None) -> None:
        """A frame came on the live lane."""
        before = self._signs.get(instance)
        if degraded is not None:
            self._spoken.add(instance)
        recalled = before.recalled if before is not None and instance not in self._spoken else None
        if recalled is not None and recalled.state == "UNKNOWN":
            recalled = None  # It was silent, and is not any more.
        self._signs[instance] = Sign(
            self._clock(),
            before.degraded if degraded is None and before else degraded or "",
            recalled,
        )

    def lacks(self, instance: str, sentence: str) -> None:
        """It may not have the brain it was given, and why; an empty sentence: it has it."""
        self._lacks[instance] = sentence

    def pause(self, instance: str, reason: str, by: str = PERSON, until: int = 0) -> None:
        """Somebody, mostly the person, paused it; an empty reason ends what this one said, and no other's."""
        pauses = self._paused.setdefault(instance, {})
        if reason:
            pauses[by] = Pause(reason, until)
        else:
            pauses.pop(by, None)

    def paused(self, instance: str) -> str:
        """Why it is paused; empty when it is not."""
        return self.top(instance)[1].reason

    def pause_of(self, instance: str, by: str) -> Pause | None:
        """What this one said of pausing it."""
        return self._paused.get(instance, {}).get(by)

    def top(self, instance: str) -> tuple[str, Pause]:
        """The pause that is shown, and whose it is."""
        pauses = self._paused.get(instance)
        if not pauses:
            return "", Pause("")
        by = next((who for who in SHOWN_FIRST if who in pauses), next(iter(pauses)))
        return by, pauses[by]

    def changes(self) -> list[Status]:
        """The states that are not what was last on record."""
        changed: list[Status] = []
        for name, status in self.present().items():
            if _is_news(self._shown.get(name), status):
                self._shown[name] = status
                crash, epoch = self._crashes.pop(name, ("", 0))
                changed.append(msgspec.structs.replace(status, crash=crash, crash_epoch=epoch))
        return changed

    def present(self) -> dict[str, Status]:
        """How every instance stands at this moment, whether that is on record or not."""
        self.turn()
        return {
            name: self._status(name, order, config) for order, (name, config) in enumerate(self._instances.items(), 1)
        }

    def _status(self, name: str, order: int, config: InstanceConfig) -> Status:
        supervised = self._supervised.get(name, Supervised("OFFLINE", "not started yet", "supervision"))
        lifecycle = Lifecycle(supervised.state, supervised.reason, supervised.source)
        hold_by, pause = self.top(name)
        shown = presence(lifecycle, self._sign(name), pause.reason, self._clock(), hold_by)
        return Status(
            name, shown.state, shown.reason, shown.source, config.role, config.brain, order,
            supervised.epoch, supervised.pid or 0, supervised.restarts, hold=pause.reason, hold_by=hold_by,
            hold_until=pause.until, stands_for=self.stand_ins.get(name, ""),
        )  # fmt: skip

    def _sign(self, name: str) -> Sign | None:
        """Its last sign, with what it cannot know itself."""
        sign, lacks = self._signs.get(name), self._lacks.get(name, "")
        return msgspec.structs.replace(sign, degraded=lacks) if sign is not None and lacks else sign

    def backups(self) -> dict[str, str]:
        """Who has a backup, and which."""
        return {name: config.backup for name, config in self._instances.items() if config.backup}

    def knows(self, instance: str) -> bool:
        """Whether the configuration has it."""
        return instance in self._instances

    def roles(self) -> dict[str, str]:
        """Who is configured, with the role of each."""
        return {name: config.role for name, config in self._instances.items()}

    def now(self) -> dict[str, Status]:
        """Every instance as it was last put on record."""
        return dict(self._shown)


def _has_crashed(before: Supervised | None, status: Supervised) -> bool:
    """Whether this is the first word of a crash: a restart that comes at once is told without a CRASHED before it."""
    if before is not None and before.state == "CRASHED":
        return False
    is_back = before is not None and status.restarts > before.restarts and status.reason.startswith(RESTARTED)
    return status.state == "CRASHED" or is_back


def _crash(status: Supervised) -> tuple[str, int]:
    # Who came back at once is told of with the run that followed.
    return status.last_exit or status.reason, status.epoch if status.state == "CRASHED" else status.epoch - 1


def _is_news(before: Status | None, status: Status) -> bool:
    """Whether it is worth a record: that a process that starts has its pid is not, nor who else found it well."""
    if before is None:
        return True
    if (status.state, status.hold, status.stands_for) != (before.state, before.hold, before.stands_for):
        return True
    if status.state == "STARTING":
        return (status.restarts, status.epoch) != (before.restarts, before.epoch)
    was_well = status.state == "ONLINE" and not before.reason.startswith(RESTARTED)
    same = msgspec.structs.replace(before, reason=status.reason, source=status.source) if was_well else before
    return status != same
