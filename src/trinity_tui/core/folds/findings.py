"""What the instances learned: said, said anew, moved in its file, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.room import Finding

if TYPE_CHECKING:
    from trinity_tui.core.folds.changing import Changing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import FlowRow

FINDINGS_KEPT = 500


def finding(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """Somebody learned something; the same key again replaces what was said before."""
    data, findings = message.metadata, change.room.findings
    key = f"{message.from_}:{typed.text(data, 'key', message.id)}"
    findings.pop(key, None)
    findings[key] = Finding(
        key=key, id=message.id, position=position, from_=message.from_, text=row.text, at=message.timestamp,
        rule=typed.text(data, "rule"), path=typed.text(data, "path"), line=typed.whole(data, "line"),
        severity=typed.text(data, "severity", "normal"), kind=typed.text(data, "kind", "finding"),
        rests_on=tuple(typed.texts(data, "rests_on")),
    )  # fmt: skip
    if len(findings) > FINDINGS_KEPT:
        del findings[next(iter(findings))]
    change.dirty.add("findings")


def memory(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """A finding whose cause is gone is taken back by the one who said it; one that moved stands elsewhere now."""
    if typed.text(message.metadata, "op") == "move":
        _move(change, message)
    if typed.text(message.metadata, "op") != "retract":
        return
    findings = change.room.findings
    for said in [one for one in findings.values() if one.id == message.reply_to]:
        if message.from_ in (said.from_, address.COORDINATOR):
            del findings[said.key]
    change.dirty.add("findings")


def _move(change: Changing, message: Message) -> None:
    for name, line in typed.numbered(message.metadata, "lines").items():
        key = f"{message.from_}:{name}"
        finding = change.room.findings.get(key)
        if finding is not None and line > 0:
            text = finding.text.replace(f"{finding.path}:{finding.line} ", f"{finding.path}:{line} ", 1)
            change.room.findings[key] = msgspec.structs.replace(finding, line=line, text=text)
            change.dirty.add("findings")
