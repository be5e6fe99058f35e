"""Training: from labelled lines to a model. Law: the same lines give the same bytes, whatever the hash seed; no clock, no dice.

Every probability is judged on hands it was not learnt from: the model is fitted once without each author in turn, and what those
fits say of the author left out sets the temperatures and the marks. The held-out hand is never seen here.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from nlu.calibration import (
    Chances,
    Costs,
    best_marks,
    fit_alarm,
    fit_odds,
    fit_shifts,
    fit_temperature,
)
from nlu.corpus import Line
from nlu.model import Head, Model, log_odds, softmax
from nlu.sighting import Looks, look
from nlu.spelling import spell
from nlu.understanding import INTENTS, MATTERS, URGED
from nlu.varying import Variety, vary
from nlu.vectors import Vectors
from nlu.watch import Watcher, said_by
from nlu.words import Cutter, parts

NONE = "none"
FEWEST = 3
FEWEST_VARIED = 8
FOLDS = 3
AT_ONCE = 2
WORTH_SHARING = 4000
ENOUGH = 3
"""Every so many lines are enough to tell a few dozen shifts."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `strength` is an inverse regularisation, `varied` what a varied line weighs.

    `warmth` is the temperature at which the senses of matters add up: higher than the one that suits the intents, since that
    several are near says more than the nearest alone. `mix` is what the log odds that vectors tell count: they find what words
    miss and err differently, which helps with strangers more than with hands of the corpus. `costs` decide where speaking and
    flagging begin.
    """

    strength: float = 0.5
    varied: float = 0.5
    warmth: float = 0.4
    mix: float = 0.03
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True, slots=True)
class Task:
    """One head: its name and the class of a line (None: the line does not teach it)."""

    name: str
    label: Callable[[Line], str | None]


@dataclass(frozen=True, slots=True)
class Space:
    """The features that a set of lines taught: their columns among all features, how rare they are, how rare an unknown one is."""

    kept: NDArray[np.intp]
    idf: NDArray[np.float64]
    unknown: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Scores (line, class) by fits that did not see the line's author, and the true class, -1 where nobody could judge."""

    classes: tuple[str, ...]
    scores: NDArray[np.float64]
    target: NDArray[np.intp]

    @property
    def temperature(self) -> float:
        """The temperature that these scores need."""
        seen = self.target >= 0
        return fit_temperature(self.scores[seen], self.target[seen])

    @property
    def groups(self) -> NDArray[np.intp]:
        """The intent of each class, by number."""
        names = list(dict.fromkeys(name.split()[0] for name in self.classes))
        return np.array([names.index(name.split()[0]) for name in self.classes], dtype=np.intp)


def _sense(line: Line) -> str:
    """An intent and what kind of it: a linear model needs many narrow classes where one intent means many things."""
    finer = line.category if line.intent == "dispute" else (line.category or "")[:2]
    return f"{line.intent} {line.signal or line.sort or line.score or finer or ''}".strip()


def _category(line: Line) -> str | None:
    return line.category if line.category and line.category[-1].isdigit() else None


TASKS = (
    Task("sense", _sense),
    Task("category", _category),
    Task("stance", lambda line: line.stance if line.sort == "hard" and line.stance != "now" else None),
    Task("sensitive", lambda line: "yes" if line.sensitive else NONE),
)


