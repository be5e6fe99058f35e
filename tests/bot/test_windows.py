"""Open windows: whose messages are gathered, and which window closes next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from scenes import DAY

from bot.windows import Windows
from dialogs.manners import Manners
from dialogs.messages import Message
from nlu.understanding import Understanding

MANNERS = Manners(quiet=90, window=180, window_messages=10)
NOTHING = Understanding("", "chat", 1.0, 0.0, "silent")


def spoken(id: str, seconds: float, *, by: str = "wen", room: str | None = "r1") -> Message:
    return Message(id, DAY + timedelta(seconds=seconds), room, by, by)


def after(seconds: float) -> datetime:
    return DAY + timedelta(seconds=seconds)


@pytest.fixture
def windows() -> Windows:
    return Windows()


def emptied(windows: Windows) -> list[tuple[datetime, str, list[str]]]:
    """All windows as they close."""
    found = []
    while closing := windows.closing():
        found.append((*closing, [message.id for message in windows.pop_next().messages]))
    assert len(windows) == 0
    return found


def test_a_later_message_moves_the_end_but_not_past_the_cap(windows: Windows) -> None:
    for id, seconds in (("a", 0), ("b", 60), ("c", 120), ("d", 170)):
        windows.add(spoken(id, seconds), NOTHING, MANNERS)
    assert emptied(windows) == [(after(180), "r1", ["a", "b", "c", "d"])]


def test_a_full_window_closes_at_its_last_message(windows: Windows) -> None:
    for number in range(10):
        windows.add(spoken(str(number), number), NOTHING, MANNERS)
    assert windows.closing() == (after(9), "r1")


def test_people_and_rooms_have_windows_of_their_own(windows: Windows) -> None:
    windows.add(spoken("a", 0), NOTHING, MANNERS)
    windows.add(spoken("b", 1, by="fang"), NOTHING, MANNERS)
    windows.add(spoken("c", 2, room="r2"), NOTHING, MANNERS)
    windows.add(spoken("d", 3, room=None), NOTHING, MANNERS)
    assert emptied(windows) == [
        (after(90), "r1", ["a"]),
        (after(91), "r1", ["b"]),
        (after(92), "r2", ["c"]),
        (after(93), "", ["d"]),
    ]


def test_one_instant_goes_by_room_and_then_by_arrival(windows: Windows) -> None:
    for id, room, by in (("z", "rz", "wen"), ("second", "ra", "wen"), ("third", "ra", "fang")):
        windows.add(spoken(id, 0, room=room, by=by), NOTHING, MANNERS)
    assert [ids for _, _, ids in emptied(windows)] == [["second"], ["third"], ["z"]]


def test_a_message_that_arrives_late_does_not_move_the_end_back(windows: Windows) -> None:
    windows.add(spoken("new", 50), NOTHING, MANNERS)
    windows.add(spoken("old", 10), NOTHING, MANNERS)
    assert emptied(windows) == [(after(140), "r1", ["new", "old"])]


@pytest.mark.parametrize(("dropped", "end"), [("a", 150), ("b", 90)])
@pytest.mark.parametrize("looked", [True, False])
def test_what_is_left_after_a_recall_still_closes(windows: Windows, dropped: str, end: int, *, looked: bool) -> None:
    windows.add(spoken("a", 0), NOTHING, MANNERS)
    windows.add(spoken("b", 60), NOTHING, MANNERS)
    if looked:
        assert windows.closing() == (after(150), "r1")
    assert windows.drop(dropped)
    assert [(at, ids) for at, _, ids in emptied(windows)] == [(after(end), ["b" if dropped == "a" else "a"])]


def test_dropping_the_only_message_closes_the_window_for_good(windows: Windows) -> None:
    windows.add(spoken("a", 0), NOTHING, MANNERS)
    assert windows.drop("a")
    assert not windows.drop("a")
    assert windows.closing() is None
    assert len(windows) == 0


def test_what_is_urgent_closes_at_once(windows: Windows) -> None:
    windows.add(spoken("a", 0), NOTHING, MANNERS)
    windows.add(spoken("b", 5), NOTHING, MANNERS, urgent=True)
    windows.add(spoken("c", 1, by="fang"), NOTHING, MANNERS)
    assert windows.closing() == (after(5), "r1")
    assert [message.id for message in windows.pop_next().messages] == ["a", "b"]
    assert windows.closing() == (after(91), "r1")


def test_taking_out_what_is_not_open_gives_nothing(windows: Windows) -> None:
    assert windows.pop(("r1", "nobody")).messages == []
