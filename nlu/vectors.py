"""Vectors: what words are like, learnt from unlabelled text. Law: eight bits a number, read once; the same text, the same numbers.

They lie in `training_data/vectors`, with a note of what they were learnt from; without them a model does without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.model import Floats
from nlu.page import Fault

WORDS, TABLE, SCALES = "words.txt", "table.npy", "scales.npy"
REMEDY = "learn them anew with `linli vectors`"
NUMBER = "0"


@dataclass(frozen=True, slots=True)
class Vectors:
    """One row of `table` for each word of `index`; `scales` are (length of the row's unit, weight of the word in a text)."""

    index: Mapping[str, int]
    table: NDArray[np.int8]
    scales: Floats

    @property
    def width(self) -> int:
        """How many numbers a word has."""
        return int(self.table.shape[1])


def read_vectors(folder: Path) -> Vectors | None:
    """The vectors in this folder, or None if there is no such folder; `Fault` if they do not fit together."""
    if not (folder / WORDS).exists():
        return None
    words = (folder / WORDS).read_text(encoding="utf-8").split("\n")[:-1]
    try:
        table = np.load(folder / TABLE, allow_pickle=False)
        scales = np.load(folder / SCALES, allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise Fault(folder, 1, f"unreadable vectors ({error})", REMEDY) from error
    if table.dtype != np.int8 or table.shape[:1] != (len(words),) or scales.shape != (len(words), 2):
        raise Fault(folder / WORDS, len(words), "as many words as rows are needed", REMEDY)
    return Vectors({word: place for place, word in enumerate(words)}, table, scales.astype(np.float32))


def write_vectors(vectors: Vectors, folder: Path) -> None:
    """Writes the vectors as this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WORDS).write_text("".join(word + "\n" for word in vectors.index), encoding="utf-8", newline="\n")
    np.save(folder / TABLE, vectors.table, allow_pickle=False)
    np.save(folder / SCALES, vectors.scales, allow_pickle=False)


def pool(vectors: Vectors, words: Sequence[str]) -> Floats:
    """The mean of the words' vectors, rare words first; zeros where none is known. A number is read as `0`."""
    index = vectors.index
    known = [at for word in words if (at := index.get(word if word.strip("0") else NUMBER)) is not None]
    if not known:
        return np.zeros(vectors.width, dtype=np.float32)
    rows = np.array(known)
    weights = vectors.scales[rows, 1]
    sums = (weights * vectors.scales[rows, 0]) @ vectors.table[rows]
    return np.asarray(sums / weights.sum(), dtype=np.float32)
