"""Which commands a command line loads: those it can mean, and no others."""

from __future__ import annotations

import importlib

import pytest
import typer

from trinity_tui.cli import program


@pytest.mark.parametrize("module", program.COMMANDS)
def test_the_table_names_what_each_module_adds(module: str) -> None:
    app = typer.Typer()
    importlib.import_module(f"trinity_tui.cli.{module}").register(app)
    commands = [program.name_of(command) for command in app.registered_commands]
    groups = [group.name for group in app.registered_groups]
    assert [*commands, *groups] == list(program.COMMANDS[module])


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (["status"], ["look"]),
        (["-C", "/anywhere", "send", "all", "stop"], ["ask", "lifecycle"]),
        (["bus", "check"], ["bus"]),
        ([], []),
        (["-C", "/anywhere", "--plain"], []),
        (["statsu"], list(program.COMMANDS)),
        (["-C", "/anywhere", "statsu"], list(program.COMMANDS)),
        (["status", "--help"], list(program.COMMANDS)),
    ],
)
def test_only_what_can_be_meant_is_loaded(words: list[str], modules: list[str]) -> None:
    assert program.modules_for(words) == modules


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["status"], ["status"]),
        (["-C", "/anywhere", "send", "all", "stop"], ["send", "stop"]),
        (["memory", "search", "all", "status"], ["status", "search"]),
    ],
)
def test_of_a_module_only_the_commands_that_can_be_meant_are_there(words: list[str], names: list[str]) -> None:
    assert [program.name_of(one) for one in program.program(words).registered_commands] == names


def test_help_is_of_all_commands() -> None:
    app = program.program(["status", "--help"])
    names = {program.name_of(one) for one in app.registered_commands} | {one.name for one in app.registered_groups}
    assert names == {name for names in program.COMMANDS.values() for name in names}


def test_the_options_of_the_program_itself_are_known_as_such() -> None:
    params = typer.main.get_command(program.program([])).params
    options = {option for param in params for option in param.opts if "completion" not in option}
    assert options == program.FLAGS | program.SETTINGS
