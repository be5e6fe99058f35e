"""The command as a process of its own."""

from __future__ import annotations

import sys

LINLI = (sys.executable, "-c", "from bot.cli import main; main()")
