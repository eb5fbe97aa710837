"""What an address elsewhere means, and that nothing in one becomes an option or a word of a shell's."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.elsewhere import COMMAND, AskError, Elsewhere, end_of, parse, ssh_program
from trinity_tui.core.errors import ClientError


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("ssh://box/srv/shop", Elsewhere("box", "/srv/shop")),
        ("ssh://ada@box:2222/srv/shop", Elsewhere("box", "/srv/shop", "ada", 2222)),
        ("ssh://box/~/shop", Elsewhere("box", "~/shop")),
        ("ssh://box", Elsewhere("box", "~")),
        ("ssh://box/~", Elsewhere("box", "~")),
        ("ssh://box/a%20b/%C3%A9", Elsewhere("box", "/a b/é")),
        ("ssh://ada@corp@box/x", Elsewhere("box", "/x", "ada@corp")),
        ("ssh://[::1]:22/x", Elsewhere("::1", "/x", "", 22)),
    ],
)  # fmt: skip
def test_what_an_address_means(target: str, meant: Elsewhere) -> None:
    assert parse(target) == meant


@pytest.mark.parametrize(
    "target",
    [
        "ssh:///x", "ssh://-oProxyCommand=sh/x", "ssh://-l@box/x", "ssh://a b/x", "ssh://box;id/x", "ssh://$(id)/x",
        "ssh://`id`@box/x", "ssh://box:99999/x", "ssh://box:0/x", "ssh://box:/x", "ssh://box/%00", "ssh://box/%ff",
        "ssh://box\n/x", "box:/x",
    ],
)  # fmt: skip
def test_what_names_no_computer_is_refused(target: str) -> None:
    with pytest.raises(ClientError) as refused:
        parse(target)
    assert refused.value.exit_code == 2


@given(st.text(alphabet=string.printable, max_size=30), st.booleans())
def test_whatever_is_written_ssh_sees_one_host_and_one_command(rest: str, has_terminal: bool) -> None:
    try:
        place = parse(f"ssh://{rest}")
    except ClientError:
        return
    words = place.words(["ssh"], has_terminal=has_terminal)
    assert words[-3:] == ["--", place.host, COMMAND]
    assert not any(word.startswith("-") for word in (place.host, place.user))
    assert not set(place.host + place.user) & set(" \t\n;|&$`'\"<>()*?!")
    # The path is data for the bridge, and stands on no command line.
    assert len(words) == len(
        Elsewhere(place.host, "", place.user, place.port).words(["ssh"], has_terminal=has_terminal)
    )


def test_nothing_is_asked_behind_a_screen() -> None:
    assert "BatchMode=yes" in parse("ssh://box/x").words(["ssh"], has_terminal=False)
    assert "BatchMode=yes" not in parse("ssh://box/x").words(["ssh"], has_terminal=True)


def test_the_end_of_ssh_is_a_sentence() -> None:
    place = parse("ssh://ada@box/x")

    def said(code: int, printed: str, *, had_begun: bool = False) -> ClientError:
        return end_of(place, code, printed, "1.2.3", had_begun=had_begun).error()

    assert isinstance(said(255, "ada@box: Permission denied (publickey,password).\n"), AskError)
    assert isinstance(said(255, "Host key verification failed."), AskError)
    lost = said(255, "Timeout, server box not responding.\n", had_begun=True)
    assert not isinstance(lost, AskError)
    assert str(lost) == "ssh ada@box: Timeout, server box not responding."
    assert "~/.local/bin" in said(127, "").sentence()
    assert "1.2.3" in said(2, "No such command").sentence()
    assert "was lost" in said(0, "", had_begun=True).sentence()
    assert "code 9: oh" in said(9, "oh\n\n").sentence()


def test_which_program_connects() -> None:
    assert ssh_program({}) == ssh_program({"TRINITY_SSH": " "}) == ["ssh"]
    assert ssh_program({"TRINITY_SSH": "ssh -F '/my files/work'"}) == ["ssh", "-F", "/my files/work"]


@pytest.mark.parametrize("broken", ["ssh -F '/my files", 'ssh "', "ssh \\"])
def test_a_program_with_an_open_quote_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises(ClientError, match="TRINITY_SSH holds no command") as refused:
        ssh_program({"TRINITY_SSH": broken})
    assert refused.value.exit_code == 2
