"""A model: arrays and names. Law: numbers only, no code in it; numpy arithmetic, the same for training's judgement and for use.

A head is a linear model over weighted features: a feature weighs its rarity (`idf`), a text is scaled to length one, and
features that the model has never seen count for the length: what is unknown makes a text say less, and less is chatter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
"""Weights are kept in two bytes each: a text needs few of them, and they are the most of a model."""

LEAST = 1e-7


@dataclass(frozen=True, slots=True)
class Head:
    """One question to the model. `weights` is (feature, class), `bias` (class); a temperature above one makes it humbler."""

    classes: tuple[str, ...]
    weights: Halves
    bias: Floats
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the answers begin: `speak` and `flag` on the probability of a matter, `ask` on that of a consultation.

    On that of an emergency `heed` says from where on a worker looks, `name` from where on it is named, `sure` from where on it is
    acted upon.
    """

    speak: float
    flag: float
    ask: float
    heed: float
    name: float
    sure: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """How heat and words together say that there is an emergency: log odds = slope x log odds of the heat + one of the others.

    `raised` where words raise one, `calmed` where others of them make it none again, `unraised` where no word does.
    """

    slope: float
    raised: float
    calmed: float
    unraised: float

    def chance(self, heat: float, words: str) -> float:
        """The probability of an emergency; `words` is "raised", "calmed" or "unraised"."""
        return straightened(odds_of(heat), self.slope, getattr(self, words))


@dataclass(frozen=True, slots=True)
class Sight:
    """What word vectors add to the log odds of a matter: cosines of a projection, weighed. It bends where a head is straight."""

    project: Floats
    phase: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learnt. `warmth` is the temperature at which senses add up to a matter, `matter` slope and offset on its log
    odds; `card` says what it was learnt from and how good it is. `logs` and `floor` are the
    dictionary that its lines were cut by.

    `hash` is that of its content, given by the registry.
    """

    logs: Mapping[str, float]
    floor: float
    vocabulary: tuple[str, ...]
    idf: Floats
    unknown: float
    heads: Mapping[str, Head]
    warmth: float
    matter: tuple[float, float]
    alarm: Alarm
    marks: Marks
    sight: Sight | None = None
    card: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def weigh(
    names: Sequence[str], index: Mapping[str, int], idf: Floats, unknown: float
) -> tuple[NDArray[np.intp], Floats]:
    """The known features of a text as (positions, weights), scaled to length one over the known and the unknown."""
    known = [place for place in map(index.get, names) if place is not None]
    rows = np.array(known, dtype=np.intp)
    weights = idf[rows]
    length = float(weights @ weights) + unknown * unknown * (len(names) - len(known))
    return rows, weights * np.float32(length**-0.5 if length else 0.0)


def ask(head: Head, rows: NDArray[np.intp], weights: Floats) -> Floats:
    """The probabilities of the head's classes for one weighed text."""
    return tempered(score(head, rows, weights), head.temperature)


def score(head: Head, rows: NDArray[np.intp], weights: Floats) -> Floats:
    """The scores of the head's classes for one weighed text."""
    return np.asarray(weights @ head.weights[rows].astype(np.float32) + head.bias, dtype=np.float32)


def tempered(scores: Floats, temperature: float) -> Floats:
    """The probabilities that scores stand for at this temperature."""
    raised = np.exp((scores - scores.max()) / temperature)
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def see(sight: Sight, pooled: Floats) -> float:
    """What the vectors of a text add to the log odds of a matter."""
    return float(np.cos(pooled @ sight.project + sight.phase) @ sight.weights)


def odds_of(probability: float) -> float:
    """The log odds of one probability, bounded."""
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


def straightened(odds: float, slope: float, offset: float) -> float:
    """The probability that these log odds stand for once they are calibrated."""
    bent = slope * odds + offset
    return 1 / (1 + math.exp(-bent)) if bent > -700 else 0.0


def log_odds(probabilities: NDArray[Any] | float) -> NDArray[np.float64]:
    """The log odds of probabilities, bounded."""
    bounded = np.clip(np.asarray(probabilities, dtype=np.float64), LEAST, 1 - LEAST)
    return np.asarray(np.log(bounded / (1 - bounded)))
