"""The child process of the builtin brain; see ``work``."""

from __future__ import annotations

import sys

from trinity_tui.brains.builtin.work import main

sys.exit(main())
