"""Evaluation: how good a reader is on labelled lines. Law: figures only, each with the number of lines that it rests on.

What counts first is how often chatter would be answered, then how many matters reach anybody at all. Every figure is a
`Measure`: which lines it is of, and which of them are hits. So the same few measures say how the whole does, how each hand,
register, emergency or leaf does, and whether two readers differ on the very same lines.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from nlu.corpus import Line
from nlu.linear import Linear
from nlu.understanding import INTENTS, MATTERS, SIGNALS, Lexicon, Reader, Surroundings, Understanding

BINS = 10
SURE_OF_95 = 1.959964
NOTHING = "–"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies in 95 of 100 cases (Wilson's interval); anywhere, if it is of nothing."""
        if not self.total:
            return 0.0, 1.0
        square = SURE_OF_95**2 / self.total
        middle = self.value + square / 2
        reach = math.sqrt(square * self.value * (1 - self.value) + square**2 / 4)
        return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled line and what a reader says that it means."""

    line: Line
    meaning: Understanding


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: the share of hits among the lines that it is `of`. The lines do not depend on the reader."""

    of: Callable[[Line], bool]
    hit: Callable[[Line, Understanding], bool]

    def share(self, told: Iterable[Told]) -> Share:
        """The figure of these lines."""
        hits = [self.hit(pair.line, pair.meaning) for pair in told if self.of(pair.line)]
        return Share(sum(hits), len(hits))


def _is_matter(line: Line) -> bool:
    return line.intent in MATTERS


def _is_plain(line: Line) -> bool:
    return line.intent == "chat" and line.sort != "hard"


def _is_hard(line: Line) -> bool:
    return line.intent == "chat" and line.sort == "hard"


def _is_filed(line: Line) -> bool:
    return bool(line.category) and _is_matter(line)


def _group(code: str | None) -> str:
    return (code or "")[:2] if not (code or "").startswith("D") else (code or "")


def alarmed(meaning: Understanding) -> bool:
    """Whether an emergency is named."""
    return any(name in SIGNALS for name in meaning.signals)


def _false(of: Callable[[Line], bool], name: str) -> dict[str, Measure]:
    """What chatter of one sort is wrongly answered with."""
    return {
        f"{name}_speak": Measure(of, lambda line, told: told.answer == "speak"),
        f"{name}_flag": Measure(of, lambda line, told: told.answer == "flag"),
        f"{name}_alarm": Measure(of, lambda line, told: alarmed(told)),
        f"{name}_sure": Measure(of, lambda line, told: bool(told.sure)),
    }


MEASURES: Mapping[str, Measure] = {
    "right": Measure(lambda line: True, lambda line, told: line.intent == told.intent),
    "spoken": Measure(_is_matter, lambda line, told: told.answer == "speak"),
    "noticed": Measure(_is_matter, lambda line, told: told.answer != "silent"),
    **_false(_is_plain, "wrong"),
    **_false(_is_hard, "hard"),
    "leaf": Measure(_is_filed, lambda line, told: line.category == told.category),
    "group": Measure(_is_filed, lambda line, told: _group(line.category) == _group(told.category)),
    "among": Measure(_is_filed, lambda line, told: line.category in dict(told.categories)),
    "named": Measure(lambda line: line.signal is not None, lambda line, told: line.signal in told.signals),
    "sure": Measure(lambda line: line.signal is not None, lambda line, told: line.signal in told.sure),
    "scored": Measure(lambda line: line.score is not None, lambda line, told: line.score == told.score),
    "stance": Measure(lambda line: line.stance != "now", lambda line, told: line.stance == told.stance),
}
"""`spoken` and `noticed` (spoken or flagged) are of the matters; `wrong_` of the plain chatter and `hard_` of its look-alikes,
where `alarm` is an emergency named and `sure` one to be acted on. `leaf`, `group` and `among` (the five likeliest) are of the
matters with a category, `named` and `sure` of the lines with a signal."""

PER_THOUSAND = frozenset(name for name in MEASURES if name.startswith(("wrong_", "hard_")))
"""The measures that are errors; they are said per 1,000 lines."""
CLASSES = ("precision", "recall", "f1")
CHATTER = tuple(sorted(PER_THOUSAND, key=list(MEASURES).index))
_ALL = ("right", "noticed", "spoken", "leaf", "wrong_speak", "wrong_flag")


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one intent, leaf, hand … in the order of its sheet's columns, and of how many lines it is."""

    name: str
    lines: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of figures. `columns` are names of measures, or of CLASSES."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """The lines whose probability lies in one tenth: the sum of their probabilities, and how many were right."""

    chances: float
    right: Share

    @property
    def chance(self) -> float:
        """Their mean probability, 0 of nothing."""
        return self.chances / self.right.total if self.right.total else 0.0


Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one reader on one set of lines.

    `shares` are by measure; `sheets` by intent, leaf, matter, signal, stance, tag, author and sort; `confusion` counts
    (true, told) of "intent" and "leaf"; `curves` are the bins of "all", "matter" and each intent told. `card` says what the
    model was learnt from, `names` what leaves and signals are called.
    """

    model: str
    lines: int
    card: Mapping[str, Any]
    names: Mapping[str, str]
    shares: Mapping[str, Share]
    sheets: Mapping[str, Sheet]
    confusion: Mapping[str, Pairs]
    curves: Mapping[str, tuple[Bin, ...]]

    @property
    def taught_by(self) -> tuple[str, ...]:
        """The hands among those judged on that the model was taught by: of them its figures say nothing."""
        taught = self.card.get("authors", ())
        return tuple(row.name for row in self.sheets["author"].rows if row.name in taught)


