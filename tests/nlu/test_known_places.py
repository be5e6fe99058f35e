"""Names known in a grid: by another name, in short, and as they sound, where talk can hardly mean anything else."""

import subprocess
import sys
import time
from datetime import datetime

import pytest

from nlu.known_places import known_places
from nlu.sounding import heard, tuned
from nlu.understanding import Surroundings

HERE = Surroundings(
    at=datetime.fromisoformat("2026-05-12T15:00:00+08:00"),
    area={"town": "桃花仑街道", "village": "云塘社区"},
    places=(
        *("锦绣家园=老棉纺厂宿舍,锦绣小区", "向阳路＝解放路", "云塘花园", "锦湖城", "福星村", "枫林路", "益中路"),
        *("老酱油厂", "万家里", "南门新村"),
    ),
)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], element) for start, end, element in known_places(text, HERE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("锦绣家园停水", [("锦绣家园", "estate")]),
        ("老棉纺厂宿舍停水", [("老棉纺厂宿舍", "estate")]),
        ("锦绣小区3栋", [("锦绣小区", "estate")]),
        ("解放路12号", [("解放路", "road")]),
        ("锦绣家园=老棉纺厂", [("锦绣家园", "estate")]),
    ],
)
def test_a_place_is_known_by_its_other_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


SOUNDS_ALIKE = [
    ("向洋路路灯坏了", [("向洋路", "road")]),
    ("在锦秀家园门口", [("锦秀家园", "estate")]),
    ("云糖花园没水", [("云糖花园", "estate")]),
    ("蓝门新村二栋", [("蓝门新村", "estate")]),
    ("胡兴村停电", [("胡兴村", "village")]),
    ("风铃路堵车", [("风铃路", "road")]),
    ("桃花轮街道办", [("桃花轮街道", "town")]),
    ("老匠油厂旁边", [("老匠油厂", "landmark")]),
    ("金福城5栋", [("金福城", "estate")]),
    ("锦秀家缘3栋", [("锦秀家缘", "estate")]),
    ("锦秀3栋", [("锦秀", "estate")]),
    ("向洋路和风铃路", [("向洋路", "road"), ("风铃路", "road")]),
]
NOTHING = [
    "一种路很多",
    "我玩家里没人",
    "进湖城里玩",
    "金福城真好",
    "锦秀家缘真美",
    "锦秀前程",
    "运糖3栋",
    "老将有常",
    "上洋路",
    "向阳",
    "他走像样路线",
    "x",
    "",
]


@pytest.mark.parametrize(("text", "expected"), SOUNDS_ALIKE)
def test_a_known_name_is_heard_through_a_slip(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_sounds_like_a_name_is_none(text: str) -> None:
    assert found(text) == []


def test_as_written_goes_before_as_it_sounds() -> None:
    assert heard("向阳路和向洋路", tuned(["向阳路"]))[0].start == 4


def test_a_name_with_letters_or_of_one_letter_is_not_heard() -> None:
    assert tuned(["A区花园", "路"]) == tuned([])


def test_the_table_of_sounds_is_read_only_when_a_name_asks() -> None:
    script = (
        "import sys, nlu.places, nlu.sounding as sounding\n"
        "assert 'pypinyin' not in sys.modules\n"
        "assert not sounding._table.cache_info().currsize\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_many_names_are_listened_for_in_little_time() -> None:
    sounds = tuned(f"{first}{second}路" for first in "枫向锦云福南益万老康" for second in "林阳绣塘星门中家油富")
    line = "云塘花园3栋二单元楼下的垃圾桶爆了三天了没人收 昨天晚上八点给物业打过电话 十几户都受影响 枫林路也是"
    heard(line, sounds)
    begun = time.process_time()
    for _ in range(50):
        heard(line, sounds)
    assert (time.process_time() - begun) / 50 < 0.005
