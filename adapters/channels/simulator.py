"""The simulator: a channel whose other side is a page, so that the bot can be tried without any account.

Law: it behaves as the socket says. What it shows is a bounded timeline in memory; only pictures are written.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from adapters.ports import Abilities, Echo, Health, Heard, Refused, Unreachable
from dialogs.messages import BOT, Member, Message, Recall, Room
from nlu.understanding import MessageKind

BOT_NAME = "邻里助手"
LONGEST = 4_000
"""Characters of a message."""
LARGEST = 5 * 1024 * 1024
"""Bytes of a picture."""
PICTURES = 64
"""Pictures kept; the oldest make room."""
REMEMBERED = 600
"""Bubbles of the timeline."""
SAYABLE: tuple[MessageKind, ...] = ("text", "image", "voice", "location")

DEMO = Room(
    id="sim-cuizhu-2",
    name="翠竹社区二网格居民群",
    grid="CZ-02",
    area={"county": "赫山区", "town": "桃花仑街道", "village": "翠竹社区"},
    places=("翠竹园", "翠竹园东门", "翠竹路", "翠竹菜市场", "银杏广场", "翠竹小学"),
    members=(
        Member("sim-wendie", "文嗲"),
        Member("sim-baoma", "5-302豆豆妈"),
        Member("sim-laozhou", "老周开锁"),
        Member("sim-lian", "一池莲"),
        Member("sim-xiaofeng", "晓风"),
        Member("sim-pengjie", "彭姐土菜馆"),
        Member("sim-tan", "网格员小谭", "worker"),
        Member("sim-gong", "网格长龚书记", "leader"),
        Member("sim-wuye", "翠竹园物业小何", "property"),
        Member("sim-jing", "社区民警小段", "police"),
    ),
)
"""The demo group. The community, its people and their names are invented."""

_NAME = re.compile(r"sim-[0-9a-f]+-\d+\.(jpg|png|gif|webp)")
_SIGNS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png", b"GIF87a": ".gif", b"GIF89a": ".gif"}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing said, as the page shows it. `conversation` is a room's id, or @ and a person for a private chat."""

    conversation: str
    message: Message
    recalled: bool = False


