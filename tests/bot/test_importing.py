"""A chat pasted or exported from WeChat becomes a transcript."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import time
from datetime import datetime
from typing import Any

import pytest

from bot.importing import NotAChat, convert, role_of
from bot.transcript import read

NOW = datetime.fromisoformat("2026-05-12T20:00:00+08:00")
DAY = "2026-05-11T"

DESKTOP = """群聊的聊天记录如下:

文姐 2026/5/11 8:41:05
电梯又坏了
显示6楼不下来

网格员小周 2026/5/11 8:45:00
收到
开会改到 14:30
文姐 2026/5/11 8:46:10
[图片]
"""
PHONE = """邻里群的聊天记录
—————  2026-05-11  —————

文姐  08:41

电梯又坏了
显示6楼不下来

网格员小周  08:45

收到
开会改到下午两点半

—————  2026-05-12  —————
文姐  08:46

[图片]
"""
LINES = """[2026-05-11 08:41] 文姐: 电梯又坏了
显示6楼不下来
2026-05-11 08:45 网格员小周：收到
08:46 文姐: [图片]
"""
BARE = """文姐: 电梯又坏了
网格员小周：收到
文姐: [图片]
"""


def rows(text: str) -> list[dict[str, Any]]:
    lines = convert(text, now=NOW)
    read(lines)  # What comes out is a transcript.
    return [json.loads(line) for line in lines]


def messages(text: str) -> list[tuple[str, str, str, str]]:
    """Instant, name, kind and text of each message."""
    return [(row["at"], row["name"], row["kind"], row["text"]) for row in rows(text)[1:]]


def test_the_desktops_copy() -> None:
    assert messages(DESKTOP) == [
        (DAY + "08:41:05+08:00", "文姐", "text", "电梯又坏了\n显示6楼不下来"),
        (DAY + "08:45:00+08:00", "网格员小周", "text", "收到\n开会改到 14:30"),
        (DAY + "08:46:10+08:00", "文姐", "image", ""),
    ]


def test_the_phones_mail() -> None:
    assert messages(PHONE) == [
        (DAY + "08:41:00+08:00", "文姐", "text", "电梯又坏了\n显示6楼不下来"),
        (DAY + "08:45:00+08:00", "网格员小周", "text", "收到\n开会改到下午两点半"),
        ("2026-05-12T08:46:00+08:00", "文姐", "image", ""),
    ]


def test_one_line_each_with_a_time() -> None:
    assert messages(LINES) == [
        (DAY + "08:41:00+08:00", "文姐", "text", "电梯又坏了\n显示6楼不下来"),
        (DAY + "08:45:00+08:00", "网格员小周", "text", "收到"),
        (DAY + "08:46:00+08:00", "文姐", "image", ""),
    ]


def test_names_and_words_alone_are_put_one_after_the_other_before_now() -> None:
    found = messages(BARE)
    assert [row[1:] for row in found] == [
        ("文姐", "text", "电梯又坏了"),
        ("网格员小周", "text", "收到"),
        ("文姐", "image", ""),
    ]
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    assert found[-1][0] < NOW.isoformat()


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize(
    "head", [("时间", "发送人", "内容"), ("StrTime", "NickName", "StrContent"), ("date", "from", "text")]
)
def test_a_table(delimiter: str, head: tuple[str, str, str]) -> None:
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter)
    table.writerow(("序号", *head))
    table.writerow(("1", "2026-05-11 08:41:05", "文姐", "电梯又坏了,\n显示6楼"))
    table.writerow(("2", "1778460300", "网格员小周", "收到"))
    table.writerow(("3", "²²²²²²²²²²", "谁", "没有时间"))
    table.writerow(("4",))
    assert messages("\ufeff" + out.getvalue()) == [
        (DAY + "08:41:05+08:00", "文姐", "text", "电梯又坏了,\n显示6楼"),
        (DAY + "08:45:00+08:00", "网格员小周", "text", "收到"),
    ]


def test_staff_are_known_by_their_names_and_everybody_has_an_id() -> None:
    room = rows(
        DESKTOP + "锦绣物业小何 2026/5/11 9:00:00\n在\n派出所段警官 2026/5/11 9:01:00\n在\n刘书记 2026/5/11 9:02:00\n在"
    )[0]
    assert room["type"] == "room"
    assert {member["name"]: member["role"] for member in room["members"]} == {
        "文姐": "resident", "网格员小周": "worker", "锦绣物业小何": "property", "派出所段警官": "police", "刘书记": "leader",
    }  # fmt: skip
    assert len({member["id"] for member in room["members"]}) == 5
    assert role_of("调解员张嗲") == "mediator"


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("[图片]", "image", ""), ("[动画表情]", "sticker", ""), ("［语音］ 12″", "voice", "12″"), ("[视频]", "video", ""),
        ("[位置] 锦绣家园5栋", "location", "锦绣家园5栋"), ("[文件] 通知.pdf", "file", "通知.pdf"), ("[链接] 通告", "link", "通告"),
        ("[微信红包]", "red_packet", ""), ("[捂脸]", "text", "[捂脸]"), ("[图片]好看", "image", "好看"),
        ("“文姐”撤回了一条消息", "system", "“文姐”撤回了一条消息"), ("[Photo]", "text", "[Photo]"), ("[image]", "image", ""),
    ],
)  # fmt: skip
def test_kinds(said: str, kind: str, text: str) -> None:
    ((_, _, *found),) = messages(f"文姐 2026/5/11 8:41:05\n{said}")
    assert found == [kind, text]


def test_a_picture_has_a_medium_of_its_own() -> None:
    assert rows(DESKTOP)[-1]["media"] == ["m3.jpg"]


@pytest.mark.parametrize(
    "text", ["", "   \n\n", "今天天气很好。\n我们去公园。\n没有人说话。", "{}", "\x00\x01\x02", "a" * 5000]
)
def test_what_is_no_chat_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(NotAChat, match="write each as a line"):
        convert(text, now=NOW)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(NotAChat, match="cut it into months"):
        convert("文姐: 好\n" * 4_000_001, now=NOW)


def test_impossible_dates_are_words() -> None:
    assert messages("文姐 2026/5/11 8:41:05\n张三 2026/5/11 25:61:00\n好") == [
        (DAY + "08:41:05+08:00", "文姐", "text", "张三 2026/5/11 25:61:00\n好")
    ]


def test_a_hundred_thousand_lines_take_a_few_seconds() -> None:
    text = "".join(
        f"邻居{number % 300} 2026/5/{number // 2000 % 28 + 1} {number // 60 % 24}:{number % 60:02}:00\n第{number}句话\n"
        for number in range(50_000)
    )
    begun = time.process_time()
    assert len(convert(text, now=NOW)) == 50_001
    assert time.process_time() - begun < 8


@pytest.mark.parametrize(
    "hostile",
    [
        "08:41" + " " * 200_000 + "x",
        "2026-05-12" + "-" * 200_000 + "x",
        "a" + " " * 200_000 + "08:41 x",
        "a" + "(" * 100_000 + " " * 100_000,
        "[" * 200_000,
        "2026-05-12" * 20_000,
        ("a" + " " * 117 + "x\n") * 2_000,
        "时间,昵称,内容\n2026-05-12 08:41,a," + "x" * 200_000,
        '时间,昵称,内容\n2026-05-12 08:41,a,"' + "x\r" * 20_000,
    ],
)
def test_a_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(NotAChat):
        convert(hostile, now=NOW)
    assert time.process_time() - begun < 2
