"""The story, told to the real puppet service on one side and to a transcript on the other: it has to end the same."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from houses import until
from scenes import CATEGORY, CHATTER, COMPLAINT, SOLVED, STORY

from adapters.desk import journal
from adapters.desk.tickets import sources
from adapters.ports import Health, Store
from adapters.store.sql import SqlStore
from bot import live, wiring
from bot.live import Live
from bot.replay import replay
from bot.runtime import Walk
from bot.settings import Settings
from bot.transcript import read
from dialogs.manners import House
from dialogs.matters import Matter
from dialogs.messages import Member, Room
from nlu.linear import Linear

pytestmark = pytest.mark.peer

YANGGUANG = "yangguang@chatroom"
ALICE, BOB, STRANGER = "alice_wxid", "bob_wxid", "stranger_wxid"
GROUP = Room(
    YANGGUANG,
    "阳光花园3栋",
    "YG-01",
    {"county": "赫山区"},
    ("阳光花园",),
    (Member(ALICE, "陈阿姨"), Member(BOB, "Bob Li")),
)
DEBT = "@小邻\u2005隔壁老王借我三万块钱不还，躲着不见人，怎么办"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(2000)).decode()


@dataclass
class Street:
    """A house on the real wire: the Node side, the live loop and its store."""

    node: Any
    live: Live
    channel: Any

    async def ask(self, question: Callable[[Store], Any]) -> Any:
        return await self.live.ask(question)

    async def say(self, who: str, text: str, *, mention: tuple[str, ...] = ()) -> None:
        await self.node.do("say", talker=who, room=YANGGUANG, text=text, mention=list(mention))

    async def said(self, words: str, *, within: float = 15.0) -> dict[str, Any]:
        """What the bot sent with these words in it, as the Node side saw it."""
        found = await until(lambda: [sent for sent in self.node.sent if words in sent["text"]], within=within)
        return dict(found[0])

    async def matter(self) -> Matter:
        """The only matter there is."""
        ((matter, _),) = await self.ask(
            lambda store: store.live(YANGGUANG, since=datetime.fromisoformat("2020-01-01T00:00:00+08:00"))
        )
        assert isinstance(matter, Matter)
        return matter

    async def holds(self, condition: Callable[[Store], Any], *, within: float = 15.0) -> Any:
        """The first true answer of the store."""
        for _ in range(int(within / 0.05)):
            if value := await self.ask(condition):
                return value
            await asyncio.sleep(0.05)
        raise AssertionError(f"the store never said so within {within} s")

    async def move(self, status: str, note: str = "") -> None:
        matter = await self.matter()
        now = self.live._clock()
        await self.live.call(lambda: self.live.walk.move(matter.id, status, by="worker", note=note, at=now, now=now))


@pytest.fixture
async def street(
    peer: Any, plug: Any, quick: House, mind: Linear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Street]:
    monkeypatch.setattr(live, "PUT_OFF", timedelta(seconds=0.3))
    node = await peer().ready()
    channel = plug(node.endpoint)
    zone = quick.manners.zone
    store = SqlStore(tmp_path / "linli.db")
    house = replace(quick, manners=replace(quick.manners, quiet=2))
    walk = Walk(store=store, reader=mind, house=house)
    walk.place(GROUP)
    running = Live(walk=walk, channel=channel, clock=lambda: datetime.now(zone), context=timedelta(minutes=30))
    task = asyncio.create_task(running.run())
    await until(lambda: channel.health is Health.CONNECTED)
    yield Street(node, running, channel)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    store.close()


def ending(matter: Matter, spoken: list[str], asked: int) -> dict[str, Any]:
    """How a story ended, its messages by their place in what the resident said."""
    where = {name: tuple(spoken.index(id) for id in ids) for name, ids in sources(matter).items()}
    return {
        "category": matter.category,
        "kind": matter.kind,
        "status": matter.status,
        "facts": {name: fact.text for name, fact in matter.facts.items()},
        "sources": {name: where[name] for name in ("place", "building", "what", "since")},
        "messages": [spoken.index(id) for id in matter.messages],
        "media": len(matter.media),
        "rating": [(rating.score, rating.solved) for rating in matter.ratings],
        "asked": asked,
    }


def replayed_ending(shipped: Settings, mind: Linear) -> dict[str, Any]:
    """The same story through the replay."""
    rows: list[dict[str, Any]] = []
    walk, outcome = wiring.rehearsal(shipped, mind, rows.append)
    with contextlib.closing(walk.store):
        replay(read(json.dumps(row) for row in STORY), walk, outcome, complain=lambda line: None)
        matter = walk.store.matter_of(message="m2")
        assert matter is not None
        found = walk.store.matter(matter)
        assert found is not None
        asked = [row for row in rows if row["type"] == "say" and row["why"] == "clarify"]
        return ending(found[0], [f"m{number}" for number in range(1, 7)], len(asked))


async def test_the_story_on_the_wire_and_in_a_transcript(street: Street, shipped: Settings, mind: Linear) -> None:
    await street.say(ALICE, "大家早上好")
    await street.say(ALICE, COMPLAINT)
    await street.node.do("file", talker=ALICE, room=YANGGUANG, name="电梯.png", base64=PNG, type=6)
    await street.say(BOB, CHATTER)
    question = await street.said("具体在哪个位置")
    assert question["conversationId"] == YANGGUANG
    assert question["mentionIdList"] == [ALICE]
    assert question["text"].startswith("@")
    await street.say(BOB, "吃早饭没")
    await street.say(ALICE, "3栋")
    await street.say(ALICE, "不是3栋 是5栋")
    await street.said("已登记")
    await street.holds(
        lambda store: [ticket for ticket in store.tickets() if ticket.doc["facts"].get("building") == "5栋"]
    )  # type: ignore[attr-defined]
    await street.move("accepted")
    await street.move("in_progress", "维保更换门机控制板")
    await street.said("正在办理。维保更换门机控制板")
    await street.move("done", "更换门机板并试运行")
    await street.said("反馈已办结：更换门机板并试运行")
    survey = await street.said("1满意 2一般 3不满意")
    assert survey["mentionIdList"] == [ALICE]
    await street.say(ALICE, SOLVED)
    (ticket,) = await street.holds(lambda store: [ticket for ticket in store.tickets() if ticket.status == "closed"])
    questions = [sent for sent in street.node.sent if "请问" in sent["text"]]
    matter = await street.matter()
    recent = await street.ask(lambda store: store.recent(YANGGUANG, since=matter.opened - timedelta(hours=1), limit=40))
    spoken = [message.id for message in recent if message.sender == ALICE]
    found = ending(matter, spoken, len(questions))
    assert found == replayed_ending(shipped, mind)
    assert found["category"] == CATEGORY
    assert found["rating"] == [("satisfied", True)]
    assert found["asked"] == 1
    assert found["sources"]["building"] == (4,)
    assert found["messages"] == [0, 1, 2, 3, 4, 5]
    assert ticket.number in survey["text"]
    assert await street.channel.media(matter.media[0]) == base64.b64decode(PNG)
    assert not await street.ask(lambda store: journal.faults(store.journal()))
    assert not await street.ask(lambda store: store.sentences(state="lost"))


async def test_a_private_matter_of_somebody_who_is_no_friend_goes_to_the_worker(street: Street) -> None:
    await street.say(STRANGER, DEBT, mention=("bot_wxid",))
    await street.holds(
        lambda store: [flag for flag in store.flags() if (flag.reason, flag.to) == ("unreachable", "worker")]
    )
    assert await street.ask(lambda store: store.reachable(STRANGER)) is False
    assert all("三万" not in sent["text"] for sent in street.node.sent)
    assert {sent["conversationId"] for sent in street.node.sent} <= {YANGGUANG}
    (ticket,) = await street.ask(lambda store: store.tickets())
    assert ticket.doc["private"]


async def test_a_service_that_goes_away_between_question_and_answer_loses_nothing(street: Street) -> None:
    await street.say(ALICE, COMPLAINT)
    await street.said("具体在哪个位置")
    await street.node.do("down")
    await until(lambda: street.channel.health is not Health.CONNECTED)
    await street.move("in_progress", "维保在路上")
    await asyncio.sleep(0.3)
    await street.node.do("up")
    await until(lambda: street.channel.health is Health.CONNECTED)
    await street.said("维保在路上")
    assert sum("维保在路上" in sent["text"] for sent in street.node.sent) == 1
    await street.say(ALICE, "5栋")
    (ticket,) = await street.holds(
        lambda store: [ticket for ticket in store.tickets() if ticket.doc["facts"].get("building") == "5栋"]  # type: ignore[attr-defined]
    )
    assert ticket.status == "in_progress"
    assert sum("具体在哪个位置" in sent["text"] for sent in street.node.sent) == 1
