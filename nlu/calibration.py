"""Calibration: what a probability is worth, and from where on it pays to speak. Law: judged on hands that the model has not seen.

True matters are rare in a group and common in the corpus. So chatter is weighed up to its real share before a mark is set, and
look-alikes, which the corpus collects on purpose, are weighed down to theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from nlu.corpus import Line
from nlu.model import Alarm, Marks, log_odds, softmax

Numbers = NDArray[np.float64]

HARD_SORTS = ("hard", "quarrel")
BORDER = "border"
CHATTER = ("chat", "notice", "praise")
NEVER = 0.9999
GRID: Numbers = np.linspace(-5.0, float(log_odds(NEVER)), 500)
"""The log odds among which a mark is sought."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What mistakes cost, in missed flags: a matter that nobody is told of costs one.

    `wrong_speak` is a wrong interjection in the group, `wrong_flag` a needless line on the worker's list, `only_flagged` a matter
    flagged where it might have been asked about, `question` a question to nobody in particular that no worker sees. `prior` is
    the share of matters among messages, `hard` that of look-alikes among chatter. A mark is where the cost is least, but no higher
    than `allowed_speak` and its like (wrong ones for each message of chatter) ask for: within them the model may be bolder than
    rarity alone would have it. 0 allows nothing.
    `allowed_heed`, `allowed_name` and `allowed_sure` are the same for emergencies that a worker looks at, that are named, and that
    are acted upon. The corpus's chatter is of neighbours, full of the words of matters, and is answered about seven times as often
    as talk of strangers.
    """

    wrong_speak: float = 20.0
    wrong_flag: float = 0.02
    only_flagged: float = 0.5
    question: float = 0.1
    prior: float = 0.0005
    hard: float = 0.02
    allowed_speak: float = 0.014
    allowed_flag: float = 0.063
    allowed_ask: float = 0.0003
    allowed_heed: float = 0.002
    allowed_name: float = 0.001
    allowed_sure: float = 0.0001


def fit_temperature(scores: Numbers, target: NDArray[np.intp], groups: NDArray[np.intp] | None = None) -> float:
    """The temperature under which the scores' probabilities say most of the target; 1 where there is nothing to judge.

    With `groups` (class to group) a probability is that of the target's whole group.
    """
    if not len(target):
        return 1.0
    member = np.arange(scores.shape[1]) if groups is None else groups
    inside = member[None, :] == target[:, None]
    grid = np.exp(np.linspace(np.log(0.03), np.log(10.0), 60))
    losses = [_loss(scores / warmth, inside) for warmth in grid]
    best = int(np.argmin(losses))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    finer = np.exp(np.linspace(np.log(low), np.log(high), 15))
    return round(float(finer[int(np.argmin([_loss(scores / warmth, inside) for warmth in finer]))]), 4)


def _loss(scores: Numbers, inside: NDArray[np.bool_]) -> float:
    chances = (softmax(scores) * inside).sum(axis=1)
    return float(-np.log(np.maximum(chances, 1e-12)).mean())


def fit_shifts(scores: Numbers, target: NDArray[np.intp], groups: NDArray[np.intp]) -> tuple[float, Numbers]:
    """Temperature, and what is to be added to the scores of each group, under which the groups' probabilities say most.

    `groups` leads from a class to its group, `target` are groups. The corpus has its own shares of them, and forms that were
    made by machine have more of some: the shifts put that right, by what was said of hands that were not seen.
    """
    count = int(groups.max()) + 1
    warmth = fit_temperature(scores, target, groups)
    if not len(target):
        return warmth, np.zeros(count)
    gather = np.eye(count)[groups]
    right = np.eye(count)[target]

    def loss(guess: Numbers) -> tuple[float, Numbers]:
        sharp = np.exp(guess[0])
        chances = softmax(sharp * scores + guess[1:][groups])
        sums = chances @ gather
        hit = np.maximum((sums * right).sum(axis=1), 1e-12)
        error = chances * (1 - (right / hit[:, None])[:, groups])
        slopes = np.concatenate([[sharp * (error * scores).sum()], error.sum(axis=0) @ gather])
        return float(-np.log(hit).mean() + 1e-3 * (guess[1:] ** 2).sum()), (
            slopes / len(target) + 2e-3 * np.concatenate([[0.0], guess[1:]])
        )

    begin = np.concatenate([[-np.log(warmth)], np.zeros(count)])
    best = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    warmth = round(float(np.exp(-best[0])), 4)
    return warmth, np.round(best[1:] * warmth, 5)


def fit_odds(odds: Numbers, truth: NDArray[np.bool_], *, steps: int = 50) -> tuple[float, float]:
    """Slope and offset that turn these log odds into calibrated ones (Platt's scaling, by Newton's steps)."""
    if truth.all() or not truth.any():
        return 1.0, 0.0
    slope, offset = 1.0, 0.0
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-(slope * odds + offset)))
        error, weight = chance - truth, chance * (1 - chance) + 1e-9
        gradient = np.array([(error * odds).sum(), error.sum()])
        curve = np.array([[(weight * odds * odds).sum(), (weight * odds).sum()], [(weight * odds).sum(), weight.sum()]])
        step = np.linalg.solve(curve + 1e-6 * np.eye(2), gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if np.abs(step).max() < 1e-8:
            break
    return (round(slope, 6), round(offset, 6)) if slope > 0 else (1.0, 0.0)


def fit_alarm(heat: Numbers, said: NDArray[np.str_], truth: NDArray[np.bool_]) -> Alarm:
    """How heat (log odds) and what the words say together tell the truth."""
    names = ("raised", "calmed", "unraised")
    if truth.all() or not truth.any():
        return Alarm(1.0, 0.0, 0.0, 0.0)
    seen = np.column_stack([heat, *(said == name for name in names)]).astype(np.float64)
    weights = LogisticRegression(C=10.0, fit_intercept=False, max_iter=200).fit(seen, truth).coef_[0]
    return Alarm(*(round(float(weight), 6) for weight in weights))


def chatter_weights(lines: Sequence[Line], costs: Costs) -> Numbers:
    """The share of each line among real chatter: look-alikes and what was written to be near the border have `hard` of it
    together, lines that are no chatter none."""
    chatter = np.array([line.intent in CHATTER for line in lines])
    hard = np.array([line.sort in HARD_SORTS or BORDER in line.tags for line in lines]) & chatter
    plain = chatter & ~hard
    weights = np.zeros(len(lines))
    share = costs.hard if hard.any() and plain.any() else float(hard.any())
    if hard.any():
        weights[hard] = share / hard.sum()
    if plain.any():
        weights[plain] = (1 - share) / plain.sum()
    return weights


def tail(odds: Numbers, weights: Numbers, marks: Numbers, *, beyond: float = 0.03) -> Numbers:
    """The share of `weights` at or above each mark; past the last `beyond` of it an exponential tail: few lines lie there."""
    order = np.argsort(-odds, kind="stable")
    sorted_odds, heavy = odds[order], np.cumsum(weights[order])
    start = sorted_odds[min(int(np.searchsorted(heavy, beyond)), len(heavy) - 1)]
    over = odds >= start
    held = float(weights[over].sum())
    excess = float((weights[over] * (odds[over] - start)).sum() / held) if held else 0.0
    seen = np.array([weights[odds >= mark].sum() for mark in marks])
    smooth = held * np.exp(-np.maximum(marks - start, 0) / max(excess, 1e-3))
    return np.where(marks > start, np.maximum(smooth, seen), seen)


@dataclass(frozen=True, slots=True)
class Chances:
    """What was said of each line by fits that had not seen its hand: the probability of a matter, a question, an emergency."""

    matter: Numbers
    question: Numbers
    emergency: Numbers


def best_marks(lines: Sequence[Line], chances: Chances, truth: NDArray[np.bool_], costs: Costs) -> Marks:
    """The marks for these probabilities; `truth` says which lines are matters."""
    weights = chatter_weights(lines, costs)
    if not truth.any() or not weights.any():
        return Marks(speak=NEVER, flag=0.5, ask=0.9, heed=0.5, name=0.5, sure=NEVER)
    flagged = 1 - costs.only_flagged
    asked = np.array([line.intent == "consultation" for line in lines])
    speak = _mark(
        chances.matter, truth, weights, costs.prior * costs.only_flagged / costs.wrong_speak, costs.allowed_speak
    )
    flag = _mark(chances.matter, truth, weights, costs.prior * flagged / costs.wrong_flag, costs.allowed_flag)
    ask = _mark(chances.question, asked, weights, costs.prior * costs.question / costs.wrong_flag, costs.allowed_ask)
    heed, name, sure = (
        _within(chances.emergency, weights, allowed)
        for allowed in (costs.allowed_heed, costs.allowed_name, costs.allowed_sure)
    )
    return Marks(
        speak=max(speak, flag), flag=flag, ask=ask, heed=heed, name=max(name, heed), sure=max(sure, name, heed)
    )


def _mark(chances: Numbers, truth: NDArray[np.bool_], weights: Numbers, worth: float, allowed: float) -> float:
    """The probability from which on hits, each worth so many false alarms, cost least; lower where the allowance is not used."""
    odds, wrong = log_odds(chances), _wrong(chances, weights)
    missed = np.array([(odds[truth] < mark).mean() if truth.any() else 0.0 for mark in GRID])
    cheapest = float(GRID[int(np.argmin(wrong + worth * missed))])
    return min(_chance(cheapest), _within(chances, weights, allowed))


def _within(chances: Numbers, weights: Numbers, allowed: float) -> float:
    """The least probability from which on no more of the chatter than that is taken for something."""
    wrong = _wrong(chances, weights)
    return _chance(float(GRID[int(np.argmax(wrong <= allowed)) if (wrong <= allowed).any() else -1]))


def _wrong(chances: Numbers, weights: Numbers) -> Numbers:
    """The share of chatter at or above each mark of the grid."""
    chat = weights > 0
    return tail(log_odds(chances)[chat], weights[chat], GRID)


def _chance(odds: float) -> float:
    return round(float(1 / (1 + np.exp(-odds))), 6)
