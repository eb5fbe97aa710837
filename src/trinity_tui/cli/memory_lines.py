"""What is remembered, in lines for a person."""

from __future__ import annotations

import time
from typing import Any

from trinity_tui.cli.duration import spoken
from trinity_tui.cli.shared import put
from trinity_tui.core.told import counted

TOGETHER_MOST = 20
"""So many themes, solutions and questions each are shown."""
IDS_MOST = 5
NEWS_CHARACTERS = 160


def put_hit(row: dict[str, Any]) -> None:
    """A record found: what it says, who said it, and what speaks for it."""
    put(row["text"].replace("\n", " "))
    put(f"    {row['id']}  {_about(row)}")
    near = f"near, without {', '.join(row['lacks'])}; " if row["lacks"] else ""
    put(f"    {row['score']:.2f}  {near}{row['why']}")


def put_record(row: dict[str, Any]) -> None:
    """One record with its evidence."""
    for line in row["text"].splitlines():
        put(line)
    put(f"    {row['id']}  {_about(row)}")
    if row.get("subject") and row.get("value"):
        put(f"    states: {row['subject']} {row.get('predicate', '')} = {row['value']}")
    if row.get("tags"):
        put(f"    tags: {', '.join(row['tags'])}")
    if row["state"] != "stands":
        by = f" by {row['ended_by']}" if row.get("ended_by") else ""
        put(f"    {row['state']}{by}{': ' if row['ended_by_text'] else ''}{row['ended_by_text']}")
    for one in row["replaced"]:
        put(f"    in place of {one['id']}: {_short(one['text'])}")
    for one in row["contradictions"]:
        put(f"    contradicted, {one['subject']} {one['predicate']}:")
        for claim in one["claims"]:
            put(f"        {claim['value']}  {', '.join(claim['authors'])}  {', '.join(claim['record_ids'])}")
    for message in row.get("messages", ()):
        put(f"    from {message['from']} at {message['timestamp'][:19]}: {_short(message['content'])}")
    put(f"    rests on {', '.join(row['sources'])}")
    put(f"    {_use(row['use'])}")


def _use(use: dict[str, Any]) -> str:
    if not (use["shown"] or use["recalled"]):
        return "never used here"
    how = ", ".join(f"{name} {use[name]}×" for name in ("shown", "recalled", "cited"))
    return f"{how}, last {use['last'][:16]}, by {', '.join(use['by'])}"


def put_uses(told: dict[str, Any]) -> None:
    """What of the memory helps, and what does not."""
    put(f"{told['standing']} records stand; {told['used']} of them were ever used here.")
    for row in told["most_used"]:
        put(f"  {_short(row['text'])}")
        put(f"      {row['id']}  {_use(row['use'])}")
    if told["idle"]:
        put(f"{told['idle']} were neither said nor used in the last {spoken(told['idle_seconds'])}:")
    for row in told["longest_idle"]:
        put(f"  {_short(row['text'])}")
        put(f"      {row['id']}  {_about(row)}; {_use(row['use'])}")


def put_news(told: dict[str, Any]) -> None:
    """What came to be known."""
    records = told["records"]
    ago = f" in the last {spoken(time.time() - told['since'])}" if told["since"] else ""
    put(f"{len(records)} things came to be known{ago}." if records else f"Nothing new is known{ago}.")
    for row in records:
        put(f"  {row['kind']:<10} {', '.join(row['authors']):<16} {_short(row['text'])}")
        put(f"             {row['id']}" + ("" if row["state"] == "stands" else f"  {row['state']}"))
    _put_contradictions(told["contradictions"])


def put_themes(told: dict[str, Any]) -> None:
    """What records say together."""
    themes, solutions = told["themes"], told["solutions"]
    for one in themes[:TOGETHER_MOST]:
        number, subject, statement = len(one["record_ids"]), _short(one["subject"]), _short(one["statement"])
        put(statement if statement.startswith(subject) else f"{subject}: {statement}")
        put(f"    {counted(number, 'record')} of {', '.join(one['authors'])}: {_named(one['record_ids'])}")
    for one in solutions[:TOGETHER_MOST]:
        put(f"failed: {_short(one['failure'])}")
        put(f"    helped: {_short(one['solution'])}  {', '.join(one['record_ids'])}")
    _put_contradictions(told["questions"][:TOGETHER_MOST])
    more = sum(max(0, len(kind) - TOGETHER_MOST) for kind in told.values())
    if more:
        put(f"… and {more} more; --json gives all")
    if not any(told.values()):
        put("The records say nothing together yet.")


def _named(ids: list[str]) -> str:
    newest = ", ".join(ids[-IDS_MOST:])
    return newest if len(ids) <= IDS_MOST else f"{newest} and {len(ids) - IDS_MOST} more"


def _put_contradictions(contradictions: list[dict[str, Any]]) -> None:
    for one in contradictions:
        put(f"What is the {one['predicate']} of {one['subject']}?")
        for claim in one["claims"]:
            put(f"    {claim['value']}  said by {', '.join(claim['authors'])}")
            put(f"        trinity memory resolve {claim['record_ids'][0]}")


def _about(row: dict[str, Any]) -> str:
    said = f", said {row['said']}×" if row.get("said", 1) > 1 else ""
    sure = f", {row['confidence']:.0%} sure" if row.get("confidence", 1.0) < 1 else ""
    ago = spoken(max(0.0, time.time() - row["time"]))
    return f"{row['kind']} of {', '.join(row['authors'])}, {ago} ago{said}{sure}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NEWS_CHARACTERS else f"{line[: NEWS_CHARACTERS - 1]}…"
