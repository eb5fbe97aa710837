"""``python -m trinity_tui``: the same as ``trinity``."""

from __future__ import annotations

import sys

from trinity_tui.cli import main

sys.exit(main())
