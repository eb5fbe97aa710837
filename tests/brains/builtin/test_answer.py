"""Answers name places that exist and that show what was asked for; nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.answer import answer
from trinity_tui.brains.builtin.survey import Survey, SurveyResult

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.brains.builtin.reply import Answer

COLLEAGUES = [
    ("explorer-1", "explorer", "BUSY", "reading src"),
    ("builder-1", "builder", "ONLINE", ""),
]
SHOP = "src/shop"
QUESTIONS = [
    ("search: abort()", f"{SHOP}/mailer.py", "out.abort()"),
    ("search for abort()", f"{SHOP}/mailer.py", "out.abort()"),
    ("what have you found in mailer", f"{SHOP}/mailer.py", "except:"),
    ("who wrote prices.py", f"{SHOP}/prices.py", "Prices in cents"),
    ("What have you found?", "docs/notes.md", "<" * 7),
    ("What is wrong in stock.py?", f"{SHOP}/stock.py", "def add"),
    ("Where is Ledger?", f"{SHOP}/ledger.py", "class Ledger"),
    ("what is record_payment", f"{SHOP}/ledger.py", "def record_payment"),
    ("Which files change most?", f"{SHOP}/prices.py", "Prices in cents"),
    ("what is untested?", f"{SHOP}/discounts.py", "def discounted"),
    ("What does src/shop/parcels.py do?", f"{SHOP}/parcels.py", "class Parcel"),
    ("How many classes are there?", f"{SHOP}/orders.py", "class Order"),
    ("Why would customers get a discount on plums?", f"{SHOP}/discounts.py", "discount"),
    ("how many files are there?", f"{SHOP}/prices.py", "Prices in cents"),
    ("how many times does it say Ledger?", f"{SHOP}/ledger.py", "class Ledger"),
    ("how many findings?", f"{SHOP}/broken.py", "def unfinished"),
    ("explain Stock.remove", f"{SHOP}/stock.py", "def remove"),
]


@pytest.fixture(scope="module")
def surveyed(planted: Path) -> SurveyResult:
    return Survey(planted).run(1_790_000_000.0)


def ask(question: str, root: Path, result: SurveyResult) -> Answer:
    return answer(question, root, result.defects, "ready", COLLEAGUES, stamps=result.stamps)


@pytest.mark.parametrize(("question", "path", "content"), QUESTIONS)
def test_an_answer_cites_the_place(
    question: str, path: str, content: str, planted: Path, surveyed: SurveyResult
) -> None:
    reply = ask(question, planted, surveyed)
    cited = {(file, (planted / file).read_bytes().split(b"\n")[line - 1]) for file, line in reply.citations}
    assert any(file == path and content.encode() in line for file, line in cited), reply.text
    assert all(f"{file}:{line}" in reply.text for file, line in reply.citations)


@pytest.mark.parametrize("question", ["who is doing what?", "status", "What are you doing?"])
def test_the_state_of_everyone_is_told_with_reason(question: str, planted: Path, surveyed: SurveyResult) -> None:
    text = ask(question, planted, surveyed).text
    assert "ready" in text
    assert "explorer-1 (explorer): BUSY, reading src" in text
    assert "builder-1 (builder): ONLINE" in text


@pytest.mark.parametrize("question", ["help", "what can you do?", "zzzqq?", ""])
def test_it_says_that_it_is_no_model_and_what_can_be_asked(
    question: str, planted: Path, surveyed: SurveyResult
) -> None:
    reply = ask(question, planted, surveyed)
    assert "no language model" in reply.text
    assert "which files change most?" in reply.text
    assert reply.citations == ()


def test_counts_are_real(planted: Path, surveyed: SurveyResult) -> None:
    assert ask("how many findings?", planted, surveyed).text.startswith("20 findings")
    modules = len(list(planted.rglob("*.py")))
    assert ask("How many modules are there?", planted, surveyed).text.startswith(f"{modules} modules")
    tests = sum(path.read_text().count("def test_") for path in planted.rglob("test_*.py"))
    assert ask("how many functions are in stock.py?", planted, surveyed).text.startswith(
        "4 functions in src/shop/stock.py"
    )
    assert ask("how many tests?", planted, surveyed).text.startswith(f"{tests} tests")


def test_a_place_that_is_gone_is_not_cited(own_planted: Path, surveyed: SurveyResult) -> None:
    (own_planted / SHOP / "ledger.py").write_text('"""Empty."""\n')
    assert ask("where is record_payment?", own_planted, surveyed).citations == ()
    untested = ask("what is untested?", own_planted, surveyed)
    assert [path for path, _ in untested.citations] == [f"{SHOP}/discounts.py"]


def test_what_is_not_there_is_said_not_invented(planted: Path, surveyed: SurveyResult) -> None:
    reply = ask("search: unobtainium", planted, surveyed)
    assert reply.citations == ()
    assert "No line" in reply.text


def test_a_file_nobody_listed_is_not_read(own_planted: Path, now: float) -> None:
    (own_planted / ".env").write_text("PASSWORD=hunter22\n")
    (own_planted / "passwd.py").symlink_to("/etc/passwd")
    result = Survey(own_planted).run(now)
    assert ask("search: hunter22", own_planted, result).citations == ()
    assert ask("search: root:x:0", own_planted, result).citations == ()
    assert "hunter22" not in ask("what does .env do?", own_planted, result).text


def test_it_looks_for_itself_when_nothing_is_known_yet(planted: Path, now: float) -> None:
    reply = answer("where is Ledger?", planted, [], "ready", [], now=now)
    assert reply.citations == ((f"{SHOP}/ledger.py", 4),)


def test_many_places_are_cut_and_counted(planted: Path, surveyed: SurveyResult) -> None:
    reply = ask("search: lines.append", planted, surveyed)
    assert len(reply.citations) == 8
    assert "… and 242 more" in reply.text
