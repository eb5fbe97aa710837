"""Going back in what was sent never changes what is being written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.recall import Recall

SENT = ["run the tests", "look at auth.py", "Run it again", "hello"]


def test_letters_narrow_and_the_same_key_goes_further_back() -> None:
    recall = Recall(SENT)
    recall.look("draft")
    assert recall.shown == "draft"
    for letter in "run":
        assert recall.press(letter, letter)
    assert recall.shown == "Run it again"
    recall.look("not asked for")
    assert recall.shown == "run the tests"
    recall.look("not asked for")
    assert recall.shown == "run the tests", "there is no older one"
    assert recall.press("backspace", "")
    assert recall.wanted == "ru"
    assert recall.shown == "Run it again"
    assert recall.press("enter", "")
    assert (recall.shown, recall.wanted) == ("Run it again", None)
    # From there up and down go on, and the draft lies where it was.
    assert recall.step(-1, "Run it again")
    assert recall.shown == "hello"
    assert recall.step(-1, "hello")
    assert recall.shown == "draft"
    assert not recall.is_away


def test_what_is_nowhere_is_said_and_escape_leads_back() -> None:
    recall = Recall(SENT)
    recall.step(1, "draft")
    recall.look("hello")
    for letter in "auth?":
        recall.press(letter, letter)
    assert recall.is_missing
    assert recall.shown == "look at auth.py"
    assert recall.press("escape", "")
    assert (recall.shown, recall.back) == ("hello", 1)


def test_any_other_key_takes_what_was_found_and_does_what_it_does() -> None:
    recall = Recall(SENT)
    recall.look("")
    recall.narrow("auth")
    assert not recall.press("left", "")
    assert (recall.wanted, recall.shown) == (None, "look at auth.py")


KEYS = st.lists(st.sampled_from(["up", "down", "^r", "e", "z", "backspace", "escape", "left"]))


class Line:
    """A line as the bar keeps it: what it says is the draft, or what was called back."""

    def __init__(self, sent: list[str], draft: str) -> None:
        self.recall = Recall(sent)
        self.text = draft

    def press(self, key: str) -> None:
        if key == "^r":
            self.recall.look(self.text)
        elif self.recall.wanted is not None:
            self.recall.press(key, key if len(key) == 1 else "")
        elif key not in ("up", "down") or not self.recall.step(1 if key == "up" else -1, self.text):
            return
        self.text = self.recall.shown


@given(st.lists(st.text("ez", max_size=3), max_size=5), st.text("ez", max_size=3), KEYS)
def test_whatever_is_pressed_the_draft_is_still_there(sent: list[str], draft: str, keys: list[str]) -> None:
    line = Line(sent, draft)
    for key in keys:
        line.press(key)
        assert line.text in {draft, *sent}
        assert line.recall.is_away or line.text == draft
    line.press("left")
    for _ in sent:
        line.press("down")
    assert line.text == draft
