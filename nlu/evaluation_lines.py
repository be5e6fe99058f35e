"""Evaluation line by line: where two readers differ, which errors are the worst, and which words brought them about.

Law: what is said of a decision comes of the very arithmetic that decided. A word weighs what the log odds of the decision would
lose if the model had learnt nothing of it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from nlu.evaluation import (
    MEASURES,
    PER_THOUSAND,
    Measure,
    Report,
    Share,
    Told,
    alarmed,
    calibration,
    called,
    grid,
    said,
    scale,
    worded,
)
from nlu.linear import Linear
from nlu.model import score, see, straightened, tempered, weigh
from nlu.spelling import spell
from nlu.understanding import MATTERS, Reader, Understanding
from nlu.vectors import pool
from nlu.watch import said_by
from nlu.words import parts

DOUBT = 0.05
WORST = 20
WORDS = 6
SHOWN = 3
LETTERS = 60
VECTORS = "#vectors"
SIGNALS_YAML = "#signals"
"""By these names stands beside the words what word vectors add to a matter, and the words of `signals.yaml` to an emergency."""

ERRORS: Mapping[str, Measure] = {
    "spoken": Measure(lambda line: line.intent == "chat", lambda line, told: told.answer == "speak"),
    "alarmed": Measure(lambda line: line.intent == "chat", lambda line, told: alarmed(told)),
    "flagged": Measure(
        lambda line: line.intent == "chat", lambda line, told: told.answer == "flag" and not alarmed(told)
    ),
    "missed": Measure(lambda line: line.intent in MATTERS, lambda line, told: told.answer == "silent"),
}
"""The kinds of errors: chatter that was spoken to, alarmed about or flagged for another reason; matters met with silence."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of two readers on the same lines: `gained` were right with ours alone, `lost` with theirs alone.

    For a measure of errors right means that it was not made. `chance` is that of so uneven a split if both are equally good.
    """

    name: str
    ours: Share
    theirs: Share
    gained: int
    lost: int
    chance: float

    @property
    def certain(self) -> bool:
        """Whether the difference is beyond what chance does in 95 of 100 cases."""
        return self.chance < DOUBT


@dataclass(frozen=True, slots=True)
class Weighing:
    """The probability of what was decided about, and what each word added to its log odds, the heaviest first.

    Words are features of the model: letters, words, pairs of words, `#` shapes; `^` is the beginning and `$` the end of the text.
    """

    about: str
    chance: float
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Error:
    """A wrong answer; how it came about is known of the linear backend alone."""

    told: Told
    weighing: Weighing | None = None


def compare(ours: Sequence[Told], theirs: Sequence[Told]) -> tuple[Change, ...]:
    """Every measure of two readers; ValueError where they have not read the same lines."""
    if [pair.line for pair in ours] != [pair.line for pair in theirs]:
        raise ValueError("two readers are compared on the same lines")
    return tuple(_change(name, measure, ours, theirs) for name, measure in MEASURES.items())


def _change(name: str, measure: Measure, ours: Sequence[Told], theirs: Sequence[Told]) -> Change:
    both = [(our, their) for our, their in zip(ours, theirs, strict=True) if measure.of(our.line)]
    hits = Counter((measure.hit(our.line, our.meaning), measure.hit(our.line, their.meaning)) for our, their in both)
    gained, lost = hits[True, False], hits[False, True]
    if name in PER_THOUSAND:
        gained, lost = lost, gained
    first, second = measure.share(our for our, _ in both), measure.share(their for _, their in both)
    return Change(name, first, second, gained, lost, mcnemar(gained, lost))


def mcnemar(gained: int, lost: int) -> float:
    """McNemar's exact test: the chance of so uneven a split if each line that changed might as well have changed the other way."""
    count, fewer = gained + lost, min(gained, lost)
    ways = sum(math.comb(count, lines) for lines in range(fewer + 1))
    return min(1.0, float(2 * ways / 2**count))


def worst(told: Iterable[Told], reader: Reader, count: int = WORST) -> dict[str, tuple[Error, ...]]:
    """By kind of error the `count` of which the reader was surest; the first ones where it cannot be told how sure it was."""
    found: dict[str, tuple[Error, ...]] = {}
    told = tuple(told)
    for kind, measure in ERRORS.items():
        wrong = [pair for pair in told if measure.of(pair.line) and measure.hit(pair.line, pair.meaning)]
        if isinstance(reader, Linear):
            found[kind] = _weighed(wrong, reader, kind)[:count]
        else:
            found[kind] = tuple(map(Error, wrong[:count]))
    return found


def _weighed(wrong: Iterable[Told], reader: Linear, kind: str) -> tuple[Error, ...]:
    """The errors with their weighings, the surest first: sure of a matter, or, where one was missed, sure that it is none."""
    sign = -1 if kind == "missed" else 1
    errors = []
    for pair in wrong:
        weighing = weigh_up(reader, pair.line.text, _decided(pair.meaning, reader, kind))
        errors.append(Error(pair, weighing))
    return tuple(sorted(errors, key=lambda error: -sign * (error.weighing.chance if error.weighing else 0.0)))


def _decided(meaning: Understanding, reader: Linear, kind: str) -> str:
    """What the answer was decided by: "emergency", "matter", or the intent that was flagged."""
    if alarmed(meaning) and kind != "missed":
        return "emergency"
    if kind == "missed" or meaning.matter >= reader.learnt.marks.flag:
        return "matter"
    return "emergency" if meaning.intent == "emergency" else "consultation"


