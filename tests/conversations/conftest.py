"""The trained model for whole conversations: the one of the present data and code, or else the latest that was trained."""

from pathlib import Path

import pytest

from bot import settings, wiring
from bot.data import DATA
from bot.settings import Settings
from nlu import registry
from nlu.linear import Linear, load_reader


@pytest.fixture(scope="session")
def chosen() -> Settings:
    return settings.load(None, {})


@pytest.fixture(scope="session")
def mind(chosen: Settings) -> Linear:
    cache = wiring.model_cache(chosen)
    folder = registry.find(cache, DATA) or latest(cache)
    if folder is None:
        pytest.fail("there is no trained model yet: run `linli train --if-needed`")
    return load_reader(folder, DATA)


def latest(cache: Path) -> Path | None:
    models = sorted(cache.glob("*/model.json"), key=lambda path: (path.stat().st_mtime_ns, path))
    return models[-1].parent if models else None
