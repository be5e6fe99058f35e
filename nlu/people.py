"""Who is touched and what must not be shown: people affected, subjects that are no persons, and private numbers.

Pure. Numbers are looked for in the whole of a text; masking keeps its length, so offsets stay true.
"""

from __future__ import annotations

import re

from nlu.numerals import VAGUE, amount, listed, plain
from nlu.understanding import Span

STAR = "＊"
TICKET = re.compile(r"(?<![0-9A-Za-z])\d{8}-[0-9A-HJKMNP-TV-Z]{6}(?![0-9A-Za-z])")
_GAP = r"[-\s.·]?"
_MOBILE = (
    rf"(?:\+?86{_GAP}|0086{_GAP}|\(\+?86\)\s?)?1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|"
    rf"{_GAP}\d{{3}}{_GAP}\d{{5}})"
)
_LINE = (
    rf"(?:\+?86{_GAP}|0086{_GAP})?(?:\(0?(?:10|2\d|[3-9]\d{{2}})\)|0(?:10|2\d|[3-9]\d{{2}})){_GAP}\d{{3"
    rf",4}}{_GAP}\d{{4}}"
)
_SPOKEN = r"[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}"
PHONE = re.compile(
    rf"(?<![0-9A-Za-z+.])(?:{_MOBILE}|{_LINE}|(?:\+|00)?86[-\s]?\(?(?:10|2\d|[3-9]\d{{2}})\)?[-\s]?\d{{"
    rf"4}}[-\s]?\d{{3,4}}|[48]00{_GAP}\d{{3}}{_GAP}\d{{4}})(?!\d)"
    rf"|(?<=[^\W\d_])(?:{_MOBILE})(?!\d)|{_SPOKEN}(?![零〇一幺二三四五六七八九])"
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Za-hj-np-z][·•. ]?(?=[A-Za-z]{0,4}\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{6}|"
    r"[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9学警挂港澳])"
    r"(?![A-Za-z0-9])"
)
_LONG = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{6} \d{8} \d{3}[\dXx]|\d{15,19}|\d{4}(?:[ -]\d{4}){3}(?:[ "
    r"-]\d{1,3})?)(?![0-9A-Za-z])"
)

_ALL = re.compile(
    r"(?:整|全)(?:个|条|片|座)?(?:小区|社区|单元|栋楼?|幢楼?|组|村|条?街|条?巷子?|条?路|院子?|屋场|"
    r"楼层|层楼?|片区?)"
    r"|(?:半|一)条街(?=[都人全的])|大?半个(?:小区|村|院子)|(?:好多|蛮多|许多|几多|很多|不少)(?:户|人家|住户|业主)"
)
_COUNT = re.compile(
    rf"(?<![第梯\d.一二两三四五六七八九十百])(?P<n>{VAGUE})"
    r"(?P<unit>户(?!型|外|口)(?:人家?|居民|业主)?|家(?:人家|住户|业主|商户|店)?(?![里庭电具属长园纺装政教])|"
    r"个?(?:多)?(?:业主|居民|村民|老人家?|学生|住户|人(?![民家次大工间行均才气品情转渣生])|伢子|细伢子|孩子|"
    r"小孩)"
    r"|[名位](?:业主|居民|村民|老人|学生|工人)|口人)"
)
_ROLL = re.compile(r"接龙|(?:^|\n)\s*\d{1,3}[.、．]\s*\S[^\n]*\n\s*\d{1,3}[.、．]")


def roll_call(text: str) -> bool:
    """Whether the text is a list that people sign into (接龙): its numbers count goods, not homes."""
    return bool(_ROLL.search(text[:2000]))


def find_numbers(text: str) -> dict[str, tuple[Span, ...]]:
    """Ticket numbers, identity and bank numbers, phones and plates in the whole text; none overlaps another."""
    line = plain(text)
    taken = bytearray(len(line))
    found: dict[str, tuple[Span, ...]] = {}
    for name, pattern in (("ticket_no", TICKET), ("identity_no", _LONG), ("phone", PHONE), ("plate", PLATE)):
        spans = []
        for match in pattern.finditer(line):
            start, end = match.span()
            if not any(taken[start:end]):
                spans.append(Span(text[start:end], start, end))
                taken[start:end] = b"\x01" * (end - start)
        found[name] = tuple(spans)
    return found


def mask(text: str) -> str:
    """The text with phones, plates, identity and bank numbers made unreadable, at the same length."""
    found = find_numbers(text)
    keep = {"phone": (3, 2), "plate": (2, 0), "identity_no": (0, 0)}
    chars = list(text)
    for name, (head, tail) in keep.items():
        for span in found[name]:
            for i in range(span.start + head, span.end - tail):
                chars[i] = STAR
    return "".join(chars)


def find_people(text: str) -> tuple[Span, ...]:
    """How many people or homes are touched, as far as it is said."""
    if roll_call(text):
        return ()
    line, spans = plain(text), []
    for match in _COUNT.finditer(line):
        bounds = amount(match["n"])
        if bounds is None or bounds[0] < 1 or match["n"] in ("一", "1", "万", "千", "百"):
            continue
        least, most = int(bounds[0]), None if bounds[1] is None else int(bounds[1])
        spans.append(Span(text[match.start() : match.end()], match.start(), match.end(), least=least, most=most))
    for match in _ALL.finditer(line):
        if not any(s.start < match.end() and match.start() < s.end for s in spans):
            spans.append(Span(text[match.start() : match.end()], match.start(), match.end()))
    return tuple(sorted(spans, key=lambda s: s.start))


_KINDS = (
    "物业管理公司|物业公司|物业服务中心|物业中心|物业服务公司|物业处|物业办|物业|业委会|业主委员会|"
    "房地产公司|房产公司|开发商|建筑公司|装修公司|有限责任公司|有限公司|分公司|总公司|公司|"
    "施工队|施工方|施工单位|装修队|工程队|项目部|工地|搅拌站|砂石场|沙场|砂场|采石场|碎石厂|砖厂|"
    "养猪场|猪场|养鸡场|鸡场|鸭场|养殖场|屠宰场|加工厂|化工厂|水泥厂|厂家|厂子|"
    "烧烤店|烧烤摊|烧烤|夜宵摊|夜宵店|大排档|麻将馆|棋牌室|粉馆|面馆|餐馆|饭店|酒店|宾馆|茶楼|网吧|"
    "KTV|ktv|洗车店|洗车场|修理厂|汽修店|废品站|废品店|早餐店|水果店|理发店|奶茶店|火锅店|"
    "超市|便利店|药店|诊所|健身房|培训机构|培训班|托管班|驾校|快递站|快递点|驿站|菜鸟驿站|店子|门店|门面|店家|商家|"
    "供水公司|自来水公司|自来水厂|水厂|供电公司|供电所|电力局|电业局|燃气公司|天然气公司|公交公司|"
    "环卫所|环卫公司|城管队|城管局|城管|移动公司|电信公司|联通公司|广电公司|铁塔公司|银行|"
    "广场舞队|幼儿园|学校|医院|居委会|村委会"
)
_BARE = frozenset(
    listed(
        "物业 物业公司 业委会 开发商 施工队 施工方 施工单位 工地 项目部 搅拌站 供水公司 自来水公司 "
        "供电公司 供电所 燃气公司 天然气公司 公交公司 城管 城管队 麻将馆 棋牌室 KTV ktv "
        "烧烤店 烧烤摊 大排档 夜宵摊 养猪场 猪场 养殖场 砂场 沙场 砖厂 洗车店 洗车场 废品站 驿站 超市 "
        "店家 商家 环卫所 装修队 电力局 自来水厂 水厂 健身房 快递站"
    )
)
_WHERE = "(?:楼下|楼上|隔壁|对面|旁边|门口|后面|前面|边上|小区|我们|附近)(?:的|那家|那个|这家|这个|那|咯家)?"
_SUBJECT = re.compile(rf"(?:{_WHERE})?(?P<name>[一-鿿A-Za-z0-9]{{0,8}}?)(?P<kind>{_KINDS})(?![费群卡证员门城])")
_CUT = re.compile(
    r".*(?:[0-9零一二两三四五六七八九十半][点号]|点[钟半]|昨[晚夜]|今[早晚天]|前天|刚才|[们我你他她的了哒是在不没冇有和跟与被把给叫喊让找问向对说讲请那这咯个些都也又还就要想去到从"
    r"来给住看用过上下里边打]|离|存|带|精|好|新|某|口|回|刚|已经|开始|[两几]所|另外|投诉|举报|反映|麻烦|联系|通知|关于|因为|觉得|希望|晚上|半夜|昨天|今天|"
    r"每天|早上|天天|一直|楼下|楼上|隔壁|对面|旁边|门口|后面|前面|附近|家)"
)


def find_subjects(text: str) -> tuple[Span, ...]:
    """Firms, shops and sites that the text is about, with where they are if it stands before; never persons."""
    line, spans = plain(text), []
    for match in _SUBJECT.finditer(line):
        name = match["name"]
        cut = _CUT.match(name)
        start = match.start("name") + (cut.end() if cut else 0)
        where = match.start() if match.start("name") == start else start
        if start == match.start("kind") and match["kind"] not in _BARE and where == start:
            continue
        if start < match.start("kind"):
            where = start
        if line[where : where + 2] in ("我们", "小区"):
            where = start
        if match.end() > where:
            spans.append(Span(text[where : match.end()], where, match.end()))
    return tuple(spans)
