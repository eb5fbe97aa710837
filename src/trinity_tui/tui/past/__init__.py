"""The room of the past: folded from a snapshot and what was said after it, and what a line of time shows of the log."""
