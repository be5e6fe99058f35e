"""The simulator's page side: who may say what, and what is shown of it. The socket's own suite is `test_channel_socket.py`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.channels.simulator import BOT_NAME, DEMO, LARGEST, PICTURES, SimulatorChannel, picture_type
from adapters.ports import Channel, Echo, Health, Refused, Unreachable
from dialogs.messages import BOT, Message, Recall, Room

AT = datetime(2026, 6, 11, 8, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n rest"
WHO = DEMO.members[0].id


def simulator(media: Path | None = None) -> SimulatorChannel:
    return SimulatorChannel(clock=lambda: AT, media=media)


async def test_it_is_a_channel_that_begins_with_its_rooms() -> None:
    channel = simulator()
    socket: Channel = channel
    heard = socket.heard()
    assert channel.health is Health.STARTING
    assert await anext(heard) == DEMO
    assert channel.health is Health.CONNECTED
    channel.put(other := Room("other", "另一个群"))
    said = channel.say(WHO, " 你好 ", room=DEMO.id)
    assert [await anext(heard), await anext(heard)] == [other, said]
    assert said == Message(said.id, AT, DEMO.id, WHO, DEMO.members[0].name, text="你好")
    await socket.close()
    assert [one async for one in heard] == []
    with pytest.raises(RuntimeError):
        await anext(socket.heard())


async def test_what_the_bot_says_is_shown_and_echoed() -> None:
    channel = simulator()
    with pytest.raises(Unreachable) as failed:
        await channel.post(DEMO.id, "早")
    assert failed.value.arrived is False
    heard = channel.heard()
    await anext(heard)
    post = await channel.post(DEMO.id, "收到", mentions=(WHO, BOT, WHO))
    whisper = await channel.whisper(WHO, "您好")
    assert [await anext(heard), await anext(heard)] == [Echo(post, DEMO.id, "收到"), Echo(whisper, WHO, "您好")]
    (shown,) = channel.timeline(DEMO.id)
    assert (shown.message.sender, shown.message.name, shown.message.mentions) == (BOT, BOT_NAME, (WHO,))
    assert [bubble.message.text for bubble in channel.timeline(f"@{WHO}")] == ["您好"]
    for refused in (channel.post("nowhere", "x"), channel.whisper("nobody", "x"), channel.post(DEMO.id, "  ")):
        with pytest.raises(Refused):
            await refused


def test_the_bot_is_called_by_button_or_by_name_and_only_in_a_group() -> None:
    channel = simulator()
    assert channel.say(WHO, "在吗", room=DEMO.id, mention=True).mentions == (BOT,)
    assert channel.say(WHO, f"@{BOT_NAME} 在吗", room=DEMO.id).mentions == (BOT,)
    assert channel.say(WHO, "在吗", room=None, mention=True).mentions == ()


def test_what_cannot_be_said() -> None:
    channel = simulator()
    private = channel.say(WHO, "悄悄话", room=None)
    with pytest.raises(Refused, match="no such member"):
        channel.say("nobody", "x", room=DEMO.id)
    with pytest.raises(Refused, match="no such room"):
        channel.say(WHO, "x", room="nowhere")
    with pytest.raises(Refused, match="nothing to say"):
        channel.say(WHO, "  ", room=DEMO.id)
    with pytest.raises(Refused, match="nothing to say"):
        channel.say(WHO, "图", room=DEMO.id, kind="image")
    with pytest.raises(Refused, match="4000"):
        channel.say(WHO, "长" * 4001, room=DEMO.id)
    with pytest.raises(Refused, match="red_packet"):
        channel.say(WHO, "恭喜", room=DEMO.id, kind="red_packet")
    with pytest.raises(Refused, match="not in this conversation"):
        channel.say(WHO, "x", room=DEMO.id, quote=private.id)
    with pytest.raises(Refused, match="no such picture"):
        channel.say(WHO, room=DEMO.id, kind="image", media="../secret")


async def test_one_recalls_ones_own_message_once() -> None:
    channel = simulator()
    said = channel.say(WHO, "说错了", room=DEMO.id)
    with pytest.raises(Refused):
        channel.recall(said.id, sender=DEMO.members[1].id)
    channel.recall(said.id, sender=WHO)
    (shown,) = channel.timeline(DEMO.id)
    assert shown.recalled
    assert shown.message.text == ""
    with pytest.raises(Refused):
        channel.recall(said.id, sender=WHO)
    heard = channel.heard()
    assert [await anext(heard) for _ in range(3)][2] == Recall(AT, DEMO.id, WHO, said.id)


@pytest.mark.parametrize("stored", [True, False])
async def test_pictures_are_known_by_their_bytes_and_leave_with_a_recall(tmp_path: Path, stored: bool) -> None:
    channel = simulator(tmp_path / "media" if stored else None)
    name = channel.keep_picture(PNG)
    assert name.endswith(".png")
    assert await channel.media(name) == PNG
    said = channel.say(WHO, room=DEMO.id, kind="image", media=name)
    assert said.media == (name,)
    channel.recall(said.id, sender=WHO)
    with pytest.raises(Refused):
        await channel.media(name)
    for wrong in (b"<svg onload=x>", b"MZ\x90", b"", b"%PDF-1.7", PNG[1:]):
        with pytest.raises(Refused, match="no picture"):
            channel.keep_picture(wrong)
    with pytest.raises(Refused, match="5 MB"):
        channel.keep_picture(PNG + bytes(LARGEST))
    for name in ("../../etc/passwd", "sim-1-1.png", "sim-1-1.png/..", ""):
        with pytest.raises(Refused):
            await channel.media(name)


def test_no_more_than_so_many_pictures_are_kept(tmp_path: Path) -> None:
    channel = simulator(tmp_path)
    for _ in range(PICTURES + 5):
        channel.keep_picture(PNG)
    assert len(list(tmp_path.iterdir())) == PICTURES


def test_types_of_pictures() -> None:
    assert picture_type(b"\xff\xd8\xff\xe0") == ".jpg"
    assert picture_type(b"GIF89a") == ".gif"
    assert picture_type(b"RIFF1234WEBPVP8 ") == ".webp"
    assert picture_type(b"RIFF1234WAVEfmt ") is None


def test_ids_never_repeat_between_starts() -> None:
    later = SimulatorChannel(clock=lambda: datetime(2026, 6, 11, 9, tzinfo=UTC))
    assert simulator().say(WHO, "a", room=DEMO.id).id != later.say(WHO, "a", room=DEMO.id).id


def test_the_timeline_is_bounded() -> None:
    channel = simulator()
    for number in range(700):
        channel.say(WHO, str(number), room=DEMO.id)
    shown = channel.timeline(DEMO.id)
    assert len(shown) == 600
    assert shown[0].message.text == "100"


def test_who_watches_is_told() -> None:
    channel = simulator()
    with channel.watched() as changed:
        channel.say(WHO, "a", room=DEMO.id)
        assert changed.is_set()
        changed.clear()
    channel.say(WHO, "b", room=DEMO.id)
    assert not changed.is_set()
