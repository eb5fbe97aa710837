"""The rule about modules that import each other in a circle when they are loaded."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.workspace import Workspace

_Graph = dict[str, dict[str, int]]
"""File -> imported file -> line of the import."""

LIMIT_CIRCLES = 50
LIMIT_IN_GROUP = 5
"""Of modules that all reach each other only the shortest circles are told: breaking those breaks most others."""


def import_circles(workspace: Workspace) -> Iterator[Defect]:
    """Each circle once, at the import that leaves its first module in alphabetical order."""
    graph = _graph(workspace)
    for circle in sorted(_circles(graph))[:LIMIT_CIRCLES]:
        names = [workspace.modules.name_of(path) for path in (*circle, circle[0])]
        spelled = " -> ".join(names)
        place = (circle[0], graph[circle[0]][circle[1]])
        text = f"These modules import each other in a circle: {spelled}."
        yield workspace.defect("import-circle", place, spelled, "normal", (text, spelled))


def _graph(workspace: Workspace) -> _Graph:
    graph: _Graph = {}
    for path, facts in workspace.facts.items():
        edges: dict[str, int] = {}
        for fact in facts.imports if facts.kind == "source" else ():
            for target in workspace.modules.targets(path, fact) if fact.is_eager else ():
                if target != path:
                    edges.setdefault(target, fact.line)
        graph[path] = edges
    return graph


def _circles(graph: _Graph) -> set[tuple[str, ...]]:
    """The shortest circle through each edge that lies on one, beginning with its smallest member."""
    circles: set[tuple[str, ...]] = set()
    for members in _components(graph):
        found: set[tuple[str, ...]] = set()
        for origin in members:
            for target in graph[origin]:
                path = _shortest(graph, target, origin, members) if target in members else None
                if path:
                    found.add(_rotated(path))
        circles.update(sorted(found, key=lambda circle: (len(circle), circle))[:LIMIT_IN_GROUP])
    return circles


def _rotated(circle: tuple[str, ...]) -> tuple[str, ...]:
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def _shortest(graph: _Graph, origin: str, goal: str, members: frozenset[str]) -> tuple[str, ...] | None:
    """Fewest steps from origin to goal, both included; ties fall alphabetically."""
    came_from: dict[str, str] = {origin: ""}
    queue = deque([origin])
    while queue:
        node = queue.popleft()
        if node == goal:
            return _traced(came_from, goal)
        for target in sorted(graph[node]):
            if target in members and target not in came_from:
                came_from[target] = node
                queue.append(target)
    return None


def _traced(came_from: Mapping[str, str], goal: str) -> tuple[str, ...]:
    steps = [goal]
    while came_from[steps[-1]]:
        steps.append(came_from[steps[-1]])
    return tuple(reversed(steps))


def _components(graph: _Graph) -> list[frozenset[str]]:
    """Groups of files that all reach each other (Kosaraju: order by finish, then collect on the reversed graph)."""
    reverse: dict[str, list[str]] = {node: [] for node in graph}
    for node, edges in graph.items():
        for target in edges:
            reverse.setdefault(target, []).append(node)
    groups: list[frozenset[str]] = []
    assigned: set[str] = set()
    for node in reversed(_by_finish(graph)):
        if node not in assigned:
            group = _collect(reverse, node, assigned)
            assigned |= group
            groups.extend([frozenset(group)] if len(group) > 1 else [])
    return groups


def _by_finish(graph: _Graph) -> list[str]:
    finished: list[str] = []
    visited: set[str] = set()
    for start in graph:
        stack = [(start, iter(graph[start]))] if start not in visited else []
        visited.add(start)
        while stack:
            _, targets = stack[-1]
            target = next((t for t in targets if t not in visited and t in graph), None)
            if target is None:
                finished.append(stack.pop()[0])
            else:
                visited.add(target)
                stack.append((target, iter(graph[target])))
    return finished


def _collect(reverse: Mapping[str, list[str]], start: str, assigned: set[str]) -> set[str]:
    group = {start}
    pending = [start]
    while pending:
        for node in reverse[pending.pop()]:
            if node not in assigned and node not in group:
                group.add(node)
                pending.append(node)
    return group
