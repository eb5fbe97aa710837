"""How a full screen is painted: what somebody waits for before all else, the rest pane by pane: keys get between.

The terminal is given no more before it has taken what it was given. Textual calls what is named ``_on_…`` by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from trinity_tui.tui.composed import Composed
from trinity_tui.tui.terminal import Terminal

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import ScreenResume
    from textual.messages import Update
    from textual.widget import Widget

    from trinity_tui.tui.right_of_way import RightOfWay


class Painting(Screen[None]):
    """A screen that paints what is waited for first.

    Args:
        way: What goes first in the screen's loop.
    """

    def __init__(self, way: RightOfWay) -> None:
        super().__init__()
        self._compositor = Composed()
        self._way = way
        self._first: set[Widget] = set()
        """What is painted before all else."""

    @property
    def program(self) -> App[None]:
        """The app this is a screen of."""
        return cast("App[None]", self.app)  # pyright: ignore[reportUnknownMemberType]  # App has no result type here

    def paint(self, *panes: Widget) -> None:
        """Paint what changed in these now and before all else, not with the next frame: it was waited for."""
        self._first.update(panes)
        self._on_timer_update()
        self._way.release()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Style nothing anew the first time: it was styled as it was mounted."""
        event.refresh_styles = event.refresh_styles and self.stack_updates > 0

    async def _on_update(self, message: Update) -> None:
        """Paint at once what a key changed where the person is."""
        if self._way.is_taken and self.focused is not None and message.widget is self.focused:
            message.stop()
            message.prevent_default()
            self.paint(self.focused)

    def paint_soon(self, pane: Widget) -> bool:
        """Have what changed in a pane painted with the next frame; False: not by this way, and nothing was done.

        While a key is under way, what it changes comes as Textual tells it: it is painted at once.
        """
        if self._way.is_taken or not self.is_current or not pane.display:
            return False
        self._dirty_widgets.add(pane)
        self._update_timer.resume()
        return True

    def _on_timer_update(self) -> None:
        """Paint what changed, once the terminal has taken what it was given before."""
        if self._is_behind:
            self._update_timer.resume()
            return
        first, self._first = self._first, set()
        if first:
            self._paint_apart(first)
            if self._dirty_widgets:
                # After what is ready by now.
                self.call_later(self._on_timer_update)
        elif not self._has_only_panes:
            super()._on_timer_update()
        else:
            self._paint_in_turn()

    @property
    def _is_behind(self) -> bool:
        driver = self.program._driver  # pyright: ignore[reportPrivateUsage]  # an app does not show what it writes to
        return isinstance(driver, Terminal) and driver.is_behind

    @property
    def _has_only_panes(self) -> bool:
        """Whether there is nothing to paint but what is where it was."""
        is_moved = self._layout_required or self._scroll_required or self._repaint_required or self._recompose_required
        is_seen = self.is_current and not self.program._batch_count  # pyright: ignore[reportPrivateUsage]  # as Textual
        return is_seen and bool(self._dirty_widgets) and not is_moved

    def _paint_in_turn(self) -> None:
        """Paint one pane after the other, until a key comes or the terminal does not keep up."""
        for pane in list(self._dirty_widgets):
            if self._way.is_taken or self._is_behind:
                self._update_timer.resume()
                break
            self._paint_apart({pane})

    def _paint_apart(self, panes: set[Widget]) -> None:
        """Paint these, and leave for later what else changed."""
        later = self._dirty_widgets - panes
        self._dirty_widgets = panes
        super()._on_timer_update()
        for pane in panes:
            # Nothing of it is left for the frame that its refreshing asked for.
            pane._repaint_required = False  # pyright: ignore[reportPrivateUsage]  # Textual has no other way to say so
        self._dirty_widgets |= later
