"""One suite for every plug of the channel socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from adapters.channels.memory import MemoryChannel
from adapters.ports import Abilities, Channel, Echo, Health, Refused, Unreachable
from dialogs.messages import BOT, Message

ROOM = "yangguang@chatroom"


class Other(Protocol):
    """The people's side of a plug."""

    channel: Channel

    async def say(self, text: str, *, room: str | None, sender: str, mentions: tuple[str, ...] = ()) -> None: ...
    async def arrived(self, count: int = 1) -> list[tuple[str, str]]: ...
    async def lost(self) -> None: ...


class InMemory:
    def __init__(self, abilities: Abilities) -> None:
        self.channel = self.memory = MemoryChannel(abilities=abilities)
        self.memory.strangers.add("stranger_wxid")
        self.count = 0

    async def say(self, text: str, *, room: str | None, sender: str, mentions: tuple[str, ...] = ()) -> None:
        self.count += 1
        at = datetime(2026, 6, 1, tzinfo=UTC)
        self.memory.say(Message(f"in-{self.count}", at, room, sender, sender, text=text, mentions=mentions))

    async def arrived(self, count: int = 1) -> list[tuple[str, str]]:
        return [(one.conversation, one.text) for one in (*self.memory.posts, *self.memory.whispers)]

    async def lost(self) -> None:
        self.memory.state = Health.WAITING


class ThroughWechaty:
    def __init__(self, node: Any, channel: Channel) -> None:
        self.node = node
        self.channel = channel

    async def say(self, text: str, *, room: str | None, sender: str, mentions: tuple[str, ...] = ()) -> None:
        where = {"room": room} if room else {"to": "bot_wxid"}
        ids = ["bot_wxid" if one == BOT else one for one in mentions]
        await self.node.do("say", talker=sender, text=text, mention=ids, **where)

    async def arrived(self, count: int = 1) -> list[tuple[str, str]]:
        await self.node.record("rpc", count=count)
        return [(one["conversationId"], one["text"].rpartition("\u2005")[2]) for one in self.node.sent]

    async def lost(self) -> None:
        await self.node.do("logout")


@pytest.fixture(params=["memory", pytest.param("wechaty", marks=pytest.mark.peer)])
async def other(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Makes the people's side of each plug."""
    if request.param == "memory":

        async def make(**abilities: Any) -> Other:
            return InMemory(Abilities(**abilities))

        return make
    return request.getfixturevalue("_wechaty_side")  # type: ignore[no-any-return]


@pytest.fixture
def _wechaty_side(peer_of_this_file: Any, plug: Any) -> Any:
    async def make(**abilities: Any) -> Other:
        await peer_of_this_file.ready()
        await peer_of_this_file.reset()
        return ThroughWechaty(peer_of_this_file, plug(peer_of_this_file.endpoint, abilities=Abilities(**abilities)))

    return make


async def test_hears_rooms_and_private_chats_in_order(other: Any, sink: Any) -> None:
    side = await other()
    ear = sink(side.channel)
    await ear.health(Health.CONNECTED)
    await side.say("水停了", room=ROOM, sender="alice_wxid")
    await side.say("@小邻 在吗", room=ROOM, sender="bob_wxid", mentions=(BOT,))
    await ear.wait(Message, count=2)
    await side.say("悄悄话", room=None, sender="alice_wxid")
    await ear.wait(Message, count=3)
    assert [(one.room, one.sender, one.text, one.mentions) for one in ear.of(Message)] == [
        (ROOM, "alice_wxid", "水停了", ()),
        (ROOM, "bob_wxid", "@小邻 在吗", (BOT,)),
        (None, "alice_wxid", "悄悄话", ()),
    ]
    assert len({one.id for one in ear.of(Message)}) == 3
    assert all(one.name and one.at.tzinfo for one in ear.of(Message))
    assert side.channel.account


async def test_posts_and_whispers_arrive_and_come_back_as_echoes(other: Any, sink: Any) -> None:
    side = await other()
    ear = sink(side.channel)
    await ear.health(Health.CONNECTED)
    post = await side.channel.post(ROOM, "收到", mentions=("alice_wxid", BOT))
    whisper = await side.channel.whisper("alice_wxid", "您好")
    assert post != whisper
    assert await side.arrived(2) == [(ROOM, "收到"), ("alice_wxid", "您好")]
    await ear.wait(Echo, count=2)
    assert ear.of(Echo) == [Echo(post, ROOM, "收到"), Echo(whisper, "alice_wxid", "您好")]
    assert ear.of(Message) == []


async def test_a_stranger_is_refused_until_the_stranger_writes(other: Any, sink: Any) -> None:
    side = await other()
    ear = sink(side.channel)
    await ear.health(Health.CONNECTED)
    with pytest.raises(Refused):
        await side.channel.whisper("stranger_wxid", "您好")
    await side.say("在吗", room=None, sender="stranger_wxid")
    await ear.wait(Message)
    contact = next(one for one in ear.heard if not isinstance(one, Message))
    assert (contact.person, contact.reachable) == ("stranger_wxid", True)
    await side.channel.whisper("stranger_wxid", "在的")


async def test_nothing_to_say_and_no_such_medium_are_refused(other: Any, sink: Any) -> None:
    side = await other()
    await sink(side.channel).health(Health.CONNECTED)
    with pytest.raises(Refused):
        await side.channel.post(ROOM, " \n")
    with pytest.raises(Refused):
        await side.channel.whisper("alice_wxid", "")
    with pytest.raises(Refused):
        await side.channel.media("nothing.jpg")


async def test_abilities_bind(other: Any, sink: Any) -> None:
    side = await other(posts="tap", private=False)
    await sink(side.channel).health(Health.CONNECTED)
    with pytest.raises(Refused):
        await side.channel.post(ROOM, "收到")
    with pytest.raises(Refused):
        await side.channel.whisper("alice_wxid", "您好")


async def test_what_cannot_leave_says_that_nothing_arrived(other: Any, sink: Any) -> None:
    side = await other()
    ear = sink(side.channel)
    await ear.health(Health.CONNECTED)
    await side.lost()
    for _ in range(100):
        if side.channel.health is not Health.CONNECTED:
            break
        await ear.pause()
    with pytest.raises(Unreachable) as failed:
        await side.channel.post(ROOM, "收到")
    assert failed.value.arrived is False


async def test_close_ends_the_hearing_and_loses_nothing_that_arrived(other: Any, sink: Any) -> None:
    side = await other()
    ear = sink(side.channel)
    await ear.health(Health.CONNECTED)
    await side.say("最后一句", room=ROOM, sender="alice_wxid")
    await ear.pause(0.1)
    await ear.close()
    assert [one.text for one in ear.of(Message)] == ["最后一句"]
    assert side.channel.health is Health.STOPPED
    with pytest.raises(Unreachable):
        await side.channel.post(ROOM, "收到")
