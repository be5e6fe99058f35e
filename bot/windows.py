"""The open windows: messages that were accepted and that nobody has decided yet, by person and room.

In memory only, and never the truth: after a restart they are computed again from the store's unseen messages.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.gathering import closes
from dialogs.manners import Manners
from dialogs.messages import Message
from nlu.understanding import Understanding

Key = tuple[str | None, str]
"""Room (None: the private chat) and person."""


@dataclass(slots=True)
class Window:
    """One person's messages in one room, each with what it means alone; `urgent`: nothing more is waited for."""

    manners: Manners
    messages: list[Message] = field(default_factory=list)
    meanings: list[Understanding] = field(default_factory=list)
    urgent: bool = False

    @property
    def closes(self) -> datetime:
        """When it closes; perhaps already past."""
        return self.messages[-1].at if self.urgent else closes(self.messages, self.manners)

    @property
    def ids(self) -> list[str]:
        """The ids of its messages."""
        return [message.id for message in self.messages]


class Windows:
    """All open windows, and which closes next."""

    def __init__(self) -> None:
        self._open: dict[Key, Window] = {}
        self._heap: list[tuple[datetime, str, int, Key]] = []
        self._order = 0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, message: Message, meaning: Understanding, manners: Manners, *, urgent: bool = False) -> None:
        """Put a message into its window."""
        key = (message.room, message.sender)
        window = self._open.setdefault(key, Window(manners))
        window.messages.append(message)
        window.meanings.append(meaning)
        window.urgent |= urgent
        self._push(key)

    def closing(self) -> tuple[datetime, str] | None:
        """When and in which room the next window closes."""
        while self._heap:
            at, room, _, key = self._heap[0]
            window = self._open.get(key)
            if window is not None and window.closes == at:
                return at, room
            heapq.heappop(self._heap)  # The window has closed, or a later message has moved its end.
        return None

    def pop_next(self) -> Window:
        """Take out the window that `closing` named."""
        return self.pop(heapq.heappop(self._heap)[3])

    def pop(self, key: Key) -> Window:
        """Take out a window, open or not."""
        return self._open.pop(key, Window(Manners()))

    def drop(self, message: str) -> bool:
        """Take one message out of whichever window holds it; what is left may close at another instant."""
        for key, window in self._open.items():
            for index, held in enumerate(window.messages):
                if held.id == message:
                    del window.messages[index], window.meanings[index]
                    if window.messages:
                        self._push(key)
                    else:
                        del self._open[key]
                    return True
        return False

    def _push(self, key: Key) -> None:
        self._order += 1
        heapq.heappush(self._heap, (self._open[key].closes, key[0] or "", self._order, key))
