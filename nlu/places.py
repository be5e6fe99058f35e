"""Places in a text: one walk from left to right that cuts it into elements of an address.

Pure and linear. The names known in the grid win; then divisions, numbers, and names that end like places. A name begins
after the last word that cannot be part of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from nlu.gazetteer import EMPTY, Gazetteer, load_gazetteer
from nlu.known_places import known_places
from nlu.numerals import listed, plain
from nlu.people import roll_call
from nlu.place_words import WEAK, Grammar, grammar
from nlu.understanding import Span, Surroundings

__all__ = ["EMPTY", "Gazetteer", "find_places", "load_gazetteer"]

LONGEST_NAME = 12
_COUNTY = re.compile(
    r"[一-鿿](?:(?![镇村路街巷])[一-鿿]){0,4}?(?:自治县|(?<!小)(?<!社)(?<!片)(?<!校)(?<!园)(?<!业)(?<!"
    r"发)(?<!库)(?<!新)(?<![一二三四五六七八九十])区|新区|县|(?<!城)(?<!超)(?<!门)(?<!上)(?<!都)市(?!"
    r"场|政|民|区)|旗)"
)
_ADDRESS = re.compile(
    r"[一-鿿]{2,8}(?:省|市|区|县|自治州)[-_ ]?[一-鿿A-Z0-9]{2,}|[一-鿿]{2,6}(?:镇|乡|街道)[一-鿿A-Z0-9]{2,}"
    r"|[一-鿿\d]{2,9}(?:路|街|巷|大道|弄|村)[^\W\d]{0,6}\d+号?|[一-鿿]{2,10}\d+(?:[栋幢座]|号楼|弄|-\d+-\d+)"
)
_TALK = re.compile(
    r"[我你他她的了哒是在不没冇吗呢吧啊咯这那都也又还就说看请问想要跟把被给叫怎哪谁很太好坏堵漏停修倒"
    r"臭吵淹断塌掉冒黑烧着死催管投急救]|[，。！？!?；;：:~]|今天|昨|明天|上午|下午|晚上|早上|电梯|"
    r"垃圾|路灯|井盖|噪音|积水|停水|停电|什么|怎么|一下|可以|时候|[个么们咋吃喝睡爱笑哈让]"
)
#: What may stand before a name and belongs to the sentence.
_LEADING = re.compile(r"^(?:和(?![平谐顺睦安丰兴])|向(?![阳东前荣])|[为回连怕带考读近]|咨询|需要|关于|靠近|可能)+")
_REST = re.compile(r"[一-鿿A-Za-z][一-鿿A-Za-z0-9]{1,17}")
_NOISE = re.compile(r"(?:电联|电话联系|电话|联系|收件?|转|前台|客服部|财务部)+$")
_HOUSE_NAME = re.compile(r"^[_\-\s]+")
_HAN = re.compile(r"[一-鿿]")
_NOT_THIS = re.compile(r"(?:不是|冇是|并非|莫是|又不是)(?:在|我们|我|说|讲|住)?\s*$")
_COUNTED = re.compile(r"(?:[这那整每哪几半两另]|有|建|盖|起|买|一共|共|总共|只有)$")
_COUNT_AFTER = re.compile(r"楼?(?:都|全|的人|人都|之间|房子|还是|新|大楼|楼房)|楼(?![下上梯道顶栋里前后电层])")
_ORDER = {
    name: i for i, name in enumerate(listed("county town village road road_no estate group building unit floor room"))
}


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: `edge` is where a name may begin."""

    text: str
    line: str
    words: Grammar
    postal: bool = False
    edge: int = 0
    head: bool = True
    guessed: int = -1
    spans: list[Span] = field(default_factory=list)

    def add(self, element: str, start: int, end: int) -> None:
        """Keep a span and go on behind it."""
        self.spans.append(Span(self.text[start:end], start, end, element=element))
        self.edge = end
        self.head = element == "county"

    @property
    def token(self) -> re.Pattern[str]:
        """The pattern of the next word: an address has no words that break a name."""
        return self.words.postal if self.postal else self.words.token

    def near(self, start: int) -> Span | None:
        """The last span, if nothing but a joint lies between it and here."""
        if not self.spans:
            return None
        last = self.spans[-1]
        gap = self.line[last.end : start]
        return last if gap in ("", " ", "-", "—", "_", "，", "的", ",", "  ") else None