def picture_type(data: bytes) -> str | None:
    """The ending of the name of a picture of this content, by its first bytes; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    return next((ending for sign, ending in _SIGNS.items() if data.startswith(sign)), None)


class SimulatorChannel:
    """A channel of invented groups. `media` is the folder for pictures; without it they are kept in memory."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        media: Path | None = None,
        rooms: Sequence[Room] = (DEMO,),
        account: str = "simulator",
    ) -> None:
        self.account = account
        self.abilities = Abilities()
        self.rooms: dict[str, Room] = {}
        self._clock, self._folder = clock, media
        self._stamp = f"{int(clock().timestamp() * 1000):x}"
        self._count = 0
        self._state = Health.STARTING
        self._timeline: deque[Bubble] = deque(maxlen=REMEMBERED)
        self._pictures: dict[str, bytes] = {}
        self._watchers: set[asyncio.Event] = set()
        self._heard: asyncio.Queue[Heard | None] = asyncio.Queue()
        for room in rooms:
            self.put(room)

    # The page's side.

    def put(self, room: Room) -> None:
        """Add a group, or put another in its place."""
        self.rooms[room.id] = room
        self._heard.put_nowait(room)

    def say(
        self,
        sender: str,
        text: str = "",
        *,
        room: str | None,
        kind: MessageKind = "text",
        mention: bool = False,
        quote: str | None = None,
        media: str | None = None,
    ) -> Message:
        """Let a member say something in a group, or to the bot alone (`room` None). Raises Refused."""
        member, text = self._member(sender, room), text.strip()
        if kind not in SAYABLE:
            raise Refused(f"nobody can say a {kind} here")
        if len(text) > LONGEST:
            raise Refused(f"a message has {LONGEST} characters at most")
        if (kind == "image") != (media is not None) or not (text or media):
            raise Refused("there is nothing to say")
        if quote is not None and self._find(quote, _conversation(room, sender)) is None:
            raise Refused("the quoted message is not in this conversation")
        if media is not None:
            self._load(media)
        called = room is not None and (mention or f"@{BOT_NAME}" in text)
        message = Message(
            id=self._id(),
            at=self._clock(),
            room=room,
            sender=sender,
            name=member.name,
            kind=kind,
            text=text,
            mentions=(BOT,) if called else (),
            quote=quote,
            media=(media,) if media else (),
        )
        self._show(Bubble(_conversation(room, sender), message))
        self._heard.put_nowait(message)
        return message

    def recall(self, id: str, *, sender: str) -> None:
        """Withdraw one's own message. Raises Refused."""
        found = self._find(id)
        if found is None or found.message.sender != sender or found.recalled:
            raise Refused("one can only recall one's own message, once")
        for picture in found.message.media:
            self._pictures.pop(picture, None)
            if self._folder is not None and _NAME.fullmatch(picture):
                (self._folder / picture).unlink(missing_ok=True)
        gone = replace(found, message=replace(found.message, text="", media=()), recalled=True)
        self._timeline[self._timeline.index(found)] = gone
        self._heard.put_nowait(Recall(self._clock(), found.message.room, sender, id))
        self._tell()

    def keep_picture(self, data: bytes) -> str:
        """Keep an uploaded picture. Returns its name. Raises Refused for what is no picture or too large."""
        if len(data) > LARGEST:
            raise Refused(f"a picture has {LARGEST // 1024 // 1024} MB at most")
        ending = picture_type(data)
        if ending is None:
            raise Refused("this is no picture")
        name = f"{self._id()}{ending}"
        self._store(name, data)
        return name

    def timeline(self, conversation: str) -> list[Bubble]:
        """What was said in a conversation, oldest first."""
        return [bubble for bubble in self._timeline if bubble.conversation == conversation]

    @contextmanager
    def watched(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever the timeline changes."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            yield event
        finally:
            self._watchers.discard(event)

    # The socket.

    @property
    def health(self) -> Health:
        """The present state."""
        return self._state

    async def heard(self) -> AsyncIterator[Heard]:
        """The groups, then what is said, in order, until `close`."""
        if self._state is not Health.STARTING:
            raise RuntimeError("a channel is heard once")
        self._state = Health.CONNECTED
        self._tell()
        while (heard := await self._heard.get()) is not None:
            yield heard

    async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
        """Say `text` in a group. Raises Unreachable or Refused."""
        if room not in self.rooms:
            raise Refused("there is no such room")
        return self._send(room, room, text, tuple(one for one in dict.fromkeys(mentions) if one != BOT))

    async def whisper(self, person: str, text: str) -> str:
        """Say `text` to one member in private. Raises Unreachable, or Refused if nobody is called so."""
        self._member(person, None)
        return self._send(f"@{person}", None, text, ())

    async def media(self, name: str) -> bytes:
        """The bytes of a picture. Raises Refused."""
        return self._load(name)

    async def close(self) -> None:
        """End `heard`."""
        self._state = Health.STOPPED
        self._heard.put_nowait(None)
        self._tell()

    # How it is done, from here on.

    def _send(self, conversation: str, room: str | None, text: str, mentions: tuple[str, ...]) -> str:
        if self._state is not Health.CONNECTED:
            raise Unreachable(f"the simulator is {self._state}", arrived=False)
        if not text.strip():
            raise Refused("there is nothing to say")
        message = Message(self._id(), self._clock(), room, BOT, BOT_NAME, text=text, mentions=mentions)
        self._show(Bubble(conversation, message))
        self._heard.put_nowait(Echo(message.id, conversation.removeprefix("@"), text))
        return message.id

    def _id(self) -> str:
        """An id that no other start of the simulator gives: when it started, and a count."""
        self._count += 1
        return f"sim-{self._stamp}-{self._count}"

    def _member(self, person: str, room: str | None) -> Member:
        if room is not None and room not in self.rooms:
            raise Refused("there is no such room")
        rooms = [self.rooms[room]] if room is not None else list(self.rooms.values())
        found = next((member for one in rooms for member in one.members if member.id == person), None)
        if found is None:
            raise Refused("there is no such member")
        return found

    def _find(self, id: str, conversation: str | None = None) -> Bubble | None:
        fits = (bubble for bubble in self._timeline if conversation in (None, bubble.conversation))
        return next((bubble for bubble in fits if bubble.message.id == id), None)

    def _show(self, bubble: Bubble) -> None:
        self._timeline.append(bubble)
        self._tell()

    def _tell(self) -> None:
        for event in self._watchers:
            event.set()

    def _store(self, name: str, data: bytes) -> None:
        if self._folder is None:
            self._pictures[name] = data
            while len(self._pictures) > PICTURES:
                del self._pictures[next(iter(self._pictures))]
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(data)
            kept = sorted(self._folder.glob("sim-*"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-PICTURES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable(f"{self._folder} cannot be written ({error.strerror})", arrived=False) from error

    def _load(self, name: str) -> bytes:
        if self._folder is None or not _NAME.fullmatch(name):
            found = self._pictures.get(name)
        else:
            path = self._folder / name
            found = path.read_bytes() if path.is_file() else None
        if found is None:
            raise Refused("there is no such picture")
        return found


def _conversation(room: str | None, sender: str) -> str:
    return room if room is not None else f"@{sender}"
