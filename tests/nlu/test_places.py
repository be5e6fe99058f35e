"""Places: every notation of a building, villages and groups, roads and crossings, landmarks; and what is no place."""

from datetime import datetime
from pathlib import Path

import pytest

from nlu.facts import describe_place, find_facts
from nlu.places import find_places, load_gazetteer
from nlu.understanding import Surroundings

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "training_data" / "places.yaml")
HERE = Surroundings(
    at=datetime.fromisoformat("2026-05-12T15:00:00+08:00"),
    area={"county": "赫山区", "town": "桃花仑街道", "village": "云塘社区"},
    places=("云塘家园", "云塘家园二期", "枫林苑", "云塘菜市场", "枫林路", "老酱油厂", "云塘小学", "七里巷"),
)


def said(text: str) -> list[tuple[str, str]]:
    return [(span.element or "", span.text) for span in find_places(text, HERE, GAZETTEER)]


NOTATIONS = [
    ("3栋电灯不亮", [("building", "3栋")]),
    ("三栋也停水了", [("building", "三栋")]),
    ("5#没有水", [("building", "5#")]),
    ("8号楼进水了", [("building", "8号楼")]),
    ("12号楼2单元", [("building", "12号楼"), ("unit", "2单元")]),
    ("六幢的灯", [("building", "六幢")]),
    ("B座进不去", [("building", "B座")]),
    ("A区5幢水管爆了", [("estate", "A区"), ("building", "5幢")]),
    ("3-2-501漏水", [("building", "3"), ("unit", "2"), ("room", "501")]),
    ("7-1101在装修", [("building", "7"), ("room", "1101")]),
    ("三栋二单元没电", [("building", "三栋"), ("unit", "二单元")]),
    ("6栋三楼有烟", [("building", "6栋"), ("floor", "三楼")]),
    ("9栋1单元602室", [("building", "9栋"), ("unit", "1单元"), ("room", "602室")]),
    ("9栋1单元602", [("building", "9栋"), ("unit", "1单元"), ("room", "602")]),
    ("9栋 1单元 602", [("building", "9栋"), ("unit", "1单元")]),
    ("4栋2-301", [("building", "4栋"), ("unit", "2"), ("room", "301")]),
    ("猫在 3 栋门口", [("building", "3 栋"), ("landmark", "门口")]),
    ("２栋没水", [("building", "２栋")]),
    ("十二栋楼下好吵", [("building", "十二栋"), ("landmark", "楼下")]),
    ("7栋8栋都没水", [("building", "7栋"), ("building", "8栋")]),
    ("负一楼进水", [("floor", "负一楼")]),
    ("一栋二单元堵了", [("building", "一栋"), ("unit", "二单元")]),
    ("3栋东单元停水", [("building", "3栋"), ("unit", "东单元")]),
    ("3栋2门没水", [("building", "3栋"), ("unit", "2门")]),
    ("A楼三楼漏水", [("building", "A楼"), ("floor", "三楼")]),
    ("云塘家园5-2的墙裂了", [("estate", "云塘家园"), ("building", "5"), ("unit", "2")]),
    ("806-808室漏水", [("room", "806-808室")]),
    ("7栋101-103都漏水", [("building", "7栋"), ("room", "101-103")]),
    ("3-2-501室漏水", [("building", "3"), ("unit", "2"), ("room", "501室")]),
    ("三栋二单元楼道灯坏了", [("building", "三栋"), ("unit", "二单元"), ("landmark", "楼道")]),
    ("A区5#没水", [("estate", "A区"), ("building", "5#")]),
]
NAMES = [
    ("云塘家园2栋", [("estate", "云塘家园"), ("building", "2栋")]),
    ("云塘家园二期没电", [("estate", "云塘家园二期")]),
    ("枫林苑南区停水", [("estate", "枫林苑南区")]),
    ("整个北区都没有水", [("estate", "北区")]),
    ("翠竹小区停水了", [("estate", "翠竹小区")]),
    ("小区停水了", []),
    ("翠竹小区三期5栋", [("estate", "翠竹小区三期"), ("building", "5栋")]),
    ("桃花仑街道今天停水", [("town", "桃花仑街道")]),
    ("谢林港镇天成垸村6组", [("town", "谢林港镇"), ("village", "天成垸村"), ("group", "6组")]),
    ("灰山港那边也停了", [("town", "灰山港"), ("landmark", "那边")]),
    ("福星村十二组", [("village", "福星村"), ("group", "十二组")]),
    ("双桥社区那边", [("village", "双桥社区"), ("landmark", "那边")]),
    ("李家屋场的路烂了", [("group", "李家屋场")]),
    ("李家坳村民小组的水渠", [("group", "李家坳村民小组")]),
    ("沧水铺镇三眼塘村刘家冲组", [("town", "沧水铺镇"), ("village", "三眼塘村"), ("group", "刘家冲组")]),
    ("刘家湾的渠道", [("landmark", "刘家湾")]),
    ("枫林路12号门口", [("road", "枫林路"), ("road_no", "12号"), ("landmark", "门口")]),
    ("朝阳大道88号", [("road", "朝阳大道"), ("road_no", "88号")]),
    ("枫林路与康复路交汇处有个坑", [("road", "枫林路"), ("road", "康复路"), ("landmark", "交汇处")]),
    ("七里巷路口", [("road", "七里巷"), ("landmark", "路口")]),
    ("枫林路路灯", [("road", "枫林路")]),
    ("老酱油厂旁边那块坪", [("landmark", "老酱油厂旁边那块坪")]),
    ("老酱油厂那头的两根杆子", [("landmark", "老酱油厂那头的两根杆子")]),
    ("市场后门出去左手边", [("landmark", "市场后门出去左手边")]),
    ("云塘菜市场对面", [("landmark", "云塘菜市场对面")]),
    ("学校门口堵死了", [("landmark", "学校门口")]),
    ("大堤边上倒渣土", [("landmark", "大堤边上")]),
    ("后面那条沟渠堵了", [("landmark", "后面那条沟渠")]),
    ("七里巷那根电线杆歪了", [("road", "七里巷"), ("landmark", "那根电线杆")]),
    ("3栋楼下垃圾桶满了", [("building", "3栋"), ("landmark", "楼下垃圾桶")]),
    ("公园东路有个坑", [("road", "公园东路")]),
    ("环乡东路黑漆漆的", [("road", "环乡东路")]),
    ("朝阳大道西128号", [("road", "朝阳大道西"), ("road_no", "128号")]),
    ("枫林路和康复路交叉口", [("road", "枫林路"), ("road", "康复路"), ("landmark", "交叉口")]),
    ("三一九国道旁边", [("road", "三一九国道"), ("landmark", "旁边")]),
    ("小区后门锁了", [("landmark", "小区后门")]),
    ("天成垸村6栋", [("estate", "天成垸村"), ("building", "6栋")]),
    ("永胜村三组的路烂了", [("village", "永胜村"), ("group", "三组")]),
    ("益阳市赫山区枫林路3号", [("county", "赫山区"), ("road", "枫林路"), ("road_no", "3号")]),
]
NO_PLACE = [
    "一栋楼都停电了",
    "两栋都这样",
    "盖了三栋楼",
    "腌菜 15一罐 要的扣1",
    "比分3-2 好险",
    "两百一斤 3斤起",
    "我们村的人都晓得",
    "这路怎么走",
    "走路都要侧身",
    "马路上全是水",
    "村干部来下",
    "今天是5月3号",
    "2026-05-12 停电",
    "第一组数据",
    "给了800元",
    "上街买菜",
    "老乡见老乡",
    "超市鸡蛋特价",
    "群里别吵了",
    "我在学校上班",
    "一共两千三百户",
    "【接龙】\n1. 3栋张姐 2份\n2. 5栋李哥 1份",
    "排队排到3点",
    "小区里面好吵",
    "赢了5-2",
    "2024-2025学年",
    "工资2000-3000元",
    "",
]


