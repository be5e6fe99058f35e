"""Training: from labelled lines to a model. Law: the same lines give the same bytes, whatever the hash seed; no clock, no dice.

Every probability is judged on hands it was not learnt from: the model is fitted once without each author in turn, and what those
fits say of the author left out sets the temperatures and the marks. The held-out hand is never seen here.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from nlu.calibration import Costs, best_marks, fit_odds, fit_temperature
from nlu.corpus import HELD_OUT, Line, read_corpus
from nlu.model import Head, Model, log_odds, softmax
from nlu.registry import code_hash, data_hash, place, save
from nlu.spelling import spell
from nlu.taxonomy import read_domain
from nlu.understanding import INTENTS
from nlu.words import Cutter, cutter, features, read_words

MATTERS = ("complaint", "dispute", "emergency")
NONE = "none"
FEWEST = 2
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `strength` is an inverse regularisation; `costs` decide where speaking and flagging begin."""

    strength: float = 1.0
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True, slots=True)
class Task:
    """One head: its name and the class of a line (None: the line does not teach it)."""

    name: str
    label: Callable[[Line], str | None]


@dataclass(frozen=True, slots=True)
class Space:
    """The features that a set of lines taught."""

    vocabulary: tuple[str, ...]
    index: Mapping[str, int]
    idf: NDArray[np.float32]
    unknown: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Scores (line, class) by fits that did not see the line's author, and the true class, -1 where nobody could judge."""

    classes: tuple[str, ...]
    scores: NDArray[np.float64]
    target: NDArray[np.intp]

    @property
    def temperature(self) -> float:
        """The temperature that these scores need; senses are judged by the intent that they add up to."""
        seen = self.target >= 0
        names = [name.split()[0] for name in self.classes]
        groups = np.array([names.index(name) for name in names])
        return fit_temperature(self.scores[seen], groups[self.target[seen]], groups)

    def chance(self, *intents: str) -> NDArray[np.float64]:
        """The probability of any of these intents, for every line."""
        columns = [place for place, name in enumerate(self.classes) if name.split()[0] in intents]
        return np.asarray(softmax(self.scores / self.temperature)[:, columns].sum(axis=1))


def _sense(line: Line) -> str:
    """An intent and what kind of it: a linear model needs many narrow classes where one intent means many things."""
    finer = line.category if line.intent == "dispute" else (line.category or "")[:2]
    return f"{line.intent} {line.signal or line.sort or line.score or finer or ''}".strip()


def _category(line: Line) -> str | None:
    return line.category if line.category and line.category[-1].isdigit() else None


TASKS = (
    Task("sense", _sense),
    Task("category", _category),
    Task("stance", lambda line: line.stance if line.sort == "hard" else None),
    Task("sensitive", lambda line: "yes" if line.sensitive else NONE),
)


def train(
    lines: Sequence[Line],
    words: Cutter,
    *,
    names: Mapping[str, Sequence[str]] | None = None,
    recipe: Recipe | None = None,
) -> Model:
    """The model learnt from these lines; `names` are words for each leaf, which teach the category alone.

    Raises ValueError when there are fewer than two intents.
    """
    recipe = recipe or Recipe()
    if len({line.intent for line in lines}) < 2:
        raise ValueError("training needs lines of two intents at least; add lines under training_data/intents")
    taught = [*lines, *_named_lines(names or {})]
    read = [features(spell(line.text), words) for line in taught]
    outside = _outside(taught, read, fold_of(lines), recipe)
    space = _space(read[: len(lines)])
    rows = _matrix(read, space)
    heads = {}
    for task in TASKS:
        head = _fit(task, taught, rows, recipe)
        if head is not None:
            temperature = outside[task.name].temperature
            heads[task.name] = replace(head, temperature=temperature)
    senses = outside["sense"]
    truth = np.array([line.intent in MATTERS for line in lines])
    odds = log_odds(senses.chance(*MATTERS))
    matter = fit_odds(odds, truth)
    chances = 1 / (1 + np.exp(-(matter[0] * odds + matter[1])))
    return Model(
        vocabulary=space.vocabulary,
        idf=space.idf,
        unknown=space.unknown,
        heads=heads,
        matter=matter,
        marks=best_marks(lines, chances, truth, senses.chance("consultation"), recipe.costs),
        card=_card(lines, outside, heads),
    )


def train_folder(data: Path, cache: Path, *, recipe: Recipe | None = None) -> Path:
    """Trains on the `training_data` in this folder, save the held-out hand, and returns the model's folder in the cache.

    One that is there already is trained anew. Raises `nlu.page.Fault` for a fault in the data.
    """
    domain = read_domain(data)
    lines = [line for line in read_corpus(data, domain.categories) if line.author != HELD_OUT]
    words = cutter(read_words(data / "words.yaml"), cache / "jieba")
    model = train(lines, words, names=domain.names, recipe=recipe)
    card = {**model.card, "data": data_hash(data), "code": code_hash()}
    folder = place(cache, data)
    save(replace(model, card=card), folder)
    return folder


