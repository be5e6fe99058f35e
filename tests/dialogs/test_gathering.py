"""Windows: one person's messages, closed by a pause, by their age or by their number; two people never meet in one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.windows import Windows
from dialogs.gathering import closes, joined, source
from dialogs.manners import Manners
from dialogs.messages import Message
from nlu.understanding import Span, Understanding

AT = datetime(2026, 5, 12, 9, tzinfo=UTC)
MANNERS = Manners()
MEANING = Understanding("", "chat", 1.0, 0.0, "silent")


def message(id: str, after: float, *, sender: str = "p1", room: str | None = "r1", text: str = "话") -> Message:
    return Message(id, AT + timedelta(seconds=after), room, sender, sender, text=text)


@pytest.mark.parametrize(
    ("seconds", "closing"),
    [
        ((0,), 90),
        ((0, 30), 120),
        ((0, 80, 160), 180),
        ((0, 89, 179), 180),
        ((0, 30, 10), 120),
        ((100, 0), 190),
        (tuple(range(9)), 98),
        (tuple(range(10)), 9),
        (tuple(range(12)), 11),
    ],
    ids=[
        "quiet",
        "quiet again",
        "age",
        "at the last moment",
        "out of order",
        "an older one later",
        "nine",
        "ten",
        "twelve",
    ],
)
def test_when_a_window_closes(seconds: tuple[int, ...], closing: int) -> None:
    window = [message(str(index), after) for index, after in enumerate(seconds)]
    assert closes(window, MANNERS) == AT + timedelta(seconds=closing)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 400), min_size=1, max_size=14).map(sorted), st.integers(1, 12))
def test_a_window_closes_by_quiet_age_or_number(seconds: list[float], most: int) -> None:
    manners = replace(MANNERS, window_messages=most)
    window = [message(str(index), after) for index, after in enumerate(seconds)]
    closing = closes(window, manners)
    first, last = window[0].at, window[-1].at
    assert closing <= last + timedelta(seconds=manners.quiet)
    if len(window) >= most:
        assert closing == last
    else:
        assert closing <= first + timedelta(seconds=manners.window)
        assert closing in (last + timedelta(seconds=manners.quiet), first + timedelta(seconds=manners.window))


TALK = st.lists(
    st.tuples(st.floats(0, 120), st.sampled_from("abc"), st.sampled_from(["r1", "r2", None])), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(TALK)
def test_two_people_two_rooms_never_meet_and_nothing_is_lost(talk: list[tuple[float, str, str | None]]) -> None:
    windows, now = Windows(), 0.0
    said: list[Message] = []
    closed: list[list[Message]] = []

    def close(until: datetime) -> None:
        while (closing := windows.closing()) is not None and closing[0] <= until:
            window = windows.pop_next()
            assert closes(window.messages, MANNERS) == closing[0]
            assert (window.messages[0].room or "") == closing[1]
            assert len(window.meanings) == len(window.messages)
            closed.append(window.messages)

    for index, (pause, sender, room) in enumerate(talk):
        now += pause
        close(AT + timedelta(seconds=now))
        said.append(message(str(index), now, sender=sender, room=room))
        windows.add(said[-1], MEANING, MANNERS)
    close(AT + timedelta(days=1))
    assert len(windows) == 0
    by_person = defaultdict(list)
    for window in closed:
        assert len({(one.room, one.sender) for one in window}) == 1
        assert len(window) <= MANNERS.window_messages
        assert window[-1].at - window[0].at <= timedelta(seconds=MANNERS.window)
        by_person[window[0].room, window[0].sender] += window
    for (room, sender), messages in by_person.items():
        assert messages == [one for one in said if (one.room, one.sender) == (room, sender)]
    assert sum(map(len, closed)) == len(said)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=8))
def test_every_piece_of_the_text_is_led_back_to_its_message(texts: list[str]) -> None:
    window = [message(str(index), index, text=text) for index, text in enumerate(texts)]
    whole = joined(window)
    assert whole == "\n".join(text for text in texts if text)
    start = 0
    for one in window:
        if one.text:
            assert whole[start : start + len(one.text)] == one.text
            for place in range(start, start + len(one.text)):
                assert source(window, Span(whole[place], place, place + 1)) == one.id
            start += len(one.text) + 1


def test_what_lies_behind_the_end_belongs_to_the_last() -> None:
    assert source([message("a", 0), message("b", 1, text="")], Span("", 99, 99)) == "b"
