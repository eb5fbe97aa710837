"""Where an instance's words come from; today the builtin brain, which is no language model and says so."""

from __future__ import annotations
