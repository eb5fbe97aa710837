"""Inside an instance's process: the loop, the roles, the live lane; and the keeper, the parent of them all."""

from __future__ import annotations
