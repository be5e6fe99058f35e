"""Looks at all the data that the house goes by: wording, taxonomy, signals, knowledge, corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.data import DATA
from dialogs.wording import problems
from nlu.checking import check_corpus
from nlu.page import Fault
from nlu.taxonomy import read_domain


def faults(folder: Path = DATA) -> Iterator[tuple[bool, str]]:
    """Everything there is to say about the data files, as (is it an error, what)."""
    wording = folder / "wording.yaml"
    try:
        yield from (
            (True, f"{wording}: {fault}") for fault in problems(yaml.safe_load(wording.read_text(encoding="utf-8")))
        )
    except (OSError, yaml.YAMLError) as error:
        yield True, f"{wording}: {' '.join(str(error).split())}"
    try:
        leaves = set(read_domain(folder).lexicon.leaves)
    except Fault as error:
        yield True, str(error)
        leaves = None
    for problem in check_corpus(folder, leaves):
        yield problem.weight == "error", str(problem)
