"""The live loop: whatever store and channel do, nothing is lost, and nothing is said more often than twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from houses import until
from scenes import CHATTER, COMPLAINT, DAY, FIRE, ROOM, SOLVED, message, said

from adapters.channels.memory import MemoryChannel
from adapters.ports import Abilities, Contact, Echo, Health
from adapters.store.sql import SqlStore
from bot import live
from bot.live import Changes
from bot.runtime import Walk
from dialogs.manners import House
from dialogs.messages import Recall
from nlu.linear import Linear

DEBT = "隔壁老王借我三万块钱不还，躲着不见人，怎么办"


def hears(*rows: Any) -> list[Any]:
    return [message(row) for row in rows]


def texts(running: Any) -> list[str]:
    return [post.text for post in running.channel.posts]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "linli.db"


@pytest.fixture
def locked(path: Path) -> Iterator[Any]:
    """Somebody else writes into the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        yield other


async def test_the_story_in_seconds(run_house: Any) -> None:
    running = await run_house(DAY)
    await running.hear(*hears(said("m1", 0, "大家早上好"), said("m2", 0.2, COMPLAINT)))
    await running.after(5)
    assert ["具体在哪个位置" in text for text in texts(running)] == [True]
    assert running.channel.posts[0].mentions == ("wen",)
    await running.hear(*hears(said("m3", running.second, "3栋")))
    await running.after(2)
    await running.hear(*hears(said("m4", running.second, "不是3栋 是5栋")))
    await running.after(2)
    (ticket,) = running.store.tickets()
    assert ticket.doc["facts"]["building"] == "5栋"
    assert "已登记" in texts(running)[1]
    for move in ("accepted", "in_progress", "done"):
        now = running.clock.now
        await running.live.call(
            lambda now=now, move=move: running.live.walk.move("m1", move, by="worker", at=now, now=now)
        )
        await running.after(3)
    assert "满意" in texts(running)[-1]
    await running.hear(*hears(said("m5", running.second, SOLVED)))
    await running.after(5)
    assert running.store.tickets()[0].status == "closed"


@pytest.mark.parametrize("when", ["hearing", "deciding", "sending"])
async def test_a_store_that_is_locked_for_a_while_loses_nothing(
    run_house: Any, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any, *, when: str, request: Any
) -> None:
    monkeypatch.setattr(live, "STORE_WAIT", (0.02,))
    running = await run_house(DAY, store=SqlStore(path, wait_s=0.01))
    other = request.getfixturevalue("locked")
    if when == "hearing":
        other.execute("BEGIN IMMEDIATE")
    running.channel.say(*hears(said("m1", 0, COMPLAINT), said("f1", 0, FIRE, by="bei")))
    if when == "deciding":
        await asyncio.sleep(0.001)
        other.execute("BEGIN IMMEDIATE")
    elif when == "sending":
        await until(lambda: running.channel.posts)
        other.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(0.15)
    other.execute("ROLLBACK")
    await until(lambda: running.store.message("m1") and running.store.message("f1"))
    await asyncio.sleep(0.1)  # Longer than it waits between two tries.
    await running.after(10)
    assert sorted(ticket.doc["category"] for ticket in running.store.tickets()) == ["0103", "0901"]
    assert sum("119" in text for text in texts(running)) == 1
    assert sum("具体在哪个位置" in text for text in texts(running)) == 1
    assert not running.store.sentences(state="sending")
    assert not running.store.unseen()


@pytest.mark.parametrize(("failure", "tries"), [("unreachable", 1), ("refused", 0)])
async def test_a_channel_that_says_no(run_house: Any, failure: str, tries: int) -> None:
    running = await run_house(DAY)
    running.channel.failure = failure
    await running.hear(*hears(said("f1", 0, FIRE)))
    assert not running.channel.posts
    running.channel.failure = ""
    await running.after(15)
    assert len(running.channel.posts) == tries  # Certainly not arrived: it waits and goes. Refused: it is given up.
    assert len(running.store.sentences(state="lost")) == 1 - tries
    assert len(running.store.tickets()) == 1


