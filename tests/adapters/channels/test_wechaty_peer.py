"""The Wechaty plug against the real Node puppet service: what is said and heard."""

from __future__ import annotations

import asyncio
import base64
import logging
from typing import Any

import pytest

from adapters.ports import Abilities, Contact, Echo, Health, Refused, Unreachable
from dialogs.messages import BOT, Member, Message, Recall, Room

pytestmark = pytest.mark.peer

YANGGUANG, HESHAN = "yangguang@chatroom", "heshan@chatroom"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def house(node: Any, plug: Any, sink: Any) -> Any:
    """A peer and a channel that is connected to it."""
    ear = sink(plug(node.endpoint, abilities=Abilities(budget=6000)))
    await ear.health(Health.CONNECTED)
    return node, ear


async def test_hears_a_mention_and_mentions_back(house: Any) -> None:
    node, ear = house
    await node.do("say", talker="alice_wxid", room=YANGGUANG, text="@小邻\u2005水停了", mention=["bot_wxid"])
    message = await ear.wait(Message)
    assert (message.room, message.sender, message.name) == (YANGGUANG, "alice_wxid", "3栋502陈")
    assert message.kind == "text"
    assert message.text == "@小邻\u2005水停了"
    assert message.mentions == (BOT,)
    assert message.at.utcoffset() is not None
    assert ear.channel.account == "bot_wxid"
    identity = await ear.channel.post(YANGGUANG, "几时开始停的？", mentions=("alice_wxid", "bob_wxid", BOT))
    sent = await node.record("rpc")
    assert sent["id"] == identity
    assert sent["text"] == "@3栋502陈\u2005@Bob Li\u2005几时开始停的？"
    assert sent["mentionIdList"] == ["alice_wxid", "bob_wxid"]
    assert await ear.wait(Echo) == Echo(identity, YANGGUANG, "几时开始停的？")
    assert [one.sender for one in ear.of(Message)] == ["alice_wxid"]


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("@小邻\u2005在吗", True),
        ("在吗 @邻里小助手", True),
        ("@小邻 在吗", True),
        ("小邻在吗", False),
        ("@小邻居 在吗", False),
        ("@所有人\u2005开会", False),
    ],
)
async def test_a_mention_without_ids_is_found_in_the_text(house: Any, text: str, mentioned: bool) -> None:
    node, ear = house
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text=text, mention=["alice_wxid"])
    assert (await ear.wait(Message)).mentions == (("alice_wxid", BOT) if mentioned else ("alice_wxid",))


async def test_a_room_is_told_before_its_first_message_and_when_it_changes(house: Any) -> None:
    node, ear = house
    await node.do("say", talker="bob_wxid", room=HESHAN, text="有人吗")
    await ear.wait(Message)
    room, message = (one for one in ear.heard if isinstance(one, Room | Message))
    assert room == Room(HESHAN, "赫山5组", members=(Member("bob_wxid", "Bob Li"),))
    assert message.room == HESHAN
    await node.do("topic", room=HESHAN, text="赫山5组（新）", by="bob_wxid")
    assert (await ear.wait(Room, count=2)).name == "赫山5组（新）"
    await node.do("join", room=HESHAN, who="alice_wxid", by="bob_wxid")
    assert Member("alice_wxid", "陈阿姨") in (await ear.wait(Room, count=3)).members
    await node.do("leave", room=HESHAN, who="bob_wxid")
    assert [member.id for member in (await ear.wait(Room, count=4)).members] == ["alice_wxid"]
    await node.do("rename", who="alice_wxid", name="陈奶奶")
    await asyncio.sleep(0.2)
    await node.do("say", talker="alice_wxid", room=HESHAN, text="我改名了")
    assert (await ear.wait(Message, count=2)).name == "陈奶奶"
    await node.do(
        "event", name="room-join", payload={"inviteeIdList": ["bot_wxid"], "inviterId": "x", "roomId": HESHAN}
    )
    assert (await ear.wait(Room, count=6)).new


async def test_private_messages_and_who_can_be_reached(house: Any) -> None:
    node, ear = house
    identity = await ear.channel.whisper("alice_wxid", "您好")
    assert identity == (await node.record("rpc"))["id"]
    assert await ear.wait(Echo) == Echo(identity, "alice_wxid", "您好")
    with pytest.raises(Refused):
        await ear.channel.whisper("stranger_wxid", "您好")
    await node.do("say", talker="stranger_wxid", room=YANGGUANG, text="我不是好友")
    await ear.wait(Message)
    assert ear.of(Contact) == [Contact("stranger_wxid", False)]
    await node.do("say", talker="stranger_wxid", to="bot_wxid", text="悄悄说一句")
    message = await ear.wait(Message, count=2)
    assert (message.room, message.name, message.text) == (None, "路人王", "悄悄说一句")
    assert ear.of(Contact) == [Contact("stranger_wxid", False), Contact("stranger_wxid", True)]
    await ear.channel.whisper("stranger_wxid", "收到")
    assert (await node.record("rpc", count=2))["conversationId"] == "stranger_wxid"