def tell(lines: Iterable[Line], reader: Reader, around: Surroundings) -> tuple[Told, ...]:
    """What this reader says of these lines, each read by itself."""
    return tuple(Told(line, reader.triage(line.text, around)) for line in lines)


def evaluate(told: Sequence[Told], reader: Reader) -> Report:
    """The figures of what this reader told."""
    intents: Pairs = Counter((pair.line.intent, pair.meaning.intent) for pair in told)
    filed = [pair for pair in told if _is_filed(pair.line)]
    leaves: Pairs = Counter((pair.line.category or "", pair.meaning.category or NOTHING) for pair in filed)
    return Report(
        model=reader.model,
        lines=len(told),
        card=reader.learnt.card if isinstance(reader, Linear) else {},
        names=_names(reader.lexicon),
        shares={name: measure.share(told) for name, measure in MEASURES.items()},
        sheets={
            "intent": _sheet(told, lambda line: (line.intent,), pairs=intents),
            "leaf": _sheet(filed, lambda line: (line.category or "",), ("noticed", "spoken"), pairs=leaves),
            "matter": _sheet(filter(lambda pair: _is_matter(pair.line), told), lambda line: (line.intent,), _ALL[:4]),
            "signal": _sheet(told, lambda line: (line.signal or "",), ("named", "sure", "noticed")),
            "stance": _sheet(told, lambda line: (line.stance,) if _is_hard(line) else (), ("stance", *CHATTER[4:])),
            "tag": _sheet(told, lambda line: line.tags, _ALL),
            "author": _sheet(told, lambda line: (line.author,), _ALL),
            "sort": _sheet(told, lambda line: (line.sort or "",) if _is_plain(line) else (), ("right", *CHATTER[:4])),
        },
        confusion={"intent": intents, "leaf": leaves},
        curves=_curves(told),
    )


def _names(lexicon: Lexicon) -> dict[str, str]:
    return {code: known.name for found in (lexicon.leaves, lexicon.signals) for code, known in found.items()}


def _sheet(
    told: Iterable[Told],
    names_of: Callable[[Line], tuple[str, ...]],
    columns: tuple[str, ...] = (),
    *,
    pairs: Pairs | None = None,
) -> Sheet:
    """The measures of the lines under each of their names; with `pairs` (true, told) those of a class come first."""
    under: dict[str, list[Told]] = {}
    for pair in told:
        for name in filter(None, names_of(pair.line)):
            under.setdefault(name, []).append(pair)
    classes = {} if pairs is None else _classes(pairs)
    rows = []
    for name in sorted({*under, *classes} - {NOTHING}, key=_order):
        its = under.get(name, [])
        rows.append(Row(name, len(its), (*classes.get(name, ()), *(MEASURES[column].share(its) for column in columns))))
    return _filled(Sheet((*CLASSES[: 0 if pairs is None else None], *columns), tuple(rows)))


def _filled(sheet: Sheet) -> Sheet:
    """The sheet without the columns that rest on no line."""
    kept = [at for at, _ in enumerate(sheet.columns) if any(row.shares[at].total for row in sheet.rows)]
    rows = tuple(replace(row, shares=tuple(row.shares[at] for at in kept)) for row in sheet.rows)
    return Sheet(tuple(sheet.columns[at] for at in kept), rows)


def _order(name: str) -> tuple[int, str]:
    return (INTENTS.index(name) if name in INTENTS else len(INTENTS), name)


def _classes(pairs: Pairs) -> dict[str, tuple[Share, Share, Share]]:
    """Precision, recall and F1 of each class. F1 is a share too: twice the hits among the lines that are it and those told so."""
    true, said = Counter[str](), Counter[str]()
    for (is_, as_), count in pairs.items():
        true[is_] += count
        said[as_] += count
    hits = {name: pairs[name, name] for name in {*true, *said}}
    return {
        name: (Share(hit, said[name]), Share(hit, true[name]), Share(2 * hit, said[name] + true[name]))
        for name, hit in hits.items()
    }


