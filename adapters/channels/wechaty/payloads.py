"""What a puppet's payload means: dictionaries of the wire in, our words out.

Law: pure functions; no network, no clock, no files. Puppets disagree about what `text` holds for anything but text, so
markup is never taken for words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from adapters.ports import Echo
from dialogs.messages import BOT, Message, Recall
from nlu.understanding import MessageKind

CHINA = timezone(timedelta(hours=8), "CST")
FOUR_PER_EM = "\u2005"
"""The space that WeChat puts behind an @name."""

ATTACHMENT, AUDIO, EMOTICON, IMAGE, TEXT, LOCATION, MINI_PROGRAM, RECALLED, URL, VIDEO = 1, 2, 5, 6, 7, 8, 9, 13, 14, 15
KIND: Mapping[int, MessageKind] = {
    0: "system",
    ATTACHMENT: "file",
    AUDIO: "voice",
    3: "link",  # a contact's card
    4: "note",  # a forwarded chat history
    EMOTICON: "sticker",
    IMAGE: "image",
    TEXT: "text",
    LOCATION: "location",
    MINI_PROGRAM: "link",
    10: "note",
    11: "red_packet",  # a transfer of money
    12: "red_packet",
    URL: "link",
    VIDEO: "video",
    16: "link",
}
"""The numbers of wechaty-puppet, which the server sends, and not those of the proto's enum; others are `system`."""

ASIDE_LIMIT = 2_000
"""Characters kept of what is not a text message."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TITLE = re.compile(r"<title>(?:\s*<!\[CDATA\[)?(.*?)(?:\]\]>\s*)?</title>", re.DOTALL)
_RECALLED = re.compile(r"<newmsgid>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")
_REPLY = re.compile(r"\A「[^「：:\n]{0,64}[：:](.*?)」\n(?:- ?){6,}\n(.*)\Z", re.DOTALL)
_OWN_NAMES = re.compile(rf"\A(?:@[^@{FOUR_PER_EM}\n]{{1,64}}{FOUR_PER_EM})+")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream: its number and what its JSON says (empty when that is no object)."""

    kind: int
    payload: Mapping[str, Any] = field(default_factory=dict)


def to_event(raw: Mapping[str, Any]) -> Event:
    """The event; broken JSON leaves the number."""
    try:
        payload = json.loads(raw["payload"] or "{}")
    except (ValueError, RecursionError):
        payload = {}
    return Event(raw["type"], payload if isinstance(payload, dict) else {})


def clean(text: str) -> str:
    """Text that any side can carry: pairs of surrogates joined, lone ones replaced, control characters gone."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def identity(value: object) -> str:
    """An id out of an event's JSON: a string that can go back on the wire, empty when there is none."""
    return clean(value) if isinstance(value, str) else ""


def identities(value: object) -> tuple[str, ...]:
    """A list of ids out of an event's JSON."""
    return tuple(filter(None, map(identity, value))) if isinstance(value, list) else ()


def squeezed(text: str) -> str:
    """The text without any white space: puppets change it on the way."""
    return "".join(text.split())


def words(text: str) -> str:
    """The words in the `text` of a payload that is not a text message: a title out of markup, else the text if it is plain."""
    bare = clean(text).strip()
    if bare.startswith(("<", "{")) or "<?xml" in bare[:200]:
        title = _TITLE.search(bare)
        bare = title[1].strip() if title else ""
    return bare[:ASIDE_LIMIT]


def reply(text: str) -> tuple[str, str]:
    """The quoted words and what was said to them: WeChat writes a reply as 「name：words」, a dashed line, and the reply.

    The quoted words are somebody else's and must not be taken for the speaker's own.
    """
    parts = _REPLY.match(text)
    return (parts[1].strip(), parts[2].strip()) if parts else ("", text)


def instant(payload: Mapping[str, Any], *, now: datetime) -> datetime:
    """When the message was sent. Some puppets count in seconds where others count milliseconds; without any it is `now`."""
    stamp = payload["timestamp_deprecated"]
    if not stamp:
        stamp = payload["receive_time"]["seconds"] * 1000 + payload["receive_time"]["nanos"] // 1_000_000
    if 0 < stamp < 100_000_000_000:
        stamp *= 1000
    if not 946_684_800_000 <= stamp < 4_102_444_800_000:  # outside of 2000 to 2100
        return now.astimezone(CHINA)
    return datetime.fromtimestamp(stamp / 1000, UTC).astimezone(CHINA)


def conversation(payload: Mapping[str, Any], *, own: str) -> str:
    """The room, or the other person of a private chat."""
    if payload["room_id"]:
        return str(payload["room_id"])
    return str(payload["listener_id"] if payload["talker_id"] == own else payload["talker_id"])


def mentions(payload: Mapping[str, Any], *, own: str, names: Iterable[str]) -> tuple[str, ...]:
    """The ids mentioned, the bot's being BOT; `names` are the bot's own, looked for when the puppet sends no id of it."""
    ids = list(dict.fromkeys(BOT if one == own else one for one in payload["mention_ids"] if one))
    if BOT not in ids and payload["room_id"] and _named(reply(clean(payload["text"]))[1], names):
        ids.append(BOT)
    return tuple(ids)


def _named(text: str, names: Iterable[str]) -> bool:
    wanted = {name.strip() for name in names} - {""}
    return any(re.search(rf"[@＠]{re.escape(name)}(?=\s|\Z)", text) for name in wanted)


def to_message(
    payload: Mapping[str, Any],
    *,
    own: str,
    name: str,
    now: datetime,
    own_names: Iterable[str] = (),
    aside: str = "",
    find: Callable[[str], str | None] = lambda _: None,
) -> Message:
    """The message without its media.

    `aside` are the words fetched apart: a link's title, a location's address; `find` knows the id of quoted words.
    """
    kind = KIND.get(payload["type"], "system")
    quoted = ""
    if kind == "text":
        quoted, text = reply(clean(payload["text"]))
    elif kind == "file":
        text = words(payload["filename"]) or words(payload["text"])
    else:
        text = words(aside) or words(payload["text"])
    return Message(
        id=payload["id"],
        at=instant(payload, now=now),
        room=payload["room_id"] or None,
        sender=BOT if payload["talker_id"] == own else payload["talker_id"],
        name=clean(name),
        kind=kind,
        text=text,
        mentions=mentions(payload, own=own, names=own_names),
        quote=find(quoted) if quoted else None,
    )


def to_recall(payload: Mapping[str, Any], *, own: str, now: datetime) -> Recall | None:
    """The withdrawal; None when the notice does not say of what (its text is the id, or markup that holds it)."""
    text = clean(payload["text"]).strip()
    found = _RECALLED.search(text)
    target = found[1] if found else text
    if not target or target.startswith("<") or len(target) > 200:
        return None
    sender = BOT if payload["talker_id"] == own else payload["talker_id"]
    return Recall(at=instant(payload, now=now), room=payload["room_id"] or None, sender=sender, message=target)


def to_echo(payload: Mapping[str, Any], *, own: str, sent: Mapping[tuple[str, str], str]) -> Echo:
    """The bot's own message. `sent` gives back the text as we were asked to say it, before the @names were put in front."""
    where = conversation(payload, own=own)
    text = clean(payload["text"])
    said = sent.get((where, squeezed(text)), _OWN_NAMES.sub("", text))
    return Echo(id=payload["id"], conversation=where, text=said)


def address(location: Mapping[str, Any]) -> str:
    """Address and name of a location, without saying the same twice."""
    where, name = clean(location["address"]).strip(), clean(location["name"]).strip()
    return where if not name or name in where else f"{where} {name}".strip()