async def test_a_stranger_becomes_a_friend(house: Any) -> None:
    node, ear = house
    with pytest.raises(Refused):
        await ear.channel.whisper("stranger_wxid", "您好")
    await node.do("befriend", who="stranger_wxid")
    await ear.pause(0.2)
    await ear.channel.whisper("stranger_wxid", "您好")
    await node.do("say", talker="stranger_wxid", room=YANGGUANG, text="加上了")
    assert await ear.wait(Contact) == Contact("stranger_wxid", True)


async def test_a_no_of_the_puppet_is_refused_and_an_unclear_error_is_unreachable(house: Any) -> None:
    node, ear = house
    with pytest.raises(Refused):
        await ear.channel.whisper("gone_wxid", "您好")
    assert await ear.wait(Contact) == Contact("gone_wxid", False)
    with pytest.raises(Unreachable) as unclear:
        await ear.channel.whisper("odd_wxid", "您好")
    assert unclear.value.arrived is None
    assert node.sent == []


async def test_an_accepted_post_that_is_answered_late_is_unclear_and_its_echo_comes(house: Any) -> None:
    node, ear = house
    await node.do("slow", ms=2500)
    with pytest.raises(Unreachable) as unclear:
        await ear.channel.post(YANGGUANG, "收到", mentions=("alice_wxid",))
    assert unclear.value.arrived is None
    assert await ear.wait(Echo) == Echo(node.sent[0]["id"], YANGGUANG, "收到")
    assert len(node.sent) == 1


@pytest.mark.parametrize("size", [3_000, 90_000])
async def test_an_image_is_stored(house: Any, size: int) -> None:
    node, ear = house
    data = PNG + bytes(size)
    box = base64.b64encode(data).decode()
    await node.do("file", talker="alice_wxid", room=YANGGUANG, name="路面.png", base64=box, type=6)
    message = await ear.wait(Message)
    assert message.kind == "image"
    assert len(message.media) == 1
    assert message.media[0].endswith(".png")
    assert "路面" not in message.media[0]
    assert await ear.channel.media(message.media[0]) == data


async def test_media_that_are_no_image_too_big_or_a_voice(house: Any, tmp_path: Any) -> None:
    node, ear = house

    async def send(name: str, data: bytes, kind: int) -> Message:
        box = base64.b64encode(data).decode()
        await node.do("file", talker="alice_wxid", room=YANGGUANG, name=name, base64=box, type=kind)
        message = await ear.wait(Message, count=len(ear.of(Message)) + 1)
        assert isinstance(message, Message)
        return message

    fake = await send("看图.png", b"MZ" + bytes(50_000), 6)
    assert (fake.kind, fake.text, fake.media) == ("file", "看图.png", ())
    big = await send("大.png", PNG + bytes(1 << 20), 6)
    assert (big.kind, big.media) == ("image", ())
    voice = await send("1.sil", b"\x02#!SILK_V3" + bytes(30_000), 2)
    assert voice.kind == "voice"
    assert voice.media[0].endswith(".silk")
    paper = await send("合同.pdf", b"%PDF-1.7", 1)
    assert (paper.kind, paper.text, paper.media) == ("file", "合同.pdf", ())
    for name in ("../../etc/passwd", "x", voice.media[0].replace("silk", "mp3")):
        with pytest.raises(Refused):
            await ear.channel.media(name)
    assert [file.name for file in (tmp_path / "media").iterdir()] == [voice.media[0]]


@pytest.mark.parametrize(
    ("kind", "extra", "text", "expected"),
    [
        (
            8,
            {"address": "益阳市赫山区康富南路", "name": "阳光花园"},
            "<xml/>",
            ("location", "益阳市赫山区康富南路 阳光花园"),
        ),
        (14, {"title": "停水通知", "url": "http://x"}, "<msg/>", ("link", "停水通知")),
        (9, {"title": "拼团买菜"}, "<msg/>", ("link", "拼团买菜")),
        (10, None, "<msg><appmsg><title><![CDATA[接龙 土鸡蛋]]></title></appmsg></msg>", ("note", "接龙 土鸡蛋")),
        (12, None, "<msg>钱</msg>", ("red_packet", "")),
        (11, None, "", ("red_packet", "")),
        (5, None, "<msg><emoji/></msg>", ("sticker", "")),
        (3, None, "<msg nickname='x'/>", ("link", "")),
        (0, None, "你邀请张三加入了群聊", ("system", "你邀请张三加入了群聊")),
        (99, None, "", ("system", "")),
        (15, None, "", ("video", "")),
    ],
)
async def test_kinds(house: Any, kind: int, extra: Any, text: str, expected: tuple[str, str]) -> None:
    node, ear = house
    await node.do("hear", talker="bob_wxid", room=YANGGUANG, type=kind, text=text, extra=extra)
    message = await ear.wait(Message)
    assert (message.kind, message.text) == expected


