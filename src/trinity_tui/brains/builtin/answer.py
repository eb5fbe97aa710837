"""Answers a question about the workspace in plain words, without a model and never without a place that exists.

Which words lead to which answer stands in `INTENTS`; a new kind of question is one function and one line there. What
no line matches is met with the nearest definitions and lines, and with saying what can be asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.brains.builtin.defect import Defect, one_line
from trinity_tui.brains.builtin.index import Index
from trinity_tui.brains.builtin.reply import Answer, Question, Reply
from trinity_tui.brains.builtin.survey import Survey
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from trinity_tui.brains.builtin.facts import Stamp
    from trinity_tui.brains.builtin.index import Hit

_SURVEY_SECONDS = 10.0
_FIRST_NUMBER = re.compile(r"\d+")
_NAMED_FILES = 3
_READABLE_LETTERS = 400
_AFTER_IN = re.compile(r"\b(?:in|of|about|with)\s+[`'\"]?([\w./-]*\w)", re.IGNORECASE)
_NO_MODEL = "I am the builtin brain, no language model: I answer from this workspace's files, findings and state."


class Intent(NamedTuple):
    """A kind of question: the words it is known by, who answers it, and how a person would ask."""

    pattern: re.Pattern[str]
    respond: Callable[[Question, Reply], None]
    example: str


def answer(
    question: str,
    root: Path,
    defects: Sequence[Defect],
    status: str,
    colleagues: Sequence[tuple[str, str, str, str]],
    *,
    stamps: Mapping[str, Stamp] | None = None,
    now: float = 0.0,
) -> Answer:
    """Answer one question.

    Args:
        question: As a person or an instance put it.
        root: The workspace.
        defects: What the last survey found.
        status: One sentence on the one who answers.
        colleagues: Id, role, state and reason of each instance.
        stamps: Those of the last survey; without them the workspace is looked over first.
        now: Wall time for that look.
    """
    known = stamps if stamps is not None else Survey(root).run(now, limit_seconds=_SURVEY_SECONDS).stamps
    index = Index(root, known)
    reply = Reply(index)
    text = " ".join(question[:2000].split())
    for intent in INTENTS:
        match = intent.pattern.search(text)
        if match:
            intent.respond(Question(text, match, index, defects, status, colleagues), reply)
            break
    return reply.finish()


def _search(question: Question, reply: Reply) -> None:
    wanted = question.match["words"].strip().strip("\"'`")
    hits = question.index.search(wanted) if wanted else []
    if not hits:
        reply.say(f"No line of the workspace contains “{one_line(wanted)}”.")
        return
    reply.say(f"{counted(len(hits), 'line')} with “{one_line(wanted)}”:")
    reply.cite_all(hits)


def _help(question: Question, reply: Reply) -> None:
    reply.say(_NO_MODEL)
    reply.say("You can ask: " + " · ".join(intent.example for intent in INTENTS if intent.example))


def _status(question: Question, reply: Reply) -> None:
    reply.say(one_line(question.status, 400))
    for name, role, state, reason in question.colleagues:
        reply.say(one_line(f"{name} ({role}): {state}" + (f", {reason}" if reason else ""), 400))
    if not question.colleagues:
        reply.say("I know of no other instance.")


def _found(question: Question, reply: Reply) -> None:
    about, where = _files_meant(question)
    chosen = [defect for defect in question.defects if not about or defect.path in about]
    _list_defects(reply, chosen, f"{counted(len(chosen), 'finding')}{where}:", f"Nothing found so far{where}.")


def _files_meant(question: Question) -> tuple[set[str], str]:
    """Files the question names by path or after a word like `in`, and how to say so."""
    words = {*_AFTER_IN.findall(question.text), *(word for word in question.words if "/" in word or "." in word)}
    about = {path for word in words for path in question.index.files_named(word)}
    where = ", ".join(sorted(map(one_line, about))) if len(about) <= _NAMED_FILES else f"{len(about)} files so named"
    return about, f" in {where}" if about else ""


def _hot(question: Question, reply: Reply) -> None:
    hot = [defect for defect in question.defects if defect.rule == "hot-file"]
    chosen = sorted(hot, key=lambda defect: -float((_FIRST_NUMBER.match(defect.evidence) or "0")[0]))
    _list_defects(
        reply,
        chosen,
        "The files that change most:",
        "I know of no file that changes clearly more often than the others.",
    )


def _untested(question: Question, reply: Reply) -> None:
    chosen = [defect for defect in question.defects if defect.rule in ("untested-module", "no-tests")]
    _list_defects(reply, chosen, "No test imports or names:", "I know of no module that no test imports or names.")


def _list_defects(reply: Reply, defects: Sequence[Defect], heading: str, nothing: str) -> None:
    reply.say(heading if defects else nothing)
    reply.cite_all([(defect.path, defect.line, f"[{defect.rule}] {defect.text}") for defect in defects])


def _count_things(question: Question, reply: Reply) -> None:
    subject = question.match["what"].lower()
    for words, tally in _TALLIES:
        noun = words.match(subject)
        if noun:
            about, where = _files_meant(question)
            places = [place for place in tally(question) if not about or place[0] in about]
            reply.say(f"{len(places)} {noun[0]}{where}.")
            reply.cite_all(places)
            return
    wanted = question.words[-1] if question.words else subject
    hits = question.index.search(wanted)
    reply.say(f"{counted(len(hits), 'line')} with “{one_line(wanted)}”.")
    reply.cite_all(hits)


def _tally_defects(question: Question) -> list[tuple[str, int, str]]:
    return [(defect.path, defect.line, f"[{defect.rule}] {defect.text}") for defect in question.defects]


def _tally_files(question: Question) -> list[tuple[str, int, str]]:
    return [(path, 1, "") for path in question.index.files]


def _tally_modules(question: Question) -> list[tuple[str, int, str]]:
    return [(path, 1, "") for path in question.index.files if path.endswith(".py")]


def _tally_definitions(question: Question) -> list[tuple[str, int, str]]:
    kind = "class" if "class" in question.match["what"].lower() else "function"
    is_test = "test" in question.match["what"].lower()
    return [
        (path, definition.line, definition.symbol)
        for path, facts in question.index.files.items()
        for definition in facts.definitions
        if definition.kind == kind
        and (not is_test or (facts.kind == "test" and definition.symbol.rpartition(".")[2].startswith("test")))
    ]


_TALLIES: tuple[tuple[re.Pattern[str], Callable[[Question], list[tuple[str, int, str]]]], ...] = (
    (re.compile(r"(findings?|defects?|problems?|issues?|bugs?)\b"), _tally_defects),
    (re.compile(r"(python files|modules)\b"), _tally_modules),
    (re.compile(r"files?\b"), _tally_files),
    (re.compile(r"(tests?|functions?|classes|methods)\b"), _tally_definitions),
)


def _describe(question: Question, reply: Reply) -> None:
    """A file if one is named, else a definition, else whatever lies nearest."""
    files = [path for word in question.words for path in question.index.files_named(word)]
    named = [place for word in question.words for place in question.index.definitions(word)]
    has_path = any("/" in word or "." in word for word in question.words)
    if files and (has_path or not named):
        _describe_file(question, reply, files[0])
    elif named:
        reply.say(f"{counted(len(named), 'definition')} of that name:")
        reply.cite_all([_told(question, place.path, place.definition.symbol, place.definition.line) for place in named])
    if not reply.has_places:
        _unknown(question, reply)


def _describe_file(question: Question, reply: Reply, path: str) -> None:
    facts = question.index.files[path]
    told = question.index.describe(path)
    reply.cite(path, 1, told.get("", f"{facts.line_count} lines, without a docstring"))
    outer = [definition for definition in facts.definitions if "." not in definition.symbol]
    reply.say(f"It defines {counted(len(outer), 'thing')} at its top level." if outer else "It defines nothing.")
    reply.cite_all([_told(question, path, definition.symbol, definition.line) for definition in outer])


def _told(question: Question, path: str, symbol: str, line: int) -> tuple[str, int, str]:
    told = question.index.describe(path).get(symbol, "")
    return path, line, f"{symbol} — {told}" if told else symbol


def _unknown(question: Question, reply: Reply) -> None:
    reply.say(_NO_MODEL)
    reply.cite_all([(path, 1, "") for word in question.words for path in question.index.files_named(word)])
    words = sorted(question.words, key=lambda word: (-len(word), word))[:5]
    places = question.index.related(words)
    if places:
        reply.say("Nearest by name:")
        reply.cite_all([(place.path, place.definition.line, place.definition.symbol) for place in places[:5]])
    lines = _nearest_lines(question.index, words)
    if lines:
        reply.say(f"Nearest lines to “{one_line(' '.join(words))}”:")
        reply.cite_all(lines[:5])
    if not reply.has_places:
        reply.say("Nothing in this workspace matches the words of the question.")
    reply.say("You can ask: " + " · ".join(intent.example for intent in INTENTS if intent.example))


def _nearest_lines(index: Index, words: list[str]) -> list[Hit]:
    """Lines with the most of the words; among equals those with the rarer ones."""
    weights: defaultdict[Hit, list[float]] = defaultdict(list)
    for word in words:
        begins = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
        found = index.search(word.lower())
        hits = [hit for hit in found if len(hit.text) <= _READABLE_LETTERS and begins.search(hit.text)]
        for hit in hits:
            weights[hit].append(1 / len(hits))
    return sorted(weights, key=lambda hit: (-len(weights[hit]), -sum(weights[hit]), hit.path, hit.line))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


INTENTS: tuple[Intent, ...] = (
    Intent(_pattern(r"^\s*(?:search|grep|find)(?:\s*:|\s+for\b)\s*(?P<words>.*)"), _search, "search: words"),
    Intent(_pattern(r"^\W*help\b|what can (you|i) (do|ask|answer)"), _help, ""),
    Intent(
        _pattern(r"\bhow many (?P<what>.+?)(?:\s+(?:are|is|do|does|have|has|in|did)\b.*)?\W*$"),
        _count_things,
        "how many tests?",
    ),
    Intent(
        _pattern(r"\bwho (is|does|are)\b|\bstatus\b|what are (you|they|we) doing|what is everyone"),
        _status,
        "who is doing what?",
    ),
    Intent(
        _pattern(r"\bchange(s|d)? (the )?most\b|\bmost (often )?changed\b|\bhot(test)? files?\b|\bchurn\b"),
        _hot,
        "which files change most?",
    ),
    Intent(
        _pattern(r"\buntested\b|\b(without|no|lacks?|missing) tests?\b|\bnot tested\b"), _untested, "what is untested?"
    ),
    Intent(_pattern(r"\b(found|findings?|defects?|problems?|bugs?|wrong|broken)\b"), _found, "what have you found?"),
    Intent(
        _pattern(r"\bwhere\b|\bwhat('s| is| does| are)\b|\bdescribe\b|\bexplain\b|\bdefin(es|ed)\b"),
        _describe,
        "where is NAME? · what does FILE do?",
    ),
    Intent(_pattern(r""), _unknown, ""),
)
"""Words a question is known by, in the order they are tried; the last takes every question."""
