"""One process: started in a session of its own, known beyond its pid, awaited, stopped with all it started.

Nothing here knows instances, epochs or policies; ``supervision`` and the keeper do.
"""

from __future__ import annotations