async def test_recalls(house: Any) -> None:
    node, ear = house
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="讲错了")
    said = await ear.wait(Message)
    await node.do("hear", talker="bob_wxid", room=YANGGUANG, type=13, text=said.id)
    recall = await ear.wait(Recall)
    assert (recall.room, recall.sender, recall.message) == (YANGGUANG, "bob_wxid", said.id)
    await node.do(
        "hear", talker="bob_wxid", type=13, text="<sysmsg><revokemsg><newmsgid>778</newmsgid></revokemsg></sysmsg>"
    )
    recall = await ear.wait(Recall, count=2)
    assert (recall.room, recall.message) == (None, "778")
    await node.do("hear", talker="bob_wxid", type=13, text="")
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="还在")
    await ear.wait(Message, count=2)
    assert len(ear.of(Recall)) == 2


async def test_long_and_broken_text_both_ways(house: Any) -> None:
    node, ear = house
    long = "停水" * 50_000
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text=long)
    assert (await ear.wait(Message)).text == long
    await ear.channel.post(YANGGUANG, long)
    assert (await node.record("rpc"))["text"] == long
    assert (await ear.wait(Echo)).text == long
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="a\x00\x07b\ud800c\r\nd😀\udc00")
    heard = (await ear.wait(Message, count=2)).text
    assert heard.startswith("ab")
    assert "c\nd😀" in heard
    assert heard.isprintable() or "\n" in heard
    heard.encode()
    await ear.channel.post(YANGGUANG, "x\x00\x1by\ud83d\ude00z\ud800\n\x7f。")
    assert (await node.record("rpc", count=2))["text"] == "xy😀z\ufffd\n。"
    with pytest.raises(Refused):
        await ear.channel.post(YANGGUANG, "\x00 \n")


async def test_a_reply_quotes_the_message_it_answers(house: Any) -> None:
    node, ear = house
    identity = await ear.channel.post(YANGGUANG, "几栋的？", mentions=("alice_wxid",))
    await ear.wait(Echo)
    dashes = "- - - - - - - - - - - - - - -"
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="水 停了")
    await node.do("say", talker="alice_wxid", room=YANGGUANG, text=f"「Bob Li：水 停了」\n{dashes}\n我家也是")
    await node.do(
        "say", talker="alice_wxid", room=YANGGUANG, text=f"「邻里小助手：@3栋502陈\u2005几栋的？」\n{dashes}\n5栋"
    )
    await node.do("say", talker="alice_wxid", room=YANGGUANG, text=f"「Bob Li：昨天的话」\n{dashes}\n是的")
    await ear.wait(Message, count=4)
    said, also, answer, old = ear.of(Message)
    assert (also.text, also.quote) == ("我家也是", said.id)
    assert (answer.text, answer.quote) == ("5栋", identity)
    assert (old.text, old.quote) == ("是的", None)


async def test_a_repeated_event_is_one_message(house: Any) -> None:
    node, ear = house
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="一次", id="said-once")
    await node.do("again", id="said-once")
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="两次")
    await ear.wait(Message, count=2)
    assert [one.text for one in ear.of(Message)] == ["一次", "两次"]


async def test_odd_events_cost_nothing_but_themselves(house: Any, caplog: Any) -> None:
    node, ear = house
    caplog.set_level(logging.INFO)
    await node.do("event", name="message", payload={"messageId": "unknown-id"})
    await node.do("event", name="message", payload={"messageId": 7})
    await node.do("event", name="message", payload={"messageId": "\ud800"})
    await node.do("event", name="room-topic", payload={})
    await node.do("event", name="dirty", payload={"payloadType": "x"})
    await node.do("event", name="error", payload={"gerror": "机密的话"})
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="机密的话", timestamp=1_700_000_000)
    message = await ear.wait(Message)
    assert message.at.year == 2023  # seconds where others send milliseconds
    assert "机密" not in caplog.text
    assert ear.channel.health is Health.CONNECTED


async def test_a_burst_of_two_thousand_is_heard_whole_and_in_order(house: Any) -> None:
    node, ear = house
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="第", count=2000)
    await ear.wait(Message, count=2000, within=20)
    assert [one.text for one in ear.of(Message)] == [f"第 {number}" for number in range(2000)]
    await node.do("stat")
    assert (await node.record("stat"))["payloads"] <= 2000


async def test_a_room_has_its_pace(node: Any, plug: Any, sink: Any) -> None:
    ear = sink(plug(node.endpoint, abilities=Abilities(budget=4)))
    await ear.health(Health.CONNECTED)
    await ear.channel.post(YANGGUANG, "一")
    with pytest.raises(Unreachable) as soon:
        await ear.channel.post(YANGGUANG, "二")
    assert soon.value.arrived is False
    await ear.channel.post(HESHAN, "别的群不受影响")
    assert (await node.record("rpc", count=2))["text"] == "别的群不受影响"
    assert [one["text"] for one in node.sent] == ["一", "别的群不受影响"]


async def test_what_the_channel_may_not_do_is_refused(node: Any, plug: Any, sink: Any) -> None:
    ear = sink(plug(node.endpoint, abilities=Abilities(posts="tap", private=False)))
    await ear.health(Health.CONNECTED)
    with pytest.raises(Refused):
        await ear.channel.post(YANGGUANG, "x")
    with pytest.raises(Refused):
        await ear.channel.whisper("alice_wxid", "x")
