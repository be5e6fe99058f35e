"""Known names as they sound: 「向洋路」 is 向阳路, for who types by sound or speaks to the phone, as Hunan pronounces.

Tones do not count, nor n or l, f or h, zh or z, ang or an. A name is heard only where talk can hardly mean anything else: its
ending is written as it is, or a number of a house follows. The table of sounds is read when a first name asks for it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

Codes = tuple[frozenset[str], ...]

_READINGS = 2
_LONGEST = 16
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
#: What begins with f is said with hu in Hunan, and the other way round.
_LIPS = {
    "fa": "hua", "fan": "huan", "fei": "hui", "fen": "hun", "fo": "huo", "fou": "hou", "fu": "hu",
}  # fmt: skip
_ENDING = re.compile(
    r"(?:家园|花园|佳园|嘉园|小区|新城|新村|公寓|华庭|豪庭|名城|雅苑|佳苑|家属院|宿舍|大厦|广场|市场|公园|学校|小学|中学|医院|超市"
    r"|社区|街道|屋场|大道|[路街巷弄村组苑园厂镇乡])$"
)
_NUMBERED = re.compile(r" ?(?:[A-Za-z\d一二三四五六七八九十]{1,4}(?:[栋幢座期号#]|单元|-\d)|[东西南北]门)")
#: Letters that talk is made of: where one of them stands for another, it is more likely meant as it is written.
_ORDINARY = frozenset(
    "的一是了我不在有他这为之来以个们到说要去你会着没看好面前还也那得里后么就都而过只样种想什做可从给被把跟和与"
    "但很多少再又才太最更两几些每各此其哪谁请问叫让用吃喝走跑买卖等找见听讲问答修停坏堵漏倒扔放装拆"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a name was heard."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sounds:
    """Names with the codes of their syllables, by each code of the first; the longest name first."""

    by_first: Mapping[str, tuple[tuple[str, Codes], ...]] = field(default_factory=dict)


def tuned(names: Iterable[str]) -> Sounds:
    """How these names sound; those that are not wholly of Chinese letters are left out."""
    by_first: dict[str, list[tuple[str, Codes]]] = {}
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        codes = tuple(map(_codes, name))
        if 2 <= len(name) <= _LONGEST and all(codes):
            for code in codes[0]:
                by_first.setdefault(code, []).append((name, codes))
    return Sounds({code: tuple(entries) for code, entries in by_first.items()})


def heard(line: str, sounds: Sounds) -> list[Heard]:
    """The names that the line sounds like and does not write, from left to right, none over another."""
    found: list[Heard] = []
    if not sounds.by_first:
        return found
    said, position = [_codes(letter) for letter in line], 0
    while position < len(line) - 1:
        name = next((name for name, codes in _candidates(said, position, sounds) if _sure(line, position, name)), "")
        if name:
            found.append(Heard(name, position, position + len(name)))
        position += len(name) or 1
    return found


def _candidates(said: list[frozenset[str]], start: int, sounds: Sounds) -> Iterable[tuple[str, Codes]]:
    """The names whose syllables are said from here on."""
    for code in said[start]:
        for name, codes in sounds.by_first.get(code, ()):
            if len(codes) <= len(said) - start and all(a & b for a, b in zip(codes, said[start:], strict=False)):
                yield name, codes


def _sure(line: str, start: int, name: str) -> bool:
    """Whether what is written here, which sounds like the name, can hardly be anything else."""
    written = line[start : start + len(name)]
    if written == name:
        return False
    other = {letter for letter, own in zip(written, name, strict=True) if letter != own}
    if _NUMBERED.match(line, start + len(name)):
        return len(name) > len(other) or len(name) > 2
    ending = _ENDING.search(name)
    return bool(ending and ending.start() >= 2 and written.endswith(ending.group()) and not other & _ORDINARY)


@lru_cache(maxsize=8_192)
def _codes(letter: str) -> frozenset[str]:
    """How a letter may sound, each way as a code that its neighbours in sound share."""
    readings = _table().get(str(ord(letter)), "") if letter > "\u3400" else ""
    return frozenset(_code(reading) for reading in readings.split(",")[:_READINGS] if reading)


def _code(reading: str) -> str:
    """A syllable without its tone and without what is confused in Hunan."""
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    if bare.startswith("feng"):
        return "hon"
    if bare.endswith("ng"):
        bare = bare[:-1]
    if bare in _LIPS:
        return _LIPS[bare]
    for initial, said in _INITIALS:
        if bare.startswith(initial):
            return said + bare[len(initial) :]
    return bare


@cache
def _table() -> Mapping[str, str]:
    """The readings of each letter by its code point, commonest first, as pypinyin brings them.

    Read from its file: importing the package would load the readings of 47,000 phrases as well, 57 MB that nobody asks for.
    """
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pypinyin is not installed", name="pypinyin")
    table: Mapping[str, str] = json.loads(
        (Path(package.origin).parent / "pinyin_dict.json").read_text(encoding="utf-8")
    )
    return table
