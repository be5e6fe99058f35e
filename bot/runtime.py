"""The walk of a message: accept, understand alone, gather, decide, keep, and hand out what may be said.

Synchronous, and in one thread: replay drives it on the transcript's clock, live on the real one, and both do the same. It
names no concrete adapter and reads no clock. Whatever it holds in memory can be lost at any instant: `restore` finds it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from adapters.desk import flow
from adapters.ports import Stale, Store, Taken, Unreachable
from adapters.records import Deed, Kept, Move
from bot.rooms import Rooms
from bot.windows import Window, Windows
from dialogs.events import Decided, Due, Event, Moved, Recalled, Settled, Spoken, Visited
from dialogs.finding import answers
from dialogs.gathering import joined, weighed
from dialogs.manners import House, Manners, for_room, still
from dialogs.matters import Case
from dialogs.messages import BOT, Message, Recall, Room
from dialogs.step import idle, step
from dialogs.turns import SILENCE, Sentence, Turn
from nlu.understanding import Reader, Surroundings, Understanding

T = TypeVar("T")
log = logging.getLogger(__name__)

CONTEXT = timedelta(minutes=30)
"""How long the talk of a room is looked back upon."""
TALK = 40
ATTEMPTS = 8
SAID_AGAIN = ("emergency", "receipt", "survey")
"""What is said once more when nobody knows whether it arrived."""
AGAIN = "again"

Sink = Callable[[datetime, Kept], None]
"""Is told of every decision once it has been kept."""


class Unknown(LookupError):
    """There is no such ticket, flag or message."""


class Walk:
    """One worker over all rooms that it holds."""

    def __init__(
        self, *, store: Store, reader: Reader, house: House, exact: bool = False, sink: Sink | None = None
    ) -> None:
        self.store, self.reader, self.house = store, reader, house
        self._exact = exact
        self._sink = sink
        self._windows = Windows()
        self._rooms = Rooms(store)
        self._silent: list[str] = []
        self._due: datetime | None = None

    def restore(self) -> None:
        """Forget what memory holds and find it again in the store, as after a restart."""
        self._windows, self._silent = Windows(), []
        self._rooms.survey()
        self._due = self.store.next_due()
        for message in self.store.unseen():
            meaning = self._alone(message)
            self._windows.add(message, meaning, self._manners(message), urgent=self._urgent(message, meaning))

    def look(self) -> None:
        """See what another process, such as the desk on the terminal, has put into the store."""
        if self.store.changed_elsewhere():
            self._rooms.survey()
        self._due = self.store.next_due()

    def place(self, room: Room) -> bool:
        """Know a room; whether it is new. What a directory said of it stays, name and members are as the channel sees them."""
        return self._rooms.place(room)

    def announce(self, room: Room, *, now: datetime) -> None:
        """Say once who the bot is, in a room that it has just joined."""
        text = self.house.wording.fill("announce")
        sentence = Sentence(f"{room.id}:announce", room.id, (), text, (), "announce", now, unless=("night:wait",))
        self._keep([Kept(room.id, now, Turn((), (sentence,)))])

    def hear(self, messages: Sequence[Message], *, now: datetime) -> int:
        """Accept messages, durably and once, and gather them; what is urgent is decided at once. Returns how many are new."""
        accepted = self.store.accept(messages, now=now)
        for message in (message for message, new in zip(messages, accepted, strict=True) if new):
            meaning = self._alone(message)
            self._windows.add(message, meaning, self._manners(message))
            if self._urgent(message, meaning):
                window = self._windows.pop((message.room, message.sender))
                self._try(partial(self._close, window, now=now), window.ids)
        self._flush(now)
        return sum(accepted)

    def recall(self, recall: Recall, *, now: datetime) -> None:
        """A message was withdrawn: it leaves its window or its matters, and its words are erased."""
        message = self.store.message(recall.message)
        if message is None or message.sender != recall.sender:
            return
        self._windows.drop(recall.message)
        owner = self.store.matter_of(message=recall.message)
        home = self._home(owner) if owner else message.room or f"@{message.sender}"
        event = Recalled(recall.at, now, recall.sender, recall.message, message.text, message.media)
        self._decide(home, event, Kept(home, now, recalled=(recall.message,)), also=(owner,) if owner else ())

    def advance(self, now: datetime) -> Iterator[tuple[Sentence, datetime]]:
        """Let everything happen that is due, yielding each sentence as it is to leave, and when; each must be settled."""
        while (deed := self._next(now)) is not None:
            instant = deed.due if self._exact else now
            if deed.timer is not None:
                self._try(partial(self._ring, deed, instant), deed, now=instant)
            elif deed.sentence is not None:
                leaving = self._try(partial(self._leave, deed, instant), deed, now=instant)
                if leaving is not None:
                    yield leaving, instant
            else:
                window = self._windows.pop_next()
                self._try(partial(self._close, window, now=instant), window.ids)
        self._flush(now)

    def wake(self) -> datetime | None:
        """When something falls due next."""
        closing = self._windows.closing()
        instants = [instant for instant in (closing[0] if closing else None, self._due) if instant is not None]
        return min(instants) if instants else None

    def settle(self, id: str, outcome: str, *, now: datetime, channel_id: str | None = None) -> None:
        """Note what became of a sentence that left: "sent", "refused" or "lost"."""
        sentence = self._leaving(id)
        if sentence is None:
            return
        home = self._home(sentence.matter) if sentence.matter else sentence.room or f"@{sentence.to[0]}"
        kept = Kept(home, now, sentence=id, state=outcome, channel_id=channel_id)  # type: ignore[arg-type]
        if sentence.room is None and outcome in ("sent", "refused"):
            self.store.put_contact(sentence.to[0], outcome == "sent")
        event = _settled(sentence, outcome, now)
        self._decide(home, event, kept, also=(sentence.matter,) if sentence.matter else ())

    def put_off(self, id: str, *, now: datetime, until: datetime) -> None:
        """A sentence that certainly did not arrive waits, and then asks again whether it may leave."""
        if (sentence := self._leaving(id)) is not None:
            self._keep([Kept(sentence.room or "", now, sentence=id, state="waiting", after=until)])

    def unclear(self, id: str, *, now: datetime) -> None:
        """Nobody knows whether a sentence arrived, and no echo came: what must not be missed is said once more."""
        sentence = self._leaving(id)
        if sentence is None:
            return
        found = self.store.sentence(id)
        if sentence.why in SAID_AGAIN and found is not None and found[2] != AGAIN:
            self._keep([Kept(sentence.room or "", now, sentence=id, state="waiting", after=now, reason=AGAIN)])
        else:
            self.settle(id, "lost", now=now)

    def move(
        self, matter: str, move: str, *, by: str, note: str = "", at: datetime, now: datetime, key: str = ""
    ) -> None:
        """The desk moves a ticket; what it moves of the flagged it thereby accepts.

        Raises Unknown or WrongMove; a key that was kept before does nothing.
        """
        if key and self.store.done(key):
            return
        found = self.store.matter(matter)
        if found is not None and found[0].number is None and found[0].flagged:
            flow.lead(flow.FIRST, move, note=note)
            self.decide(Decided(at, now, matter, by, "accept"))
            found = self.store.matter(matter)
        if found is None or found[0].number is None:
            raise Unknown(f"no ticket for {matter}")
        before, _ = found
        status = flow.lead(before.status, move, note=note)
        event = Moved(at, now, matter, move, status, by, note)
        step_taken = Move(before.number or "", move, status, by, note, key)
        self._decide(before.room, event, Kept(before.room, now, move=step_taken), also=(matter,))

    def decide(self, event: Decided) -> None:
        """A worker decides a flag or a ticket."""
        home = self._home(event.matter)
        self._decide(home, event, Kept(home, event.now), also=(event.matter,))

    def visit(self, event: Visited, room: str) -> str:
        """A worker files a matter by hand. Returns its number; filed twice under one id it is one ticket."""
        if self.store.matter(event.id) is None:
            self._decide(room, event, Kept(room, event.now))
        found = self.store.matter(event.id)
        return (found[0].number or "") if found else ""

    # How it is done, from here on.

    def _leaving(self, id: str) -> Sentence | None:
        found = self.store.sentence(id)
        return found[0] if found is not None and found[1] == "sending" else None

    def _alone(self, message: Message) -> Understanding:
        return self.reader.triage(message.text, self._around(message))

    def _around(self, message: Message) -> Surroundings:
        room = self._rooms.load(message.room).room if message.room else None
        return Surroundings(message.at, message.kind, room.area if room else {}, room.places if room else ())

    def _manners(self, message: Message) -> Manners:
        overrides = self._rooms.load(message.room).room.settings if message.room else {}
        return for_room(self.house, dict(overrides)).manners if overrides else self.house.manners

    def _urgent(self, message: Message, meaning: Understanding) -> bool:
        if meaning.sure or self._addressed(message) or message.sender in self._rooms.staff:
            return True
        matters = [
            held
            for held, _ in self._rooms.load(message.room or f"@{message.sender}").matters.values()
            if held.reporter == message.sender
        ]
        if meaning.intent in ("handoff", "withdrawal"):
            return bool(matters)
        alone = Spoken(message.at, message.at, (message,), meaning, (meaning,))
        return any(matter.awaiting and answers(matter, alone) for matter in matters)

    def _addressed(self, message: Message) -> bool:
        if message.room is None or BOT in message.mentions:
            return True
        return message.quote is not None and self.store.matter_of(post=message.quote) is not None

    def _next(self, now: datetime) -> Deed | None:
        """The next thing that is due: by instant, then room; a window before a timer before a sentence."""
        closing = self._windows.closing()
        deed = Deed(closing[0], closing[1], 0) if closing and closing[0] <= now else None
        if self._due is None or self._due > now:
            return deed
        stored = self.store.due(until=now, limit=1)
        if not stored:
            self._due = self.store.next_due()
            return deed
        if deed is None or (stored[0].due, stored[0].room) < (deed.due, deed.room):
            return stored[0]
        return deed

    def _try(self, deed: Callable[[], T], what: Deed | Sequence[str], *, now: datetime | None = None) -> T | None:
        """Do something; a defect of ours in it costs this one decision and not the service.

        The messages stay undecided in the store, words and all, for the next start; a timer is cleared, a sentence is lost.
        In a replay it is raised: there it is to be found.
        """
        try:
            return deed()
        except (Unreachable, flow.WrongMove, Unknown):
            raise
        except Exception:
            if self._exact:
                raise
            log.exception("left undecided: %s", what)
            if isinstance(what, Deed) and now is not None:
                lost = Kept(
                    what.room, now, timer=what.timer, sentence=what.sentence, state="lost" if what.sentence else None
                )
                self._keep([lost])
            return None

    def _ring(self, deed: Deed, now: datetime) -> None:
        """A timer of a matter goes off."""
        assert deed.timer is not None
        matter, name = deed.timer
        self._decide(
            deed.room, Due(deed.due, now, matter, name), Kept(deed.room, now, timer=deed.timer), also=(matter,)
        )

    def _close(self, window: Window, *, now: datetime) -> None:
        """A window closes: its utterance is understood as a whole and decided."""
        if not window.messages:
            return
        event = self._utterance(window, now=now)
        last = event.messages[-1]
        home = last.room or self._home_of_private(last)
        if last.sender in self._rooms.staff or (idle(event) and not self._rooms.load(home).matters):
            self._silent += event.ids
            return
        event = self._with_context(event)
        also = (event.quoted,) if event.quoted else ()
        self._decide(home, event, Kept(home, now, seen=event.ids), also=also)

    def _utterance(self, window: Window, *, now: datetime) -> Spoken:
        messages, parts = tuple(window.messages), tuple(window.meanings)
        whole = (
            parts[0]
            if len(parts) == 1
            else weighed(self.reader.triage(joined(messages), self._around(_worded(messages))), parts)
        )
        addressed = any(self._addressed(message) for message in messages)
        return Spoken(messages[-1].at, now, messages, whole, parts, addressed=addressed)

    def _with_context(self, event: Spoken) -> Spoken:
        """The utterance with its facts, the matter it quotes, and an answer to what it asks."""
        last = event.messages[-1]
        meaning = weighed(
            self.reader.understand(joined(event.messages), self._around(_worded(event.messages))), event.parts
        )
        quote = next((message.quote for message in event.messages if message.quote), None)
        quoted = (self.store.matter_of(message=quote) or self.store.matter_of(post=quote)) if quote else None
        knowledge = self.reader.answer(meaning.text, last.at) if event.addressed else None
        return replace(event, meaning=meaning, knowledge=knowledge, quoted=quoted)

    def _decide(self, home: str, event: Event, kept: Kept, *, also: Iterable[str] = ()) -> None:
        """Load, decide, keep: again with the next number if one was taken, again from the store if it had changed."""
        taken = 0
        for _ in range(ATTEMPTS):
            case, versions = self._case(home, event, also, taken)
            try:
                self._keep([replace(kept, turn=step(case, event, self.house), versions=versions)])
            except Taken:
                taken += 1
            except Stale:
                self._rooms.drop(home)
            else:
                return
        raise RuntimeError(f"a decision in {home} could not be kept in {ATTEMPTS} attempts")

    def _case(self, home: str, event: Event, also: Iterable[str], attempt: int = 0) -> tuple[Case, dict[str, int]]:
        held = self._rooms.load(home)
        since = event.at - timedelta(seconds=self.house.manners.guarantee)
        matters = held.since(since)
        for id in also:
            if id not in matters and (found := self.store.matter(id)) is not None:
                matters[id] = found
        talk = () if home.startswith("@") else tuple(self.store.recent(home, since=event.at - CONTEXT, limit=TALK))
        case = Case(
            room=held.room,
            matters=tuple(matter for matter, _ in matters.values()),
            recent=talk,
            muted=self.house.manners.muted or held.room.settings.get("muted") is True,
            attempt=attempt,
        )
        return case, {id: version for id, (_, version) in matters.items()}

    def _keep(self, decisions: list[Kept]) -> None:
        """Keep decisions, and with them the silent ones so far; then take them into memory and tell of them."""
        silent = [Kept("", decisions[-1].now, seen=tuple(self._silent))] if self._silent else []
        self.store.keep(silent + decisions)
        self._silent = []
        for kept in decisions:
            self._rooms.took(kept)
            if kept.turn != SILENCE or kept.timer or kept.sentence:
                self._due = self.store.next_due()
            if self._sink is not None:
                self._sink(kept.now, kept)

    def _flush(self, now: datetime) -> None:
        if self._silent:
            self.store.keep([Kept("", now, seen=tuple(self._silent))])
            self._silent = []

    def _leave(self, deed: Deed, now: datetime) -> Sentence | None:
        """A sentence asks once more whether it may leave."""
        home, id = deed.room, deed.sentence or ""
        found = self.store.sentence(id)
        if found is None:
            return None
        sentence = found[0]
        event = _settled(sentence, "dropped", now)
        case, versions = self._case(home, event, (sentence.matter,) if sentence.matter else ())
        manners = for_room(self.house, dict(case.room.settings)).manners
        case = replace(case, posts_today=self.store.posts(home, day=now.astimezone(manners.zone).date()))
        verdict = still(sentence, case, manners, now)
        if verdict is None:
            self._keep([Kept(home, now, sentence=id, state="sending")])
            return sentence
        if isinstance(verdict, datetime):
            self._keep([Kept(home, now, sentence=id, state="waiting", after=verdict)])
        else:
            turn = step(case, event, self.house)
            self._keep([Kept(home, now, turn, sentence=id, state="dropped", reason=verdict, versions=versions)])
        return None

    def _home(self, matter: str) -> str:
        found = self.store.matter(matter)
        if found is None:
            raise Unknown(f"no matter {matter}")
        return found[0].room

    def _home_of_private(self, message: Message) -> str:
        """The room of the matter that a private message belongs to; the private chat itself, if there is none."""
        mine = [matter for matter, _ in self.store.matters_of(message.sender) if matter.reporter == message.sender]
        asked = [matter for matter in mine if matter.private or matter.awaiting]
        return (asked or mine)[0].room if mine else f"@{message.sender}"


def _worded(messages: Sequence[Message]) -> Message:
    """The message whose kind and instant stand for an utterance: the last one with words."""
    return next((message for message in reversed(messages) if message.text), messages[-1])


def _settled(sentence: Sentence, outcome: str, now: datetime) -> Settled:
    private = sentence.room is None
    return Settled(now, now, sentence.matter, sentence.id, sentence.why, sentence.to, private, outcome)  # type: ignore[arg-type]
