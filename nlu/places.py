"""Places in a text: one walk from left to right that cuts it into elements of an address.

Pure and linear. The names known in the grid win; then divisions, numbers, and names that end like places. A name begins
after the last word that cannot be part of one.
"""

from __future__ import annotations

import re

from nlu.addresses import LONGEST_NAME, dashed, fill, is_address, is_written_out, name_before, split_road
from nlu.gazetteer import EMPTY, Gazetteer, load_gazetteer
from nlu.known_places import known_places
from nlu.numerals import plain
from nlu.people import roll_call
from nlu.place_numbers import STEPS
from nlu.place_walk import Walk
from nlu.place_words import grammar
from nlu.understanding import Span, Surroundings

__all__ = ["EMPTY", "Gazetteer", "find_places", "load_gazetteer"]

_COUNTY = re.compile(
    r"[一-鿿](?:(?![镇村路街巷])[一-鿿]){0,4}?(?:自治县|(?<!小)(?<!社)(?<!片)(?<!校)(?<!园)(?<!业)(?<!"
    r"发)(?<!库)(?<!新)(?<![宅易工税能验假范])(?<![一二三四五六七八九十])区|新区|县|(?<!城)(?<!超)(?<!上)(?<!都)市(?!"
    r"场|政|民|区|部|镇(?![一-鿿]{1,3}[区县市])|街道|乡)|旗)"
)
#: Parts of an estate or site, which no county is called.
_PARTS = re.compile(r".{2,}[东西南北]区")
#: What may stand before a name and belongs to the sentence.
_LEADING = re.compile(r"^(?:和(?![平谐顺睦安丰兴])|向(?![阳东前荣])|[为回连怕带考读近]|咨询|需要|关于|靠近|可能)+")
_HOUSE_NAME = re.compile(r"^[_\-\s]+")
_HAN = re.compile(r"[一-鿿]")
_NOT_THIS = re.compile(r"(?:不是|冇是|并非|莫是|又不是)(?:在|我们|我|说|讲|住)?\s*$")
#: A road that is named after a place: 「公园东路」 has no park in it.
_NAMES_A_ROAD = re.compile(r"[东西南北中前后]?[一二三四五六七八九十]?(?:路(?![口灯边面])|大?街(?!道|对面)|大道)")
#: A gate tells where, though the estate is not named; a half of an avenue is part of its name.
_GATE = re.compile(r"的?[东西南北正侧后前大]{1,2}门口?")
_SIDE = re.compile(r"[东西南北中](?=\d|[与和、]|[^\w]|$)")
#: These end a name in an address, whatever follows; in talk they need a number or a place word behind them.
_CLOSING = ("广场", "大楼", "学院", "公司")
_VILLAGES = ("本", "农", "乡", "新", "外", "同", "邻", "隔壁", "居民", "老年", "智慧", "平安")


def find_places(text: str, around: Surroundings, gazetteer: Gazetteer = EMPTY) -> tuple[Span, ...]:
    """The places in a text, in its order; none overlaps another."""
    if roll_call(text):
        return ()
    line, words = plain(text), grammar(gazetteer)
    postal = is_address(line, around.kind)
    walk = Walk(text, dashed(line) if postal else line, words, postal=postal, formal=postal and is_written_out(line))
    known = known_places(walk.line, around)
    position, upcoming = 0, 0
    while True:
        match = walk.token.search(walk.line, position)
        if county := _county(walk, match, position):
            walk.add("county", position, county)
            position = county
            continue
        if match is None:
            break
        while upcoming < len(known) and known[upcoming][0] < position:
            upcoming += 1
        if upcoming < len(known) and known[upcoming][0] < match.end():
            start, end, element = known[upcoming]
            walk.add(element, start, end)
            position = walk.tail(end)
            continue
        position = _step(walk, match)
    for start, end, element in known[upcoming:]:
        if start >= position and start >= walk.edge:
            walk.add(element, start, end)
            position = walk.tail(end)
    if walk.postal:
        fill(walk)
    return tuple(s for s in walk.spans if not _NOT_THIS.search(walk.line[max(0, s.start - 8) : s.start]))


def _county(walk: Walk, match: re.Match[str] | None, position: int) -> int:
    """Where a county that begins here ends: after a province or city, or at the head of an address; else 0."""
    if not walk.head or position != walk.edge:
        return 0
    if match and match.lastgroup == "province" and match.start() == position:
        return 0
    county = _COUNTY.match(walk.line, position)
    if county and _PARTS.fullmatch(county.group()):
        return 0
    if county and (position or walk.postal or county.group() in walk.words.division):
        return county.end()
    return 0


def _step(walk: Walk, match: re.Match[str]) -> int:
    """Take one token; returns where to look on."""
    kind, (start, end) = match.lastgroup or "", match.span()
    if kind == "province" and walk.postal and not _begins(walk, match.group(), start):
        return end
    if kind in ("stop", "junction", "province"):
        walk.edge = end
        walk.head = kind == "province" or (walk.head and match.group() in "-—_ ")
        if kind == "province":
            walk.passed.append((start, end))
    elif kind == "division":
        return _division(walk, match)
    elif kind == "ending":
        return _named(walk, match)
    elif kind == "ahead":
        walk.add("landmark", start, end)
    elif kind in STEPS:
        if walk.postal and not (kind == "bare" and walk.line[end : end + 1].isalpha()):
            name_before(walk, start, kind)
        return STEPS[kind](walk, match)
    return end