def find_places(text: str, around: Surroundings, gazetteer: Gazetteer = EMPTY) -> tuple[Span, ...]:
    """The places in a text, in its order; none overlaps another."""
    if roll_call(text):
        return ()
    line = plain(text)
    walk = _Walk(text, line, grammar(gazetteer), postal=_is_address(line, around.kind))
    known = known_places(walk.line, around)
    position, upcoming = 0, 0
    while match := walk.token.search(walk.line, position):
        other = match.lastgroup == "province" and match.start() == position
        county = _COUNTY.match(walk.line, position) if walk.head and not other and position == walk.edge else None
        if county and _is_county(walk, county):
            walk.add("county", position, county.end())
            position = county.end()
            continue
        while upcoming < len(known) and known[upcoming][0] < position:
            upcoming += 1
        if upcoming < len(known) and known[upcoming][0] < match.end():
            start, end, element = known[upcoming]
            walk.add(element, start, end)
            position = _tail(walk, end)
            continue
        position = _step(walk, match)
    for start, end, element in known[upcoming:]:
        if start >= position and start >= walk.edge:
            walk.add(element, start, end)
            position = _tail(walk, end)
    if walk.postal:
        _fill(walk)
    return tuple(s for s in walk.spans if not _NOT_THIS.search(walk.line[max(0, s.start - 8) : s.start]))


def _step(walk: _Walk, match: re.Match[str]) -> int:
    """Take one token; returns where to look on."""
    kind, (start, end) = match.lastgroup or "", match.span()
    if kind in ("stop", "junction", "province"):
        walk.edge = end
        walk.head = kind == "province" or (walk.head and match.group() in "-—_ ")
    elif kind == "division":
        return _division(walk, match)
    elif kind == "ending":
        return _named(walk, match)
    elif kind == "ahead":
        walk.add("landmark", start, end)
    elif kind in _NUMBERED:
        if walk.postal:
            _name_before(walk, start)
        return _NUMBERED[kind](walk, match)
    return end


def _name_before(walk: _Walk, start: int) -> None:
    """In an address, the name right before a number is an estate, though nothing tells it."""
    name = walk.line[walk.edge : start].strip("-_ ")
    if 2 <= len(name) <= LONGEST_NAME and _HAN.search(name) and not walk.words.tail.fullmatch(name):
        at = walk.line.index(name, walk.edge)
        walk.add("estate", at, at + len(name))
        walk.guessed = at


def _division(walk: _Walk, match: re.Match[str]) -> int:
    """A county or town of the city; not as the beginning of another name (资阳路)."""
    start, end = match.span()
    name = match.group()
    whole = name.endswith(("区", "县", "市", "镇", "乡", "街道"))
    following = walk.token.match(walk.line, end)
    if not whole and (following is None or following.lastgroup == "ending") and _HAN.match(walk.line[end : end + 1]):
        return end
    walk.add(walk.words.division[name], start, end)
    return _tail(walk, end)


def _named(walk: _Walk, match: re.Match[str]) -> int:
    """A name with the ending of a place."""
    ending, (start, end) = match.group(), match.span()
    element = walk.words.element[ending]
    following = walk.token.match(walk.line, end)
    if following and following.lastgroup == "ending" and walk.words.element[following.group()] != "landmark":
        return end
    name = walk.line[walk.edge : start]
    name = "" if len(name) > LONGEST_NAME else name if walk.postal else _LEADING.sub("", name)
    rest = walk.line[end : end + 1]
    if ending in WEAK and _HAN.match(rest) and not _closes(walk, end):
        return end
    if element == "landmark":
        return _landmark(walk, name, start, end)
    if len(name) < _least_name(walk, element, ending) or not _HAN.search(name) or not _plausible(element, name, ending):
        return end
    if ending in ("组", "小组") and not (
        len(name) <= 4 and (near := walk.near(start - len(name))) and near.element == "village"
    ):
        return end
    if walk.postal and element in ("estate", "landmark", "road") and (prefix := _HOUSE_NAME.match(name)):
        name = name[prefix.end() :]
    walk.add(element, start - len(name), end)
    return _tail(walk, end)


