"""Learning vectors: words that stand among the same words become alike. Law: the same text gives the same bytes; minutes, no label.

Counts of neighbours become positive pointwise information (PPMI), and a randomised singular value decomposition makes it small.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from nlu.spelling import spell
from nlu.vectors import Vectors
from nlu.words import Cutter

_NUMBER = re.compile(r"[0-9]+")
APART = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """How vectors are learnt: how many words with how many numbers each, how far neighbours stand, what counts as often.

    `common` decides what a frequent word weighs in a text, `smooth` how much rare neighbours say.
    """

    words: int = 30_000
    width: int = 128
    window: int = 5
    fewest: int = 8
    neighbours: int = 16_000
    rounds: int = 4
    smooth: float = 0.75
    common: float = 3e-4


def learn_vectors(lines: Iterable[str], cutter: Cutter, lesson: Lesson | None = None) -> Vectors:
    """The vectors of the words in these lines; raises ValueError where they hold too few words."""
    lesson = lesson or Lesson()
    stream: list[str] = []
    for line in lines:
        stream += cutter.cut(_NUMBER.sub("0", spell(line).lower()))
        stream += [APART] * lesson.window
    counts = Counter(word for word in stream if word and "\n" not in word)
    often = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: lesson.words]
    words = [word for word, times in often if times >= lesson.fewest]
    if len(words) <= lesson.width:
        raise ValueError(f"only {len(words)} words stand {lesson.fewest} times or more: give more text")
    index = {word: place for place, word in enumerate(words)}
    places = np.array([index.get(word, -1) for word in stream], dtype=np.int64)
    near = _neighbours(places, len(words), lesson)
    rows = _reduced(_information(near, lesson), lesson)
    share = np.array([counts[word] for word in words]) / sum(counts[word] for word in words)
    return _eight_bits(index, rows, lesson.common / (lesson.common + share))


def _neighbours(places: NDArray[np.int64], size: int, lesson: Lesson) -> csr_matrix:
    """How often each word stands near each frequent one; nearer counts more."""
    width = min(size, lesson.neighbours)
    near = csr_matrix((size, width), dtype=np.float32)
    for distance in range(1, lesson.window + 1):
        weight = 1 / (1 + 0.25 * (distance - 1))
        first, second = places[:-distance], places[distance:]
        for word, other in ((first, second), (second, first)):
            both = (word >= 0) & (other >= 0) & (other < width)
            ones = np.full(int(both.sum()), weight, dtype=np.float32)
            near = near + coo_matrix((ones, (word[both], other[both])), shape=near.shape).tocsr()
    return near


def _information(near: csr_matrix, lesson: Lesson) -> csr_matrix:
    rows = np.asarray(near.sum(axis=1)).ravel()
    columns = np.asarray(near.sum(axis=0)).ravel() ** lesson.smooth
    columns = columns / columns.sum()
    pairs = near.tocoo()
    told = np.log(pairs.data / (rows[pairs.row] * columns[pairs.col]))
    kept = told > 0
    values = told[kept].astype(np.float32)
    return csr_matrix((values, (pairs.row[kept], pairs.col[kept])), shape=near.shape)


def _reduced(information: csr_matrix, lesson: Lesson) -> NDArray[Any]:
    """The words as rows of `width` numbers: left singular vectors by the root of their weight."""
    dice = np.random.default_rng(0)
    guess = information @ dice.standard_normal((information.shape[1], lesson.width + 16)).astype(np.float32)
    for _ in range(lesson.rounds):
        guess = np.linalg.qr(information.T @ np.linalg.qr(guess)[0])[0]
        guess = information @ guess
    base = np.linalg.qr(guess)[0]
    left, weights, _ = np.linalg.svd((information.T @ base).T, full_matrices=False)
    return np.asarray((base @ left)[:, : lesson.width] * np.sqrt(weights[: lesson.width]))


def _eight_bits(index: dict[str, int], rows: NDArray[Any], weights: NDArray[Any]) -> Vectors:
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    unit = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    table = np.round(rows / unit[:, None]).astype(np.int8)
    return Vectors(index, table, np.column_stack([unit, weights]).astype(np.float32))
