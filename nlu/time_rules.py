"""The rules of time: which pattern is read by which reader of `nlu.time_words`, the telling ones first.

Pure data and one compiled pattern. In a pattern `~` stands before the names of groups, so that they differ from rule to rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu import clock_words as clocks
from nlu import time_words as read
from nlu.clock_words import PART_WORDS
from nlu.lunar import FESTIVALS, LUNAR_FESTIVALS, MOVING, TERMS
from nlu.time_words import CLOCK, DAY, MONTH, PART, SEASON, TIMES_OF_YEAR, WEEK, YEAR, Reader


@dataclass(frozen=True, slots=True)
class Rule:
    """A word of time and how wide it is."""

    name: str
    level: int
    pattern: str
    read: Reader


_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_H = r"(?:\d{1,2}|十[一二三四五六七八九]?|二十[一二三四]?|[零一二两三四五六七八九])"
_TO = r"\s{0,2}(?:到|至|[-~–—－])\s{0,2}"
_ANY_FESTIVAL = "|".join(
    sorted(
        {*FESTIVALS, *LUNAR_FESTIVALS, *MOVING, *TERMS} - {"十一", "三八", "五四", "七一", "八一", "六一", "五一"},
        key=len,
        reverse=True,
    )
)
_SHORT_FESTIVAL = (
    r"(?<![第\d一二三四五六七八九十月初])(?:五一|六一|七一|八一|十一|三八)(?=节|期间|假|放假|长假|"
    r"前后|之?前|之?后|当天|那天|$|[\s，。,！!?？])"
)
_PART_PATTERN = "|".join(pattern for _, pattern in PART_WORDS)
_MONTH_NAME = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_NOT_NUMBER = r"(?<![\d.:/\-第])"

RULES = (
    Rule("full", DAY, 
r"(?<![\d.:/])(?:(?P<~_a>(?:1[5-9]|20)\d\d)[-/.](?P<~_b>0?[1-9]|1[0-2])[-/.](?P<~_c>0?[1-9]|"
r"[12]\d|3[01]))(?!\d{0,1}[\d%]*%)(?=\D|\d\d:|$)", read.full),
    Rule("backward", DAY, 
r"(?<![\d.:/\-])(?P<~_a>0?[1-9]|[12]\d|3[01])[-/.](?P<~_b>0?[1-9]|1[0-2])[-/.](?P<~_c>(?:19|"
r"20)\d\d|2\d)(?![\d.:/\-])", read.full),
    Rule("short_full", DAY, 
r"(?<![\d.:/\-])(?P<~_a>2\d)[-/.](?P<~_b>0?[1-9]|1[0-2])[-/.](?P<~_c>0?[1-9]|[12]\d|"
r"3[01])(?![\d.:/\-])", read.full),
    Rule("packed", DAY, 
r"(?<![\dA-Za-z\-])(?P<~_a>(?:19|20)\d\d)(?P<~_b>0[1-9]|1[0-2])(?P<~_c>0[1-9]|[12]\d|"
r"3[01])(?![\dA-Za-z\-])", read.full),
    Rule("year_month", MONTH, 
r"(?<![\d.:/\-])(?P<~_a>(?:19|20)\d\d)[-/.](?P<~_b>0[1-9]|1[0-2])(?![\d:/])|"
r"(?<=[-~])(?P<~_c>(?:19|20)\d\d)[/.](?P<~_d>0[1-9]|1[0-2])(?![\d:/])", read.year_month),
    Rule("padded", DAY, 
r"(?<![\d.:/\-])(?P<~_a>0[1-9]|1[0-2])-(?P<~_b>0[1-9]|[12]\d|3[01])(?![\d.:/\-]|元|块|斤)(?=\s|\D|"
r"$)", read.month_day),
    Rule("slashed", DAY, 
r"(?<![\d.:/\-])(?P<~_a>0?[1-9]|1[0-2])[/·](?P<~_b>0?[1-9]|[12]\d|3[01])(?:日|号)?(?![\d.:/\-]|个|"
r"人|元|杯|桶|的概率)", read.month_day),
    Rule("decade", 0, 
r"(?:(?P<~_c>上|本|\d{1,2}|[一二]?十[一二三四五六七八九]?|二十一?)个?世纪(?:的)?(?:(?P<~_d>\d0|"
r"[一二三四五六七八九]十)年代(?P<~_x>初期?|前期|中期|末期?|后期)?)?)", read.decade),
    Rule("decade_alone", 0, r"(?P<~_d>\d0|[二三四五六七八九]十)年代(?P<~_x>初期?|前期|中期|末期?|后期)?", read.decade),
    Rule("year", YEAR, 
r"(?<![\d.\-])(?:公元)?(?P<~_n>(?:1\d|20)\d\d|[零〇一二三四五六七八九]{3,4}|"
r"[一二两]千[零〇一二三四五六七八九十百]{1,6}|0\d)\s?年(?![级龄轻纪代])(?:度)?", read.named_year),
    Rule(
        "year_two", YEAR,
        rf"(?<![\d.\-])(?P<~_n>\d\d)\s?年(?=\s?(?:{_MONTH_NAME}月|第|首|[上下]半年|[初底末]|[春夏秋冬]|也|那年|的时候))",
        read.named_year,
    ),
    Rule("year_spoken", YEAR, 
r"(?<![零〇一二三四五六七八九十百千几\d])(?P<~_n>零[一二三四五六七八九]|一一|二二|三三|四四|五五|"
r"六六|七七|八八|九九|[五六七八九][零〇一二三四]|九[五六七八]|八[五六七]|七[五六]|"
r"五[七八九])年(?![级代])", read.named_year),
    Rule("year_range", YEAR, 
r"(?<![\d.\-])(?P<~_n>(?:19|20)\d\d)(?=\s?(?:到|至|[-~–—－])\s?(?:(?:19|20)\d\d(?!\d)|\d\d年))|"
r"(?<=\d\d\d\d[-~–—到至－])(?P<~_m>(?:19|20)\d\d)(?!\d)", read.named_year),
    Rule("relative_year", YEAR, r"(?P<~_w>大前|前|去|旧|今|明|后|大后|本|次|来|同)年(?!级|纪|轻)", read.relative_year),
    Rule("last_year", YEAR, r"(?P<~_w>上一|下一|这一|上(?=年[初末底中])|下(?=年[初末底中]))年(?!级)", read.relative_year),
    Rule("year_part", SEASON, 
r"(?<=年)(?P<~_w>[初底末中尾])(?![小中]学|间|级)|(?<!大)年(?P<~_v>[初底末尾中])(?![学一二三四五六"
r"七八九十])|(?P<~_x>[上下前后]半年)", read.year_part),
    Rule(
        "quarter", SEASON,
        r"(?:第?(?P<~_n>[一二三四1-4首]|[Qq][1-4])(?:个)?季度|(?P<~_r>上上|下下|上一?|下一?|本|这)个?季度)",
        read.quarter,
    ),
    Rule("season", SEASON, r"(?P<~_w>[春夏秋冬])(?:天|季)", read.season),
    Rule("written_date", DAY, 
r"(?<![\d.零一二两三四五六七八九十])(?P<~_a>1[0-2]|0?[1-9]|十[一二]?|"
r"[一二三四五六七八九])月(?:份)?\s?(?P<~_b>[12]\d|3[01]|0?[1-9]|三十一?|二十[一二三四五六七八九]?|"
r"十[一二三四五六七八九]?|[一二三四五六七八九])(?:日(?![常用语子报])|"
r"号(?![楼线门院店码称召令栋桌机井坑位]))", read.month_day),
    Rule("lunar_day", DAY, 
r"(?:农历|阴历|旧历)?(?:大年)?(?:(?P<~_leap>闰)?(?P<~_m>[正冬腊]|\d{1,2}|十[一二]?|"
r"[一二三四五六七八九])月)?(?P<~_n>初[一二三四五六七八九十]|廿[一二三四五六七八九]?|卅)(?![中小])", read.lunar_day),
    Rule("lunar_date", DAY, 
r"(?:农历|阴历|旧历)?(?P<~_leap>闰)?(?P<~_m>[正冬腊]|\d{1,2}|十[一二]?|"
r"[一二三四五六七八九])月(?P<~_n>十[一二三四五六七八九]?|二十[一二三四五六七八九]?|"
r"三十)(?![日号\d多天几个一二三四五六七八九十])", read.lunar_day),
    Rule("lunar_figures", DAY, 
r"(?:农历|阴历|旧历)(?P<~_leap>闰)?(?P<~_m>[正冬腊]|\d{1,2}|十[一二]?|"
r"[一二三四五六七八九])月(?P<~_n>\d{1,2})(?:日|号)?(?!\d)", read.lunar_day),
    Rule("lunar_tail", DAY, r"(?<=[正冬腊]月)(?P<~_n>[0-3]?\d)(?:日|号)?(?!\d)", read.lunar_day),
    Rule(
        "plain_date", DAY,
        r"(?<![\d.])(?P<~_a>1[0-2]|0?[1-9])月(?P<~_b>[12]\d|3[01]|0?[1-9])(?![\d日号个天多年月.])(?=\D|$)",
        read.month_day,
    ),
    Rule(
        "some_months", SEASON,
        r"(?<=年)(?P<~_w>前|头|后|最后)(?P<~_n>\d{1,2}|[一二两三四五六七八九十]{1,2})个?月",
        read.some_months,
    ),
    Rule("month", MONTH, 
rf"(?P<~_l>农历|阴历|旧历)?(?P<~_leap>闰)?(?:(?<![\d.零一二两三四五六七八九十个几多])|"
rf"(?<=年))(?:第)?(?P<~_n>[正冬腊首]|{_MONTH_NAME})个?\s?(?<!\d个)(?<![一二三四五六七八九十]个)月(?"
rf":份)?(?![饼嫂子租薪票卡费结经光亮球])", read.month),
    Rule("nth_month", MONTH, r"(?<=年)第(?P<~_n>\d{1,2}|[一二三四五六七八九十]{1,2})个月", read.month),
    Rule("relative_month", MONTH, 
r"(?P<~_w>上上|下下|上一|下一|上|下|这|咯|本|当|同|次)(?:一)?个?月(?!饼|"
r"[一二两三四五六七八九十]个)(?:份)?", read.relative_month),
    Rule("month_part", WEEK, r"(?P<~_w>[上中下]旬)", read.month_part),
    Rule("month_end", WEEK, r"(?<=月)(?P<~_w>[初底末尾])(?![小中一二三四五六七八九十])", read.month_part),
    Rule("month_alone", WEEK, r"月(?P<~_w>[初底末])", read.month_part),
    Rule("some_days", DAY, r"(?<=月)(?P<~_w>前|头|后|最后)(?P<~_n>\d{1,2}|[一二两三四五六七八九十]{1,2})天", read.some_days),
    Rule("nth_week", WEEK, 
r"(?:的)?第(?P<~_n>\d{1,2}|[一二三四五六七八九十]{1,3})个?(?:星期|周|"
r"礼拜)(?P<~_d>[一二三四五六日天])?", read.nth_week),
    Rule("last_week_of", WEEK, r"(?:的)?(?P<~_n>最后一|最末一)个?(?:星期|周|礼拜)(?P<~_d>[一二三四五六日天])?", read.nth_week),
    Rule("weekday", DAY, 
r"(?P<~_w>上上|下下|上一|下一|上|下|这|咯|本|每|逢)?个?(?:星期|礼拜|"
r"周)(?P<~_d>[一二三四五六日天末]|(?<=期)[1-6])(?![年岁月游边围]|个)", read.weekday),
    Rule("week", WEEK, r"(?P<~_w>上上|下下|上一|下一|上|下|这|咯|本|每)(?:一)?个?(?:星期|礼拜|周(?![年岁围边]))", read.week),
    Rule("day", DAY, 
r"(?:(?<![\d.:/\-第一二三四五六七八九十])|(?<=[到至\-~]))(?P<~_n>[12]\d|3[01]|0?[1-9]|三十一?|"
r"二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])(?:日(?![常用语子报])|"
r"号(?![楼线门院店码称召令栋桌机井坑位]))", read.day),
    Rule("head_day", DAY, rf"{_NOT_NUMBER}(?P<~_n>{_N})(?={_TO}{_N}(?:日|号(?![楼线门院店码栋])))", read.day),
    Rule("month_day", DAY, rf"(?<=月)(?P<~_n>{_N})(?={_TO})", read.day),
    Rule("head_month", MONTH, rf"{_NOT_NUMBER}(?P<~_n>{_N})(?={_TO}{_N}月)", read.head_month),
    Rule("festival", DAY, 
rf"(?:农历)?(?P<~_w>(?:{_ANY_FESTIVAL})(?:节)?|{_SHORT_FESTIVAL}节?)(?!路|街|广场|社区|小区|村|苑|"
rf"团)", read.festival),
    Rule("time_of_year", MONTH, rf"(?P<~_w>{'|'.join(TIMES_OF_YEAR)})(?:时候|期间|时节)?", read.time_of_year),
    Rule(
        "other_day", CLOCK,
        r"(?P<~_w>前(?:几|两|些)[天日]|前日子|前不久|前一?阵子?|前一?段(?:时间|日子)?|前一向|前向|前期)",
        clocks.the_other_day,
    ),
    Rule("recent", CLOCK, 
r"(?P<~_w>刚刚|刚才|刚才子|头先|方才|最近(?!的)|近来|近期|近日|近段时间|[这咯](?:几|两|些)天|"
r"[这咯]一?段(?:时间|日子)|[这咯]一?阵子?|[这咯]一?向)", clocks.recent),
    Rule("day_part", DAY, 
r"(?<![提之以目先面门年月])(?P<~_w>大前|前|昨|今|明|后|当|次|每)(?:天|日(?!报)|日子里?|朝|"
r"儿)?(?=早|晚(?!点|些|辈)|夜|晨|凌晨|午(?!餐|饭))", read.relative_day),
    Rule("relative_day", DAY, r"(?P<~_w>大前|大后|前|昨|今|明|当)(?:天|日里?|儿|朝(?!阳|霞|代))", read.relative_day),
    Rule("after_day", DAY, r"(?<![今以前之往落])(?P<~_w>后)天(?!津)", read.relative_day),
    Rule("next_day", DAY, r"(?P<~_w>次|同|每)[日天](?!报)", read.relative_day),
    Rule("every_day", DAY, r"(?:每一天|每个(?:晚上|早上)|天天|日日)", lambda get, outer, at: read.days(at.date(), 1, DAY)),
    Rule("all_day", DAY, r"全天|一整天|整天", lambda get, outer, at: read.days(at.date(), 1, DAY)),
    Rule("colon", CLOCK, r"(?<![\d:./比])(?P<~_h>[01]?\d|2[0-4]):(?P<~_m>[0-5]\d)(?::[0-5]\d)?(?![\d:])时?", clocks.colon),
    Rule("colon_after", CLOCK, r"(?<=[\-/]\d\d)(?P<~_h>[01]\d|2[0-4]):(?P<~_m>[0-5]\d)(?::[0-5]\d)?(?![\d:])", clocks.colon),
    Rule(
        "clock", CLOCK,
        
rf"(?<![\d.第百千零])(?P<~_h>{_H})\s?(?:点钟?|时(?![候间不常机段期而刻代速尚效差光装空]))(?:(?P<~_m"
rf">半|[一两三123]刻|过?(?:[0-5]?\d|[零十]?[一二三四五六七八九十]|"
rf"[二三四五]十[一二三四五六七八九]?)分|[0-5]\d(?!\d)|零[一二三四五六七八九]|"
rf"十[一二三四五六七八九]?(?!分)|[二三四五]十[一二三四五六七八九]?)(?:钟)?(?:\d{1,2}秒)?)?(?:多钟?|"
rf"左右|许|整|来钟|把钟|过(?!去|来))?",
        clocks.clock,
    ),
    Rule(
        "head_clock", CLOCK,
        rf"{_NOT_NUMBER}(?P<~_n>{_H})(?={_TO}(?:晚上|下午|中午|凌晨)?{_H}\s?(?:点|时(?![候间])))",
        clocks.head_clock,
    ),
    Rule("part", PART, rf"(?P<~_w>{_PART_PATTERN})", clocks.part),
    Rule("now", CLOCK, r"现在|目前|此刻|这会儿?|[这咯]下子|而今|如今|当前", clocks.now),
)  # fmt: skip
BY_NAME = {rule.name: rule for rule in RULES}
WORD = re.compile("|".join(f"(?P<{rule.name}>{rule.pattern.replace('~', rule.name)})" for rule in RULES))