@pytest.mark.parametrize("state", [Health.WAITING, Health.LOGGED_OUT])
async def test_while_the_channel_is_away_sentences_wait_and_stale_ones_stay_unsaid(
    run_house: Any, state: Health
) -> None:
    running = await run_house(DAY)
    running.channel.state = state
    await running.hear(*hears(said("f1", 0, FIRE), said("m1", 0, COMPLAINT, by="fang")))
    await running.after(700)
    assert not running.channel.posts
    running.channel.state = Health.CONNECTED
    await running.after(15)
    assert ["119" in text for text in texts(running)] == [True]
    assert {sentence.why for sentence in running.store.sentences(state="dropped")} == {"clarify"}


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize(("words", "times"), [(FIRE, 2), (COMPLAINT, 1)])
async def test_a_silent_acceptance_is_settled_by_the_echo_or_said_at_most_twice(
    run_house: Any, words: str, times: int, *, echo: bool
) -> None:
    running = await run_house(DAY)
    running.channel.failure = "silent"
    await running.hear(*hears(said("x1", 0, words)))
    await running.after(5)
    assert len(running.channel.posts) == 1
    if echo:
        running.channel.release()
    await running.after(100 if words == FIRE else 50)  # A question that nobody answers is asked again after a minute.
    assert len(running.channel.posts) == (1 if echo else times)
    assert not running.store.sentences(state="sending")
    assert len(running.store.sentences(state="sent")) == echo
    assert len(running.store.sentences(state="lost")) == (not echo)


async def test_an_echo_that_comes_before_the_call_returns_settles_the_sentence(run_house: Any) -> None:
    class Slow(MemoryChannel):
        """A channel whose call is answered late, after its echo, and then only with an error."""

        async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
            self.failure = "silent"
            try:
                return await super().post(room, text, mentions=mentions)
            finally:
                self.release()
                for _ in range(20):
                    await asyncio.sleep(0.005)

    running = await run_house(DAY, channel=Slow())
    await running.hear(*hears(said("f1", 0, FIRE)))
    await running.after(100)
    assert len(running.channel.posts) == 1
    assert [sentence.why for sentence in running.store.sentences(state="sent")] == ["emergency"]


async def test_a_channel_that_fails_unforeseen_does_not_end_the_house(run_house: Any, caplog: Any) -> None:
    class Broken(MemoryChannel):
        async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
            raise KeyError("id")

    running = await run_house(DAY, channel=Broken())
    await running.hear(*hears(said("f1", 0, FIRE)))
    await running.after(100)
    assert len(running.store.sentences(state="lost")) == 1
    await running.hear(*hears(said("m1", running.second, CHATTER)))
    await running.after(5)
    assert not running.store.unseen()


async def test_a_channel_that_does_not_post_by_itself_leaves_it_to_people(run_house: Any) -> None:
    running = await run_house(DAY, channel=MemoryChannel(abilities=Abilities(posts="tap")))
    await running.hear(*hears(said("f1", 0, FIRE)))
    await running.after(100)
    assert not running.channel.posts
    assert len(running.store.tickets()) == 1


async def test_a_stranger_cannot_be_whispered_to_and_a_worker_is_told(run_house: Any) -> None:
    running = await run_house(DAY)
    running.channel.strangers.add("mei")
    await running.hear(*hears(said("w1", 0, DEBT, by="mei", mentions=["bot"])))
    await running.after(5)
    assert not running.channel.whispers
    assert all("三万" not in text for text in texts(running))
    assert ("unreachable", "worker") in [(flag.reason, flag.to) for flag in running.store.flags()]
    assert running.store.reachable("mei") is False
    await running.hear(*hears(said("w2", 60, "是哪个老王你们晓得的", by="mei", room=None)))
    assert running.store.reachable("mei") is True


async def test_what_the_channel_knows_of_a_person_is_kept(run_house: Any) -> None:
    running = await run_house(DAY)
    await running.hear(Contact("fang", False), Contact("bei", True), Contact("wen", None))
    assert [running.store.reachable(person) for person in ("fang", "bei", "wen")] == [False, True, None]


async def test_a_recall_takes_the_words_back(run_house: Any) -> None:
    running = await run_house(DAY)
    await running.hear(*hears(said("m1", 0, CHATTER), said("m2", 0.5, COMPLAINT)))
    await running.hear(Recall(DAY, "r1", "wen", "m2"))
    await running.after(10)
    assert not running.store.tickets()
    assert not running.channel.posts
    assert running.store.message("m2").text == ""
    assert not running.store.unseen()
    await running.hear(*hears(said("m3", running.second, COMPLAINT)))
    await running.after(1.5)
    await running.hear(Recall(DAY, "r1", "fang", "m3"))  # Not by whoever wrote it.
    assert [ticket.status for ticket in running.store.tickets()] == ["open"]
    await running.hear(Recall(DAY, "r1", "wen", "m3"), Recall(DAY, "r1", "wen", "never heard of"))
    await running.after(10)
    assert [ticket.status for ticket in running.store.tickets()] == ["withdrawn"]
    assert COMPLAINT not in str(running.store.tickets())


