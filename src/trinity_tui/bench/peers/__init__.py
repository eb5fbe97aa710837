"""The bus and what its users could take instead, each behind the same five verbs, measured in the same run."""

from __future__ import annotations
