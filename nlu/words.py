"""Words: what a text is made of, as names of features. Law: the same text gives the same features in the same order, offline.

Digits are read as 0 and @names are left out, so that neither a house number nor a person decides anything. A dialect word keeps
its place and its standard word is put beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from nlu.page import read_page
from nlu.spelling import without_names

GRAMS = (1, 2, 3)
LENGTHS = (2, 4, 7, 12, 20, 35, 60, 120, 300)
WHOLE = 8
BARE = 2

_DIGITS = re.compile(r"[0-9]")
_NUMBER = re.compile(r"[0-9]+")
_ITEM = re.compile(r"(?:^|\n)\s*(?:[0-9]{1,3}|[①-⑳])[.、．)）]?\s*\S")
_STICKER = re.compile(r"［[^］]{1,8}］")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_LINK = re.compile(r"https?://|www\.|#小程序")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("#asks", re.compile(r"[？?]|[吗呢不冇没啵][？?！!。\s]*$")),
    ("#shouts", re.compile(r"[！!]")),
    ("#head", re.compile(r"^【")),
    ("#title", re.compile(r"^(?:关于|请求|恳请|要求|反映|投诉|举报|咨询|建议|尊敬的)")),
    ("#hash", re.compile(r"^#")),
    ("#price", re.compile(r"[0-9]+(?:\.[0-9]+)?\s*(?:元|块|/|一斤|一份|一盒|包邮)")),
    ("#phone", re.compile(r"1[3-9][0-9]{9}")),
    ("#lines", re.compile(r"\n")),
    ("#link", _LINK),
    ("#sticker", _STICKER),
    ("#emoji", _EMOJI),
    ("#laugh", re.compile(r"哈哈|嘻嘻|呵呵|嘿嘿|23333|hhh")),
)


@dataclass(frozen=True, slots=True)
class WordList:
    """Words that must not be cut, and the standard words of dialect variants and frequent mishearings."""

    variants: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts a text into words; made once and then only read.

    `logs` holds the log frequency of each word of the dictionary, minus infinity for what only begins one; `floor` is that of a
    letter unknown to it.
    """

    logs: Mapping[str, float]
    floor: float
    variants: Mapping[str, str]

    def cut(self, text: str) -> list[str]:
        """The words of the text in order, spaces left out: the likeliest way to cut it, as jieba without HMM does."""
        logs, floor, size = self.logs, self.floor, len(text)
        scores, ends = [0.0] * (size + 1), [0] * size
        for begin in range(size - 1, -1, -1):
            stop = begin + 1
            gain = logs.get(text[begin])
            best, end = (floor if gain is None else gain) + scores[stop], stop
            while gain is not None and stop < size:
                stop += 1
                gain = logs.get(text[begin:stop])
                if gain is not None and gain + scores[stop] >= best:
                    best, end = gain + scores[stop], stop
            scores[begin], ends[begin] = best, end
        return _joined(text, ends)


def _joined(text: str, ends: list[int]) -> list[str]:
    """The words that end there; letters and digits of the Latin script that follow one another are one word."""
    words: list[str] = []
    begin, latin = 0, False
    while begin < len(text):
        word = text[begin : ends[begin]]
        begin = ends[begin]
        plain = word.isascii() and word.isalnum()
        if latin and plain:
            words[-1] += word
        elif not word.isspace():
            words.append(word)
        latin = plain
    return words


def read_words(path: Path) -> WordList:
    """The word list of `words.yaml`; one without entries if there is no such file."""
    if not path.exists():
        return WordList()
    page = read_page(path)
    variants = page.data.get("variants") or {}
    if not isinstance(variants, dict):
        raise page.fault("`variants` is no mapping", "write `variant: standard` lines", "variants")
    whole = page.strings(page.data.get("jieba"), "jieba")
    return WordList({str(key): str(value) for key, value in variants.items()}, whole)


def features(spelt: str, cutter: Cutter, kind: str = "text") -> list[str]:
    """The names of the features of a spelt text, each once, in order of appearance."""
    return parts(spelt, cutter, kind)[0]


def parts(spelt: str, cutter: Cutter, kind: str = "text") -> tuple[list[str], list[str]]:
    """The names of the features of a spelt text, each once, and its words in order, as the standard language has them."""
    spelt, named = without_names(spelt)
    plain = _DIGITS.sub("0", spelt.lower())
    found = dict.fromkeys(_shape(spelt, named, kind))
    if len(plain) <= WHOLE:
        whole = spelt if len(spelt) <= BARE else plain  # a bare 1 and a bare 3 say different things
        found["=" + whole.replace("\n", "|")] = None
    words = cutter.cut(plain)
    standard = [cutter.variants.get(word, word) for word in words]
    found.update(dict.fromkeys(["w" + word for word in words if len(word) > 1]))
    found.update(dict.fromkeys(["w" + other for word, other in zip(words, standard, strict=True) if other is not word]))
    found.update(dict.fromkeys([f"{first} {second}" for first, second in pairwise(words)]))
    tight = "^" + plain.replace(" ", "").replace("\n", "|") + "$"
    for size in GRAMS:
        found.update(dict.fromkeys([tight[at : at + size] for at in range(len(tight) - size + 1)]))
    return list(found), standard


def _shape(text: str, named: bool, kind: str) -> list[str]:
    size = sum(len(text) > limit for limit in LENGTHS)
    shapes = [f"#size{size}"]
    shapes += [name for name, pattern in _SHAPES if pattern.search(text)]
    if named:
        shapes.append("#named")
    if kind not in ("text", "voice"):
        shapes.append("#kind " + kind)
    numbers = min(len(_NUMBER.findall(text)), 5)
    if numbers:
        shapes.append(f"#numbers{numbers}")
    if "\n" in text and (items := min(len(_ITEM.findall(text)), 4)) > 1:
        shapes.append(f"#items{items}")
    return shapes
