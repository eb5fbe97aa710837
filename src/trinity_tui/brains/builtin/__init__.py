"""The brain that is no language model: it reads a workspace, finds defects in it and answers with file and line.

Pure functions and git; no event loop, no network. Speaking on the bus and taking turns belong to the harness.
"""

from __future__ import annotations
