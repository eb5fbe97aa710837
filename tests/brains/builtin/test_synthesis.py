"""Patterns and contradictions name the findings they rest on, whatever order those came in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.brains.builtin.synthesis import FindingRef, contradictions, group


def finding(number: int, rule: str, path: str, author: str = "explorer-1", symbol: str = "f") -> FindingRef:
    return FindingRef(f"id-{number:03}", author, rule, path, 1, symbol, f"{rule} in {path}")


def statement(number: int, author: str, value: str, predicate: str = "timeout") -> FindingRef:
    return FindingRef(f"id-{number:03}", author, "", "", 1, "", "", "refresh()", predicate, value)


PLANTED = [
    finding(1, "bare-except", "net/a.py"),
    finding(2, "bare-except", "net/b.py"),
    finding(3, "bare-except", "net/c.py"),
    finding(4, "bare-except", "core/a.py"),
    finding(5, "hot-file", "core/hot.py"),
    finding(6, "untested-module", "core/hot.py"),
    finding(7, "redefined", "core/many.py"),
    finding(8, "duplicate-key", "core/many.py"),
    finding(9, "mutable-default", "core/many.py"),
    finding(10, "syntax-error", "lone.py"),
    finding(11, "syntax-error", "lone.py", author="reflector-1"),
]
STATEMENTS = [
    statement(1, "explorer-1", "30 s"),
    statement(2, "explorer-2", "10 s"),
    statement(3, "builder-1", "10  S"),
    statement(4, "explorer-1", "3", predicate="retries"),
    statement(5, "explorer-2", "3", predicate="retries"),
]


def test_patterns_rest_on_their_findings() -> None:
    found = {(pattern.kind, pattern.subject): pattern.finding_ids for pattern in group(PLANTED)}
    assert found == {
        ("rule-in-folder", "net"): ("id-001", "id-002", "id-003"),
        ("hot-and-weak", "core/hot.py"): ("id-005", "id-006"),
        ("hotspot", "core/many.py"): ("id-007", "id-008", "id-009"),
        ("confirmed", "syntax-error:lone.py:f"): ("id-010", "id-011"),
    }


def test_two_findings_make_no_habit() -> None:
    assert group(PLANTED[:2]) == []


def test_the_same_finding_told_three_times_is_one() -> None:
    again = [finding(number, "bare-except", "net/a.py") for number in (1, 2, 3)]
    assert group(again) == []


def test_a_contradiction_names_both_sides() -> None:
    found = contradictions(STATEMENTS)
    assert [(c.subject, c.predicate) for c in found] == [("refresh()", "timeout")]
    sides = {claim.value: (claim.finding_ids, claim.authors) for claim in found[0].claims}
    assert sides == {
        "10 s": (("id-002", "id-003"), ("builder-1", "explorer-2")),
        "30 s": (("id-001",), ("explorer-1",)),
    }
    assert found[0].finding_ids == ("id-001", "id-002", "id-003")


def test_who_corrects_themselves_contradicts_nobody() -> None:
    assert contradictions([*STATEMENTS, statement(9, "explorer-1", "10 s")]) == []


def test_findings_without_a_value_state_nothing() -> None:
    assert contradictions(PLANTED) == []


@given(st.permutations(PLANTED + STATEMENTS))
def test_the_order_of_findings_changes_nothing(findings: list[FindingRef]) -> None:
    assert group(findings) == group(PLANTED + STATEMENTS)
    assert contradictions(findings) == contradictions(STATEMENTS)


references = st.builds(
    FindingRef,
    id=st.integers(0, 12).map(str),
    author=st.sampled_from("ab"),
    rule=st.sampled_from(["hot-file", "untested-module", "redefined", ""]),
    path=st.sampled_from(["x/a.py", "x/b.py", "c.py", ""]),
    line=st.just(1),
    symbol=st.sampled_from("fg"),
    text=st.just("text"),
    subject=st.sampled_from(["", "s"]),
    predicate=st.sampled_from(["", "p", "P"]),
    value=st.sampled_from(["", "1", "2"]),
)


@given(st.lists(references, max_size=12))
def test_any_findings_turned_round_give_the_same(findings: list[FindingRef]) -> None:
    unique = list({reference.id: reference for reference in findings}.values())
    turned = unique[::-1]
    assert group(unique) == group(turned)
    assert contradictions(unique) == contradictions(turned)
    known = {reference.id for reference in unique}
    assert all(set(pattern.finding_ids) <= known for pattern in group(unique))
    assert all(set(contradiction.finding_ids) <= known for contradiction in contradictions(unique))