def weigh_up(reader: Linear, text: str, about: str) -> Weighing:
    """What each word of a text says about "matter", "emergency" or another intent."""
    spelt, price = reader.heard(spell(text))
    names, words = parts(spelt, reader.cutter)
    model, head = reader.learnt, reader.learnt.heads["sense"]
    rows, weights = weigh(names, reader.index, model.idf, model.unknown)
    scores = score(head, rows, weights).astype(np.float64)
    heat, slope, offset = {
        "matter": (model.warmth, *model.matter),
        "emergency": (model.warmth, model.alarm.slope, model.alarm.unraised),
    }.get(about, (head.temperature, 1.0, 0.0))
    inside = np.array([sense.split()[0] == about for sense in head.classes])
    if about == "matter":
        inside = reader.counted(int((tempered(score(head, rows, weights), head.temperature) @ reader.gather).argmax()))
        offset -= price
    if not inside.any():
        return Weighing(about, 0.0, ())
    odds = float(_odds(scores / heat, inside))
    without = _odds((scores - weights[:, None] * head.weights[rows]) / heat, inside)
    added: dict[str, float] = {}
    for name, lost in zip(filter(reader.index.__contains__, names), (odds - without).tolist(), strict=True):
        added[_bare(name)] = added.get(_bare(name), 0.0) + slope * lost
    for name, more in _beside(reader, about, spelt, words).items():
        offset += more
        added[name] = more
    heaviest = sorted(added.items(), key=lambda word: (-abs(word[1]), word[0]))
    return Weighing(about, straightened(odds, slope, offset), tuple((name, round(more, 3)) for name, more in heaviest))


def _odds(scores: NDArray[Any], inside: NDArray[np.bool_]) -> NDArray[Any]:
    """The log odds of the classes inside together, along the last axis."""
    return np.asarray(np.logaddexp.reduce(scores[..., inside], -1) - np.logaddexp.reduce(scores[..., ~inside], -1))


def _beside(reader: Linear, about: str, spelt: str, words: list[str]) -> dict[str, float]:
    """What decides beside the head, in calibrated log odds."""
    if about == "matter" and reader.learnt.sight is not None and reader.vectors is not None:
        return {VECTORS: reader.learnt.matter[0] * see(reader.learnt.sight, pool(reader.vectors, words))}
    if about != "emergency":
        return {}
    alarm = reader.learnt.alarm
    return {SIGNALS_YAML: getattr(alarm, said_by(reader.watcher.raised(spelt))) - alarm.unraised}


def _bare(name: str) -> str:
    """A feature as it is read: a word and the same letters are one."""
    return name[1:] if name.startswith("w") and not name[1:].isascii() else name


def heaviest(error: Error, kind: str, count: int = WORDS) -> list[tuple[str, float]]:
    """The words that spoke most for the error: those for a matter, or, where one was missed, those against it."""
    sign = -1 if kind == "missed" else 1
    words = error.weighing.words if error.weighing else ()
    return [(name, more) for name, more in words if sign * more > 0][:count]


def changed(changes: Iterable[Change], ours: Report, theirs: Report) -> list[tuple[str, ...]]:
    """Two readers side by side as (name, ours, theirs, difference, gained, lost, chance, "*" where it is certain)."""
    rows: list[tuple[str, ...]] = []
    for change in changes:
        if change.ours.total:
            figures = [said(change.name, share) for share in (change.ours, change.theirs)]
            differs = f"{scale(change.name) * (change.ours.value - change.theirs.value):+.1f}"
            counts = (str(change.gained), str(change.lost), f"{change.chance:.3f}", "*" if change.certain else "")
            rows.append((change.name, *figures, differs, *counts))
    for (name, first), second in zip(calibration(ours).items(), calibration(theirs).values(), strict=True):
        rows.append((f"calibration_{name}", first, second, f"{float(first) - float(second):+.3f}", "", "", "", ""))
    return rows


def changes_table(changes: Iterable[Change], ours: Report, theirs: Report) -> Table:
    """Two readers side by side, for a terminal."""
    title = f"this model {ours.model} against {theirs.model}"
    shown = grid("figure", "this", "against", "differs", "better", "worse", "p", "", title=title)
    for name, *cells in changed(changes, ours, theirs):
        shown.add_row(worded(name), *cells)
    shown.caption = "better, worse: lines that one alone has right\n* beyond chance (McNemar's exact test, p < 0.05)"
    return shown


def errors_table(errors: Mapping[str, Sequence[Error]], report: Report, count: int = SHOWN) -> Table:
    """The worst errors of each kind, for a terminal."""
    shown = grid("answer", "p", "line", "words that weighed", title="the worst errors")
    for kind, found in errors.items():
        for error in found[:count]:
            line, weighing = error.told.line, error.weighing
            label = called(report, line.signal or line.category or line.sort or "")
            answer = f"{kind} {weighing.about}" if weighing else kind
            words = ", ".join(f"{name} {more:+.1f}" for name, more in heaviest(error, kind))
            text = f"{line.text[:LETTERS]} ({line.intent} {label})"
            shown.add_row(answer, f"{weighing.chance:.2f}" if weighing else "", Text(text), Text(words))
        shown.add_section()
    return shown