def fold_of(lines: Sequence[Line]) -> NDArray[np.intp]:
    """The fold of each line: its author, or its place in the corpus when there is only one author."""
    authors = sorted({line.author for line in lines})
    if len(authors) > 1:
        return np.array([authors.index(line.author) for line in lines], dtype=np.intp)
    return np.arange(len(lines), dtype=np.intp) % FOLDS


def _named_lines(names: Mapping[str, Sequence[str]]) -> list[Line]:
    return [Line(text=name, intent="", category=code) for code in sorted(names) for name in names[code]]


def _space(words: Sequence[Sequence[str]]) -> Space:
    seen: Counter[str] = Counter()
    for names in words:
        seen.update(names)
    vocabulary = tuple(sorted(name for name, times in seen.items() if times >= FEWEST))
    count = len(words) + 1
    idf = np.log(count / (1 + np.array([seen[name] for name in vocabulary], dtype=np.float64))) + 1
    index = {name: place for place, name in enumerate(vocabulary)}
    return Space(vocabulary, index, idf.astype(np.float32), float(np.log(count / 2) + 1))


def _matrix(words: Sequence[Sequence[str]], space: Space) -> csr_matrix:
    places: list[int] = []
    ends = [0]
    lengths = np.empty(len(words))
    index, idf = space.index, space.idf
    for number, names in enumerate(words):
        known = [place for name in names if (place := index.get(name)) is not None]
        places += known
        ends.append(len(places))
        lengths[number] = float(idf[known] @ idf[known]) + space.unknown**2 * (len(names) - len(known))
    columns = np.array(places, dtype=np.int32)
    scale = np.repeat(1 / np.sqrt(np.maximum(lengths, 1e-9)), np.diff(ends))
    values = (idf[columns] * scale).astype(np.float64)
    return csr_matrix((values, columns, np.array(ends, dtype=np.int32)), shape=(len(words), len(space.vocabulary)))


def _fit(task: Task, lines: Sequence[Line], rows: csr_matrix, recipe: Recipe) -> Head | None:
    """The head of a task, or None where the lines show fewer than two of its classes."""
    labels = [task.label(line) if line.intent or task.name == "category" else None for line in lines]
    taught = np.array([place for place, label in enumerate(labels) if label is not None], dtype=np.intp)
    classes = sorted({label for label in labels if label is not None}, key=_order)
    if len(classes) < 2:
        return None
    number = {name: place for place, name in enumerate(classes)}
    target = np.array([number[str(labels[place])] for place in taught])
    weights, bias = _weights(rows[taught], target, recipe)
    return Head(tuple(classes), weights.astype(np.float32), bias.astype(np.float32))


def _order(name: str) -> tuple[int, str]:
    intent = name.split()[0]
    return (INTENTS.index(intent) if intent in INTENTS else len(INTENTS), name)


def _weights(rows: csr_matrix, target: NDArray[Any], recipe: Recipe) -> tuple[NDArray[Any], NDArray[Any]]:
    with warnings.catch_warnings():  # few lines for many classes is no fault here: the corpus may be young
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        fitted = LinearSVC(C=recipe.strength, random_state=0, max_iter=3000, tol=1e-3).fit(rows, target)
    weights, bias = fitted.coef_.T, fitted.intercept_
    if weights.shape[1] == 1:  # two classes: one column, for the second
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights, bias


def _outside(
    lines: Sequence[Line], words: Sequence[Sequence[str]], folds: NDArray[np.intp], recipe: Recipe
) -> dict[str, Outside]:
    """By task, what the fits without each author say of that author; lines beyond the folds teach every fit."""
    labels = {task.name: [task.label(line) for line in lines] for task in TASKS}
    outside = {}
    for task in TASKS:
        classes = sorted({label for label in labels[task.name] if label is not None}, key=_order)
        target = np.full(len(folds), -1, dtype=np.intp)
        outside[task.name] = Outside(tuple(classes), np.zeros((len(folds), len(classes))), target)
    for fold in range(int(folds.max()) + 1):
        inside = [at for at in range(len(lines)) if at >= len(folds) or folds[at] != fold]
        asked = [at for at in range(len(folds)) if folds[at] == fold]
        space = _space([words[at] for at in inside if at < len(folds)])
        taught, told = _matrix([words[at] for at in inside], space), _matrix([words[at] for at in asked], space)
        for task in TASKS:
            head = _fit(task, [lines[at] for at in inside], taught, recipe)
            if head is not None:
                _note(outside[task.name], head, told @ head.weights + head.bias, asked, labels[task.name])
    return outside


def _note(outside: Outside, head: Head, told: NDArray[Any], asked: Sequence[int], labels: Sequence[str | None]) -> None:
    """Writes the scores of the lines asked, for the classes that the head knows; a class that it does not know is far below."""
    columns = [outside.classes.index(name) for name in head.classes]
    outside.scores[asked] = told.min() - 10.0
    outside.scores[np.array(asked)[:, None], np.array(columns)] = told
    for line in asked:
        if labels[line] in head.classes:
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
