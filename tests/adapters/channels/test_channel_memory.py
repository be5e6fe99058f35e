"""The switches of the channel in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.channels.memory import MemoryChannel, Said
from adapters.ports import Abilities, Channel, Echo, Refused, Unreachable
from dialogs.messages import BOT, Message

AT = datetime(2026, 6, 1, tzinfo=UTC)


async def test_it_is_a_channel_and_keeps_what_was_said() -> None:
    memory = MemoryChannel(account="bot-1")
    channel: Channel = memory
    identity = await channel.post("r", "收到", mentions=("a", BOT))
    await channel.whisper("a", "您好")
    assert memory.posts == [Said(identity, "r", "收到", ("a",))]
    assert memory.whispers == [Said("bot-1-2", "a", "您好")]


async def test_failures() -> None:
    memory = MemoryChannel()
    memory.failure = "refused"
    with pytest.raises(Refused):
        await memory.post("r", "x")
    memory.failure = "unreachable"
    with pytest.raises(Unreachable) as failed:
        await memory.post("r", "x")
    assert failed.value.arrived is False
    memory.failure = "unclear"
    with pytest.raises(Unreachable) as failed:
        await memory.post("r", "x")
    assert failed.value.arrived is None
    assert memory.posts == []


async def test_a_silent_sending_arrives_and_its_echo_comes_when_released() -> None:
    memory = MemoryChannel()
    heard = memory.heard()
    memory.failure = "silent"
    with pytest.raises(Unreachable):
        await memory.post("r", "x")
    assert [one.text for one in memory.posts] == ["x"]
    memory.failure = ""
    await memory.post("r", "y")
    memory.release()
    assert [await anext(heard), await anext(heard)] == [Echo("memory-2", "r", "y"), Echo("memory-1", "r", "x")]
    await memory.close()
    assert [one async for one in heard] == []


async def test_a_channel_of_mentions_hears_only_them() -> None:
    memory = MemoryChannel(abilities=Abilities(hears="mentions"))
    memory.say(
        Message("1", AT, "r", "a", "A", text="水停了"),
        Message("2", AT, "r", "a", "A", text="水停了", mentions=(BOT,)),
        Message("3", AT, None, "a", "A", text="悄悄话"),
    )
    await memory.close()
    assert [one.id async for one in memory.heard() if isinstance(one, Message)] == ["2", "3"]


async def test_media() -> None:
    memory = MemoryChannel()
    memory.files["a.jpg"] = b"x"
    assert await memory.media("a.jpg") == b"x"
