"""Twenty planted defects are found where they are, none in the clean twin, and only what changed is read again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from trinity_tui.brains.builtin.facts import Stamp
from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOP = "src/shop"
PLANTED = [
    ("untested-module", f"{SHOP}/ledger.py", "class Ledger"),
    ("untested-module", f"{SHOP}/discounts.py", "def discounted"),
    ("long-function", f"{SHOP}/reports.py", "def build_report"),
    ("long-function", f"{SHOP}/reports.py", "def export_all"),
    ("complex-function", f"{SHOP}/prices.py", "def classify"),
    ("redefined", f"{SHOP}/orders.py", "def total#2"),
    ("redefined", f"{SHOP}/stock.py", "def add#2"),
    ("redefined", "tests/test_prices.py", "def test_rounds#2"),
    ("import-circle", f"{SHOP}/orders.py", "from shop.parcels import"),
    ("import-circle", f"{SHOP}/clock.py", "from shop import ids"),
    ("syntax-error", f"{SHOP}/broken.py", "def unfinished"),
    ("bare-except", f"{SHOP}/mailer.py", "except:"),
    ("swallowed-exception", f"{SHOP}/mailer.py", "except Exception:"),
    ("mutable-default", f"{SHOP}/orders.py", "items=[]"),
    ("duplicate-key", f"{SHOP}/codes.py", '"at"#2'),
    ("stale-note", f"{SHOP}/stock.py", "forget names without fruit"),
    ("stale-note", "deploy.sh", "the name is guessable"),
    ("conflict-marker", "docs/notes.md", "<" * 7),
    ("large-file", "assets/photo.bin", ""),
    ("hot-file", f"{SHOP}/prices.py", ""),
]


def line_of(root: Path, path: str, anchor: str) -> int:
    """The line that contains an anchor; `#2` asks for the second such line, an empty anchor for the first line."""
    text, _, occurrence = anchor.partition("#")
    if not text:
        return 1
    lines = (root / path).read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if text in line][int(occurrence or 1) - 1]


def test_every_planted_defect_is_found_at_its_line(planted: Path, now: float) -> None:
    found = {(defect.rule, defect.path, defect.line) for defect in Survey(planted).run(now).defects}
    expected = {(rule, path, line_of(planted, path, anchor)) for rule, path, anchor in PLANTED}
    assert found == expected


def test_the_clean_twin_has_no_defect(clean: Path, now: float) -> None:
    result = Survey(clean).run(now)
    assert result.file_count == 27
    assert result.defects == []


def test_defects_come_gravest_first_and_say_what_they_rest_on(planted: Path, now: float) -> None:
    defects = Survey(planted).run(now).defects
    ranks = [("high", "normal", "low").index(defect.severity) for defect in defects]
    assert ranks == sorted(ranks)
    assert all(defect.text.endswith((".", "guessable", "fruit")) for defect in defects)
    assert all(defect.evidence for defect in defects)
    by_rule = {defect.rule: defect for defect in defects if defect.rule in ("import-circle", "hot-file")}
    assert "shop.orders -> shop.parcels -> shop.orders" in {d.evidence for d in defects if d.rule == "import-circle"}
    assert by_rule["hot-file"].evidence == "8 of 8 commits (100%)"


def test_an_unchanged_workspace_is_not_parsed_again(planted: Path, now: float) -> None:
    first = Survey(planted).run(now)
    stored = msgspec.json.decode(msgspec.json.encode(first.stamps), type=dict[str, Stamp])
    second = Survey(planted).run(now, stored)
    assert (first.parsed_count, second.parsed_count) == (first.file_count, 0)
    assert second.defects == first.defects
    assert second.stamps == first.stamps


def test_what_is_mended_is_gone_and_nothing_else(own_planted: Path, now: float) -> None:
    first = Survey(own_planted).run(now)
    keys = [defect.key for defect in first.defects]
    orders = own_planted / SHOP / "orders.py"
    orders.write_text(orders.read_text().replace("items=[]", "items=()"))
    second = Survey(own_planted).run(now, first.stamps)
    assert second.parsed_count == 1
    assert second.gone(keys) == [f"mutable-default:{SHOP}/orders.py:Order.__init__(items)"]


def test_the_key_stays_when_the_line_moves(own_planted: Path, now: float) -> None:
    first = Survey(own_planted).run(now)
    mailer = own_planted / SHOP / "mailer.py"
    mailer.write_text("# moved\n\n\n" + mailer.read_text())
    second = Survey(own_planted).run(now, first.stamps)
    moved = {defect.key: defect.line for defect in second.defects if defect.path.endswith("mailer.py")}
    before = {defect.key: defect.line for defect in first.defects if defect.path.endswith("mailer.py")}
    assert moved == {key: line + 3 for key, line in before.items()}


def test_a_deleted_file_takes_its_defects_along(own_planted: Path, now: float) -> None:
    first = Survey(own_planted).run(now)
    (own_planted / SHOP / "broken.py").unlink()
    second = Survey(own_planted).run(now, first.stamps)
    assert second.gone([defect.key for defect in first.defects]) == [f"syntax-error:{SHOP}/broken.py:file"]


def test_without_time_nothing_is_declared_gone(own_planted: Path, now: float) -> None:
    first = Survey(own_planted).run(now)
    for path in own_planted.rglob("*.py"):
        os.utime(path, ns=(1, 1))
    second = Survey(own_planted).run(now, first.stamps, limit_seconds=0)
    assert not second.is_complete
    assert second.parsed_count == 0
    assert second.gone([defect.key for defect in first.defects]) == []


def test_looking_at_what_changed_finds_what_looking_at_everything_finds(own_planted: Path, now: float) -> None:
    shop = own_planted / SHOP
    edits: list[Callable[[], object]] = [
        (shop / "fresh.py").touch,
        lambda: (shop / "fresh.py").write_text(
            "from shop.labels import label\n\n\ndef f(a={}):\n    return label(a)\n"
        ),
        lambda: (shop / "labels.py").write_text("import shop.fresh\n\n\ndef label(name):\n    return name\n"),
        (own_planted / "tests" / "test_mailer.py").unlink,
        lambda: (shop / "mailer.py").rename(shop / "letters.py"),
        lambda: (shop / "broken.py").write_bytes(b"\0"),
    ]
    result = Survey(own_planted).run(now)
    for edit in edits:
        edit()
        result = Survey(own_planted).run(now, result.stamps)
        assert result.defects == Survey(own_planted).run(now).defects


def test_progress_reaches_the_end(planted: Path, now: float) -> None:
    steps: list[tuple[int, int]] = []
    result = Survey(planted).run(now, on_progress=lambda done, total: steps.append((done, total)))
    assert steps == [(number, result.file_count) for number in range(1, result.file_count + 1)]


def test_without_git_the_files_own_age_counts(tmp_path: Path, now: float) -> None:
    note = "# " + "TO" + "DO: later\n"
    for name, age_days in (("old.sh", 100), ("new.sh", 10)):
        (tmp_path / name).write_text(note)
        os.utime(tmp_path / name, (now, now - age_days * 86_400))
    assert [(defect.rule, defect.path) for defect in Survey(tmp_path).run(now).defects] == [("stale-note", "old.sh")]


def test_a_change_nobody_committed_is_new(own_planted: Path, now: float) -> None:
    script = own_planted / "deploy.sh"
    script.write_text(script.read_text().replace("is guessable", "is known"))
    os.utime(script, (now, now))
    assert "deploy.sh" not in {defect.path for defect in Survey(own_planted).run(now).defects}


def test_a_few_dozen_commits_already_show_hot_files(
    tmp_path: Path, commit: Callable[[Path, float], None], now: float
) -> None:
    for number in range(12):
        (tmp_path / f"part{number}.txt").write_text("part\n")
        if number % 3 == 0:
            (tmp_path / "core.txt").write_text(f"{number}\n")
        commit(tmp_path, 20 - number)
    hot = [defect for defect in Survey(tmp_path).run(now).defects if defect.rule == "hot-file"]
    assert [(defect.path, defect.evidence) for defect in hot] == [("core.txt", "4 of 12 commits (33%)")]


def test_results_do_not_depend_on_the_hash_seed(planted: Path, now: float) -> None:
    program = (
        "import sys, pathlib; from trinity_tui.brains.builtin.survey import Survey; import msgspec;"
        "r = Survey(pathlib.Path(sys.argv[1])).run(float(sys.argv[2]));"
        "sys.stdout.buffer.write(msgspec.json.encode((r.defects, r.stamps)))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(planted), str(now)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_importing_the_survey_stays_light() -> None:
    program = (
        "import sys; import trinity_tui.brains.builtin.answer;"
        "rss = next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1];"
        "print(rss, *sorted(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    rss_kib, *modules = output.split()
    assert int(rss_kib) <= 30 * 1024
    assert not {"asyncio", "rich", "textual", "starlette"} & set(modules)


@pytest.mark.perf
def test_two_thousand_files_take_seconds(tmp_path: Path, now: float) -> None:
    body = "".join(f"def function_{n}(a, b=None):\n    return [a, b, {{'k': a}}]\n\n\n" for n in range(40))
    for number in range(2_000):
        folder = tmp_path / f"package{number % 50}"
        folder.mkdir(exist_ok=True)
        (folder / f"module{number}.py").write_text(f"from package{number % 7} import thing\n\n\n{body}")
    begin = time.perf_counter()
    result = Survey(tmp_path).run(now)
    sys.stdout.write(f"{result.file_count} files in {time.perf_counter() - begin:.1f} s\n")
    assert result.file_count == 2_000