def _least_name(walk: _Walk, element: str, ending: str) -> int:
    """How many characters a name must have before this ending."""
    if ending == "段":
        last = walk.spans[-1] if walk.spans else None
        return 1 if last and last.end == walk.edge and last.element in ("road", "road_no") else LONGEST_NAME + 1
    if element == "road":
        return 1 if ending in ("大道", "大街") else 2 if len(ending) == 1 else 1
    return 1 if len(ending) > 1 or element in ("village", "town") else 2


def _plausible(element: str, name: str, ending: str) -> bool:
    """Whether a name may stand before this ending."""
    if element == "village":
        return name not in ("本", "农", "乡", "新", "外", "同", "邻", "隔壁", "居民", "老年", "智慧", "平安")
    if element == "road" and (name[-1] in "段方截条长下上" or (ending == "弄" and not name[-1].isdigit())):
        return False
    return element != "town" or len(name) <= 6


def _is_county(walk: _Walk, match: re.Match[str]) -> bool:
    """Whether a county begins here: after a province or city, or at the head of an address."""
    before = walk.line[: match.start()]
    return bool(before) or walk.postal or match.group() in walk.words.division


def _closes(walk: _Walk, end: int) -> bool:
    """Whether what follows cannot belong to a name: a number, a word that breaks, or a word of place."""
    following = walk.token.match(walk.line, end)
    return bool(following and following.lastgroup != "ending") or bool(walk.words.tail.match(walk.line, end))


def _landmark(walk: _Walk, name: str, start: int, end: int) -> int:
    """A landmark: with a name, or bare if a word of place follows it."""
    tail = walk.words.tail.match(walk.line, end)
    if not tail and (not name or (not walk.postal and walk.line[start:end].endswith("公司"))):
        walk.edge = end
        return end
    walk.add("landmark", start - len(name), tail.end() if tail else end)
    return walk.edge


def _tail(walk: _Walk, end: int) -> int:
    """Words of place behind a span: part of a landmark, or a landmark of their own."""
    tail = walk.words.tail.match(walk.line, end)
    if tail is None or tail.end() == end:
        return end
    last = walk.spans[-1]
    if last.element == "landmark":
        walk.spans.pop()
        walk.add("landmark", last.start, tail.end())
    else:
        skip = 1 if walk.line[end] == "的" else 0
        walk.add("landmark", end + skip, tail.end())
    return tail.end()


def _building(walk: _Walk, match: re.Match[str]) -> int:
    start, end = match.span()
    before, number = walk.line[max(0, start - 3) : start], match.group()
    near = walk.near(start)
    if near is None and (_COUNTED.search(before) or (number[0] in "一二两三" and _COUNT_AFTER.match(walk.line, end))):
        walk.edge = end
        return end
    if number.endswith("楼") and number[-2] in "栋#" and (number[-2] == "栋"):
        end -= 1
        if _COUNT_AFTER.match(walk.line, end):
            walk.edge = end
            return end
    if near and near.element in _ORDER and near.end == start:
        pass
    walk.add("building", start, end)
    return _tail(walk, end)


def _numbered(element: str) -> Callable[[_Walk, re.Match[str]], int]:
    """A step for a number with its own word."""

    def step(walk: _Walk, match: re.Match[str]) -> int:
        start, end = match.span()
        walk.add(element, start, end)
        return _tail(walk, end)

    return step


def _floor(walk: _Walk, match: re.Match[str]) -> int:
    start, end = match.span()
    layer = match.group().endswith("层")
    if (layer and walk.near(start) is None) or (walk.line[start - 1 : start] in ("第", "有", "共", "高") and layer):
        walk.edge = end
        return end
    walk.add("floor", start, end)
    return _tail(walk, end)


