"""Runs the house: the live walk, its carriers, and with the simulator the page or the terminal to talk in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import typer

from adapters.channels.simulator import SimulatorChannel
from adapters.ports import Channel, Store
from adapters.records import Kept
from bot import carrying, wiring
from bot.live import Changes, Live
from bot.settings import Settings, manners
from bot.workshop import House
from nlu.linear import Linear

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """A house that can be run: its live walk, what the console may ask, and what runs beside it."""

    live: Live
    workshop: House
    mind: Linear
    beside: tuple[Callable[[], Awaitable[None]], ...]


def assemble(settings: Settings, channel: Channel, keep: Store) -> Running:
    """The house of these settings, over a channel and a store."""
    zone = manners(settings).zone

    def clock() -> datetime:
        return datetime.now(zone)

    changes = Changes()
    due = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(_: datetime, kept: Kept) -> None:
        changes.tell(kept.room)
        loop.call_soon_threadsafe(due.set)

    mind = wiring.reader(settings)
    walk = wiring.walk(settings, mind, keep, account=wiring.account(settings), sink=told)
    live = Live(
        walk=walk, channel=channel, clock=clock, context=timedelta(seconds=settings.context), changed=changes.tell
    )
    workshop = House(live, rehearsal=partial(wiring.rehearsal, settings, mind), changes=changes, clock=clock)
    beside = tuple(
        partial(carrying.deliver, live.ask, carrier, clock=clock, due=due) for carrier in wiring.carriers(settings)
    )
    return Running(live, workshop, mind, beside)


async def run(settings: Settings) -> None:
    """Run until interrupted. With the simulator the page is served, and its address is printed."""
    zone = manners(settings).zone
    keep = wiring.store(settings)
    channel = wiring.channel(settings, clock=lambda: datetime.now(zone), known=keep.contacts())
    running = assemble(settings, channel, keep)
    async with contextlib.AsyncExitStack() as stack:
        if settings.channel == "simulator":
            served = await wiring.page(
                settings, running.workshop, channel, running.mind, running.live.walk.house.manners
            )
            stack.push_async_callback(served.close)
            typer.echo(f"邻里正在运行:{served.url}  (按 Ctrl+C 结束)")
        await _until_stopped(running.live.run(*running.beside))


async def chat(settings: Settings) -> None:
    """Talk in the demo group on the terminal: `name: words` says something, `name> words` says it to the bot alone."""
    zone = manners(settings).zone
    channel = wiring.simulator(settings, clock=lambda: datetime.now(zone))
    running = assemble(settings, channel, wiring.store(settings))
    room = next(iter(channel.rooms.values()))
    typer.echo(f"{room.name}  成员:{'、'.join(member.name for member in room.members)}")
    typer.echo("写「名字: 内容」在群里说话,写「名字> 内容」私聊机器人,空行不算,Ctrl+D 结束。只写内容就接着上一个人说。")
    speaking = asyncio.create_task(_talk(channel, room.id))
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(speaking.cancel)
        shown = asyncio.create_task(_show(channel))
        stack.callback(shown.cancel)
        bot = asyncio.create_task(running.live.run(*running.beside))
        await asyncio.wait({speaking, bot}, return_when=asyncio.FIRST_COMPLETED)
        if speaking.done():
            await asyncio.sleep(_parting(running))
        bot.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await bot


def _parting(running: Running) -> float:
    """How long to wait at the end for what the last words may still bring about, when the words came through a pipe."""
    habits = running.live.walk.house.manners
    return 0.0 if sys.stdin.isatty() else float(habits.quiet + habits.staff + 1)


async def _talk(channel: SimulatorChannel, room: str) -> None:
    """Read lines of the terminal, in a thread, until its end."""
    members = {member.name: member for member in channel.rooms[room].members}
    speaker = next(iter(members.values()))
    while line := await asyncio.to_thread(sys.stdin.readline):
        private = False
        words = line.strip()
        for mark in (":", "：", ">", "》"):
            name, found, rest = words.partition(mark)
            if found and name.strip() in members:
                speaker, words, private = members[name.strip()], rest.strip(), mark in ">》"
                break
        if words:
            channel.say(speaker.id, words, room=None if private else room)


async def _show(channel: SimulatorChannel) -> None:
    """Print what the bot says, as it says it."""
    shown = 0
    with channel.watched() as changed:
        while True:
            await changed.wait()
            changed.clear()
            said = [bubble for room in channel.rooms for bubble in channel.timeline(room)]
            for person in {member.id for room in channel.rooms.values() for member in room.members}:
                said += channel.timeline(f"@{person}")
            mine = sorted(
                (bubble for bubble in said if bubble.message.sender == "bot"), key=lambda bubble: bubble.message.at
            )
            for bubble in mine[shown:]:
                where = "" if bubble.message.room else "(私聊)"
                typer.echo(f"  邻里{where}: {bubble.message.text}")
            shown = len(mine)


async def _until_stopped(running: Awaitable[None]) -> None:
    """Wait for an interrupt or a termination, then let everything end in order."""
    task = asyncio.ensure_future(running)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
