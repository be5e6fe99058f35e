"""What all tests share: the model of the present data and code, trained once and read once by each process."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import settings, wiring
from bot.data import DATA
from bot.settings import Settings
from dialogs.manners import House
from nlu import registry
from nlu.linear import Linear

ROOT = Path(__file__).parents[1]
_LINLI = (sys.executable, "-c", "from bot.cli import main; main()")


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def models() -> Path:
    """The cache with the model of the present data and code; whoever comes first trains it, the others wait."""
    cache = ROOT / "data" / "models"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if registry.find(cache, DATA) is None:
            bare = {name: value for name, value in os.environ.items() if not name.startswith(settings.PREFIX)}
            command = [*_LINLI, "train", "--if-needed"]
            done = subprocess.run(command, cwd=ROOT, env={**bare, "LINLI_DATA": str(cache.parent)}, capture_output=True)
            assert done.returncode == 0, done.stderr.decode()
    return cache


@pytest.fixture(scope="session")
def shipped(models: Path) -> Settings:
    """The settings that are built in, over the repository's own data folder."""
    return settings.load(None, {}).model_copy(update={"data": models.parent})


@pytest.fixture(scope="session")
def mind(shipped: Settings) -> Linear:
    """The reader with the present model."""
    return wiring.reader(shipped)


@pytest.fixture(scope="session")
def house(shipped: Settings, mind: Linear) -> House:
    """What every decision goes by, with the shipped manners and no secret."""
    return wiring.house(shipped, mind, account="test", secret="")
