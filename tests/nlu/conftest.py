"""A small model for all tests of the room: every fifth line of the corpus, trained once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from nlu.corpus import HELD_OUT, Line, read_corpus
from nlu.dictionary import cutter
from nlu.linear import Linear, load_reader
from nlu.model import Model
from nlu.registry import save
from nlu.taxonomy import Domain, read_domain
from nlu.training import train
from nlu.understanding import Surroundings
from nlu.watch import Watcher, watcher
from nlu.words import Cutter, read_words

DATA = Path(__file__).parents[2] / "training_data"
BY_DAY = datetime.fromisoformat("2026-05-12T15:00:00+08:00")


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def domain() -> Domain:
    return read_domain(DATA)


@pytest.fixture(scope="session")
def corpus(domain: Domain) -> list[Line]:
    return read_corpus(DATA, domain.categories)


@pytest.fixture(scope="session")
def words() -> Cutter:
    return cutter(read_words(DATA / "words.yaml"))


@pytest.fixture(scope="session")
def watch(domain: Domain) -> Watcher:
    return watcher(domain)


@pytest.fixture(scope="session")
def few(corpus: list[Line]) -> list[Line]:
    return [line for line in corpus if line.author != HELD_OUT][::5]


@pytest.fixture(scope="session")
def small(few: list[Line], words: Cutter, watch: Watcher, domain: Domain) -> Model:
    return train(few, words, watch, names=domain.names)


@pytest.fixture(scope="session")
def model_dir(small: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "small"
    save(small, folder)
    return folder


@pytest.fixture(scope="session")
def reader(model_dir: Path) -> Linear:
    return load_reader(model_dir, DATA)


@pytest.fixture(scope="session")
def around() -> Callable[..., Surroundings]:
    def make(kind: str = "text") -> Surroundings:
        return Surroundings(BY_DAY, kind)

    return make