def _dashed(walk: _Walk, match: re.Match[str]) -> int:
    """「3-2-501」 and 「7-1101」: building, unit, room; after a building, unit and room."""
    start, end = match.span()
    near = walk.near(start)
    pieces = [(m.start(), m.end()) for m in re.finditer(r"[0-9A-Za-z]+", match.group())]
    room = int(walk.line[start + pieces[-1][0] : start + pieces[-1][1]])
    if near is None and not walk.postal and (1990 <= room <= 2040 or not 1 <= room % 100 <= 20):
        walk.edge = end
        return end
    if len(pieces) == 3:
        elements = ["building", "unit", "room"]
    else:
        elements = ["unit" if near and near.element == "building" else "building", "room"]
    for element, (a, b) in zip(elements, pieces, strict=True):
        walk.add(element, start + a, start + b)
    return end


def _phase(walk: _Walk, match: re.Match[str]) -> int:
    """「二期」「南区」: part of the estate before it, or an estate by itself."""
    start, end = match.span()
    last = walk.spans[-1] if walk.spans else None
    if last and last.end == start and last.element in ("estate", "village", "landmark"):
        walk.spans.pop()
        walk.add("estate" if last.element == "estate" else last.element or "estate", last.start, end)
    else:
        walk.add("estate", walk.edge if 2 <= start - walk.edge <= 6 else start, end)
    return _tail(walk, end)


def _house(walk: _Walk, match: re.Match[str]) -> int:
    """「12号」: the number of a house, by what it follows."""
    start, end = match.span()
    near = walk.near(start)
    kinds = {"road": "road_no", "village": "road_no", "group": "road_no", "town": "road_no", "estate": "building"}
    digits = len(re.match(r"\d*", match.group())[0])  # type: ignore[index]
    kinds |= {"landmark": "building"} | ({"estate": "room", "landmark": "room"} if digits >= 3 else {})
    kinds |= {
        "building": "unit" if re.match(r"\d{3,4}(?!\d)", walk.line[end:]) else "room",
        "unit": "room",
        "floor": "room",
    }
    if near and near.start == walk.guessed:
        kinds["estate"] = "road_no"
    element = kinds.get(near.element or "") if near else None
    if element is None or near is None or near.end != start:
        walk.edge = end
        return end
    walk.add(element, start, end)
    return _tail(walk, end)


def _bare(walk: _Walk, match: re.Match[str]) -> int:
    """A number by itself: a room behind a building, a house behind a road."""
    start, end = match.span()
    near, digits = walk.near(start), match.group()
    element = None
    if near and near.end == start:
        if near.element in ("building", "unit", "floor", "estate", "landmark") and 3 <= len(digits) <= 5:
            element = "room"
        elif near.element == "road" and digits.isdigit():
            element = "road_no"
    if element is None:
        walk.edge = end
        return end
    walk.add(element, start, end)
    return end


_NUMBERED = {
    "building": _building,
    "unit": _numbered("unit"),
    "floor": _floor,
    "room": _numbered("room"),
    "lane": _numbered("road"),
    "group": _numbered("group"),
    "triple": _dashed,
    "double": _dashed,
    "phase": _phase,
    "road_no": _house,
    "bare": _bare,
}


def _is_address(line: str, kind: str) -> bool:
    """Whether the whole text is an address and no talk."""
    return kind == "location" or (
        len(line) <= 70 and bool(_ADDRESS.match(line.lstrip("_- ")) and not _TALK.search(line))
    )


def _fill(walk: _Walk) -> None:
    """In an address, what no ending tells is a name of an estate or landmark all the same."""
    taken = [*((s.start, s.end) for s in walk.spans), (len(walk.line), len(walk.line))]
    taken += [m.span() for m in walk.words.postal.finditer(walk.line) if m.lastgroup == "province"]
    position = 0
    for start, end in sorted(taken):
        gap = _NOISE.sub("", walk.line[position:start])
        for match in _REST.finditer(gap):
            if _HAN.search(match.group()) and not walk.words.tail.fullmatch(match.group()):
                a, b = position + match.start(), position + match.end()
                walk.spans.append(Span(walk.text[a:b], a, b, element="estate"))
        position = max(position, end)
    walk.spans.sort(key=lambda s: s.start)
