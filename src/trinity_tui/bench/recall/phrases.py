"""What the made-up logs say, and how it is asked for: two halves that share no thing, no property and no wording.

The open half is for working on the ranking. The frozen half was fixed before there was one and is only measured: what
is tuned to the words of the one gains nothing in the other.
"""

from __future__ import annotations

from msgspec import Struct


class Property(Struct, frozen=True):
    """Something a component has; ``{c}`` is the component, ``{v}`` the value."""

    name: str
    named: str
    """Said with the component's name."""
    following: str
    """Said after the component was named."""
    question: str
    values: tuple[str, ...]


def _property(name: str, named: str, following: str, question: str, values: str) -> Property:
    return Property(name, named, following, question, tuple(values.split("|")))


OPEN = (
    _property(
        "timeout", "The {c} waits {v} before it gives up on a request.",
        "Requests give up after {v} now, anything less made the nightly run flaky.",
        "How long does the {c} wait before giving up?", "3 seconds|10 seconds|45 seconds|two minutes",
    ),
    _property(
        "retention", "Entries of the {c} are kept for {v}.", "Entries are kept for {v}, then the sweeper deletes them.",
        "For how long do we keep entries in the {c}?", "14 days|90 days|a year|six weeks",
    ),
    _property(
        "owner", "{v} looks after the {c}.", "{v} will look after it from now on.", "Who looks after the {c}?",
        "Mira|Jonas|the platform team|Adaeze",
    ),
    _property(
        "retries", "The {c} retries a failed call {v} times with growing pauses.",
        "A failed call is retried {v} times, with growing pauses.", "How often are failed calls retried by the {c}?",
        "two|three|five|eight",
    ),
    _property(
        "schedule", "The {c} runs every {v}.", "It runs every {v} since the load was too high.",
        "How frequently does the {c} run?", "ten minutes|hour|night|Sunday",
    ),
    _property(
        "failing test", "The test of {v} fails in the {c} when the clock changes.",
        "The test of {v} fails when the clock changes.", "Which test fails in the {c} when the clock is changed?",
        "leap days|rounding|token expiry|time zones",
    ),
    _property(
        "cache", "The {c} caches answers for {v}.", "Answers are cached for {v} to spare the backend.",
        "How long are answers of the {c} cached?", "20 seconds|five minutes|one day|the life of a session",
    ),
    _property(
        "load", "The {c} needs {v} of memory under load.", "Under load it took {v} of memory, measured twice.",
        "How much memory does the {c} need when loaded?", "400 MB|1.2 GB|3 GB|90 MB",
    ),
    _property(
        "authentication", "The {c} authenticates callers with {v}.",
        "Callers are authenticated with {v} since the audit.", "How are callers of the {c} authenticated?",
        "client certificates|signed cookies|a shared header|one-time codes",
    ),
    _property(
        "outage", "The outage of the {c} was caused by {v}.", "The cause of the outage was {v}.",
        "What caused the outage of the {c}?", "a full disk|an expired certificate|a deadlock|a wrong route",
    ),
    _property(
        "order", "The {c} must be deployed before {v}.", "Has to be deployed before {v}, or the migration fails.",
        "What must the {c} be deployed before?", "the gateway|the workers|the schema change|the web client",
    ),
    _property(
        "encoding", "File names in the {c} are encoded as {v}.",
        "File names are encoded as {v}, as the old client does.",
        "What encoding do file names have in the {c}?", "UTF-8|percent escapes|Latin-1|base32",
    ),
)  # fmt: skip
FROZEN = (
    _property(
        "port", "The {c} listens on port {v}.", "It listens on port {v} so that the proxy finds it.",
        "Which port is the {c} listening on?", "8443|9000|7070|5433",
    ),
    _property(
        "pool", "The {c} opens at most {v} connections to the database.",
        "Raised the pool to {v} connections, the database refuses more.",
        "How many database connections may the {c} open?", "12|20|64|150",
    ),
    _property(
        "format", "The {c} writes its records as {v}.", "Records are written as {v}, the readers are adapted.",
        "In what format does the {c} write records?", "Parquet|CSV|Avro|JSON lines",
    ),
    _property(
        "storage", "We decided to store the state of the {c} in {v}.",
        "Decided: the state is stored in {v}, the files were too slow.",
        "Where did we decide to put the state of the {c}?", "SQLite|Redis|PostgreSQL|an object store",
    ),
    _property(
        "limit", "Uploads to the {c} are limited to {v}.", "Uploads are limited to {v}, larger ones are refused.",
        "What is the largest upload the {c} accepts?", "5 MB|25 MB|2 GB|800 KB",
    ),
    _property(
        "recovery", "The {c} is restored with {v} after a bad release.", "After a bad release, {v} restores it.",
        "How do I restore the {c} when a release went bad?", "a rollback|the last snapshot|make revert|a blue switch",
    ),
    _property(
        "branch", "Work on the {c} happens on the branch {v}.", "Everything is on the branch {v} until it is reviewed.",
        "On which branch is the {c} being worked on?", "rewrite-2|slim|next-parser|async-core",
    ),
    _property(
        "language", "The {c} is being rewritten in {v}.", "Rewriting it in {v}, the old code stays until then.",
        "What is the {c} rewritten in?", "Rust|Go|Kotlin|Elixir",
    ),
    _property(
        "preference", "The person prefers {v} in the {c}.", "The person said that they prefer {v} here.",
        "What does the person prefer in the {c}?", "short names|small commits|dark colours|explicit errors",
    ),
    _property(
        "flag", "The flag {v} switches the new path of the {c} on.", "The flag {v} switches the new path on.",
        "Which flag turns on the new path in the {c}?", "FAST_LANE|NEW_ROUTER|TWO_PHASE|LAZY_LOAD",
    ),
    _property(
        "queue", "The {c} reads its jobs from {v}.", "Its jobs are read from {v} now.",
        "Where are the jobs of the {c} read from?", "a NATS stream|a table|Kafka|a folder",
    ),
    _property(
        "alarm", "The {c} raises an alarm above {v}.", "An alarm is raised above {v}, below that it was noise.",
        "Above what does the {c} raise an alarm?", "80 percent|300 errors an hour|2 seconds|40 open files",
    ),
)  # fmt: skip
OPEN_COMPONENTS = (
    "audit log", "billing service", "search index", "mail sender", "session store", "image resizer", "login page",
    "export job", "tax calculator", "webhook dispatcher", "feature flags", "map tiles", "invoice archive", "chat relay",
    "report builder", "key rotation", "plugin loader", "rate limiter", "device registry", "crash collector",
)  # fmt: skip
FROZEN_COMPONENTS = (
    "payment gateway", "sync engine", "media proxy", "schema checker", "order book", "backup runner", "news feed",
    "access broker", "price oracle", "log shipper", "job scheduler", "font renderer", "label printer", "vote counter",
    "route planner", "fraud detector", "stock ledger", "user directory", "event bridge", "theme editor",
)  # fmt: skip
OPENERS = (
    "Worked on the {c} today.", "Continued with the {c} where the last session ended.", "Looked into the {c} again.",
    "Session on the {c}, asked for by the lead.", "Started with the {c}.",
)  # fmt: skip
FILLERS = (
    "Ran the tests of the {c}: {n} passed, {k} were skipped.",
    "The review of the {c} is done, {k} remarks about names.",
    "Looked at how the {c} is deployed; nothing to change.", "Asked about the connections of the {c}, no answer yet.",
    "Measured the {c} again: {n} requests per second.", "Removed {k} unused imports in the {c}.",
    "The documentation of the {c} has {k} broken links.", "Split a long function of the {c} in {k}.",
)  # fmt: skip
IDLE_FILLERS = (
    "Merged main, {k} conflicts.", "The build works again after {k} tries.", "Ran the linter, {n} lines changed.",
    "Waited for a review.", "Wrote {k} more tests for the edge cases.", "Restarted the machine, the disk was at {n}.",
    "Pushed the branch and opened a request.", "Read {n} lines of old code.",
)  # fmt: skip