async def test_words_that_belong_to_no_matter_are_erased(run_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FORGET_EVERY", timedelta(seconds=0.02))
    running = await run_house(DAY, context=timedelta(minutes=30))
    await running.hear(*hears(said("c1", 0, CHATTER), said("m1", 1, COMPLAINT, by="fang")))
    await running.after(600)
    await asyncio.sleep(0.05)
    await running.rest()
    assert running.store.message("c1").text == CHATTER
    await running.after(1300)
    await asyncio.sleep(0.05)
    await running.rest()
    assert (running.store.message("c1").text, running.store.message("c1").name) == ("", "")
    assert running.store.message("m1").text == COMPLAINT


async def test_the_kill_switch_leaves_only_emergencies(run_house: Any, quick: House) -> None:
    muted = replace(quick, manners=replace(quick.manners, muted=True))
    running = await run_house(DAY, house=muted)
    await running.hear(
        *hears(said("m1", 0, COMPLAINT), said("f1", 0, FIRE, by="bei"), said("p1", 0, "你好", room=None))
    )
    await running.after(60)
    assert ["119" in text for text in texts(running)] == [True]
    assert not running.channel.whispers
    assert len(running.store.tickets()) == 2


async def test_one_room_can_be_muted_alone(run_house: Any) -> None:
    quiet, loud = replace(ROOM, id="quiet", settings={"muted": True}), replace(ROOM, id="loud")
    running = await run_house(DAY, rooms=(quiet, loud))
    await running.hear(*hears(said("a", 0, COMPLAINT, room="quiet"), said("b", 0, COMPLAINT, room="loud", by="fang")))
    await running.after(5)
    assert [post.conversation for post in running.channel.posts] == ["loud"]


async def test_a_new_room_is_told_once_who_the_bot_is(run_house: Any) -> None:
    running = await run_house(DAY, rooms=())
    for _ in range(2):
        await running.hear(replace(ROOM, grid="", new=True))
        await running.after(1)
    assert ["智能助手" in text for text in texts(running)] == [True]
    await running.hear(replace(ROOM, name="改了名字", grid=""))
    assert running.store.room("r1").name == "改了名字"


async def test_what_another_process_does_at_the_desk_is_told_by_this_one(
    run_house: Any, quick: House, mind: Linear, path: Path
) -> None:
    running = await run_house(DAY, store=SqlStore(path))
    await running.hear(*hears(said("m1", 0, COMPLAINT + "，就在5栋")))
    await running.after(5)
    before = len(running.channel.posts)
    with closing(SqlStore(path)) as theirs:
        desk = Walk(store=theirs, reader=mind, house=quick)
        now = running.clock.now
        desk.move("m1", "in_progress", by="worker", note="维保在路上", at=now, now=now)
    await running.after(5)
    assert ["维保在路上" in text for text in texts(running)[before:]] == [True]


async def test_after_a_restart_it_goes_on_where_it_was(run_house: Any, path: Path) -> None:
    first = await run_house(DAY, store=SqlStore(path))
    await first.hear(*hears(said("m1", 0, COMPLAINT), said("c1", 0, CHATTER, by="fang")))
    second = await run_house(DAY + timedelta(seconds=1), store=SqlStore(path))
    await second.after(10)
    assert len(second.channel.posts) == 1
    assert len(second.store.tickets()) == 1


async def test_an_emergency_that_was_accepted_before_a_kill_does_not_wait_after_it(
    run_house: Any, house: House
) -> None:
    store = SqlStore(None)
    store.put_room(ROOM)
    store.accept(hears(said("f1", 0, FIRE)), now=DAY)
    running = await run_house(DAY, store=store, house=house)
    assert ["119" in text for text in texts(running)] == [True]


async def test_an_echo_of_something_else_changes_nothing(run_house: Any) -> None:
    running = await run_house(DAY)
    await running.hear(Echo("e", "r1", "别的话"))
    running.channel.failure = "silent"
    await running.hear(*hears(said("f1", 0, FIRE)))
    await running.hear(Echo("e", "r1", "别的话"), Echo("e", "r2", running.channel.posts[0].text))
    assert len(running.store.sentences(state="sending")) == 1


async def test_hundreds_at_once_are_heard_in_order(run_house: Any) -> None:
    running = await run_house(DAY)
    running.channel.say(*hears(*(said(f"c{number}", number / 1000, CHATTER, by=f"p{number}") for number in range(400))))
    await running.after(30)
    assert len(running.store.recent("r1", since=DAY, limit=2000)) == 400
    assert not running.store.unseen()


async def test_ending_it_lets_go_of_everything(run_house: Any) -> None:
    running = await run_house(DAY)
    running.channel.say(*hears(said("f1", 0, FIRE)))


async def test_a_slow_listener_hears_the_last_word() -> None:
    changes = Changes()
    changes.tell("nobody listens yet")
    listener = changes.listen()
    first = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    for number in range(300):
        changes.tell(f"r{number}")
    await asyncio.sleep(0)
    heard = [await first]
    while True:
        try:
            heard.append(await asyncio.wait_for(anext(listener), 0.05))
        except TimeoutError:
            break
    assert "" in heard
    assert len(heard) <= 102
    await listener.aclose()
