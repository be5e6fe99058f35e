"""What a puppet's payload means, without any puppet."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("grpc", reason="the extra wechaty is not installed")

from adapters.channels.wechaty import media, payloads, wire
from adapters.channels.wechaty.client import Client, Fault, Link, _nearby
from adapters.channels.wechaty.names import Names
from adapters.channels.wechaty.pace import Pace
from adapters.ports import Echo, Refused
from dialogs.messages import BOT, Member, Room

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
OWN = "bot_wxid"


def payload(**fields: Any) -> wire.Plain:
    plain = wire.reader("MessagePayload")(b"")
    return {**plain, "id": "m1", "type": 7, "talker_id": "a", "room_id": "r", **fields}


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (1_780_000_000_000, "2026-05-29T04:26:40+08:00"),
        (1_780_000_000, "2026-05-29T04:26:40+08:00"),
        (0, "2026-06-01T12:00:00+08:00"),
        (1, "2026-06-01T12:00:00+08:00"),
        (2**63 - 1, "2026-06-01T12:00:00+08:00"),
        (-5, "2026-06-01T12:00:00+08:00"),
    ],
)
def test_the_instant_of_a_message(stamp: int, expected: str) -> None:
    assert payloads.instant(payload(timestamp_deprecated=stamp), now=NOW).isoformat() == expected
    later = payload(receive_time={"seconds": 1_780_000_000, "nanos": 5})
    assert payloads.instant(later, now=NOW).isoformat() == "2026-05-29T04:26:40+08:00"


@pytest.mark.parametrize(
    ("text", "names", "mentioned"),
    [
        ("@小邻\u2005好", ["小邻"], True),
        ("好@小邻", ["小邻"], True),
        ("＠小邻　好", ["小邻"], True),
        ("@小邻\n好", ["小邻"], True),
        ("@小邻好", ["小邻"], False),
        ("@ 好", [""], False),
        ("@a.c 好", ["a.c"], True),
        ("@abc 好", ["a.c"], False),
        ("@名 字 好", ["名 字"], True),
    ],
)
def test_a_mention_in_the_text(text: str, names: list[str], mentioned: bool) -> None:
    assert payloads.mentions(payload(text=text), own=OWN, names=names) == ((BOT,) if mentioned else ())
    assert payloads.mentions(payload(text=text, room_id=""), own=OWN, names=names) == ()


def test_ids_of_mentions_are_translated_and_told_once() -> None:
    mixed = payload(text="@小邻 好", mention_ids=["b", OWN, "b", ""])
    assert payloads.mentions(mixed, own=OWN, names=["小邻"]) == ("b", BOT)


def test_an_echo_brings_the_text_as_it_was_asked_for() -> None:
    own = payload(talker_id=OWN, text="@3栋 陈\u2005@李\u2005好 的")
    assert payloads.to_echo(own, own=OWN, sent={}) == Echo("m1", "r", "好 的")
    sent = {("r", "@3栋陈@李好的"): "好\u3000的"}
    assert payloads.to_echo(own, own=OWN, sent=sent) == Echo("m1", "r", "好\u3000的")
    private = payload(talker_id=OWN, room_id="", listener_id="p", text="好")
    assert payloads.to_echo(private, own=OWN, sent={}) == Echo("m1", "p", "好")


@pytest.mark.parametrize(
    ("text", "quoted", "said"),
    [
        ("「陈阿姨：水停了」\n- - - - - - - - - - - - - - -\n我屋里没停", "水停了", "我屋里没停"),
        ("「3栋：两行\n「话」」\n- - - - - - - -\n好\n的", "两行\n「话」", "好\n的"),
        ("「陈阿姨：水停了」我屋里没停", "", "「陈阿姨：水停了」我屋里没停"),
        ("- - - - - - - -\n好", "", "- - - - - - - -\n好"),
    ],
)
def test_a_reply_is_told_from_what_it_quotes(text: str, quoted: str, said: str) -> None:
    assert payloads.reply(text) == (quoted, said)
    known = {quoted: "m0"} if quoted else {}
    message = payloads.to_message(payload(text=text), own=OWN, name="李", now=NOW, find=known.get)
    assert (message.text, message.quote) == (said, "m0" if quoted else None)


def test_a_mention_in_quoted_words_is_none() -> None:
    text = "「陈：@小邻 在吗」\n- - - - - - - -\n它不在"
    assert payloads.mentions(payload(text=text), own=OWN, names=["小邻"]) == ()


@pytest.mark.parametrize("text", ["", "  ", "<xml>", "x" * 300])
def test_a_recall_of_nothing_known(text: str) -> None:
    assert payloads.to_recall(payload(text=text), own=OWN, now=NOW) is None


def test_a_recall_by_the_bot() -> None:
    recall = payloads.to_recall(payload(text="m0", talker_id=OWN), own=OWN, now=NOW)
    assert recall
    assert (recall.sender, recall.message) == (BOT, "m0")


def test_cleaning() -> None:
    assert payloads.clean("a\x00\ud83d\ude00\ud800b\r\nc\rd\te\x7f") == "a😀\ufffdb\nc\nd\te"
    assert payloads.identity(3) == ""
    assert payloads.identities(["a", None, "\ud800", ""]) == ("a", "\ufffd")
    assert payloads.identities("abc") == ()
    assert payloads.to_event({"type": 2, "payload": "[" * 100_000}).payload == {}
    assert payloads.to_event({"type": 2, "payload": "[1]"}).payload == {}


def test_the_wire_keeps_broken_utf8_out_and_numbers_right() -> None:
    raw = wire.write("MessageSendText", {"conversation_id": "r", "text": "停", "mentional_ids": ["a", "b"]})
    assert raw == b"\x0a\x01r\x12\x03\xe5\x81\x9c\x1a\x01a\x1a\x01b"
    answer = wire.reader("MessagePayload")(b"\x1a\x04a\xff\xfeb")
    assert answer["text"] == "a\ufffd\ufffdb"
    with pytest.raises((TypeError, ValueError)):
        wire.write("Ding", {"data": 7})


async def test_a_link_tells_no_token_and_a_client_without_connection_says_so() -> None:
    link = Link(endpoint="127.0.0.1:1", token="secret-token")
    assert "secret-token" not in repr(link)
    with pytest.raises(Fault) as fault:
        await Client(link).ask("Ding", data="x")
    assert fault.value.code == "NOT_CONNECTED"


@pytest.mark.parametrize(
    ("endpoint", "nearby"),
    [
        ("127.0.0.1:8788", True),
        ("[::1]:8788", True),
        ("192.168.1.9:8788", True),
        ("puppet:8788", True),
        ("8.8.8.8:8788", False),
        ("puppet.example.cn:8788", False),
    ],
)
def test_where_tls_may_be_off(endpoint: str, nearby: bool) -> None:
    assert _nearby(endpoint) is nearby


@pytest.mark.parametrize("missing", ["grpc", "google.protobuf"])
def test_without_the_extra_the_error_names_it(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; import adapters.channels.wechaty.channel"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'linli[wechaty]'" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("budget", [1, 2, 5, 20, 100])
def test_no_minute_holds_more_than_the_budget(budget: int) -> None:
    pace = Pace(budget)
    taken: list[float] = []
    now = 0.0
    while now < 300:
        wait = pace.take("r", now=now)
        if not wait:
            taken.append(now)
        now += wait or 0.01
    for start in taken:
        assert sum(start <= at < start + 60 for at in taken) <= budget
    assert len(taken) >= 2 * budget
    assert pace.take("other", now=now) == 0.0


class Puppet:
    """Answers of a puppet, counted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.topic = "阳光花园"
        self.down = False

    async def read(self, method: str, **ids: str) -> wire.Plain:
        self.asked.append((method, *ids.values()))
        await asyncio.sleep(0)
        if self.down:
            raise Fault("UNAVAILABLE", "down")
        answer = wire.reader(method)(b"")
        if method == "RoomPayload":
            answer |= {"topic": self.topic, "member_ids": [OWN, "a", "b", "c", "a", ""]}
        if method == "RoomMemberPayload":
            answer |= {"name": f"name of {ids['member_id']}", "room_alias": "陈" if ids["member_id"] == "a" else ""}
        if method == "ContactPayload":
            answer |= {"name": f"contact {ids['id']}", "friend": True, "type": 1}
        return answer


