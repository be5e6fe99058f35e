"""Trains the shipped corpus into the model cache, and measures the model on the hand that it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.data import DATA
from nlu import registry
from nlu.corpus import HELD_OUT, Line, read_corpus
from nlu.evaluation import Report, evaluate
from nlu.linear import load_reader
from nlu.taxonomy import read_domain
from nlu.training import train
from nlu.understanding import Surroundings
from nlu.varying import read_variety
from nlu.words import cutter, read_words


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
    lines = read_corpus(DATA, set(domain.lexicon.leaves))
    taught = [line for line in lines if line.author != HELD_OUT]
    step("train")
    variety = read_variety(DATA / "varying.yaml")
    model = train(taught, cutter(read_words(DATA / "words.yaml")), names=domain.names, variety=variety)
    step("keep the model")
    folder = registry.place(cache, DATA)
    registry.save(model, folder)
    step("measure on the unseen hand")
    report = measure(folder, [line for line in lines if line.author == HELD_OUT], now=now)
    return Learnt(folder, len(taught), report)


def measure(folder: Path, lines: list[Line], *, now: datetime) -> Report:
    """How the model in a folder does on some lines."""
    return evaluate(lines, load_reader(folder, DATA), Surroundings(now))
