"""How an instance thinks with a model: what that is shown, says as it comes, wants used; and what is kept of it."""

from __future__ import annotations
