"""Commands about models: ``brain`` gives an instance another one, ``usage`` tells what they were used for."""

from __future__ import annotations

import time
from typing import Annotated, Any
from urllib.parse import quote

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of, tell
from trinity_tui.client import api
from trinity_tui.core.usage_account import day_named


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(brain)
    app.command()(usage)


def brain(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance, role:NAME, group:NAME or all.")] = "all",
    name: Annotated[
        str,
        typer.Argument(
            metavar="BRAIN",
            help="builtin, auto, ollama:MODEL, claude:MODEL, openai:URL#MODEL. Without one: what each has, and what "
            "Ollama offers.",
        ),
    ] = "",
    model: Annotated[str, typer.Option("--pull", metavar="MODEL", help="Have Ollama download a model first.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give instances another brain, from their next exchange on; instances.toml stays as it is.

    One that shows what it is shown to another machine is trusted by being named here. Without a brain: list them.
    """
    if model:
        from trinity_tui.cli.brain_pull import pull

        pull(state_of(context).workspace, model, as_json=as_json)
        if not name:
            return
    if not name:
        from trinity_tui.cli.brain_list import line, rows

        for row in rows(state_of(context).workspace, who):
            put_json(row) if as_json else put(line(row))
        return
    done = api.call(state_of(context).workspace, "POST", "/brain", {"who": who, "brain": name})
    for warning in done["warnings"]:
        tell(warning)
    put_json(done) if as_json else put(f"{', '.join(done['instances'])}: {done['brain']}")


def usage(
    context: typer.Context,
    day: Annotated[str, typer.Option(help="today, or one such as 2026-11-21, in UTC; else all that are kept.")] = "",
    as_json: AsJson = False,
) -> None:
    """What models were used for: tokens and money, by day (in UTC), instance and brain."""
    if day:
        day_named(day, time.time())
    rows = api.call(state_of(context).workspace, "GET", "/usage" + (f"?day={quote(day)}" if day else ""))
    if as_json:
        for row in rows:
            put_json(row)
        return
    if not rows:
        put("No model was used" + (" yet." if not day else " today." if day == "today" else f" on {day}."))
        return
    put(f"{'day':<10}  {'instance':<16} {'brain':<28} {'no.':>6} {'in':>10} {'cached':>10} {'out':>10} {'dollars':>9}")
    for row in rows:
        put(_line(row["day"], row["instance"], row["brain"], row))
    for when in dict.fromkeys(row["day"] for row in rows):
        of_day = [row for row in rows if row["day"] == when]
        if len(of_day) > 1:
            put(_line(when, "together", "", {key: sum(row[key] for row in of_day) for key in _FIGURES}))
    if any(row["estimated_tokens"] for row in rows):
        put("~ with tokens that are estimated: an exchange was cut before its provider counted them.")
    if any(row["assumed_microdollars"] for row in rows):
        put("! with money counted by the highest price that is known: [brains.prices] says what such a model costs.")


_FIGURES = (
    "exchanges", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "dollars",
    "estimated_tokens", "assumed_microdollars",
)  # fmt: skip


def _line(day: str, instance: str, name: str, row: dict[str, Any]) -> str:
    cached = row["cache_read_tokens"] + row["cache_write_tokens"]
    marks = ("~" if row["estimated_tokens"] else "") + ("!" if row["assumed_microdollars"] else "")
    figures = f"{row['exchanges']:>6,} {row['input_tokens']:>10,} {cached:>10,} {row['output_tokens']:>10,}"
    return f"{day:<10}  {instance:<16} {name:<28} {figures} {row['dollars']:>9.4f} {marks}".rstrip()