async def test_names_are_asked_once_and_dropped() -> None:
    puppet = Puppet()
    names = Names(puppet.read, roster=2)
    first, second = await asyncio.gather(names.member("r", "a"), names.member("r", "a"))
    assert (first, second) == ("陈", "陈")
    assert puppet.asked == [("RoomMemberPayload", "r", "a")]
    assert await names.aliases("r", "a") == ("陈", "name of a")
    members = (Member("a", "陈"), Member("b", "name of b"), Member("c", ""))
    assert await names.room("r", own=OWN) == Room("r", "阳光花园", members=members)
    puppet.topic = "新名"
    names.drop_room("r", members=False)
    asked = len(puppet.asked)
    room = await names.room("r", own=OWN)
    assert room
    assert room.name == "新名"
    assert len(puppet.asked) == asked + 1
    names.drop_contact("a")
    await names.member("r", "a")
    assert len(puppet.asked) == asked + 2


async def test_names_that_cannot_be_asked_are_ids_and_not_kept() -> None:
    puppet = Puppet()
    puppet.down = True
    names = Names(puppet.read)
    assert await names.member("r", "a") == "a"
    assert (await names.person("a")).friend is None
    assert await names.room("r", own=OWN) is None
    puppet.down = False
    assert await names.member("r", "a") == "陈"
    assert (await names.person("a")).friend is True


