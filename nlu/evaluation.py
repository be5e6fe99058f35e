"""Evaluation: how good a reader is on labelled lines. Law: figures only, with the number of lines that they rest on.

What counts first is how often chatter would be answered, then how many matters reach anybody at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Group
from rich.table import Table

from nlu.corpus import Line
from nlu.understanding import INTENTS, Reader, Surroundings, Understanding

MATTERS = ("complaint", "dispute", "emergency")
BINS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.hits / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one intent or signal."""

    name: str
    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one reader on one set of lines.

    `spoken` and `noticed` (spoken or flagged) are of the matters; `wrong_speak` and `wrong_flag` of the chatter, the `hard` ones of
    its look-alikes. `leaf`, `group` and `among` (the five likeliest) are of the lines with a category. `alarms` are emergencies
    raised by chatter, `alerted` emergencies whose signal was found, `sure` those found surely. `ece` is the calibration error.
    """

    model: str
    lines: int
    intents: tuple[Score, ...]
    right: Share
    spoken: Share
    noticed: Share
    wrong_speak: Share
    wrong_flag: Share
    hard_speak: Share
    hard_flag: Share
    leaf: Share
    group: Share
    among: Share
    alerted: Share
    sure: Share
    alarms: Share
    sure_alarms: Share
    scored: Share
    stance: Share
    ece: float

    def plain(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


def evaluate(lines: Sequence[Line], reader: Reader, around: Surroundings) -> Report:
    """The figures of this reader on these lines, each read by itself."""
    told = [(line, reader.triage(line.text, around)) for line in lines]
    matters = [(line, meaning) for line, meaning in told if line.intent in MATTERS]
    chatter = [(line, meaning) for line, meaning in told if line.intent == "chat"]
    plain = [pair for pair in chatter if pair[0].sort != "hard"]
    hard = [pair for pair in chatter if pair[0].sort == "hard"]
    filed = [(line, meaning) for line, meaning in told if line.category and line.intent in MATTERS]
    calls = [(line, meaning) for line, meaning in told if line.signal]
    rated = [(line, meaning) for line, meaning in told if line.score]
    return Report(
        model=reader.model,
        lines=len(told),
        intents=tuple(_score(name, told) for name in INTENTS),
        right=_share(line.intent == meaning.intent for line, meaning in told),
        spoken=_share(meaning.answer == "speak" for _, meaning in matters),
        noticed=_share(meaning.answer != "silent" for _, meaning in matters),
        wrong_speak=_share(meaning.answer == "speak" for _, meaning in plain),
        wrong_flag=_share(meaning.answer == "flag" for _, meaning in plain),
        hard_speak=_share(meaning.answer == "speak" for _, meaning in hard),
        hard_flag=_share(meaning.answer == "flag" for _, meaning in hard),
        leaf=_share(line.category == meaning.category for line, meaning in filed),
        group=_share(_group(line.category) == _group(meaning.category) for line, meaning in filed),
        among=_share(line.category in dict(meaning.categories) for line, meaning in filed),
        alerted=_share(line.signal in meaning.signals for line, meaning in calls),
        sure=_share(line.signal in meaning.sure for line, meaning in calls),
        alarms=_share(_alarmed(meaning) for _, meaning in chatter),
        sure_alarms=_share(bool(meaning.sure) for _, meaning in chatter),
        scored=_share(line.score == meaning.score for line, meaning in rated),
        stance=_share(line.stance == meaning.stance for line, meaning in told if line.stance != "now"),
        ece=calibration_error([(meaning.probability, line.intent == meaning.intent) for line, meaning in told]),
    )


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error over ten equal bins of probability."""
    if not judged:
        return 0.0
    chances, right = np.array([chance for chance, _ in judged]), np.array([hit for _, hit in judged], dtype=float)
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [abs(chances[bins == at].sum() - right[bins == at].sum()) for at in range(BINS)]
    return round(float(sum(gaps)) / len(judged), 4)


def confusions(lines: Sequence[Line], reader: Reader, around: Surroundings) -> Counter[tuple[str, str]]:
    """How often one intent was taken for another: (true, told)."""
    told = ((line.intent, reader.triage(line.text, around).intent) for line in lines)
    return Counter(pair for pair in told if pair[0] != pair[1])


def table(report: Report) -> Group:
    """The report for a terminal."""
    whole = Table("figure", "value", "of", title=f"model {report.model}, {report.lines} lines", title_justify="left")
    for name, share in _shares(report):
        per_thousand = name.startswith(("wrong", "hard", "alarms", "sure_alarms"))
        shown = f"{1000 * share.value:.1f} / 1000" if per_thousand else f"{100 * share.value:.1f} %"
        whole.add_row(name.replace("_", " "), shown, str(share.total))
    whole.add_row("calibration error", f"{report.ece:.3f}", str(report.lines))
    parts = Table("intent", "precision", "recall", "lines")
    for score in report.intents:
        if score.recall.total or score.precision.total:
            precision, recall = f"{100 * score.precision.value:.1f}", f"{100 * score.recall.value:.1f}"
            parts.add_row(score.name, precision, recall, str(score.recall.total))
    return Group(whole, parts)


def _shares(report: Report) -> list[tuple[str, Share]]:
    named = [(name, getattr(report, name)) for name in Report.__slots__]
    return [(name, value) for name, value in named if isinstance(value, Share)]


def _score(name: str, told: Sequence[tuple[Line, Understanding]]) -> Score:
    return Score(
        name,
        precision=_share(line.intent == name for line, meaning in told if meaning.intent == name),
        recall=_share(meaning.intent == name for line, meaning in told if line.intent == name),
    )


def _share(hits: Iterable[bool]) -> Share:
    counted = [bool(hit) for hit in hits]
    return Share(sum(counted), len(counted))


def _group(code: str | None) -> str:
    return (code or "")[:2] if not (code or "").startswith("D") else (code or "")


def _alarmed(meaning: Understanding) -> bool:
    return any(name not in ("sensitive", "escalation") for name in meaning.signals)