def train(
    lines: Sequence[Line],
    words: Cutter,
    watch: Watcher,
    *,
    names: Mapping[str, Sequence[str]] | None = None,
    variety: Variety | None = None,
    vectors: Vectors | None = None,
    recipe: Recipe | None = None,
) -> Model:
    """The model learnt from these lines; `names` are words for each leaf, which teach the category alone.

    With a `variety` other forms of the lines are learnt beside them; what is judged are always the lines as written.
    With `vectors` what they see of a matter is added to its log odds.

    Raises ValueError when there are fewer than two intents.
    """
    recipe = recipe or Recipe()
    if len({line.intent for line in lines}) < 2:
        raise ValueError("training needs lines of two intents at least; add lines under training_data/intents")
    varied = vary(lines, variety) if variety else []
    taught = [*lines, *varied, *_named_lines(names or {})]
    at_once = AT_ONCE if len(lines) >= WORTH_SHARING else 1
    shares = [taught[place::at_once] for place in range(at_once)]
    told = joblib.Parallel(n_jobs=at_once)(joblib.delayed(_read)(share, words) for share in shares)
    read = [told[place % at_once][place // at_once] for place in range(len(taught))]
    known, rows = _incidence([names for names, _ in read])
    made = range(
        len(lines), len(lines) + len(varied)
    )  # forms made by machine say that something is a matter, not which
    labels = {task.name: _labels(task, taught, () if task.name == "sense" else made) for task in TASKS}
    folds = _folds(taught, len(lines))
    alone = {"sense": labels["sense"]}  # the other heads need no more than a temperature, and one fold tells it
    jobs = [
        joblib.delayed(_judged)(alone if fold else labels, rows, folds, fold, len(lines), recipe)
        for fold in range(folds.max() + 1)
    ]
    jobs.append(joblib.delayed(_learnt)(labels, rows, len(lines), recipe))
    *told, (space, fitted) = joblib.Parallel(n_jobs=at_once)(jobs)
    outside = _outside(labels, len(lines), told)
    heads = {name: replace(head, temperature=outside[name].temperature) for name, head in fitted.items()}
    heads["sense"], senses = _shifted(heads["sense"], outside["sense"])
    looks = None
    if vectors is not None:
        count = len(lines) + len(varied)
        trust = np.where(np.arange(count) < len(lines), 1.0, recipe.varied)
        matters = np.array([line.intent in MATTERS for line in taught[:count]])
        looks = look(vectors, [said for _, said in read[:count]], matters, trust, folds[:count], len(lines))
    return Model(
        logs=words.logs,
        floor=words.floor,
        vocabulary=tuple(known[column] for column in space.kept),
        idf=space.idf.astype(np.float32),
        unknown=space.unknown,
        heads=heads,
        **_decided(lines, senses, heads["sense"].temperature, looks, watch, recipe),
        card=_card(lines, outside, heads),
    )


def _read(lines: Sequence[Line], words: Cutter) -> list[tuple[list[str], list[str]]]:
    """The features and the words of each line."""
    return [parts(spell(line.text), words) for line in lines]


def _decided(
    lines: Sequence[Line], senses: Outside, temperature: float, looks: Looks | None, watch: Watcher, recipe: Recipe
) -> dict[str, Any]:
    """What turns scores into answers, as judged outside: warmth, sight, calibration of matters and alarms, marks."""

    def among(*intents: str) -> NDArray[np.bool_]:
        return np.array([name.split()[0] in intents for name in senses.classes])

    truth = np.array([line.intent in MATTERS for line in lines])
    warm = softmax(senses.scores / recipe.warmth)
    calm = softmax(senses.scores / temperature)
    groups = np.stack([calm[:, among(name)].sum(axis=1) for name in INTENTS], axis=1).argmax(axis=1)
    voiced = np.isin(groups, [INTENTS.index(name) for name in MATTERS])
    odds = log_odds(warm[:, among(*MATTERS)].sum(axis=1) + voiced * warm[:, among(URGED)].sum(axis=1))
    sight = None
    if looks is not None:
        odds = odds + recipe.mix * looks.outside
        sight = replace(looks.sight, weights=looks.sight.weights * np.float32(recipe.mix))
    matter = fit_odds(odds, truth)
    heat = warm[:, among("emergency")].sum(axis=1)
    said = np.array([said_by(watch.raised(spell(line.text))) for line in lines])
    alarm = fit_alarm(log_odds(heat), said, np.array([line.intent == "emergency" for line in lines]))
    chances = Chances(
        matter=1 / (1 + np.exp(-(matter[0] * odds + matter[1]))),
        question=calm[:, among("consultation")].sum(axis=1),
        emergency=np.array([alarm.chance(*pair) for pair in zip(heat.tolist(), said.tolist(), strict=True)]),
    )
    marks = best_marks(lines, chances, truth, recipe.costs)
    return {"warmth": recipe.warmth, "sight": sight, "matter": matter, "alarm": alarm, "marks": marks}


def _shifted(head: Head, senses: Outside) -> tuple[Head, Outside]:
    """The head of senses and what was said outside, both with the intents' shifts."""
    seen = np.flatnonzero(senses.target >= 0)[::ENOUGH]
    groups = senses.groups
    warmth, shifts = fit_shifts(senses.scores[seen], groups[senses.target[seen]], groups)
    bias = head.bias + shifts[groups].astype(np.float32)
    return replace(head, bias=bias, temperature=warmth), replace(senses, scores=senses.scores + shifts[groups])


def fold_of(lines: Sequence[Line]) -> NDArray[np.intp]:
    """The fold of each line: authors are shared out to FOLDS folds, so that each has its part of every intent; one author alone is
    cut by place."""
    sizes = Counter(line.author for line in lines)
    if len(sizes) < 2:
        return np.arange(len(lines), dtype=np.intp) % FOLDS
    said = {name: np.zeros(len(INTENTS)) for name in sizes}
    for line in lines:
        said[line.author][INTENTS.index(line.intent)] += 1
    whole = np.maximum(sum(said.values()), 1)
    filled = [np.zeros(len(INTENTS)) for _ in range(min(FOLDS, len(sizes)))]
    fold: dict[str, int] = {}
    for author in sorted(sizes, key=lambda name: (-sizes[name], name)):
        part = said[author] / whole
        fold[author] = int(np.argmin([((full + part) ** 2).sum() - (full**2).sum() for full in filled]))
        filled[fold[author]] += part
    return np.array([fold[line.author] for line in lines], dtype=np.intp)


def _folds(taught: Sequence[Line], count: int) -> NDArray[np.intp]:
    """The fold of every line that teaches: a varied line lies in its author's, a name of a leaf in none (-1)."""
    first = fold_of(taught[:count])
    by_author = {line.author: fold for line, fold in zip(taught, first, strict=False)}
    alone = len(by_author) == 1
    rest = [-1 if not line.author or alone else by_author[line.author] for line in taught[count:]]
    return np.array([*first, *rest], dtype=np.intp)


def _named_lines(names: Mapping[str, Sequence[str]]) -> list[Line]:
    return [Line(text=name, intent="", category=code) for code in sorted(names) for name in names[code]]


def _incidence(read: Sequence[Sequence[str]]) -> tuple[list[str], csr_matrix]:
    """The names of all features in order, and which line holds which, as ones."""
    known = sorted({name for names in read for name in names})
    index = {name: place for place, name in enumerate(known)}
    columns = np.array([index[name] for names in read for name in names], dtype=np.int32)
    ends = np.concatenate([[0], np.cumsum([len(names) for names in read])]).astype(np.int32)
    return known, csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(read), len(known)))


