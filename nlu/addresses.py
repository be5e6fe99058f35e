"""Whole addresses: whether a text is one, and the names in it that no ending tells.

An address has no words around its names, so whatever lies between two of its elements is a name as well.
"""

from __future__ import annotations

import re

from nlu.place_walk import Walk

LONGEST_ADDRESS = 70
_LIKE_ONE = re.compile(
    r"[一-鿿]{2,8}(?:省|市|区|县|自治州)[-_ ]?[一-鿿A-Z0-9]{2,}|[一-鿿]{2,6}(?:镇|乡|街道)[一-鿿A-Z0-9]{2,}"
    r"|[一-鿿\d]{2,9}(?:路|街|巷|大道|弄|村)[^\W\d]{0,6}\d+号?|[一-鿿]{2,10}\d+(?:[栋幢座]|号楼|弄|-\d+-\d+)"
)
#: The levels of an address; each counts once, for talk repeats one and an address goes down them.
_LEVEL = re.compile(
    r"[一-鿿]{2}(?:(?P<region>[省县]|(?<![超门都城上])市(?!场|民|政)"
    r"|(?<![小社片园业宅校厂东南西北中新一二三四五六七八九十])区)"
    r"|(?P<town>街道|[镇乡])|(?P<road>[路街巷弄道]|大道)|(?P<village>[村苑园城厦]|小区|社区|广场|公司))"
    r"|[\d一二三四五六七八九十](?:(?P<house>[号弄]|-\d)|(?P<building>[栋幢座]|号楼)|(?P<indoors>室|单元|楼))"
)
#: How an address ends: with a number, a place, or after a number with a name of few letters that sounds like a firm.
_ENDS = re.compile(
    r"(?:[\dA-Za-z]|[栋幢座室楼层号弄组队户旁内口边路街巷道线村乡镇区县市苑园城厦府湾庭里]"
    r"|[店厂院校司局所站场馆部社寺庙港坪塘桥门仓库屯庄房寓]|单元|[小中大]学|[银分支商]行|服饰|[布鞋门]业|快递|传媒|汽[贸修]|科技|[委协]会"
    r"|对面|附近|隔壁|后面|前面|下面|楼[上下]|[东西南北][侧面边头]|中心|国际|天下|一品|[新名]都|[一二三四五六七八九十]期|电联|收)$"
    r"|[\d一二三四五六七八九十](?:号|室|楼|栋|幢|单元|层)?[_ ]?(?:[一-鿿A-Za-z]{2,12})$"
)
_NAMED = {"region", "town", "road", "village"}
_FROM_AFAR = re.compile(r"(?:[一-鿿]{2,8}(?:[省市区县州]|自治区)[-_ ]{0,2}){2}[一-鿿]")
_TALK = re.compile(
    r"[我你他她哒没冇吗呢吧啊咯又说请问跟把被给叫怎哪谁很坏堵漏倒臭吵淹断塌掉冒着死催么咋吃喝睡笑哈裂响渗偷狗猫]"
    r"|[,，、。！？!?；;：:~]|今天|昨|明天|上午|下午|晚上|早上|电梯(?!有限|公司|厂)|垃圾(?!站|中转|处理)|路灯|井盖|噪音"
    r"|反映|举报|投诉|希望|建议|咨询|反对|要求|诚邀|出租|打折|收费|非法|占[地用]|私搭|擅自|扰民|整治|无人|严重|污染|使用|设[立置]|增[加设]"
    r"|堆[满放]|停放|规划(?![局馆院])|如何|为何|能否|是否|某|未|[盼骗扰违损破裂欠赔缺脏乱难慢涨罚撤拖拆砸撞挡逼]"
    r"|积水|停[水电气]|跳闸|水管|下水|起火|着火|冒烟|有(?!限)|什么|怎么|一下|可以|时候|来(?:水(?!厂)|电|人)|[走跑开]到|过来"
)
#: Words of talk that stand in names as often: an address that shows by its form is none the less one.
_MILD = re.compile(
    r"[的了是在不这那也还就看想要个们爱让]|太(?![平湖阳原和])|(?<![成新首丽名鞋商国古])都(?![市匀江])|好(?![运望又])|停(?!车)"
    r"|(?<![维汽])修(?![理配车水])|黑(?!龙)|烧(?!烤)|管(?![理委])|投(?!资)|急(?!诊|救)|(?<!急)救"
)
_NOISE = re.compile(r"(?:电联|电话联系|电话|联系|代?收件?|转|前台|客服部|财务部|店面|商铺|办公室)+$")
_REST = re.compile(r"[一-鿿A-Za-z0-9]{2,18}")
_HAN = re.compile(r"[一-鿿]")
_FIGURED = re.compile(r"(?<=\d)一(?=\d)")
#: These join two names of an address: the place is at the second.
_BESIDE = re.compile(r"(?:斜|正)?对面|附近|旁边|隔壁|后面|前面|楼[上下]|[东南西北]侧|交[叉汇](?:处|口|路口)")
_GATE = re.compile(r"(?<=[一-鿿]{2})(?:(?:[东西南北正侧后]大?|大)门(?![业窗市诊店面户])|[东西南北]楼)")
_ENDS_BEFORE_ROAD = re.compile(
    r"(?:[^\W\d]{2,8}(?:中心|市场|广场|小区|商城)|[^\W\d]{0,8}(?:[新园]区|开发区|[产工]业[园区]|[技件物]园))(?=[^\W\d]{1,4}$)"
)
LONGEST_NAME = 12
#: A road is called by few letters; longer ones right behind a city or county begin with the next division, in two letters.
LONG_ROAD = 4
#: Behind these stands who lives there, and no further name of a place.
_INDOORS = ("unit", "floor", "room")