@pytest.mark.parametrize(("text", "expected"), NOTATIONS + NAMES)
def test_places_are_cut_into_elements(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("text", NO_PLACE)
def test_what_is_no_place_stays_unsaid(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我是8栋不是5栋", [("building", "8栋")]),
        ("不是5栋 是8栋", [("building", "8栋")]),
        ("云塘家园漏水", [("estate", "云塘家园")]),
        ("云塘3栋", [("estate", "云塘"), ("building", "3栋")]),
        ("云塘小学3栋", [("landmark", "云塘小学"), ("building", "3栋")]),
        ("枫林的人来下", [("estate", "枫林")]),
        ("枫林酒店开业", []),
    ],
)
def test_known_names_and_corrections(text: str, expected: list[tuple[str, str]]) -> None:
    assert [pair for pair in said(text) if pair[0] != "landmark" or "小学" in pair[1]] == expected


@pytest.mark.parametrize(
    ("text", "public", "expected"),
    [
        ("云塘家园3栋2单元501漏水", True, "云塘家园3栋"),
        ("云塘家园3栋2单元501漏水", False, "云塘家园3栋2单元501室"),
        ("3-2-501漏水", True, "3栋"),
        ("3-2-501漏水", False, "3栋2单元501室"),
        ("6栋三楼着火", True, "6栋三楼"),
        ("枫林路和七里巷路口", True, "枫林路与七里巷路口"),
        ("我是5栋的 说错了 是8栋", True, "8栋"),
        ("大家好", True, ""),
        ("福星村三组老酱油厂旁边", True, "福星村三组老酱油厂旁边"),
        ("赫山区朝阳大道88号翠竹小区三期5栋", True, "赫山区朝阳大道88号翠竹小区三期5栋"),
    ],
)
def test_a_place_in_words(text: str, public: bool, expected: str) -> None:
    assert describe_place(find_facts(text, HERE, GAZETTEER), public=public) == expected


def test_a_place_in_words_is_at_most_forty_characters_and_loses_its_widest_part_first() -> None:
    text = "赫山区桃花仑街道云塘社区枫林路1234号翡翠湖畔国际花园小区12号楼3单元1802室"
    words = describe_place(find_facts(text, HERE, GAZETTEER), public=False)
    assert len(words) <= 40
    assert words.endswith("1802室")


def test_without_surroundings_and_gazetteer_plain_names_are_found() -> None:
    bare = Surroundings(at=HERE.at)
    assert [s.text for s in find_places("幸福小区5栋", bare)] == ["幸福小区", "5栋"]
