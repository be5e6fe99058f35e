"""Gathers one person's messages into an utterance: a quiet pause, a hard cap or a full window closes it.

Pure. The window is never stored: it is computed from the accepted messages that nobody has decided yet. Other people's messages
in between neither close it nor enter it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.manners import Manners
from dialogs.messages import Message
from nlu.understanding import Answer, Span, Understanding

_RANK: dict[Answer, int] = {"silent": 0, "flag": 1, "speak": 2}


def closes(messages: Sequence[Message], manners: Manners) -> datetime:
    """When the window of these messages (one person, one room, in order of arrival) closes; perhaps already past."""
    first, last = messages[0].at, max(message.at for message in messages)
    if len(messages) >= manners.window_messages:
        return last
    return min(last + timedelta(seconds=manners.quiet), first + timedelta(seconds=manners.window))


def joined(messages: Sequence[Message]) -> str:
    """The utterance's text: a line for each message that has words."""
    return "\n".join(message.text for message in messages if message.text)


def source(messages: Sequence[Message], span: Span) -> str:
    """The id of the message that a span of the joined text lies in."""
    position = 0
    worded = [message for message in messages if message.text]
    for message in worded:
        position += len(message.text) + 1
        if span.start < position:
            return message.id
    return messages[-1].id


def weighed(whole: Understanding, parts: Sequence[Understanding]) -> Understanding:
    """What an utterance means, given what each message means alone.

    A greeting before a plain complaint makes the whole no less plain: where the whole is not nothing, the surest part decides.
    """
    surest = max(parts, key=lambda part: (_RANK[part.answer], part.matter), default=whole)
    if whole.answer == "silent" or (_RANK[surest.answer], surest.matter) <= (_RANK[whole.answer], whole.matter):
        return whole
    return replace(
        surest,
        text=whole.text,
        facts=whole.facts,
        signals=tuple(dict.fromkeys((*whole.signals, *surest.signals))),
        score=whole.score or surest.score,
        solved=whole.solved if whole.solved is not None else surest.solved,
    )
