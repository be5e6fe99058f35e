"""All facts of a text together: true offsets, nothing twice, never a fault, and time that grows with length only."""

import time
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.facts import Gazetteer, find_facts, load_gazetteer, mask
from nlu.understanding import Facts, Surroundings

PLACES = Path(__file__).parents[2] / "training_data" / "places.yaml"
GAZETTEER = load_gazetteer(PLACES)
HERE = Surroundings(
    at=datetime(2026, 5, 12, 15, 0, tzinfo=timezone(timedelta(hours=8))),
    area={"county": "赫山区", "village": "云塘社区"},
    places=("云塘家园", "枫林路", "云塘菜市场"),
)
KINDS = ("place", "when", "since", "people", "subject", "phone", "plate", "identity_no", "ticket_no")
PIECES = (
    *("云塘家园", "3栋", "二单元", "501", "7-1101", "3-2-501", "枫林路", "12号", "路口", "与"),
    *("组", "村", "区", "楼", "路", "市场", "对面", "的", "那", "块"),
    *("昨天", "晚上", "十点", "到", "两点", "半个月", "了", "三天", "前", "后"),
    *("从", "开始", "2026-05-12", "5月3号", "初五", "一", "点", "年", "世纪", "每"),
    *("周", "三", "十几户", "整栋", "物业", "13800001111", "湘H12345", "43090219900101123X", "20260512-7KQ3MX", "不是"),
    *("接龙", "1.", "#", "－", "，", "\n", " ", "\ud800", "\x00"),
)
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


def checked(text: str, found: Facts) -> None:
    for kind in KINDS:
        spans = getattr(found, kind)
        assert [s.start for s in spans] == sorted(s.start for s in spans)
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.text
        for left, right in pairwise(spans):
            assert left.end <= right.start


@given(texts)
@settings(max_examples=300, deadline=None)
def test_offsets_are_true_and_sorted_and_nothing_raises(text: str) -> None:
    checked(text, find_facts(text, HERE, GAZETTEER))
    checked(text, find_facts(text, Surroundings(at=HERE.at, kind="location"), Gazetteer()))


@given(texts)
@settings(max_examples=200, deadline=None)
def test_masking_keeps_length_and_is_done_once(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert not find_facts(masked, HERE, GAZETTEER).identity_no


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)), texts)
@settings(max_examples=150, deadline=None)
def test_any_instant_will_do(at: datetime, text: str) -> None:
    for span in find_facts(text, Surroundings(at=at.replace(tzinfo=HERE.at.tzinfo)), GAZETTEER).when:
        assert span.begin is None or span.finish is None or span.begin <= span.finish


def test_one_message_with_all_kinds() -> None:
    text = "云塘家园3栋2单元 昨晚十点物业又停电 三天了 十几户受影响 打13800001111 车牌湘H12345 单号20260512-7KQ3MX"
    found = find_facts(text, HERE, GAZETTEER)
    assert {kind: [s.text for s in getattr(found, kind)] for kind in KINDS} == {
        "place": ["云塘家园", "3栋", "2单元"],
        "when": ["昨晚十点"],
        "since": ["三天"],
        "people": ["十几户"],
        "subject": ["物业"],
        "phone": ["13800001111"],
        "plate": ["湘H12345"],
        "identity_no": [],
        "ticket_no": ["20260512-7KQ3MX"],
    }


def test_numbers_of_a_house_are_no_dates_and_dates_no_houses() -> None:
    found = find_facts("枫林路12号 12号来的", HERE, GAZETTEER)
    assert [s.text for s in found.place] == ["枫林路", "12号"]
    assert [s.text for s in found.when] == ["12号"]


def test_a_public_name_of_the_city_comes_from_the_gazetteer() -> None:
    assert ("灰山港", "town") in {(s.text, s.element) for s in find_facts("灰山港停电", HERE, GAZETTEER).place}
    assert "town" not in {s.element for s in find_facts("灰山港停电", HERE, Gazetteer()).place}


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "一",
        "1-",
        "路",
        "三点",
        "昨天晚上",
        " ",
        "3栋",
        "物业",
        "锦",
        "湘H",
        "一年",
        "从",
        "的那",
        "1. a\n",
        "\ud800",
        "前",
        "\x00",
    ],
)
def test_a_hundred_thousand_characters_take_linear_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    begun = time.process_time()
    checked(text, find_facts(text, HERE, GAZETTEER))
    mask(text)
    assert time.process_time() - begun < 3


def test_an_ordinary_message_is_fast() -> None:
    text = "云塘家园3栋二单元楼下的垃圾桶爆了三天了没人收 昨天晚上八点给物业打过电话 十几户都受影响 枫林路也是"
    find_facts(text, HERE, GAZETTEER)
    begun = time.process_time()
    for _ in range(50):
        find_facts(text, HERE, GAZETTEER)
    assert (time.process_time() - begun) / 50 < 0.010
