"""Spelling: one text written one way, before anything reads it. Law: pure, never fails on any string, never invents a word.

Facts are found in the text as it was given; what is here feeds the model, and `aligned` leads back from it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 1000
HEAD, TAIL = 700, 300
MOST_REPEATED = 3

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "［］，。！？；：（）～"}
_FULL_WIDTH |= {0x3000: 0x20, 0xA0: 0x20}
_MARKS = {ord(half): full for half, full in zip(",!?;:()~", "，！？；：（）～", strict=True)}
_SAME = _FULL_WIDTH | _MARKS | {ord("。"): "。", ord("｡"): "。"}
_STICKER = re.compile(r"\[([\u4e00-\u9fffA-Za-z]{1,8})\]")
_DAMAGED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\ud800-\udfff]"
)
_REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)
_SPACES = re.compile(r"[ \t]{2,}")
_AT_NAME = re.compile(r"@[^\s@，。！？：；]{1,20}(?:[\u2005\u2006\s]|$)|@(?=[\s，。]|$)")


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text written one way. `origin[i]` is where character `i` stood in the text as given; one more for the end."""

    text: str
    origin: tuple[int, ...]


def clip(text: str) -> str:
    """The text, or of a very long one its beginning and its end."""
    return text if len(text) <= LONGEST else text[:HEAD] + text[-TAIL:]


def spell(text: str) -> str:
    """The text as the model reads it: half-width letters, full-width marks and stickers, nothing invisible, no long repeats."""
    text = clip(text)
    if _DAMAGED.search(text):
        text = _DAMAGED.sub("", text)
    if "[" in text:
        text = _STICKER.sub(r"［\1］", text)
    text = text.translate(_SAME)
    text = _REPEATED.sub(_shortened, text)
    return _SPACES.sub(" ", text).strip()


def without_names(text: str) -> tuple[str, bool]:
    """The text without @names, and whether there was one: a name says nothing of what is meant."""
    if "@" not in text:
        return text, False
    bare = _AT_NAME.sub(" ", text)
    return bare.strip(), bare != text


def aligned(text: str) -> Spelt:
    """The text written one way, character for character, with the way back; slower than `spell` and not clipped."""
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        if _DAMAGED.match(letter):
            continue
        same = letter.translate(_SAME)
        if len(letters) >= MOST_REPEATED and all(before == same for before in letters[-MOST_REPEATED:]):
            continue
        letters.append(same)
        origin.append(place)
    return Spelt("".join(letters), (*origin, len(text)))


def visible(text: str) -> bool:
    """Whether anything at all can be read in it."""
    return any(not unicodedata.category(letter).startswith(("C", "Z")) for letter in text)


def _shortened(match: re.Match[str]) -> str:
    return match.group(1) * MOST_REPEATED