def _space(rows: csr_matrix, written: int) -> Space:
    """The features that stand in several of the first `written` rows, or often in all: a varied line repeats its own."""
    seen = np.bincount(rows.indices, minlength=rows.shape[1])
    said = np.bincount(rows[:written].indices, minlength=rows.shape[1])
    kept = np.flatnonzero((said >= FEWEST) | (seen >= FEWEST_VARIED))
    count = rows.shape[0] + 1
    return Space(kept, np.log(count / (1.0 + seen[kept])) + 1, float(np.log(count / 2) + 1))


def _weighed(rows: csr_matrix, space: Space) -> csr_matrix:
    """The rows in this space, scaled to length one over the known and the unknown features."""
    known = rows[:, space.kept]
    missing = np.diff(rows.indptr) - np.diff(known.indptr)
    values = space.idf[known.indices]
    lengths = np.asarray(csr_matrix((values**2, known.indices, known.indptr), shape=known.shape).sum(axis=1)).ravel()
    scale = 1 / np.sqrt(np.maximum(lengths + space.unknown**2 * missing, 1e-9))
    values *= np.repeat(scale, np.diff(known.indptr))
    return csr_matrix((values, known.indices, known.indptr), shape=known.shape)


def _labels(task: Task, lines: Sequence[Line], besides: Collection[int] = ()) -> list[str | None]:
    """The class of each line, save of those at these places; the name of a leaf teaches the category alone."""
    return [
        task.label(line) if (line.intent or task.name == "category") and place not in besides else None
        for place, line in enumerate(lines)
    ]


def _fit(labels: Sequence[str | None], rows: csr_matrix, written: int, recipe: Recipe) -> Head | None:
    """The head of a task, or None where the lines show fewer than two of its classes."""
    taught = np.array([place for place, label in enumerate(labels) if label is not None], dtype=np.intp)
    classes = sorted({label for label in labels if label is not None}, key=_order)
    if len(classes) < 2:
        return None
    number = {name: place for place, name in enumerate(classes)}
    target = np.array([number[str(labels[place])] for place in taught])
    trust = np.where(taught < written, 1.0, recipe.varied)
    weights, bias = _weights(rows[taught], target, trust, recipe)
    return Head(tuple(classes), weights.astype(np.float16), bias.astype(np.float32))


