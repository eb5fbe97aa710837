"""The Logs as rules: which lines are shown, since when, and what caused one. Widgets paint them."""
