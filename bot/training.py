"""Trains the shipped corpus into the model cache, and measures the model on the hand that it has never seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.data import DATA
from nlu import registry
from nlu.corpus import HELD_OUT, Line, read_corpus, read_file
from nlu.dictionary import cutter
from nlu.evaluation import Report, evaluate
from nlu.linear import load_reader
from nlu.taxonomy import read_domain
from nlu.training import train
from nlu.understanding import Surroundings
from nlu.varying import read_variety
from nlu.vector_learning import learn_vectors
from nlu.vectors import read_vectors, write_vectors
from nlu.words import read_words


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model and how it does on the hand that it has never seen."""

    folder: Path
    lines: int
    report: Report


def learn(cache: Path, *, now: datetime, step: Callable[[str], None] = lambda name: None) -> Learnt:
    """Train the shipped corpus and keep the model under the hash of data and code. `step` is told what begins."""
    step("read the corpus")
    domain = read_domain(DATA)
    lines = read_corpus(DATA, domain.categories)
    taught = [line for line in lines if line.author != HELD_OUT]
    step("train")
    variety = read_variety(DATA / "varying.yaml")
    vectors = read_vectors(DATA / "vectors")
    words = cutter(read_words(DATA / "words.yaml"))
    model = train(taught, words, names=domain.names, variety=variety, vectors=vectors)
    step("keep the model")
    card = {**model.card, "data": registry.data_hash(DATA), "code": registry.code_hash()}
    folder = registry.place(cache, DATA)
    registry.save(replace(model, card=card), folder)
    step("measure on the unseen hand")
    report = measure(folder, [line for line in lines if line.author == HELD_OUT], now=now)
    return Learnt(folder, len(taught), report)


def measure(folder: Path, lines: list[Line], *, now: datetime) -> Report:
    """How the model in a folder does on some lines."""
    return evaluate(lines, load_reader(folder, DATA), Surroundings(now))


def judged(folder: Path, file: Path | None, *, now: datetime) -> Report:
    """How the model in a folder does on the lines of a file, or on the held-out hand."""
    if file is not None:
        return measure(folder, read_file(file), now=now)
    return measure(folder, [line for line in read_corpus(DATA) if line.author == HELD_OUT], now=now)


def learn_words(files: Sequence[Path], folder: Path) -> int:
    """Learn word vectors from files with a sentence a line, write them as this folder, and say how many words they hold."""
    vectors = learn_vectors(_sentences(files), cutter(read_words(DATA / "words.yaml")))
    write_vectors(vectors, folder)
    return len(vectors.index)


def _sentences(files: Sequence[Path]) -> Iterator[str]:
    for path in files:
        with path.open(encoding="utf-8") as lines:
            yield from (line.rstrip("\n") for line in lines)
