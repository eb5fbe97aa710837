"""Style sheets that are read once for one set of colours.

Textual reads all of them again whenever a theme is put on, also for the one it begins with: a part of the way to the
first frame that changed nothing.
"""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class Stylesheets(Stylesheet):
    """All sheets of the program."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._has_other_colors = False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Have these colours from now on."""
        if variables != self._variables:
            super().set_variables(variables)
            self._has_other_colors = True

    def reparse(self) -> None:
        """Read everything again, where that makes a difference."""
        if self._has_other_colors:
            super().reparse()
            self._has_other_colors = False
