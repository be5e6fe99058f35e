"""Times as residents say them, resolved against the instant of the message; lasting states apart."""

from datetime import datetime, timedelta, timezone

import pytest

from nlu.times import find_times
from nlu.understanding import Surroundings

ZONE = timezone(timedelta(hours=8))
TUESDAY = datetime(2026, 5, 12, 15, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 5, 12, 2, 0, tzinfo=ZONE)


def shown(value: datetime | None) -> str:
    return value.strftime("%m-%d %H:%M") if value else ""


def said(text: str, at: datetime = TUESDAY) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    when, since = find_times(text, Surroundings(at=at))
    return [(s.text, shown(s.begin), shown(s.finish)) for s in when], [(s.text, shown(s.begin)) for s in since]


WHEN = [
    ("昨天下午就这样了", "昨天下午", "05-11 12:00", "05-11 18:00"),
    ("昨夜又吵", "昨夜", "05-11 20:00", "05-12 05:00"),
    ("昨晚没水", "昨晚", "05-11 18:00", "05-12 00:00"),
    ("今早六点停的", "今早六点", "05-12 06:00", "05-12 07:00"),
    ("明早6点走", "明早6点", "05-13 06:00", "05-13 07:00"),
    ("刚才还有", "刚才", "05-12 14:00", "05-12 15:00"),
    ("上个星期三来过", "上个星期三", "05-06 00:00", "05-07 00:00"),
    ("这周五修", "这周五", "05-15 00:00", "05-16 00:00"),
    ("下周来", "下周", "05-18 00:00", "05-25 00:00"),
    ("周末停水", "周末", "05-16 00:00", "05-18 00:00"),
    ("前天晚上十点到两点", "前天晚上十点到两点", "05-10 22:00", "05-11 02:00"),
    ("5月3号报的", "5月3号", "05-03 00:00", "05-04 00:00"),
    ("五月三号晚上八点半", "五月三号晚上八点半", "05-03 20:30", "05-03 20:40"),
    ("明日9–12点停电", "明日9–12点", "05-13 09:00", "05-13 12:00"),
    ("明日 9-12 点停电", "明日 9-12 点", "05-13 09:00", "05-13 12:00"),
    ("每天晚上10点到2点", "每天晚上10点到2点", "05-12 22:00", "05-13 02:00"),
    ("早上五点就响", "早上五点", "05-12 05:00", "05-12 06:00"),
    ("下午3:20出的事", "下午3:20", "05-12 15:20", "05-12 15:30"),
    ("昨天晚上一点", "昨天晚上一点", "05-12 01:00", "05-12 02:00"),
    ("凌晨一点还在吵", "凌晨一点", "05-12 01:00", "05-12 02:00"),
    ("三点停的水", "三点", "05-12 15:00", "05-12 16:00"),
    ("8点开会", "8点", "05-12 08:00", "05-12 09:00"),
    ("大前天坏的", "大前天", "05-09 00:00", "05-10 00:00"),
    ("三天前报的", "三天前", "05-09 00:00", "05-10 00:00"),
    ("两个小时后到", "两个小时后", "05-12 17:00", "05-12 18:00"),
    ("端午前后", "端午前后", "06-16 00:00", "06-23 00:00"),
    ("中秋节那天", "中秋节", "09-25 00:00", "09-26 00:00"),
    ("正月初八", "正月初八", "02-24 00:00", "02-25 00:00"),
    ("2026年3月1日", "2026年3月1日", "03-01 00:00", "03-02 00:00"),
    ("2026-03-01 08:30", "2026-03-01 08:30", "03-01 08:30", "03-01 08:40"),
    ("15号到20号", "15号到20号", "05-15 00:00", "05-21 00:00"),
    ("上个月", "上个月", "04-01 00:00", "05-01 00:00"),
    ("月底前", "月底前", "05-12 15:00", "06-01 00:00"),
    ("晚上九点以后", "晚上九点以后", "05-12 21:00", ""),
    ("最近老停电", "最近", "04-28 00:00", "05-12 15:00"),
    ("那18年也淹过", "18年", "01-01 00:00", "01-01 00:00"),
    ("15年3月2日", "15年3月2日", "03-02 00:00", "03-03 00:00"),
    ("12月30号", "12月30号", "12-30 00:00", "12-31 00:00"),
]
SINCE = [
    ("黑了半个月哒", "半个月", "04-27 00:00"),
    ("三天了没人收", "三天", "05-09 00:00"),
    ("一个多月了", "一个多月", "04-12 00:00"),
    ("两三天没水", "两三天", "05-09 00:00"),
    ("二十来天了", "二十来天", "04-22 00:00"),
    ("停了两个小时了", "两个小时", "05-12 13:00"),
    ("三个月工资不发", "三个月", "02-12 00:00"),
    ("从下午2点多开始没水", "从下午2点多开始", "05-12 14:00"),
    ("从昨天起就停了", "从昨天起", "05-11 00:00"),
    ("昨晚到现在没电", "昨晚到现在", "05-11 18:00"),
    ("从去年9月开始", "从去年9月开始", "09-01 00:00"),
    ("一直没修", "一直", ""),
    ("好久了", "好久了", ""),
    ("半年了还没修", "半年", "11-12 00:00"),
]
NO_TIME = [
    "一点都不好",
    "有一点漏",
    "早上好",
    "三年级",
    "早点修",
    "快点来",
    "0.5",
    "零点五",
    "五一西路",
    "3-2",
    "两点建议",
    "一起来",
    "",
    "晚安",
]


@pytest.mark.parametrize(("text", "words", "begin", "finish"), WHEN)
def test_when(text: str, words: str, begin: str, finish: str) -> None:
    assert said(text) == ([(words, begin, finish)], [])


@pytest.mark.parametrize(("text", "words", "begin"), SINCE)
def test_since_is_open(text: str, words: str, begin: str) -> None:
    assert said(text) == ([], [(words, begin)])


@pytest.mark.parametrize("text", NO_TIME)
def test_no_time(text: str) -> None:
    assert said(text) == ([], [])


def test_a_night_is_the_evening_before_when_it_is_said_in_the_small_hours() -> None:
    assert said("昨晚就吵", NIGHT)[0] == [("昨晚", "05-11 18:00", "05-12 00:00")]
    assert said("晚上十一点就吵", NIGHT)[0] == [("晚上十一点", "05-11 23:00", "05-12 00:00")]


def test_a_denied_day_is_left_out() -> None:
    assert said("是大前天不是昨天")[0] == [("大前天", "05-09 00:00", "05-10 00:00")]


def test_instants_are_aware_and_in_the_zone_of_the_message() -> None:
    when, _ = find_times("昨天", Surroundings(at=TUESDAY))
    assert when[0].begin == datetime(2026, 5, 11, tzinfo=ZONE)
    assert when[0].finish == datetime(2026, 5, 12, tzinfo=ZONE)


@pytest.mark.parametrize("text", ["2月30号", "99999年", "0001年1月1日前", "九千年后", "13月1号", "三十二号"])
def test_impossible_dates_do_not_raise(text: str) -> None:
    find_times(text, Surroundings(at=TUESDAY))
    find_times(text, Surroundings(at=datetime(1, 1, 1, tzinfo=ZONE)))
    find_times(text, Surroundings(at=datetime(9999, 12, 31, 23, tzinfo=ZONE)))