def _curves(told: Sequence[Told]) -> dict[str, tuple[Bin, ...]]:
    judged = [(pair.meaning.probability, pair.line.intent == pair.meaning.intent) for pair in told]
    curves = {"all": reliability(judged)}
    curves["matter"] = reliability([(pair.meaning.matter, _is_matter(pair.line)) for pair in told])
    for name in INTENTS:
        of = [hit for hit, pair in zip(judged, told, strict=True) if pair.meaning.intent == name]
        if of:
            curves[name] = reliability(of)
    return curves


def reliability(judged: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Ten equal bins of probability, with what was right of each; `judged` are (probability, right)."""
    sums, hits, counts = [0.0] * BINS, [0] * BINS, [0] * BINS
    for chance, hit in judged:
        at = min(int(chance * BINS), BINS - 1)
        sums[at] += chance
        hits[at] += hit
        counts[at] += 1
    return tuple(Bin(total, Share(hit, count)) for total, hit, count in zip(sums, hits, counts, strict=True))


def calibration_error(bins: Iterable[Bin]) -> float:
    """The expected calibration error: how far probability and truth lie apart, over the lines; 0 of nothing."""
    bins = tuple(bins)
    count = sum(part.right.total for part in bins)
    return sum(abs(part.chances - part.right.hits) for part in bins) / count if count else 0.0


def confusions(pairs: Pairs, count: int = SHOWN) -> list[tuple[str, str, int]]:
    """The most frequent errors as (true, told, lines), the most frequent first."""
    wrong = [(is_, as_, lines) for (is_, as_), lines in pairs.items() if is_ != as_]
    return sorted(wrong, key=lambda found: (-found[2], found[:2]))[:count]


def overall(report: Report) -> list[tuple[str, str, str, str]]:
    """What counts as (name, figure, its interval, lines), what rests on no line left out."""
    shares = [(name, share) for name, share in report.shares.items() if share.total]
    rows = [(name, said(name, share), span(name, share), str(share.total)) for name, share in shares]
    return rows + [(f"calibration_{name}", error, "", str(report.lines)) for name, error in calibration(report).items()]


def calibration(report: Report) -> dict[str, str]:
    """The calibration errors of all intents and of "matter"."""
    return {name: f"{calibration_error(report.curves[name]):.3f}" for name in ("all", "matter")}


def table(report: Report) -> RenderableType:
    """The report for a terminal, in short: what counts, and the intents."""
    whole = grid("figure", "value", "95 %", "of", title=f"model {report.model}, {report.lines} lines")
    for name, *cells in overall(report):
        whole.add_row(worded(name), *cells)
    return Group(whole, _sheet_grid(report, "intent"))


def tables(report: Report) -> RenderableType:
    """The whole report for a terminal; of the leaves and of the confusions those that are worst."""
    told = {name: report.card.get(name, NOTHING) for name in ("lines", "authors", "data", "code")}
    card = f"model {report.model}: {told['lines']} lines by {' '.join(told['authors'])}; "
    card += f"data {told['data'][:12]}, code {told['code'][:12]}"
    names = ("matter", "signal", "stance", "tag", "author", "leaf")
    sheets = [_sheet_grid(report, name) for name in names if report.sheets[name].rows]
    return Group(card, table(report), _confused(report, "intent"), *sheets, _confused(report, "leaf"))


def _sheet_grid(report: Report, name: str) -> Table:
    sheet, rows, title = report.sheets[name], report.sheets[name].rows, ""
    if name == "leaf" and len(rows) > SHOWN:
        rows = tuple(sorted(rows, key=lambda row: [share.value for share in row.shares[::-1]][1:]))[:SHOWN]
        title = "the leaves that are noticed least"
    shown = grid(name, *map(worded, sheet.columns), "lines", title=title)
    for row in rows:
        figures = [said(column, share) for column, share in zip(sheet.columns, row.shares, strict=True)]
        shown.add_row(called(report, row.name), *figures, str(row.lines))
    return shown


def _confused(report: Report, name: str) -> Table:
    shown = grid(name, "taken for", "lines", title="the biggest confusions")
    for is_, as_, lines in confusions(report.confusion[name]):
        shown.add_row(called(report, is_), called(report, as_), str(lines))
    return shown


def grid(*columns: str, title: str = "") -> Table:
    """An empty table for a terminal."""
    return Table(*columns, title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def called(report: Report, name: str) -> str:
    """A name with what it is called, if it is a leaf's or a signal's."""
    return f"{name} {report.names[name]}" if name in report.names else name


def worded(name: str) -> str:
    """A measure's name in words."""
    return name.replace("_", " ")


def scale(name: str) -> int:
    """Of how many lines a measure is said: errors of 1,000, all else of 100."""
    return 1000 if name in PER_THOUSAND else 100


def said(name: str, share: Share) -> str:
    """A figure of this measure with its unit, a dash of nothing."""
    return f"{scale(name) * share.value:.1f}{'‰' if name in PER_THOUSAND else '%'}" if share.total else NOTHING


def span(name: str, share: Share) -> str:
    """The interval of a figure of this measure."""
    return "–".join(f"{scale(name) * end:.1f}" for end in share.interval)
