"""Sighting: how training learns what word vectors say of a matter. Law: judged on hands that it has not seen.

Means of word vectors are turned into cosines of fixed random projections (a radial kernel), and a logistic regression weighs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlu.model import Floats, Sight
from nlu.vectors import Vectors, pool

COSINES = 600
BREADTH = 15.0


@dataclass(frozen=True, slots=True)
class Looks:
    """What was learnt from vectors, and what it says of each line (in log odds) when it has not seen the line's hand."""

    sight: Sight
    outside: NDArray[np.float64]


def look(
    vectors: Vectors,
    words: Sequence[Sequence[str]],
    truth: NDArray[np.bool_],
    trust: NDArray[np.float64],
    folds: NDArray[np.intp],
    written: int,
) -> Looks:
    """Learns from the words of lines, of which the first are as `written`, which ones are matters."""
    cosines, sight = sighted(vectors, words, written)
    outside = np.zeros(written)
    for fold in range(int(folds.max()) + 1):
        inside, asked = folds != fold, np.flatnonzero(folds[:written] == fold)
        if truth[inside].any() and not truth[inside].all():
            outside[asked] = cosines[asked] @ weighed(cosines[inside], truth[inside], trust[inside])
    return Looks(replace(sight, weights=weighed(cosines, truth, trust)), outside)


def sighted(vectors: Vectors, words: Sequence[Sequence[str]], written: int) -> tuple[NDArray[np.float32], Sight]:
    """The cosines of each text, and the projection that makes them, still without weights; the first `written` set the scale."""
    pooled = np.array([pool(vectors, names) for names in words])
    spread = pooled[:written].std(axis=0) + 1e-6
    dice = np.random.default_rng(0)
    project = dice.standard_normal((vectors.width, COSINES)) * np.sqrt(2) / (spread[:, None] * BREADTH)
    phase = dice.uniform(0, 2 * np.pi, COSINES) - pooled[:written].mean(axis=0) @ project
    sight = Sight(project.astype(np.float32), phase.astype(np.float32), np.zeros(COSINES, dtype=np.float32))
    return np.cos(pooled @ sight.project + sight.phase), sight


def weighed(
    cosines: NDArray[np.float32],
    truth: NDArray[np.bool_],
    trust: NDArray[np.float64],
    *,
    strength: float = 20.0 / COSINES,
) -> Floats:
    """The weights under which the cosines say the truth."""
    fitted = LogisticRegression(C=strength, max_iter=120, tol=1e-3).fit(cosines, truth, sample_weight=trust)
    return np.asarray(fitted.coef_[0], dtype=np.float32)
