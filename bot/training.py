"""Trains the shipped corpus into the model cache, and measures the model on the hand that it has never seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from adapters.ports import Refused
from bot.data import DATA
from nlu import registry
from nlu.corpus import HELD_OUT, Line, read_corpus, read_file
from nlu.dictionary import cutter
from nlu.evaluation import Report, evaluate, tell
from nlu.evaluation_lines import Change, Error, compare, worst
from nlu.linear import load_reader
from nlu.taxonomy import read_domain
from nlu.training import train
from nlu.understanding import Surroundings
from nlu.varying import read_variety
from nlu.vector_learning import learn_vectors
from nlu.vectors import read_vectors, write_vectors
from nlu.watch import watcher
from nlu.words import read_words

SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model and how it does on the hand that it has never seen."""

    folder: Path
    lines: int
    report: Report


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a model does, its worst errors by kind, and how it differs from a rival on the same lines, if there is one."""

    report: Report
    errors: Mapping[str, Sequence[Error]]
    rival: Report | None = None
    changes: tuple[Change, ...] = ()


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
    model = train(taught, words, watcher(domain, words.logs), names=domain.names, variety=variety, vectors=vectors)
    step("keep the model")
    card = {**model.card, "data": registry.data_hash(DATA), "code": registry.code_hash()}
    folder = registry.place(cache, DATA)
    registry.save(replace(model, card=card), folder)
    step("measure on the unseen hand")
    report = measure(folder, [line for line in lines if line.author == HELD_OUT], now=now)
    return Learnt(folder, len(taught), report)


def measure(folder: Path, lines: list[Line], *, now: datetime) -> Report:
    """How the model in a folder does on some lines."""
    reader = load_reader(folder, DATA)
    return evaluate(tell(lines, reader, Surroundings(now)), reader)


def judged(folder: Path, data: Path | None, *, now: datetime, against: Path | None = None) -> Judgement:
    """How the model in a folder does on the lines of a file or folder, or on the held-out hand; and the one `against` it.

    Both read with the shipped signals and vectors: what differs is the model. Raises `Refused` where there are no lines.
    """
    lines = unseen(data)
    reader, around = load_reader(folder, DATA), Surroundings(now)
    told = tell(lines, reader, around)
    report, errors = evaluate(told, reader), worst(told, reader)
    if against is None:
        return Judgement(report, errors)
    other = load_reader(against, DATA)
    others = tell(lines, other, around)
    return Judgement(report, errors, evaluate(others, other), compare(told, others))


def unseen(data: Path | None) -> list[Line]:
    """The lines to judge on: of a corpus file, of all such files under a folder, or of the held-out hand."""
    known = read_domain(DATA).categories
    if data is None:
        return [line for line in read_corpus(DATA, known) if line.author == HELD_OUT]
    if not data.exists():
        raise Refused(f"{data}: no such file or folder")
    files = sorted(path for path in data.rglob("*") if path.suffix in SUFFIXES) if data.is_dir() else [data]
    lines = [line for path in files for line in read_file(path, known)]
    if not lines:
        raise Refused(f"{data}: there are no labelled lines; give a corpus file (.yml) or a folder of them")
    return lines


def learn_words(files: Sequence[Path], folder: Path) -> int:
    """Learn word vectors from files with a sentence a line, write them as this folder, and say how many words they hold."""
    vectors = learn_vectors(_sentences(files), cutter(read_words(DATA / "words.yaml")))
    write_vectors(vectors, folder)
    return len(vectors.index)


def _sentences(files: Sequence[Path]) -> Iterator[str]:
    for path in files:
        with path.open(encoding="utf-8") as lines:
            yield from (line.rstrip("\n") for line in lines)