def is_written_out(line: str) -> bool:
    """Whether an address names its region, town or road, as on a parcel, and not only an estate of the place."""
    return any(match.lastgroup in ("region", "town", "road") for match in _LEVEL.finditer(line))


def is_address(line: str, kind: str) -> bool:
    """Whether the whole text is an address and no talk."""
    if kind == "location":
        return True
    if len(line) > LONGEST_ADDRESS or _TALK.search(line):
        return False
    from_afar = bool(_FROM_AFAR.match(line))
    if not from_afar and not _ENDS.search(line.rstrip("_- ")):
        return False
    levels = {match.lastgroup for match in _LEVEL.finditer(line)}
    if _MILD.search(line):
        return from_afar or len(levels) >= 3
    return (len(levels) >= 2 and bool(levels & _NAMED)) or bool(_LIKE_ONE.match(line.lstrip("_- ")))


def dashed(line: str) -> str:
    """An address in which 「一」 between figures is the dash that it stands for."""
    return _FIGURED.sub("-", line)


def split_road(walk: Walk, name: str, start: int) -> str:
    """The name of a road without the estate or division in front of it, which is kept."""
    begin = start - len(name)
    if found := _ENDS_BEFORE_ROAD.match(name):
        walk.add("estate", begin, begin + found.end())
        return name[found.end() :]
    wider = walk.wider(begin)
    if wider and len(name) >= LONG_ROAD and name.isalpha():
        walk.add(wider, begin, begin + 2)
        return name[2:]
    return name


def name_before(walk: Walk, start: int, kind: str) -> None:
    """The name right before a number is an estate, and before a group a village, though nothing tells it."""
    whole = walk.line[walk.edge : start]
    gate = _GATE.search(whole)
    name = (whole[: gate.start()] if gate else whole).strip("-_ ")
    if 2 <= len(name) <= LONGEST_NAME and _HAN.search(name) and not walk.words.tail.fullmatch(name):
        at = walk.line.index(name, walk.edge)
        walk.add("village" if kind == "group" else "estate", at, at + len(name))
        walk.guessed = at


def _blank(word: re.Match[str]) -> str:
    return " " * len(word[0])


def fill(walk: Walk) -> None:
    """What no ending tells is a name of an estate all the same."""
    taken = [*((s.start, s.end) for s in walk.spans), *walk.passed, (len(walk.line), len(walk.line))]
    indoors = {s.end for s in walk.spans if s.element in _INDOORS}
    found, position = [], 0
    for start, end in sorted(taken):
        if position in indoors:
            position = max(position, end)
            continue
        gap = _NOISE.sub("", walk.line[position:start])
        if walk.formal:
            gap = _BESIDE.sub(_blank, _GATE.sub(_blank, gap))
        for match in _REST.finditer(gap):
            if _HAN.search(match.group()) and not walk.words.tail.fullmatch(match.group()):
                found.append((position + match.start(), position + match.end()))
        position = max(position, end)
    for start, end in found:
        walk.add("estate", start, end)
    walk.spans.sort(key=lambda s: s.start)
