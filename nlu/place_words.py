"""The words of places, compiled: what a place element looks like, and where the name before it may begin.

Pure. `grammar` makes one pattern of a gazetteer; `nlu.places` walks a text with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nlu.gazetteer import Gazetteer
from nlu.numerals import listed

CHINESE = "一二三四五六七八九十"
#: Endings of the file that are read by their numbers, or tell too little alone.
NOT_ENDINGS = listed("号 号院 户 队 渠道路 井 庙 片区 里 湾里 区 县 市 环线 大厅 河边 江边 湖边 塘边")
NOUNS = (
    "空坪|坑|洞|水沟|下水道|绿化带|围墙|空屋|杆子|电线杆|电杆|坪|空地|地|沟渠|沟|圳|渠|塘|坡|墙|树|桥|井盖|井|路灯|灯|电梯|房子|屋|垃圾桶|"
    "垃圾|门面|菜地|田|巷子|马路|路|街|石头|栏杆|台阶|摊子|店|铺子|堤|水管|管子"
)
THINGS = "垃圾桶|路灯|井盖|变压器|电线杆|下水道|化粪池|配电箱|监控|健身器材"
MEASURES = "根|块|条|座|处|部|盏|棵|堆|段|截|栋|排|个|口|间|户|家"
_NOT_ROAD = "(?![灯面人过程费况由子牌障沿基政霸数途网])"
#: Roads that addresses number: 「滨河二道」.
_WAYS = tuple(f"{numeral}道" for numeral in CHINESE)
_AHEAD = (
    rf"(?P<ahead>(?:后面|前面|旁边|对面|后头|前头|门前|屋后|屋前|后边|前边)(?:[那这咯]|的)?(?:{MEASURES})(?:{NOUNS}))"
)
_CN = f"[{CHINESE}]{{1,3}}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """`token` finds the next word that matters, its group name says which kind; `tail` follows a landmark."""

    token: re.Pattern[str]
    tail: re.Pattern[str]
    postal: re.Pattern[str]
    element: dict[str, str]
    division: dict[str, str]
    weak: frozenset[str]


def either(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, the longest first; of no words, one that matches nothing."""
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) or "(?!)"


def _elements(gazetteer: Gazetteer) -> dict[str, str]:
    """The ending of every named element; where two claim one ending, the more telling one has it."""
    found: dict[str, str] = {}
    for word in (*gazetteer.landmarks, *gazetteer.junctions):
        found[word] = "landmark"
    for element in ("group", "county", "town", "village", "road", "estate"):
        found |= dict.fromkeys(gazetteer.ending(element), element)
    settlements = listed("湾 冲 坳 塘 坝 垸 垸子 岭 坪 洲 嘴 港 坡 咀 垅 广场 步行街 农贸市场")
    found |= dict.fromkeys(settlements, "landmark") | dict.fromkeys(("屋场", "院子", "生产队"), "group")
    found |= dict.fromkeys(("新村", "工业园", "产业园"), "estate") | dict.fromkeys(("街道", "开发区"), "town")
    for word in NOT_ENDINGS:
        found.pop(word, None)
    return found | {"厂": "landmark", "村": "village", "社区": "village", "段": "road"}


_NUMBERS = rf"""
(?P<junction>(?<=[路街道巷])与(?=[^\s，。]{{1,8}}[路街道巷]))
|(?P<range>(?<![\d\-./:A-Za-z])\d{{3,4}}[-—－]\d{{3,4}}(?:室|号(?!楼))?(?![\d\-./:]))
|(?P<triple>(?<![\d\-./:A-Za-z])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})[-—－_]\d{{1,2}}[-—－_]\d{{3,4}}(?:室|号房)?(?![\d\-./:]))
|(?P<double>(?<![\d\-./:A-Za-z])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})[-—－_]\d{{3,4}}(?:室|号房)?(?![\d\-./:元块斤号]))
|(?P<pair>(?<![\d\-./:A-Za-z])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})(?P<joint>[-—－_])\d{{1,2}}(?:号(?!楼))?(?![\d\-./:元块斤比楼层栋幢])(?!号楼))
|(?P<building>(?<![A-Za-z0-9.])(?:[A-Za-z]?\d{{1,4}}[A-Za-z]?|[A-Za-z]|[甲乙丙丁])\s?(?:号楼|号栋|栋(?:楼(?![都的全]))?|幢|座(?!位)|\#楼?(?!下))|[A-Z]楼|{_CN}(?:号楼|栋|幢))
|(?P<unit>(?<![A-Za-z0-9.])(?:\d{{1,2}}|[A-Za-z甲乙丙丁东西中])单元|(?<![个几两]){_CN}单元|(?<=[栋幢楼座])\d{{1,2}}[门梯](?!口))
|(?P<floor>负?(?:(?<![\d.A-Za-z])-?\d{{1,3}}|{_CN})(?:楼|层)|(?<![A-Za-z0-9])[BF]?\d{{1,2}}[Ff](?![A-Za-z0-9])|顶楼)
|(?P<room>(?<![\d.\-A-Za-z])[A-Za-z]?\d{{3,4}}(?:号房|室|房(?![租子])))
|(?P<group>(?<![第分这那每哪班\d])(?:\d{{1,2}}|{_CN})(?:村民小组|村民组|小组|组)(?![织长合成数装件建图稿词人照队团]))
|(?P<lane>(?<![\d.\-])\d{{1,4}}(?:弄|巷|号大街))
|(?P<phase>(?:[一二三四五六1-9]|\d{{1,2}})期(?![款工疫手课治末间待限])|(?:[东西南北中A-Ea-e]|[东西南北][一二三]|[一二三四五六七八九1-9]|[A-Z]\d)区(?![别域分块长委])|第[一二三四五六]小区)
|(?P<road_no>(?<![\d.\-])\d{{1,5}}(?:[-之]\d{{1,4}})?号(?:院|附\d{{1,3}})?(?![线店码称召令桥库馆]|门(?![口前外]))|(?:附\d{{1,3}}|{_CN})号(?![楼线店码称召令桥库馆]|门(?![口前外])))
|(?P<bare>(?<![\d.\-:A-Za-z])[A-Za-z]?\d{{1,5}}[A-Za-z]?(?!S店)(?![\dA-Za-z.:%元块斤年月日号个人户家次点时分秒天米岁罐份只件万千百]))
"""


