"""Programs that only read and write JSON take part in a workspace whose coordinator runs."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from rewriting import rewriting, said_meanwhile
from trinity_tui.client import api
from trinity_tui.core.paths import is_shared
from trinity_tui.tools.sandbox.scratch import Scratch

if TYPE_CHECKING:
    from fleet import Fleet

BRIDGED = f"{CONFIG}\n[bridge]\nshared_files = true\n"
MEMORY = ".shared_memory.json"
Entry = dict[str, Any]


@pytest.fixture
def bridged(fleet: Fleet) -> Fleet:
    fleet.write_config(BRIDGED, {"guide-1": "guide"})
    return fleet


def entries(fleet: Fleet, name: str = ".shared_messages.json") -> list[Entry]:
    path = fleet.root / name
    return json.loads(path.read_text()) if path.exists() else []


def add(fleet: Fleet, *items: Any, name: str = ".shared_messages.json") -> None:
    """As a script adds: beside, and renamed over it."""
    wait_until((fleet.root / name).exists, name)
    beside = fleet.root / "beside.json"
    beside.write_text(json.dumps([*entries(fleet, name), *items]))
    os.replace(beside, fleet.root / name)


def said_by(fleet: Fleet, name: str) -> list[Entry]:
    return [one for one in fleet.messages(limit=1000) if one["from"] == name]


def test_a_script_asks_and_finds_the_answer_in_the_file(bridged: Fleet) -> None:
    bridged.serve()
    add(bridged, {"from": "script", "to": "guide-1", "type": "question", "content": "what are you for?"})
    answers = wait_until(
        lambda: [one for one in entries(bridged) if one["to"] == "script" and one["type"] == "answer"], "an answer"
    )
    (asked,) = said_by(bridged, "script")
    assert (asked["type"], asked["to"], asked["content"]) == ("question", "guide-1", "what are you for?")
    assert (asked["origin"], answers[0]["reply_to"]) == ("tool", asked["id"])
    (mine,) = [one for one in entries(bridged) if one["from"] == "script"]
    assert mine["id"] == asked["id"]
    assert mine["timestamp"] == asked["timestamp"]
    assert not bridged.messages(kind="alert")


def test_the_person_answers_a_script(bridged: Fleet) -> None:
    bridged.serve()
    assert bridged.trinity("send", "script", "hello").returncode == 4
    add(bridged, {"from": "script", "to": "human", "type": "question", "content": "shall I?"})
    (asked,) = wait_until(lambda: said_by(bridged, "script"), "the question")
    assert bridged.trinity("send", "script", "do").returncode == 0
    wait_until(lambda: [one for one in entries(bridged) if one["content"] == "do"], "the word in the file")
    said = ["shall I?", "do"]
    wait_until(lambda: [one["content"] for one in entries(bridged, ".harness_messages.json")] == said, "both for it")
    assert asked["to"] == "human"
    assert not bridged.messages(kind="alert")


def test_a_name_an_outsider_claims_gives_it_no_rights(bridged: Fleet) -> None:
    bridged.serve()
    claims = ["human", "coordinator", "guide-1", "C2", "C2/guide-1", "broadcast", "My Script", 7]
    add(bridged, *({"from": name, "to": "human", "type": "finding", "content": f"I am {name}"} for name in claims))
    add(bridged, {"from": "script", "type": "status", "metadata": {"instance": "guide-1", "state": "CRASHED"}})
    wait_until(lambda: said_by(bridged, "script"), "the last one")
    found = {one["content"]: one for one in bridged.messages(limit=1000) if one.get("origin") == "tool"}
    assert {found[f"I am {name}"]["from"] for name in claims} == {"outsider", "my-script"}
    assert all(found[f"I am {name}"]["metadata"]["claimed_from"] == str(name) for name in claims)
    assert said_by(bridged, "script")[0]["type"] == "message"
    assert said_by(bridged, "script")[0]["metadata"]["claimed_type"] == "status"
    assert bridged.instances()["guide-1"]["state"] == "ONLINE"


def test_what_a_script_takes_out_is_not_put_back(bridged: Fleet) -> None:
    bridged.serve()
    assert bridged.trinity("send", "guide-1", "one").returncode == 0
    wait_until(lambda: any(one["content"] == "one" for one in entries(bridged)), "the message in the file")
    (bridged.root / ".shared_messages.json").write_text("[]")
    assert bridged.trinity("send", "guide-1", "two").returncode == 0
    wait_until(lambda: any(one["content"] == "two" for one in entries(bridged)), "the next message in the file")
    assert not any(one["content"] == "one" for one in entries(bridged))


def known(fleet: Fleet) -> list[str]:
    """What stands in the file of what is remembered."""
    return [one["content"] for one in entries(fleet, MEMORY)]


def test_what_is_remembered_stands_in_the_file_as_long_as_it_holds(bridged: Fleet) -> None:
    bridged.serve()
    first = bridged.json("memory", "add", "The server listens on 8080.", "--kind", "decision")["id"]
    wait_until(lambda: known(bridged) == ["The server listens on 8080."], "the record in the file")
    add(bridged, {"from": "script", "type": "fact", "content": "the cache is never emptied"}, name=MEMORY)
    (found,) = wait_until(lambda: bridged.lines("memory", "search", "cache"), "the record of the script")
    assert (found["author"], found["kind"], found["text"]) == ("script", "fact", "the cache is never emptied")
    bridged.json("memory", "add", "The server listens on 9090.", "--supersedes", first)
    now = ["the cache is never emptied", "The server listens on 9090."]
    wait_until(lambda: known(bridged) == now, "what supersedes it")
    bridged.json("memory", "retract", found["id"])
    wait_until(lambda: known(bridged) == now[1:], "what was taken back to go")


def test_a_script_that_rewrites_what_is_remembered_loses_and_doubles_nothing(bridged: Fleet) -> None:
    bridged.serve()
    ours: list[str] = []

    def say(number: int) -> None:
        ours.append(f"We know {number}.")
        api.call(bridged.workspace, "POST", "/memory/add", {"text": ours[-1], "kind": "fact"})

    said = said_meanwhile(rewriting(bridged.root / MEMORY, 100, 0.03, "slowly"), say)
    assert len(said) == 100
    wait_until(lambda: len(said_by(bridged, "script")) >= 100, "all of them on the bus")
    assert Counter(one["content"] for one in said_by(bridged, "script")) == Counter(said)
    wait_until(lambda: [one for one in known(bridged) if one in ours] == ours, "all of ours, each once")


def test_the_registry_and_the_states_say_how_the_instances_are(bridged: Fleet) -> None:
    bridged.serve()
    path = bridged.root / ".instance_registry.json"

    def rows() -> dict[str, Any]:
        return json.loads(path.read_text()) if path.exists() else {}

    wait_until(lambda: rows().get("guide-1", {}).get("state") == "ONLINE", "the row of an instance")
    beside = bridged.root / "beside.json"
    beside.write_text(json.dumps({**rows(), "script": {"port": 7}}))
    os.replace(beside, path)
    (said,) = wait_until(lambda: said_by(bridged, "script"), "a word about the new row")
    assert (said["to"], said["content"]) == ("coordinator", 'script put itself into the registry: {"port":7}')
    assert bridged.trinity("stop", "guide-1").returncode == 0
    wait_until(lambda: rows()["guide-1"]["state"] == "OFFLINE", "its new state in the registry")
    assert rows()["script"] == {"port": 7}
    state = bridged.root / ".instance_guide-1_state.json"
    wait_until(lambda: json.loads(state.read_text())["state"] == "OFFLINE", "its new state in its file")
    assert bridged.trinity("start", "guide-1").returncode == 0
    wait_until(lambda: rows()["guide-1"]["state"] == "ONLINE", "its state in the registry")
    assert bridged.trinity("down", "--yes").returncode == 0
    assert rows()["guide-1"]["state"] == "OFFLINE"
    assert json.loads(state.read_text())["pid"] is None


def test_a_row_that_somebody_took_out_stays_out_whatever_becomes_of_it(bridged: Fleet) -> None:
    bridged.write_config(BRIDGED, {"guide-1": "guide", "guide-2": "guide"})
    served = bridged.serve()
    path = bridged.root / ".instance_registry.json"

    def states() -> dict[str, str]:
        return {name: row.get("state", "") for name, row in json.loads(path.read_text()).items()}

    def leave(*names: str) -> None:
        """As a script that keeps some rows alone."""
        rows = json.loads(path.read_text())
        path.write_text(json.dumps({name: rows[name] for name in names}))

    wait_until(lambda: path.exists() and states() == {"guide-1": "ONLINE", "guide-2": "ONLINE"}, "both rows")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"script": {"port": 7}}))
    wait_until(lambda: said_by(bridged, "script"), "a word about the new row")
    leave("guide-2")
    assert bridged.trinity("stop", "all").returncode == 0
    wait_until(lambda: states() == {"guide-2": "OFFLINE"}, "the state of who is in it, and neither of the others")
    served.kill()
    served.wait()
    bridged.serve(ready=False)
    wait_until(lambda: bridged.trinity("start", "all").returncode == 0, "the next coordinator")
    wait_until(lambda: states().get("guide-2") == "ONLINE", "its state, by another coordinator")
    assert states() == {"guide-2": "ONLINE"}
    path.write_text(json.dumps({"guide-2": {"by": "trinity"}, "script": {"port": 8}}))
    wait_until(lambda: states() == {"guide-2": "ONLINE", "script": ""}, "who puts its own row back has it")


def test_a_damaged_file_is_left_as_it_is_and_said(bridged: Fleet) -> None:
    bridged.serve()
    path = bridged.root / ".shared_messages.json"
    wait_until(path.exists, "the file")
    path.write_text('[{"from": "scr')
    wait_until(
        lambda: any(".shared_messages.json is damaged" in one for one in bridged.status()["notices"]), "the sentence"
    )
    assert path.read_text() == '[{"from": "scr'
    path.write_text('[{"from": "script", "content": "mended"}]')
    wait_until(lambda: said_by(bridged, "script"), "what stands in the mended file")
    wait_until(lambda: not bridged.status()["notices"], "the sentence being taken back")


@pytest.mark.parametrize("style", ["at-once", "slowly", "beside"])
def test_a_script_that_rewrites_the_whole_file_200_times_loses_and_doubles_nothing(bridged: Fleet, style: str) -> None:
    bridged.serve()
    foreign = rewriting(bridged.root / ".shared_messages.json", 200, 0.02, style)
    said = said_meanwhile(foreign, lambda number: bridged.send("guide-1", f"we say {number}"))
    assert len(said) == 200
    wait_until(lambda: len(said_by(bridged, "script")) >= 200, "all of them on the bus")
    assert Counter(one["content"] for one in said_by(bridged, "script")) == Counter(said)


def test_while_a_command_runs_in_the_folder_no_file_is_replaced_and_what_is_added_is_taken(bridged: Fleet) -> None:
    bridged.serve()
    add(bridged, {"from": "script", "content": "before"})
    wait_until(
        lambda: any(one["content"] == "before" and "id" in one for one in entries(bridged)), "the file is renewed"
    )
    paths = [path for path in bridged.root.iterdir() if is_shared(path.name)]
    with Scratch.make() as scratch:
        scratch.share(str(bridged.root))
        stood = {path: path.stat().st_ino for path in paths}
        path = bridged.root / ".shared_messages.json"
        path.write_text(json.dumps([*entries(bridged), {"from": "script", "content": "meanwhile"}]))
        wait_until(lambda: len(said_by(bridged, "script")) == 2, "it is taken")
        bridged.ask("guide-1", "are you there?")
        bridged.trinity("stop", "guide-1")
        # Later than any of them would have been renewed: the log is told of by each turn.
        add(bridged, {"from": "script", "content": "more"}, name=".shared_memory.json")
        wait_until(lambda: len(said_by(bridged, "script")) == 3, "another turn")
        del stood[bridged.root / ".shared_memory.json"]
        assert {path: path.stat().st_ino for path in stood} == stood
    wait_until(lambda: any(one["content"] == "are you there?" for one in entries(bridged)), "the file is renewed")
    assert len(said_by(bridged, "script")) == 3


def test_what_is_added_while_coordinators_are_killed_comes_once(bridged: Fleet) -> None:
    served = bridged.serve()
    foreign = rewriting(bridged.root / ".shared_messages.json", 60, 0.05, "at-once")
    for least in (10, 25, 40):
        wait_until(lambda least=least: len(said_by(bridged, "script")) >= least, f"{least} of them")
        served.kill()
        served.wait()
        served = bridged.serve()
    said, _ = foreign.communicate()
    wait_until(lambda: len(said_by(bridged, "script")) >= 60, "all of them on the bus")
    assert Counter(one["content"] for one in said_by(bridged, "script")) == Counter(said.splitlines())
