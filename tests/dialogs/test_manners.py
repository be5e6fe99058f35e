"""When a sentence may leave, as a table of what has happened meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.manners import CONDITIONS, House, Manners, for_room, is_night, morning, still
from dialogs.matters import ENDED, Case, Matter, Status
from dialogs.messages import Member, Message, Room
from dialogs.turns import Sentence
from dialogs.wording import Wording
from nlu.understanding import Lexicon

ZONE = timezone(timedelta(hours=8))
NOON = datetime(2026, 5, 12, 12, tzinfo=ZONE)
MIDNIGHT = datetime(2026, 5, 12, 23, 30, tzinfo=ZONE)
MANNERS = Manners()
ROOM = Room("r1", "阳光小区", members=(Member("w", "网格员", "worker"), Member("p", "张三")))
MATTER = Matter("m1", "r1", NOON, NOON, "complaint", "0101", "P3", "p", ("m1",), number="n", status="open")


def sentence(*unless: str, **values: Any) -> Sentence:
    given = {"why": "receipt", "after": NOON, "matter": "m1", **values}
    return Sentence("s", "r1", ("p",), "话", ("m1",), unless=unless, **given)


def case(*recent: Message, matter: Matter | None = MATTER, **values: Any) -> Case:
    return Case(ROOM, (matter,) if matter else (), recent, **values)


def said(sender: str, *, after: float = 0) -> Message:
    return Message("x", NOON + timedelta(seconds=after), "r1", sender, sender)


TABLE: dict[str, tuple[Sentence, Case, datetime, str | datetime | None]] = {
    "nothing in the way": (sentence(), case(), NOON, None),
    "muted": (sentence(), case(muted=True), NOON, "muted"),
    "muted, but an emergency": (sentence(why="emergency"), case(muted=True), NOON, None),
    "not stale yet": (sentence(stale=NOON), case(), NOON, None),
    "stale": (sentence(stale=NOON), case(), NOON + timedelta(seconds=1), "stale"),
    "a resident spoke": (sentence("staff", since=NOON), case(said("p", after=5)), NOON, None),
    "staff spoke since": (
        sentence("staff", since=NOON),
        case(said("w", after=5)),
        NOON + timedelta(seconds=9),
        "staff",
    ),
    "staff spoke at that instant": (sentence("staff", since=NOON), case(said("w")), NOON, "staff"),
    "staff spoke before": (sentence("staff", since=NOON), case(said("w", after=-5)), NOON, None),
    "by day": (sentence("night"), case(), NOON, None),
    "at night": (sentence("night"), case(), MIDNIGHT, "night"),
    "at night it waits": (sentence("night:wait"), case(), MIDNIGHT, MIDNIGHT.replace(day=13, hour=7, minute=0)),
    "budget left": (sentence("budget"), case(posts_today=5), NOON, None),
    "budget spent": (sentence("budget"), case(posts_today=6), NOON, "budget"),
    "matter lives": (sentence("ended"), case(), NOON, None),
    "matter unknown": (sentence("ended"), case(matter=None), NOON, "ended"),
    "matter rejected": (sentence("ended"), case(matter=replace(MATTER, rejected=True)), NOON, "ended"),
    "candidate": (sentence("ended"), case(matter=replace(MATTER, number=None, status=None)), NOON, None),
    "still asked": (sentence("answered:place"), case(matter=replace(MATTER, awaiting="place")), NOON, None),
    "answered": (sentence("answered:place"), case(), NOON, "answered"),
    "another is asked": (sentence("answered:place"), case(matter=replace(MATTER, awaiting="since")), NOON, "answered"),
    "status as it was": (sentence("status:open"), case(), NOON, None),
    "status has changed": (sentence("status:assigned"), case(), NOON, "superseded"),
    "status of nothing": (sentence("status:open"), case(matter=None), NOON, "superseded"),
    "to be rated": (sentence("rated"), case(matter=replace(MATTER, status="awaiting_rating")), NOON, None),
    "rated": (sentence("rated"), case(matter=replace(MATTER, status="closed")), NOON, "rated"),
    "the first reason counts": (sentence("budget", "night"), case(posts_today=9), MIDNIGHT, "budget"),
    "mute before stale": (sentence(stale=NOON), case(muted=True), MIDNIGHT, "muted"),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_whether_it_may_still_leave(row: tuple[Sentence, Case, datetime, str | datetime | None]) -> None:
    asked, of, now, expected = row
    assert still(asked, of, MANNERS, now) == expected


@pytest.mark.parametrize("status", get_args(Status))
def test_what_has_ended_is_not_spoken_of(status: Status) -> None:
    verdict = still(sentence("ended"), case(matter=replace(MATTER, status=status)), MANNERS, NOON)
    assert verdict == ("ended" if status in ENDED else None)


def test_every_condition_is_in_the_table() -> None:
    asked = {condition.partition(":")[0] for one, *_ in TABLE.values() for condition in one.unless}
    assert asked == set(CONDITIONS)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 24 * 60 - 1), st.integers(-12, 14))
def test_quiet_hours_end_in_the_morning(begin: int, end: int, minute: int, offset: int) -> None:
    manners = replace(MANNERS, night_from=begin, night_until=end, utc_offset=offset)
    now = datetime(2026, 5, 12, tzinfo=ZONE) + timedelta(minutes=minute)
    hour = now.astimezone(manners.zone).hour
    quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
    assert is_night(manners, now) == quiet
    until = morning(manners, now)
    assert now < until <= now + timedelta(days=1)
    assert (until.hour, until.minute, until.tzinfo) == (end, 0, manners.zone)
    assert not is_night(manners, until)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({}, {}),
        ({"posts_per_day": 2, "muted": True}, {"posts_per_day": 2, "muted": True}),
        ({"posts_per_day": "2", "muted": 1, "quiet": True, "window": 1.5, "secret": "x"}, {}),
    ],
    ids=["none", "own", "of another type, or none at all"],
)
def test_a_room_has_manners_of_its_own(overrides: dict[str, object], expected: dict[str, Any]) -> None:
    house = House(MANNERS, Lexicon({}, {}), Wording({}))
    assert for_room(house, overrides) == replace(house, manners=replace(MANNERS, **expected))
