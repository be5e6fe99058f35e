"""The Wechaty plug against the real Node puppet service: what happens to the connection."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from typing import Any

import pytest

from adapters.ports import Abilities, Health, Unreachable
from dialogs.messages import Message

pytestmark = pytest.mark.peer

YANGGUANG = "yangguang@chatroom"


def lines(caplog: Any, level: int = logging.INFO) -> list[str]:
    """What we logged; gRPC may log the end of an earlier test's calls, since each test has an event loop of its own."""
    ours = [record for record in caplog.records if record.name.startswith("adapters.")]
    return [record.getMessage() for record in ours if record.levelno >= level]


async def heard_again(node: Any, ear: Any) -> None:
    before = len(ear.of(Message))
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="又好了")
    assert (await ear.wait(Message, count=before + 1)).text == "又好了"
    assert await ear.channel.post(YANGGUANG, "在")


async def test_down_and_up(node: Any, plug: Any, sink: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    ear = sink(plug(node.endpoint))
    await ear.health(Health.CONNECTED)
    await node.do("down")
    await ear.health(Health.WAITING)
    with pytest.raises(Unreachable) as failed:
        await ear.channel.post(YANGGUANG, "x")
    assert failed.value.arrived is False
    await asyncio.sleep(1.5)
    await node.do("up")
    await ear.health(Health.CONNECTED)
    await heard_again(node, ear)
    assert len(lines(caplog, logging.WARNING)) == 1


async def test_the_peer_comes_later(peer: Any, plug: Any, sink: Any, caplog: Any) -> None:
    node = peer()
    ear = sink(plug(node.endpoint))
    await ear.health(Health.WAITING)
    await node.ready()
    await ear.health(Health.CONNECTED)
    await heard_again(node, ear)
    assert len(lines(caplog, logging.WARNING)) == 1


async def test_a_frozen_peer_is_noticed_and_found_again(peer: Any, plug: Any, sink: Any, caplog: Any) -> None:
    node = await peer().ready()
    ear = sink(plug(node.endpoint, deadline=1.0))
    await ear.health(Health.CONNECTED)
    node.signal(signal.SIGSTOP)
    frozen = time.monotonic()
    with pytest.raises(Unreachable) as unclear:
        await ear.channel.post(YANGGUANG, "收到")
    assert unclear.value.arrived is None
    await ear.health(Health.WAITING)
    assert time.monotonic() - frozen < 5
    await asyncio.sleep(1)
    assert len(lines(caplog, logging.WARNING)) == 1
    node.signal(signal.SIGCONT)
    await ear.health(Health.CONNECTED)
    await heard_again(node, ear)


async def test_a_killed_peer_is_found_again_when_it_is_back(peer: Any, plug: Any, sink: Any) -> None:
    node = await peer().ready()
    ear = sink(plug(node.endpoint))
    await ear.health(Health.CONNECTED)
    node.signal(signal.SIGKILL)
    await ear.health(Health.WAITING)
    again = await peer(port=node.port).ready()
    await ear.health(Health.CONNECTED)
    await heard_again(again, ear)


async def test_a_wrong_token_is_final_and_not_logged(node: Any, plug: Any, sink: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    ear = sink(plug(node.endpoint, token="wrong-secret-token"))
    await ear.health(Health.DENIED)
    with pytest.raises(Unreachable) as denied:
        await ear.channel.post(YANGGUANG, "x")
    assert denied.value.arrived is False
    await asyncio.sleep(0.5)
    assert ear.channel.health is Health.DENIED
    assert len(lines(caplog, logging.WARNING)) == 1
    assert "wrong-secret-token" not in caplog.text + repr(denied.value) + repr(ear.channel._client.link)


async def test_tls_with_the_right_and_the_wrong_name(peer: Any, plug: Any, sink: Any) -> None:
    node = peer("--tls")
    root = (await node.record("listening", within=30))["ca"].encode()
    wrong = sink(plug(node.endpoint, tls=True, root=root, name="somebody-else"))
    await wrong.health(Health.WAITING)
    stranger = sink(plug(node.endpoint, tls=True, name="insecure"))  # without the root certificate
    await stranger.health(Health.WAITING)
    right = sink(plug(node.endpoint, tls=True, root=root, name="insecure"))
    await right.health(Health.CONNECTED)
    await heard_again(node, right)
    assert wrong.channel.health is Health.WAITING
    assert stranger.channel.health is Health.WAITING


async def test_a_second_client_waits_and_leaves_the_first_alone(node: Any, plug: Any, sink: Any, caplog: Any) -> None:
    first = sink(plug(node.endpoint))
    await first.health(Health.CONNECTED)
    second = sink(plug(node.endpoint))
    await second.health(Health.TAKEN)
    with pytest.raises(Unreachable):
        await second.channel.post(YANGGUANG, "x")
    await asyncio.sleep(1)
    assert second.channel.health is Health.TAKEN
    await heard_again(node, first)
    assert second.heard == []
    assert len(lines(caplog, logging.WARNING)) == 1
    await first.close()
    await second.health(Health.CONNECTED)
    await heard_again(node, second)
    assert not node.all("stopped")  # closing never stops the puppet: that would log the account out


async def test_the_elected_holder_takes_over(node: Any, plug: Any, sink: Any) -> None:
    first = sink(plug(node.endpoint, taken_retry=2.0))
    await first.health(Health.CONNECTED)
    second = sink(plug(node.endpoint, take_over=True))
    await second.health(Health.CONNECTED)
    await first.health(Health.TAKEN)
    await heard_again(node, second)
    assert node.all("stopped")
    assert first.of(Message) == []


async def test_a_logout_and_a_login(node: Any, plug: Any, sink: Any) -> None:
    ear = sink(plug(node.endpoint))
    await ear.health(Health.CONNECTED)
    await node.do("logout")
    await ear.health(Health.LOGGED_OUT)
    with pytest.raises(Unreachable) as failed:
        await ear.channel.post(YANGGUANG, "x")
    assert failed.value.arrived is False
    await node.do("login")
    await ear.health(Health.CONNECTED)
    await heard_again(node, ear)
    await node.do("logout")
    await ear.health(Health.LOGGED_OUT)
    late = sink(plug(node.endpoint, first_event=0.3))
    await ear.close()
    await late.health(Health.LOGGED_OUT)


async def test_a_puppet_that_hangs_behind_its_server_is_noticed(node: Any, plug: Any, sink: Any) -> None:
    ear = sink(plug(node.endpoint, check_every=0.3, deadline=0.5))
    await ear.health(Health.CONNECTED)
    await asyncio.sleep(0.7)  # it has answered once, so its silence says something
    await node.do("deaf", on=True)
    await ear.health(Health.WAITING, within=3)
    await node.do("deaf", on=False)
    await ear.health(Health.CONNECTED)
    await heard_again(node, ear)


async def test_a_puppet_that_never_knew_dong_is_left_in_peace(node: Any, plug: Any, sink: Any, caplog: Any) -> None:
    await node.do("deaf", on=True)
    ear = sink(plug(node.endpoint, check_every=0.2, deadline=0.3))
    await ear.health(Health.CONNECTED)
    await asyncio.sleep(1.5)
    assert lines(caplog, logging.WARNING) == []
    await heard_again(node, ear)


async def test_a_full_house_makes_the_service_wait(node: Any, plug: Any) -> None:
    channel = plug(node.endpoint, abilities=Abilities(), check_every=0.2, deadline=0.3)
    stream = channel.heard()
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(1)
    assert channel.health is Health.CONNECTED
    await node.do("say", talker="bob_wxid", room=YANGGUANG, text="多", count=1500)
    heard = [await first]
    await asyncio.sleep(1.5)
    assert channel.health is Health.CONNECTED
    while sum(isinstance(one, Message) for one in heard) < 1500:
        heard.append(await anext(stream))
    assert [one.text for one in heard if isinstance(one, Message)] == [f"多 {number}" for number in range(1500)]
    await channel.close()
