"""People touched, subjects, and private numbers: found, told apart and masked."""

import pytest

from nlu.people import find_numbers, find_people, find_subjects, mask


@pytest.mark.parametrize(
    ("text", "words", "least", "most"),
    [
        ("十几户都没有水", "十几户", 11, 19),
        ("我们七八家一起反映的", "七八家", 7, 8),
        ("有三四十户", "三四十户", 30, 40),
        ("二十来户受影响", "二十来户", 19, 25),
        ("一百多户用不上气", "一百多户", 101, 199),
        ("上百户都这样", "上百户", 100, None),
        ("两个人在打架", "两个人", 2, 2),
        ("12户居民", "12户居民", 12, 12),
        ("几十户", "几十户", 20, 99),
        ("五六个老人家下不来", "五六个老人家", 5, 6),
        ("整栋都没电", None, None, None),
        ("整栋楼都没电", "整栋楼", None, None),
        ("全组的田都干了", "全组", None, None),
        ("半条街都闻得到", "半条街", None, None),
    ],
)
def test_people_are_counted(text: str, words: str | None, least: int | None, most: int | None) -> None:
    found = find_people(text)
    if words is None:
        assert all(span.least is None for span in found)
    else:
        assert [(s.text, s.least, s.most) for s in found] == [(words, least, most)]


@pytest.mark.parametrize(
    "text",
    [
        "大家好",
        "一家人",
        "第三户",
        "我一个人在家",
        "家具坏了",
        "【接龙】1.小王 2人",
        "1. 张姐 2人\n2. 李哥 3人",
        "15一罐",
        "人家",
    ],
)
def test_what_counts_nobody(text: str) -> None:
    assert find_people(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("物业不管事", ["物业"]),
        ("宏达物业公司收了钱不做事", ["宏达物业公司"]),
        ("楼下烧烤店半夜还开着", ["楼下烧烤店"]),
        ("隔壁工地早上五点就响", ["隔壁工地"]),
        ("打电话给供水公司了", ["供水公司"]),
        ("张三打人", []),
        ("交了物业费", []),
        ("今天天气好", []),
    ],
)
def test_subjects_are_no_persons(text: str, expected: list[str]) -> None:
    assert [span.text for span in find_subjects(text)] == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "打13800001111", ["13800001111"]),
        ("phone", "电话138 0000 1111", ["138 0000 1111"]),
        ("phone", "138-0000-1111联系", ["138-0000-1111"]),
        ("phone", "+86 13800001111", ["+86 13800001111"]),
        ("phone", "座机0737-6200000", ["0737-6200000"]),
        ("phone", "（0737）6200000", ["（0737）6200000"]),
        ("phone", "１３８００００１１１１", ["１３８００００１１１１"]),
        ("phone", "一三八零零零零一一一一", ["一三八零零零零一一一一"]),
        ("phone", "打12345热线", []),
        ("phone", "单号123456789012", []),
        ("phone", "20260512", []),
        ("plate", "湘H12345挪车", ["湘H12345"]),
        ("plate", "湘h·12345", ["湘h·12345"]),
        ("plate", "湘HD12345挡路", ["湘HD12345"]),
        ("plate", "湘H是益阳的", []),
        ("identity_no", "身份证43090219900101123X", ["43090219900101123X"]),
        ("identity_no", "卡号6222020000000000000", ["6222020000000000000"]),
        ("identity_no", "6222 0200 0000 0000", ["6222 0200 0000 0000"]),
        ("identity_no", "编号12345678", []),
        ("ticket_no", "20260512-7KQ3MX 到哪了", ["20260512-7KQ3MX"]),
        ("ticket_no", "20260512-7KQ3MU", []),
    ],
)
def test_private_numbers(kind: str, text: str, expected: list[str]) -> None:
    assert [span.text for span in find_numbers(text)[kind]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("打13800001111找我", "打138＊＊＊＊＊＊11找我"),
        ("湘H12345挪车", "湘H＊＊＊＊＊挪车"),
        ("身份证43090219900101123X", "身份证" + "＊" * 18),
        ("工单20260512-7KQ3MX", "工单20260512-7KQ3MX"),
        ("没有号码", "没有号码"),
    ],
)
def test_masking(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_masking_reads_the_whole_of_a_long_text_and_keeps_its_length() -> None:
    text = "水" * 50_000 + "13800001111" + "水" * 50_000 + "湘H12345"
    masked = mask(text)
    assert len(masked) == len(text)
    assert "13800001111" not in masked
    assert "12345" not in masked