def _begins(walk: Walk, name: str, start: int) -> bool:
    """Whether a province or city begins an address, and not the name of a firm within it."""
    if walk.passed and walk.passed[-1][1] == start:
        return True
    if all(span.element == "county" for span in walk.spans):
        return not walk.spans or name[-1] in "省市区"
    return name[-1] in "省区"


def _division(walk: Walk, match: re.Match[str]) -> int:
    """A county or town of the city; not as the beginning of another name (资阳路)."""
    start, end = match.span()
    name = match.group()
    whole = name.endswith(("区", "县", "市", "镇", "乡", "街道"))
    following = walk.token.match(walk.line, end)
    if len(name) == 2 and start > walk.edge:
        return end
    if not whole and (following is None or following.lastgroup == "ending") and _HAN.match(walk.line[end : end + 1]):
        return end
    walk.add(walk.words.division[name], start, end)
    return walk.tail(end)


def _named(walk: Walk, match: re.Match[str]) -> int:
    """A name with the ending of a place."""
    ending, (start, end) = match.group(), match.span()
    element = walk.words.element[ending]
    if _goes_on(walk, element, end):
        return end
    name = walk.line[walk.edge : start]
    name = "" if len(name) > LONGEST_NAME else name if walk.postal else _LEADING.sub("", name)
    if ending in walk.words.weak and not (walk.postal and ending in _CLOSING) and not _closes(walk, end):
        return end
    if element == "landmark":
        return _landmark(walk, name, start, end)
    if not name and element == "estate" and (gate := _GATE.match(walk.line, end)):
        walk.add("landmark", start, gate.end())
        return walk.tail(gate.end())
    if not _fits(walk, element, name, ending):
        return end
    return _keep(walk, element, name, match)


def _fits(walk: Walk, element: str, name: str, ending: str) -> bool:
    """Whether this name and this ending make a place."""
    if len(name) < _least_name(walk, element, ending) or not _HAN.search(name):
        return False
    if ending in ("组", "小组"):
        near = walk.near(walk.edge)
        return len(name) <= 4 and near is not None and near.element == "village"
    return _plausible(walk, element, name, ending)


def _keep(walk: Walk, element: str, name: str, match: re.Match[str]) -> int:
    """Keep a place with its name, in an address without what belongs to the place before it."""
    ending, (start, end) = match.group(), match.span()
    if walk.postal and element in ("estate", "road") and (prefix := _HOUSE_NAME.match(name)):
        name = name[prefix.end() :]
    if walk.formal and element == "road":
        name = split_road(walk, name, start)
    before = walk.touching(start - len(name))
    if walk.formal and before and before.element == element and (element == "village" or ending.endswith("开发区")):
        element = "estate"
    if ending == "大道" and (side := _SIDE.match(walk.line, end)):
        end = side.end()
    walk.add(element, start - len(name), end)
    return walk.tail(end)


def _goes_on(walk: Walk, element: str, end: int) -> bool:
    """Whether the name goes on behind this ending."""
    following = walk.token.match(walk.line, end)
    if following and following.lastgroup == "ending":
        further = walk.words.element[following.group()]
        if further != "landmark" and not (further == "estate" and _ends(element, following.group(), walk.words.weak)):
            return True
    return element != "road" and bool(_NAMES_A_ROAD.match(walk.line, end)) and not _is_town(walk, element, end)


def _is_town(walk: Walk, element: str, end: int) -> bool:
    """Whether a town ends here and no road is named after it: before 「环乡东路」 nothing is a town."""
    return element in ("town", "group") and end - walk.edge > 2


def _ends(element: str, further: str, weak: frozenset[str]) -> bool:
    """Whether a road or town ends though the word of an estate follows: 「某某路国际花园」."""
    return element == "town" or (element == "road" and further in weak)


def _least_name(walk: Walk, element: str, ending: str) -> int:
    """How many characters a name must have before this ending."""
    if ending == "段":
        last = walk.touching(walk.edge)
        return 1 if last and last.element in ("road", "road_no") else LONGEST_NAME + 1
    if element == "road":
        return 1 if walk.postal or len(ending) > 1 else 2
    return 1 if len(ending) > 1 or element in ("village", "town") else 2


def _plausible(walk: Walk, element: str, name: str, ending: str) -> bool:
    """Whether a name may stand before this ending."""
    if element == "village":
        return name not in _VILLAGES
    if element == "road" and not walk.postal:
        return name[-1] not in "段方截条长下上" and (ending != "弄" or name[-1].isdigit())
    return element != "town" or len(name) <= 6


def _closes(walk: Walk, end: int) -> bool:
    """Whether what follows cannot belong to a name: nothing, a number, a word that breaks, or a word of place."""
    if not _HAN.match(walk.line[end : end + 1]):
        return True
    following = walk.token.match(walk.line, end)
    return bool(following and following.lastgroup != "ending") or bool(walk.words.tail.match(walk.line, end))


def _landmark(walk: Walk, name: str, start: int, end: int) -> int:
    """A landmark: with a name, or bare if a word of place follows it."""
    if name and not (walk.postal and not _HAN.search(name)):
        walk.add("landmark", start - len(name), end)
        return walk.tail(end)
    tail = walk.words.tail.match(walk.line, end)
    if walk.postal and not tail and walk.line[end : end + 1].isalpha():
        return end
    if not tail and (not walk.postal or walk.line[start:end].endswith("公司")):
        return walk.skip(end)
    walk.add("landmark", start - len(name), tail.end() if tail else end)
    return walk.edge