@lru_cache(maxsize=8)
def grammar(gazetteer: Gazetteer) -> Grammar:
    """The compiled words of a gazetteer."""
    elements = _elements(gazetteer)
    division = dict(gazetteer.divisions)
    for name, element in gazetteer.divisions:
        for ending in ("街道", "镇", "回族乡", "乡"):
            if element == "town" and name.endswith(ending) and len(name) - len(ending) >= 3:
                division.setdefault(name.removesuffix(ending), "town")
    named = either(word for word in elements if word != "路")
    return Grammar(
        token=_compiled(_spoken(gazetteer, named, either(division))),
        tail=re.compile(_tail(gazetteer)),
        postal=_compiled(_written(gazetteer, named, either(division))),
        element=elements | dict.fromkeys(("路", "线", *_WAYS), "road"),
        division=division,
        weak=frozenset(gazetteer.weak),
    )


def _tail(gazetteer: Gazetteer) -> str:
    """What says where something is as seen from the place before it: 「对面」, 「后门出去左手边」, 「那块坪」."""
    relative = either((*gazetteer.relatives, *gazetteer.parts))
    go = r"(?:出去|进去|出来|进来|过去|上去|下去|往[里外上下左右前后东西南北](?:走|边|面)?(?:\d{1,4}米)?)"
    thing = (
        rf"(?:的)?(?:[那这咯][一二两三几]?|[一二两三四五几\d])(?:{MEASURES})(?:{NOUNS})?|(?:的)(?:{NOUNS})|"
        rf"(?:{THINGS})"
    )
    return (
        rf"(?:的)?(?:(?:{relative}|{go}(?={relative})){{1,4}}(?:{thing})?|[那这咯](?:边|头|里|"
        rf"一?[块片截段](?!{MEASURES}))(?:{thing})?|(?:的)?[那这咯][一二两三几]?(?:{MEASURES})(?:{NOUNS}))"
    )


def _spoken(gazetteer: Gazetteer, named: str, division: str) -> list[str]:
    """The tokens of talk: words that break a name stop it."""
    return [
        _AHEAD,
        rf"(?P<division>{division})",
        rf"(?P<province>(?:{either(gazetteer.provinces)})(?:省|市|自治区|壮族自治区|回族自治区)|"
        rf"(?:{either(gazetteer.prefectures)})市|益阳市?)",
        _NUMBERS,
        rf"(?P<false>{either(gazetteer.false_ends)}|村民(?!小组|组|委员会))",
        rf"(?P<ending>{named}|路{_NOT_ROAD})",
        rf"(?P<stop>{either(gazetteer.breaks)}|[^\w]|_)",
    ]


def _written(gazetteer: Gazetteer, named: str, division: str) -> list[str]:
    """The tokens of an address: provinces and cities need no 「市」, and no words stand around the names."""
    regions = either((*gazetteer.provinces, *gazetteer.prefectures))
    other = "[市省东西南北中]?[路街巷](?!桥)|[市省区县镇乡村港湾]|街道|大道|大学|职业|大厦|大酒店|小区"
    return [
        _AHEAD,
        rf"(?P<division>{division})",
        rf"(?P<province>(?:{regions})(?:省|市|自治区|(?!{other})))",
        _NUMBERS,
        rf"(?P<ending>{named}|路|线(?=\d|[^\w]|$)|{either(_WAYS)})",
        r"(?P<stop>[^\w]|_)",
    ]


def _compiled(parts: list[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(p if p is _NUMBERS else p.replace(" ", r"\ ").replace("#", r"\#") for p in parts), re.VERBOSE
    )
