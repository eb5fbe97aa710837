"""The program ``trinity``, but that every instance is a ``speaker``: it says on the lanes what messages tell it to."""

from __future__ import annotations

import sys

from trinity_tui.cli.main import main
from trinity_tui.daemon import equipment

equipment.PROGRAM = "speaker"
sys.exit(main())