async def test_names_grow_old_and_few() -> None:
    puppet = Puppet()
    names = Names(puppet.read, ttl=0.0, limit=3)
    for one in "abcdea":
        await names.person(one)
    assert len(puppet.asked) == 6
    assert len(names._kept) == 3


@pytest.mark.parametrize(
    "box",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 5000,
        '{"boxType": 1}',
        '{"boxType": 1, "base64": 7}',
        '{"boxType": 1, "base64": "a"}',
        '{"boxType": 2, "remoteUrl": "http://127.0.0.1/x"}',
        '{"boxType": 7}',
        json.dumps({"boxType": 1, "base64": base64.b64encode(bytes(2000)).decode()}),
    ],
)
async def test_a_file_box_that_is_none(box: str) -> None:
    async def download(uuid: str, limit: int) -> bytes:
        raise AssertionError

    assert await media.unpack(box, limit=1000, download=download) is None


def test_media_are_kept_under_opaque_names(tmp_path: Path) -> None:
    name = media.keep(tmp_path / "new", b"\xff\xd8\xff1", account="bot", message="m1")
    assert media.NAME.fullmatch(name)
    assert name.endswith(".jpg")
    assert media.keep(tmp_path / "new", b"\xff\xd8\xff1", account="bot", message="m1") == name
    assert media.load(tmp_path / "new", name) == b"\xff\xd8\xff1"
    assert [file.name for file in (tmp_path / "new").iterdir()] == [name]
    assert (tmp_path / "new" / name).stat().st_mode & 0o077 == 0
    for bad in ("", "..", f"../new/{name}", f"{name}/", f"{name}\n"):
        with pytest.raises(Refused):
            media.load(tmp_path / "new", bad)


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"", "bin"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x00\x00\x00\x18ftypheic", "heic"),
        (b"\x00\x00\x00\x18ftypisom", "mp4"),
        (b"\x02#!SILK_V3", "silk"),
        (b"<svg onload=x>", "bin"),
        (b"MZ\x90", "bin"),
    ],
)
def test_sniffing(data: bytes, ending: str) -> None:
    assert media.sniff(data) == ending
