"""Whole addresses: told apart from talk, and cut where an address goes down a level, though no ending tells."""

from datetime import datetime
from pathlib import Path

import pytest

from nlu.addresses import is_address
from nlu.places import find_places, load_gazetteer
from nlu.understanding import Surroundings

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "training_data" / "places.yaml")
AFAR = Surroundings(at=datetime.fromisoformat("2026-05-12T15:00:00+08:00"))


def said(text: str, around: Surroundings = AFAR) -> list[tuple[str, str]]:
    return [(span.element or "", span.text) for span in find_places(text, around, GAZETTEER)]


ADDRESSES = [
    "湖南省益阳市赫山区朝阳大道88号",
    "翠竹小区三期5栋",
    "龙洲镇翠竹小区8栋2单元501",
    "清溪路12号宏发五金店",
    "湖南省长沙市望月区停车场对面",
    "湖南省长沙市望月区都市花园3栋",
]
TALK = [
    "翠竹小区5栋停水了",
    "希望龙洲镇清溪路12号旁边装个路灯",
    "龙洲镇翠竹小区8栋业主反映漏水",
    "清溪路12号占道经营扰民",
    "老乡见老乡",
    "望月区清溪路12号夜里太吵",
    "龙洲镇清溪路,12号门口",
    "下夜班从大门走到8栋 全程靠手机电筒",
]


@pytest.mark.parametrize("line", ADDRESSES)
def test_an_address_is_one_by_its_form(line: str) -> None:
    assert is_address(line, "text")


@pytest.mark.parametrize("line", TALK)
def test_talk_is_no_address_though_it_names_one(line: str) -> None:
    assert not is_address(line, "text")
    assert is_address(line, "location")


CUT = [
    # A road is called by few letters: what is longer behind a city or county begins with the next division.
    ("长沙望月清溪中路12号", [("county", "望月"), ("road", "清溪中路"), ("road_no", "12号")]),
    ("望月区龙洲清溪中路12号", [("county", "望月区"), ("town", "龙洲"), ("road", "清溪中路"), ("road_no", "12号")]),
    ("望月区清溪路12号", [("county", "望月区"), ("road", "清溪路"), ("road_no", "12号")]),
    # A city within an address is part of a firm's name; before it, it is the city.
    (
        "望月区清溪路12号长沙宏发五金有限公司",
        [("county", "望月区"), ("road", "清溪路"), ("road_no", "12号"), ("landmark", "长沙宏发五金有限公司")],
    ),
    ("朝阳市望月区清溪路12号", [("county", "望月区"), ("road", "清溪路"), ("road_no", "12号")]),
    # Written out, an estate and its parts are apart; without region, town or road they stay together.
    ("龙洲镇翠竹小区三期5栋", [("town", "龙洲镇"), ("estate", "翠竹小区"), ("estate", "三期"), ("building", "5栋")]),
    ("翠竹小区三期5栋", [("estate", "翠竹小区三期"), ("building", "5栋")]),
    ("龙洲镇翠竹四区5栋", [("town", "龙洲镇"), ("estate", "翠竹四区"), ("building", "5栋")]),
    # What is beside a name leads to the next one.
    (
        "清溪路12号宏发酒店对面老李五金店",
        [
            ("road", "清溪路"),
            ("road_no", "12号"),
            ("landmark", "宏发酒店"),
            ("landmark", "对面"),
            ("estate", "老李五金店"),
        ],
    ),
    # An estate right before a road, and a road right before an estate.
    (
        "望月区宏发工业园清溪路12号",
        [("county", "望月区"), ("estate", "宏发工业园"), ("road", "清溪路"), ("road_no", "12号")],
    ),
    ("清溪路国际花园5栋", [("road", "清溪路"), ("estate", "国际花园"), ("building", "5栋")]),
    # Numbers.
    ("清溪路88弄12号", [("road", "清溪路"), ("road", "88弄"), ("road_no", "12号")]),
    ("清溪路88弄翠竹花园", [("road", "清溪路"), ("road_no", "88弄"), ("estate", "翠竹花园")]),
    ("清溪路12-3号宏发五金店", [("road", "清溪路"), ("road_no", "12-3号"), ("estate", "宏发五金店")]),
    ("龙洲镇翠竹小区12-3", [("town", "龙洲镇"), ("estate", "翠竹小区"), ("building", "12"), ("unit", "3")]),
    (
        "龙洲镇翠竹小区12一3-501",
        [("town", "龙洲镇"), ("estate", "翠竹小区"), ("building", "12"), ("unit", "3"), ("room", "501")],
    ),
    ("龙洲镇翠竹小区108-501", [("town", "龙洲镇"), ("estate", "翠竹小区"), ("building", "108"), ("room", "501")]),
    ("清溪路12号二号宾馆", [("road", "清溪路"), ("road_no", "12号"), ("landmark", "二号宾馆")]),
    ("清溪路12号宏发4S店", [("road", "清溪路"), ("road_no", "12号"), ("estate", "宏发4S店")]),
    # Divisions that look like something else.
    ("花市镇清溪路12号", [("town", "花市镇"), ("road", "清溪路"), ("road_no", "12号")]),
    ("龙洲镇孙家铺10组", [("town", "龙洲镇"), ("village", "孙家铺"), ("group", "10组")]),
    (
        "龙洲镇清溪社区石桥村196号",
        [("town", "龙洲镇"), ("village", "清溪社区"), ("estate", "石桥村"), ("road_no", "196号")],
    ),
    ("望月区南溪线13号", [("county", "望月区"), ("road", "南溪线"), ("road_no", "13号")]),
    # Who lives behind a door is no place.
    (
        "龙洲镇翠竹小区8栋2单元501李姐",
        [("town", "龙洲镇"), ("estate", "翠竹小区"), ("building", "8栋"), ("unit", "2单元"), ("room", "501")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CUT)
def test_an_address_is_cut_where_it_goes_down_a_level(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected
