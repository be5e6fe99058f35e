"""Where a walk through a text stands: what it has found, and where the next name may begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from nlu.place_words import Grammar
from nlu.understanding import Span

_JOINTS = frozenset(("", " ", "-", "—", "_", "，", "的", ",", "  "))


@dataclass(slots=True)
class Walk:
    """One walk. `line` is the plain text and `edge` where a name may begin; `guessed` is where a name stands that no ending told,
    and `passed` holds the provinces and cities that were read over.

    `postal` says that the whole text is an address; `formal` that it is written out, so that an estate and its parts are apart.
    """

    text: str
    line: str
    words: Grammar
    postal: bool = False
    formal: bool = False
    edge: int = 0
    head: bool = True
    guessed: int = -1
    passed: list[tuple[int, int]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def add(self, element: str, start: int, end: int) -> None:
        """Keep a span and go on behind it."""
        self.spans.append(Span(self.text[start:end], start, end, element=element))
        self.edge = end
        self.head = element == "county"

    def skip(self, end: int) -> int:
        """Keep nothing and go on behind it: no name reaches across."""
        self.edge = end
        return end

    @property
    def token(self) -> re.Pattern[str]:
        """The pattern of the next word: an address has no words that break a name."""
        return self.words.postal if self.postal else self.words.token

    def near(self, start: int) -> Span | None:
        """The last span, if nothing but a joint lies between it and here."""
        if not self.spans:
            return None
        last = self.spans[-1]
        return last if self.line[last.end : start] in _JOINTS else None

    def touching(self, start: int) -> Span | None:
        """The last span, if it ends right here."""
        return self.spans[-1] if self.spans and self.spans[-1].end == start else None

    def wider(self, start: int) -> str:
        """Which division comes next if one ends right here: behind a city a county, behind a county a town; else nothing."""
        if self.passed and self.passed[-1][1] == start:
            return "county"
        last = self.touching(start)
        return "town" if last and last.element == "county" else ""

    def settle(self, start: int) -> None:
        """A village right before numbered buildings is an estate."""
        last = self.touching(start)
        if last and last.element == "village" and last.text.endswith("村"):
            self.spans[-1] = replace(last, element="estate")

    def tail(self, end: int) -> int:
        """Words of place behind a span: part of a landmark, or a landmark of their own; returns where to look on."""
        tail = self.words.tail.match(self.line, end)
        if tail is None or tail.end() == end:
            return end
        last = self.spans[-1]
        if last.element == "landmark" and not self.formal:
            self.spans.pop()
            self.add("landmark", last.start, tail.end())
        else:
            self.add("landmark", end + (self.line[end] == "的"), tail.end())
        return tail.end()
