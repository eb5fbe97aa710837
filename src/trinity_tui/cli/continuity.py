"""``trinity continuity``: what sessions found open, settled, left and met again, and figures of all of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trinity_tui.cli.duration import spoken
from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.core.handoff.accounts import Account
    from trinity_tui.core.handoff.continuity import Share, Trend, Waits
    from trinity_tui.core.handoff.goals import OwnGoal
    from trinity_tui.core.handoff.measures import Event

LISTS = ("found", "settled", "left", "repeated")
SHARES = {
    "decisions_kept": "decisions kept, or reversed with a word",
    "begun_by_itself": "actions begun by itself",
    "of_use": "of these, done well",
    "blockers_again": "blockers met again that were solved before",
    "failures_again": "failures an earlier session had as well",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(continuity)


def continuity(
    context: typer.Context,
    who: Annotated[
        str | None, typer.Argument(metavar="[WHO]", help="An instance, or a session: each thing that is counted.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How well what is known goes from one session to the next, counted from the events of the sessions.

    Works without a coordinator. Exit codes: 4 no session of WHO.
    """
    from trinity_tui.core.handoff.accounts import accounts
    from trinity_tui.handoff.sessions import Sessions

    workspace = state_of(context).workspace
    events = Sessions(workspace.root, read_config(workspace).serve.computer).events()
    told = accounts(events)
    if who is None:
        _tell_all(told, _figures(events, told, time.time()), as_json)
        return
    own = [account for account in told if who in (account.instance, account.session)]
    if not own:
        raise ClientError(f"there is no session of {who}", 4, "`trinity continuity` lists them.")
    for account in own:
        put_json(_plain(account)) if as_json else _put_account(account)


def _figures(events: Sequence[Event], told: Sequence[Account], now: float) -> dict[str, Any]:
    from trinity_tui.core.handoff import continuity as measured
    from trinity_tui.core.handoff.goals import own_goals

    shares = (
        measured.decision_fidelity(events), measured.autonomy(events), measured.useful_autonomy(events),
        measured.repeated_blockers(events), measured.repeated_failures(events),
    )  # fmt: skip
    return dict(zip(SHARES, shares, strict=True)) | {
        "adaptation": measured.adaptation(events),
        "to_unblock": measured.time_to_unblock(events, now),
        "own_goals": own_goals(events),
        "repeated_trend": measured.trend([float(len(account.repeated)) for account in told]),
    }


def _tell_all(told: Sequence[Account], figures: dict[str, Any], as_json: bool) -> None:
    from trinity_tui.core.handoff.accounts import totals

    if as_json:
        shares = {name: _share(figures[name]) for name in SHARES}
        put_json({"sessions": [_plain(one) for one in told], "instances": totals(told), "figures": figures | shares})
        return
    if not told:
        put("No session has left an event yet.")
        return
    put(f"{'':<44} {'found':>7} {'settled':>7} {'left':>7} {'repeated':>8} {'events':>7}")
    for account in told:
        put(_row(account.session, [len(getattr(account, name)) for name in LISTS], account.events))
    for total in totals(told):
        name = f"{total.instance}, {total.sessions} session{'s' * (total.sessions > 1)}"
        put(_row(name, [total.found, total.settled, total.left, total.repeated], total.events))
    put()
    for line in _figure_lines(figures):
        put(line)


def _row(name: str, counts: Sequence[int], events: int) -> str:
    found, settled, left, repeated = counts
    return f"{name:<44} {found:>7} {settled:>7} {left:>7} {repeated:>8} {events:>7}"


def _figure_lines(figures: dict[str, Any]) -> Iterator[str]:
    for name, text in SHARES.items():
        yield f"{text:<44} {_said(figures[name])}"
    adaptation: float | None = figures["adaptation"]
    if adaptation is not None:
        yield f"{'adaptation, 1 less the mean of the last two':<44} {adaptation:.2f}"
    waits: Waits = figures["to_unblock"]
    half = f"half within {spoken(waits.median_seconds)}, " if waits.median_seconds is not None else ""
    yield f"{'blockers resolved':<44} {half}{waits.resolved} resolved, {waits.open} open"
    goals: list[OwnGoal] = figures["own_goals"]
    longest = f", the longest over {counted(max(one.span for one in goals), 'session')}" if goals else ""
    yield f"{'goals of their own that lasted':<44} {len(goals)}{longest}"
    trend: Trend | None = figures["repeated_trend"]
    said = f"{trend.slope:+.2f}, by chance {trend.chance:.3f}" if trend is not None else "not enough sessions"
    yield f"{'repeated, from session to session':<44} {said}"


def _said(share: Share) -> str:
    if share.value is None:
        return f"{share.count} of {share.of}: not enough to say"
    return f"{share.count} of {share.of}: {share.value:.2f} ({share.low:.2f} to {share.high:.2f})"


def _share(share: Share) -> dict[str, Any]:
    return msgspec.to_builtins(share) | {"value": share.value}


def _plain(account: Account) -> dict[str, Any]:
    """With every key there is, whatever stands under it."""
    told = msgspec.structs.asdict(account)
    return told | {name: [msgspec.structs.asdict(event) for event in told[name]] for name in LISTS}


def _put_account(account: Account) -> None:
    put(f"{account.session}, {counted(account.events, 'event')}")
    for what in LISTS:
        for event in getattr(account, what):
            value = f" = {event.value}" if event.value else ""
            put(f"  {what:<9} {event.event:<9} {event.key}{value}  {event.ref or event.session}")
