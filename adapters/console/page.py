"""The page that `make run` serves: a group to talk in, and beside it what the bot made of the talk.

Law: it moves requests and decides nothing. What it knows of the house comes through `Workshop`, what is said through the channel.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

import training_data
from adapters.channels.simulator import BOT_NAME, LARGEST, SAYABLE, Bubble, SimulatorChannel, picture_type
from adapters.console import showing
from adapters.console.guard import SENTENCES, STATIC, Trouble, body, guarded, sign, text
from adapters.desk.flow import moves
from adapters.ports import Refused, Workshop
from adapters.records import Ticket
from dialogs.messages import BOT, Room
from nlu.understanding import Lexicon

DAYS = Path(training_data.__file__).parent / "days"
LONGEST_CHAT = 4 * 1024 * 1024
"""Bytes of a chat that somebody tries."""
PING_S = 15.0
_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}
_STREAMS: web.AppKey[set[asyncio.Task[Any]]] = web.AppKey("streams", set)


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is being served: where, until `close`."""

    url: str
    runner: web.AppRunner

    async def close(self) -> None:
        """End it and every open connection."""
        await self.runner.cleanup()


async def serve(app: web.Application, host: str, port: int) -> Served:
    """Serve the page; port 0 takes a free one. Raises Refused when the port cannot be had."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
            raise Refused(
                f"port {port} on {host} {reason}: "
                "stop what holds it, or set page.port (LINLI_PAGE__PORT) to another; 0 takes a free one"
            ) from error
        raise
    found = runner.addresses[0][1]
    return Served(f"http://{f'[{host}]' if ':' in host else host}:{found}/", runner)


def make_page(
    *,
    workshop: Workshop,
    channel: SimulatorChannel,
    lexicon: Lexicon,
    info: Mapping[str, object],
    days: Path = DAYS,
) -> web.Application:
    """The page over a house and its simulator. `info` is shown as it is: `quiet` and `staff` in seconds, `model`, `version`."""
    page = _Page(workshop, channel, lexicon, info, days)
    app = web.Application(middlewares=[guarded], client_max_size=LARGEST + 1024)
    app[_STREAMS] = set()
    app.on_response_prepare.append(sign)
    app.on_shutdown.append(_end_streams)
    app.add_routes(
        [
            web.get("/", page.index),
            web.get("/api/info", page.about),
            web.get("/api/state", page.state),
            web.get("/api/changes", page.changes),
            web.get("/api/media/{name}", page.picture),
            web.get("/api/why/{post}", page.why),
            web.get("/api/tickets/{number}/journal", page.journal),
            web.post("/api/say", page.say),
            web.post("/api/recall", page.recall),
            web.post("/api/media", page.upload),
            web.post("/api/tickets/{number}/move", page.move),
            web.post("/api/flags/{matter}/decide", page.decide),
            web.post("/api/visits", page.visit),
            web.post("/api/rehearse", page.rehearse),
            web.static("/static", STATIC),
        ]
    )
    return app


class _Page:
    """The answers to the routes above, in their order."""

    def __init__(
        self, workshop: Workshop, channel: SimulatorChannel, lexicon: Lexicon, info: Mapping[str, object], days: Path
    ) -> None:
        self._workshop, self._channel, self._lexicon, self._info = workshop, channel, lexicon, info
        self._days = days
        self._rehearsing = asyncio.Lock()

    async def index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def about(self, _: web.Request) -> web.StreamResponse:
        """What does not change while the page is open."""
        leaves = self._lexicon.leaves.values()
        return _told(
            {
                **self._info,
                "health": self._channel.health.value,
                "bot": {"id": BOT, "name": BOT_NAME},
                "rooms": [{"id": room.id, "name": room.name} for room in self._channel.rooms.values()],
                "categories": [
                    {"code": leaf.code, "name": leaf.name, "kind": leaf.kind, "urgency": leaf.urgency}
                    for leaf in leaves
                ],
                "signals": {signal.code: signal.name for signal in self._lexicon.signals.values()},
                "days": sorted(path.stem for path in self._days.glob("*.jsonl")),
            }
        )

    async def state(self, request: web.Request) -> web.StreamResponse:
        """A group as it is now: its talk, the private chats of its members, flags and tickets."""
        room = self._room(request.query.get("room") or next(iter(self._channel.rooms), ""))
        desk = await self._workshop.ask(lambda store: showing.desk(store, room))
        chats = [room.id, *(f"@{member.id}" for member in room.members)]
        return _told(
            {
                "health": self._channel.health.value,
                "room": {
                    "id": room.id,
                    "name": room.name,
                    "area": dict(room.area),
                    "members": [{"id": member.id, "name": member.name, "role": member.role} for member in room.members],
                },
                "chats": {
                    chat: said for chat in chats if (said := [_bubble(one) for one in self._channel.timeline(chat)])
                },
                **desk,
            }
        )

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the id of a room whenever something changed there, empty for everywhere."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        task = asyncio.create_task(self._stream(response))
        request.app[_STREAMS].add(task)
        try:
            await task
        except (ConnectionError, asyncio.CancelledError):
            task.cancel()
        finally:
            request.app[_STREAMS].discard(task)
        return response

    async def _stream(self, response: web.StreamResponse) -> None:
        await response.write(b"retry: 1500\n\n")
        house = self._workshop.changes()
        with self._channel.watched() as said:
            waits: dict[str, asyncio.Future[Any]] = {}
            try:
                while True:
                    if "house" not in waits:
                        waits["house"] = asyncio.ensure_future(anext(house))
                    if "said" not in waits:
                        waits["said"] = asyncio.ensure_future(said.wait())
                    done, _ = await asyncio.wait(waits.values(), timeout=PING_S, return_when=asyncio.FIRST_COMPLETED)
                    room = waits["house"].result() if waits["house"] in done else ""
                    said.clear()
                    waits = {name: wait for name, wait in waits.items() if wait not in done}
                    told = f"event: changed\ndata: {json.dumps(room)}\n\n" if done else ": still here\n\n"
                    await response.write(told.encode())
            finally:
                for wait in waits.values():
                    wait.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await asyncio.gather(*waits.values(), return_exceptions=True)

    async def picture(self, request: web.Request) -> web.StreamResponse:
        try:
            data = await self._channel.media(request.match_info["name"])
        except Refused:
            raise Trouble("not_found", 404) from None
        return web.Response(body=data, content_type=_TYPES[picture_type(data) or ".jpg"])

    async def why(self, request: web.Request) -> web.StreamResponse:
        """Why the bot said this, and about what."""
        post = request.match_info["post"]
        found = await self._workshop.ask(lambda store: showing.why(store, post))
        if found is None:
            raise Trouble("not_found", 404)
        return _told(found)

    async def journal(self, request: web.Request) -> web.StreamResponse:
        ticket = await self._ticket(request)
        return _told(await self._workshop.ask(lambda store: showing.chain(store, ticket)))

    async def say(self, request: web.Request) -> web.StreamResponse:
        """A member says something in the group, or to the bot alone."""
        asked = await body(request)
        kind = text(asked, "kind", needed=False) or "text"
        message = self._channel.say(
            text(asked, "sender"),
            text(asked, "text", longest=5_000, needed=False),
            room=text(asked, "room") if asked.get("room") is not None else None,
            kind=next((one for one in SAYABLE if one == kind), "note"),
            mention=asked.get("mention") is True,
            quote=text(asked, "quote", needed=False) or None,
            media=text(asked, "media", needed=False) or None,
        )
        return _told({"id": message.id})

    async def recall(self, request: web.Request) -> web.StreamResponse:
        asked = await body(request)
        self._channel.recall(text(asked, "id"), sender=text(asked, "sender"))
        return _told({})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """A picture, as the bare body. Its type is looked for in its bytes, whatever the request calls it."""
        if request.content_type not in (*_TYPES.values(), "application/octet-stream"):
            raise Trouble("no_picture", 415)
        if (request.content_length or 0) > LARGEST:
            raise Trouble("large_picture", 413)
        return _told({"name": self._channel.keep_picture(await request.read())})

    async def move(self, request: web.Request) -> web.StreamResponse:
        """The desk moves a ticket."""
        ticket = await self._ticket(request)
        asked = await body(request)
        move, by = text(asked, "move"), self._member(text(asked, "by"))
        note, key = text(asked, "note", needed=False), text(asked, "key")
        try:
            await self._workshop.move(ticket.number, move, by=by, note=note, key=key)
        except Refused as error:
            raise await self._wrong(ticket.number, move, error) from error
        return _told({})

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """A worker says what a flag is."""
        matter = request.match_info["matter"]
        asked = await body(request)
        verdict, by = text(asked, "verdict"), self._member(text(asked, "by"))
        if verdict not in ("accept", "reject"):
            raise Trouble("missing", key=SENTENCES["keys"]["verdict"])
        category = text(asked, "category", needed=False) or None
        if category is not None and category not in self._lexicon.leaves:
            raise Trouble("no_category")
        if await self._workshop.ask(lambda store: store.matter(matter)) is None:
            raise Trouble("no_flag", 404)
        await self._workshop.decide(matter, verdict, by=by, category=category)
        return _told({})

    async def visit(self, request: web.Request) -> web.StreamResponse:
        """A worker files what was told on a visit."""
        asked = await body(request)
        leaf = self._lexicon.leaves.get(text(asked, "category"))
        if leaf is None:
            raise Trouble("no_category")
        number = await self._workshop.visit(
            room=self._room(text(asked, "room")).id,
            by=self._member(text(asked, "by")),
            kind=leaf.kind,
            category=leaf.code,
            what=text(asked, "what", longest=500),
            place=text(asked, "place", longest=100, needed=False),
            key=text(asked, "key"),
        )
        return _told({"number": number})

    async def rehearse(self, request: web.Request) -> web.StreamResponse:
        """Play a recorded day, or a chat that somebody brought, in silence."""
        asked = await body(request, longest=LONGEST_CHAT)
        if self._rehearsing.locked():
            raise Trouble("rehearsing", 409)
        async with self._rehearsing:
            transcript = await self._transcript(asked)
            summary, rows = await self._workshop.rehearse(transcript)
        lines, names = _played(transcript)
        return _told({"summary": summary, "rows": rows, "lines": lines, "names": names})

    async def _transcript(self, asked: Mapping[str, Any]) -> list[str]:
        if day := text(dict(asked), "day", needed=False):
            path = next((path for path in self._days.glob("*.jsonl") if path.stem == day), None)
            if path is None:
                raise Trouble("no_day", 404)
            return (await asyncio.to_thread(path.read_text, encoding="utf-8")).split("\n")
        chat = text(dict(asked), "text", longest=LONGEST_CHAT)
        return chat.split("\n") if chat.startswith("{") else await self._workshop.convert(chat)

    def _room(self, id: str) -> Room:
        if id not in self._channel.rooms:
            raise Trouble("no_room", 404)
        return self._channel.rooms[id]

    def _people(self) -> set[str]:
        return {member.id for room in self._channel.rooms.values() for member in room.members}

    def _member(self, id: str) -> str:
        if id not in self._people():
            raise Trouble("no_member")
        return id

    async def _ticket(self, request: web.Request) -> Ticket:
        number = request.match_info["number"]
        ticket = await self._workshop.ask(lambda store: store.ticket(number))
        if ticket is None:
            raise Trouble("no_ticket", 404)
        return ticket

    async def _wrong(self, number: str, move: str, error: Refused) -> Trouble:
        """A refused move, with those that would be right."""
        ticket = await self._workshop.ask(lambda store: store.ticket(number))
        right = moves(ticket.status) if ticket else ()
        if ticket is None or move in right:
            return Trouble("refused", reason=str(error))
        status = SENTENCES["statuses"][ticket.status]
        if not right:
            return Trouble("ended", 409, status=status)
        return Trouble("wrong_move", 409, status=status, moves="、".join(SENTENCES["moves"][one] for one in right))


def _told(answer: Mapping[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type="application/json")


def _bubble(bubble: Bubble) -> dict[str, Any]:
    return {**showing.message(bubble.message), "recalled": bubble.recalled}


def _played(transcript: list[str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The messages of a transcript that has been read, each once, and the names of its people."""
    lines: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for line in (json.loads(raw) for raw in transcript if raw.strip()):
        if line["type"] == "message":
            lines.setdefault(line["id"], showing.spoken(line))
            names.setdefault(line["from"], line.get("name") or line["from"])
        for member in line.get("members") or () if line["type"] == "room" else ():
            names[member["id"]] = member.get("name") or member["id"]
    return list(lines.values()), names


async def _end_streams(app: web.Application) -> None:
    for task in app[_STREAMS]:
        task.cancel()
