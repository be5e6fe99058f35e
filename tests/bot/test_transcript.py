"""Transcripts are read whole or refused with the line's number and the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scenes import STORY, at, row_of, said

from bot.transcript import ClockLine, DecideLine, DeskLine, TranscriptError, read
from dialogs.messages import Message, Recall, Room

FAULTS: list[tuple[Any, str]] = [
    ("{not json", "is no JSON"),
    ("[" * 100_000, "is no JSON"),
    ("\ufeff{}", "is no JSON"),
    ("[]", "is no JSON object"),
    ('"text"', "is no JSON object"),
    ("null", "is no JSON object"),
    ({}, "type None is unknown; one of room, message"),
    ({"type": "speech"}, "type 'speech' is unknown"),
    ({"type": ["message"]}, "is unknown"),
    ({"type": "message"}, "a message needs the key"),
    ({key: value for key, value in said("x", 0).items() if key != "room"}, "a message needs the key 'room'"),
    ({key: value for key, value in said("x", 0).items() if key != "at"}, "a message needs the key 'at'"),
    ({key: value for key, value in said("x", 0).items() if key != "from"}, "a message needs the key 'from'"),
    (said("x", 0) | {"at": "yesterday"}, "at 'yesterday' is no RFC 3339 instant"),
    (said("x", 0) | {"at": 7}, "at 7 is no RFC 3339 instant"),
    (said("x", 0) | {"at": "2026-05-12T08:41:00"}, "has no offset"),
    (said("x", 0) | {"at": "2026-02-30T08:41:00+08:00"}, "is no RFC 3339 instant"),
    (said("x", 0) | {"at": "9999-12-31T23:59:59+00:00"}, "is not of our time"),
    (said("x", 0) | {"at": "0001-01-01T00:00:00+08:00"}, "is not of our time"),
    (said("", 0), "id is a text that is not empty"),
    (said("x", 0) | {"id": 7}, "id is a text that is not empty, not 7"),
    (said("x", 0, room="r9"), "room 'r9' has no room line above"),
    (said("x", 0) | {"room": 7}, "room is the id of a room, or null"),
    (said("x", 0, kind="poem"), "kind 'poem' is unknown; one of text, image"),
    (said("x", 0) | {"text": {"a": 1}}, "text is a text"),
    (said("x", 0, mentions="bot"), "mentions is a list of texts"),
    (said("x", 0, mentions=[1]), "mentions is a list of texts"),
    (said("x", 0, media={"a": 1}), "media is a list of texts"),
    (row_of(members="all"), "members is a list of objects"),
    (row_of(members=[{"id": "a", "role": "mayor"}]), "role 'mayor' is unknown; one of resident, worker"),
    (row_of(members=[{"name": "a"}]), "a room needs the key 'id'"),
    (row_of(area=["x"]), "area is an object"),
    (row_of(settings=["x"]), "settings is an object"),
    (row_of(settings={"night_until": 24}), "night_until: Input should be less than or equal to 23"),
    (row_of(settings={"quiet": 10**12, "join": -1}), "join: Input should be"),
    (row_of(settings={"quiet": "90"}), "quiet: Input should be a valid integer"),
    ({"type": "recall", "at": at(0), "room": "r1", "from": "wen"}, "a recall needs the key 'message'"),
    (
        {"type": "desk", "at": at(0), "message": "m1", "status": "dancing"},
        "status 'dancing' is unknown; one of accepted",
    ),
    ({"type": "desk", "at": at(0), "message": "m1", "status": "done", "note": 7}, "note is a text"),
    ({"type": "decide", "at": at(0), "message": "m1", "verdict": "maybe"}, "verdict 'maybe' is unknown; accept or"),
    ({"type": "decide", "at": at(0), "message": "m1", "verdict": "accept", "kind": "x"}, "kind 'x' is unknown"),
    ({"type": "clock"}, "a clock needs the key 'at'"),
]


def lines(*rows: Any) -> list[str]:
    return [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]


@pytest.mark.parametrize(("row", "reason"), FAULTS)
def test_a_malformed_line_is_refused_with_its_number_and_the_reason(row: Any, reason: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(lines(row_of(), "", said("first", 0), row))
    assert refused.value.number == 4
    assert str(refused.value).startswith("line 4: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_out_of_order_is_refused() -> None:
    with pytest.raises(TranscriptError, match=r"line 3: .* is before the line above"):
        read(lines(row_of(), said("a", 10), said("b", 9)))
    with pytest.raises(TranscriptError, match=r"line 3: .* is before the line above"):
        read(lines(row_of(), said("a", 10), {"type": "clock", "at": at(5)}))


def test_a_redelivered_message_may_come_at_its_old_instant() -> None:
    assert len(read(lines(row_of(), said("a", 10), said("b", 20), said("a", 10), said("a", 30)))) == 5


def test_every_type_is_read() -> None:
    rows = [
        row_of(settings={"quiet": 60}, new=True),
        said("m", 0, "你好", quote="q", mentions=["bot"], media=["a.jpg"]),
        {"type": "recall", "at": at(1), "room": "r1", "from": "wen", "message": "m"},
        {"type": "desk", "at": at(2), "message": "m", "status": "done", "by": "worker", "note": "好了"},
        {"type": "decide", "at": at(3), "message": "m", "by": "worker", "verdict": "accept", "kind": "complaint"},
        {"type": "clock", "at": at(4)},
    ]
    found = [line for _, line in read(lines(*rows))]
    assert [type(line) for line in found] == [Room, Message, Recall, DeskLine, DecideLine, ClockLine]
    room, message = found[0], found[1]
    assert isinstance(room, Room)
    assert room.new
    assert room.settings == {"quiet": 60}
    assert room.role("worker") == "worker"
    assert isinstance(message, Message)
    assert (message.quote, message.mentions, message.media) == ("q", ("bot",), ("a.jpg",))


def test_unknown_keys_and_blank_lines_are_ignored() -> None:
    plain = read(lines(*STORY))
    more = read([line for row in STORY for line in ("  ", json.dumps({**row, "x-extra": {"deep": [1]}}))])
    assert [line for _, line in more] == [line for _, line in plain]


def test_missing_optional_keys_are_empty() -> None:
    bare = {"type": "message", "id": "m", "at": at(0), "room": None, "from": "wen"}
    ((_, found),) = read(lines(bare))
    assert isinstance(found, Message)
    assert (found.name, found.kind, found.text, found.mentions, found.quote) == ("", "text", "", (), None)


def test_broken_characters_become_question_marks_everywhere() -> None:
    row = '{"type":"message","id":"m\\ud800","at":"AT","room":null,"from":"a\\u0000b","text":"x\\udc00\\u0000y"}'
    ((_, found),) = read([row.replace("AT", at(0))])
    assert isinstance(found, Message)
    assert (found.id, found.sender, found.text) == ("m?", "ab", "x?y")