def _order(name: str) -> tuple[int, str]:
    intent = name.split()[0]
    return (INTENTS.index(intent) if intent in INTENTS else len(INTENTS), name)


def _weights(
    rows: csr_matrix, target: NDArray[Any], trust: NDArray[Any], recipe: Recipe
) -> tuple[NDArray[Any], NDArray[Any]]:
    with warnings.catch_warnings():  # few lines for many classes is no fault here: the corpus may be young
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        fitted = LinearSVC(C=recipe.strength, random_state=0, max_iter=1000, tol=1.0).fit(rows, target, trust)
    weights, bias = fitted.coef_.T, fitted.intercept_
    if weights.shape[1] == 1:  # two classes: one column, for the second
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights, bias


Labels = Mapping[str, Sequence[str | None]]
Told = tuple[NDArray[np.intp], Mapping[str, tuple[tuple[str, ...], NDArray[Any]]]]


def _learnt(labels: Labels, rows: csr_matrix, written: int, recipe: Recipe) -> tuple[Space, dict[str, Head]]:
    """The features of the rows, of which the first are as `written`, and the heads that they teach."""
    space = _space(rows, written)
    weighed = _weighed(rows, space)
    heads = {name: _fit(labels[name], weighed, written, recipe) for name in labels}
    return space, {name: head for name, head in heads.items() if head is not None}


def _judged(labels: Labels, rows: csr_matrix, folds: NDArray[np.intp], fold: int, count: int, recipe: Recipe) -> Told:
    """Those of the first `count` lines that lie in the fold, and what heads taught by the others say of them, by task."""
    inside, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds[:count] == fold)
    others = {name: [told[at] for at in inside.tolist()] for name, told in labels.items()}
    space, heads = _learnt(others, rows[inside], int((inside < count).sum()), recipe)
    weighed = _weighed(rows[asked], space)
    return asked, {
        name: (head.classes, weighed @ head.weights.astype(np.float32) + head.bias) for name, head in heads.items()
    }


def _outside(labels: Labels, count: int, told: Sequence[Told]) -> dict[str, Outside]:
    """By task, what the fits without each author say of that author."""
    outside = {}
    for name in labels:
        own = labels[name][:count]
        classes = sorted({label for label in own if label is not None}, key=_order)
        target = np.full(count, -1, dtype=np.intp)
        outside[name] = Outside(tuple(classes), np.zeros((count, len(classes))), target)
        for asked, heads in told:
            if name in heads:
                _note(outside[name], *heads[name], asked, own)
    return outside


def _note(
    outside: Outside,
    classes: tuple[str, ...],
    told: NDArray[Any],
    asked: NDArray[np.intp],
    labels: Sequence[str | None],
) -> None:
    """Writes the scores of the lines asked, for the classes that the head knows; a class that it does not know is far below."""
    known = [place for place, name in enumerate(classes) if name in outside.classes]  # a name of a leaf may teach more
    columns = [outside.classes.index(classes[place]) for place in known]
    outside.scores[asked] = told.min() - 10.0
    outside.scores[asked[:, None], np.array(columns)] = told[:, known]
    for line in asked.tolist():
        if labels[line] in classes:
            outside.target[line] = outside.classes.index(str(labels[line]))


def _card(lines: Sequence[Line], outside: Mapping[str, Outside], heads: Mapping[str, Head]) -> dict[str, Any]:
    """What the model was learnt from, and how often the fits that had not seen the author were right."""
    right = {}
    for name, judged in outside.items():
        seen = judged.target >= 0
        if not seen.any():
            continue
        hits = judged.scores.argmax(axis=1)[seen] == judged.target[seen]
        right[name] = round(float(hits.mean()), 4)
    return {
        "lines": len(lines),
        "authors": sorted({line.author for line in lines}),
        "intents": dict(sorted(Counter(line.intent for line in lines).items())),
        "classes": {name: len(head.classes) for name, head in heads.items()},
        "right_on_unseen_authors": right,
    }
