"""Turns a chat that was pasted or exported from WeChat into a transcript.

Understood are: "name time" over the words (the desktop's copy), dates between dashes over "name time" (mail of the phone),
"time name: words" on one line, bare "name: words", and CSV with a head. Whatever stands before the first sender is left out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dialogs.messages import Role
from nlu.understanding import MessageKind

ROOM = "imported"
STEP = timedelta(seconds=40)
"""How far apart messages are put that carry no time."""
LIMIT = 200_000

_DATE = r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
_TIME = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?"
_RULE = r"[\s\-—–―=*]{0,40}"
_GAP = r"\s{0,4}"
_DAY_LINE = re.compile(rf"^{_RULE}{_DATE}{_RULE}(?:星期.|周.)?{_RULE}$")
_HEADS = (
    re.compile(rf"^\[?(?:{_DATE}\s{{1,4}})?{_TIME}\]?{_GAP}[-–]?{_GAP}(?P<name>[^:：]{{1,40}})[:：]\s*(?P<text>.*)$"),
    re.compile(rf"^(?P<name>\S.{{0,40}}?){_GAP}[(（]?{_GAP}{_DATE}\s{{1,4}}{_TIME}{_GAP}[)）]?{_GAP}[:：]?$"),
    re.compile(rf"^{_DATE}\s{{1,4}}{_TIME}\s{{1,4}}(?P<name>\S.{{0,40}}?){_GAP}[:：]?$"),
    re.compile(rf"^(?P<name>\S.{{0,40}}?)\s{{1,4}}{_TIME}{_GAP}[:：]?$"),
)
_DATED, _TIMED = _HEADS[1:3], _HEADS[3]
_BARE = re.compile(r"^(?P<name>[^:：\s][^:：]{0,20})[:：]\s?(?P<text>.*)$")
_COLUMNS = {
    "time": ("时间", "日期", "time", "date", "datetime", "createtime", "strtime"),
    "name": ("发送人", "发送者", "昵称", "姓名", "name", "sender", "nickname", "talker", "from"),
    "text": ("内容", "消息", "消息内容", "text", "content", "message", "strcontent"),
}
_KINDS: tuple[tuple[str, MessageKind], ...] = (
    ("图片|照片|image", "image"),
    ("语音|voice", "voice"),
    ("视频|video", "video"),
    ("动画表情|表情|sticker", "sticker"),
    ("位置|location", "location"),
    ("链接|小程序|视频号|link", "link"),
    ("文件|file", "file"),
    ("微信红包|红包", "red_packet"),
    ("群待办|接龙笔记|笔记", "note"),
)
_BRACKET = re.compile(r"^[\[［](?P<what>[^\]］]{1,8})[\]］]\s*(?P<rest>.*)$", re.S)
_SYSTEM = re.compile(r"撤回了一条消息|加入了群聊|移出了群聊|修改群名|拍了拍|现在可以开始聊天")
_ROLES: tuple[tuple[str, Role], ...] = (
    ("网格员", "worker"),
    ("网格长|书记|主任", "leader"),
    ("物业|管家|保安", "property"),
    ("民警|警官", "police"),
    ("调解", "mediator"),
)


class NotAChat(ValueError):
    """Nothing in the text looks like a chat; the text says what would."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it stands in the text."""

    name: str
    at: datetime
    text: str


def convert(text: str, *, now: datetime) -> list[str]:
    """The transcript's lines: one room, then its messages in time order. `now` dates what carries no date. Raises NotAChat."""
    if len(text) > LIMIT * 100:
        raise NotAChat("the text is longer than 20 million characters; cut it into months")
    said = _csv(text, now) or _headed(text, now) or _bare(text, now)
    if not said:
        raise NotAChat(
            "no messages were found; write each as a line “name time” with the words below it, or as “name: words”"
        )
    said.sort(key=lambda message: message.at)
    ids = {name: f"p{number}" for number, name in enumerate(dict.fromkeys(message.name for message in said), 1)}
    members = [{"id": id, "name": name, "role": role_of(name)} for name, id in ids.items()]
    room = {"type": "room", "id": ROOM, "name": "导入的群", "grid": "", "area": {}, "places": [], "members": members}
    rows = [room] + [_row(number, message, ids[message.name]) for number, message in enumerate(said[:LIMIT], 1)]
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def role_of(name: str) -> Role:
    """The role that a name in a group claims; good enough to look back on a chat, never to give rights."""
    return next((role for words, role in _ROLES if re.search(words, name)), "resident")


def _row(number: int, said: Said, sender: str) -> dict[str, object]:
    kind, text = _kind(said.text)
    row: dict[str, object] = {
        "type": "message",
        "id": f"m{number}",
        "at": said.at.isoformat(),
        "room": ROOM,
        "from": sender,
    }
    row |= {"name": said.name, "kind": kind, "text": text}
    return row | ({"media": [f"m{number}.jpg"]} if kind == "image" else {})


def _kind(text: str) -> tuple[MessageKind, str]:
    if _SYSTEM.search(text):
        return "system", text
    if found := _BRACKET.match(text):
        for words, kind in _KINDS:
            if re.fullmatch(words, found["what"], re.I):
                return kind, found["rest"].strip()
    return "text", text


def _headed(text: str, now: datetime) -> list[Said]:
    """Messages under heads that carry a time."""
    said: list[Said] = []
    day = now.date()
    words: list[str] = []
    head: tuple[str, datetime] | None = None
    lines = [(line, _head(line)) for line in text.splitlines()]
    dated = any(match is not None and match.re in _DATED for _, match in lines)
    for line, match in lines:
        if found := _DAY_LINE.match(line):
            day = _day(found, day)
            continue
        if dated and match is not None and match.re is _TIMED:
            match = None  # Where heads carry a date, 「开会 14:30」 is what somebody said.
        instant = _instant(match, day, now) if match else None
        if match is None or instant is None:
            words.append(line)
            continue
        said.extend(_finish(head, words))
        day = instant.date()
        head, words = (match["name"].strip(), instant), [match.groupdict().get("text") or ""]
    return [*said, *_finish(head, words)]


def _head(line: str) -> re.Match[str] | None:
    return next((found for pattern in _HEADS if (found := pattern.match(line.strip()))), None)


def _finish(head: tuple[str, datetime] | None, words: list[str]) -> Iterator[Said]:
    text = "\n".join(words).strip()
    if head is not None and text:
        yield Said(head[0], head[1], text)


def _bare(text: str, now: datetime) -> list[Said]:
    """Messages as "name: words", without any time: put one after the other, the last one now."""
    found = [match for line in text.splitlines() if (match := _BARE.match(line.strip()))]
    if len(found) * 2 < len([line for line in text.splitlines() if line.strip()]):
        return []
    first = now - STEP * len(found)
    return [
        Said(match["name"].strip(), first + STEP * number, match["text"])
        for number, match in enumerate(found)
        if match["text"].strip()
    ]


def _csv(text: str, now: datetime) -> list[Said]:
    """Messages of a CSV (comma or tab) whose first line names the columns."""
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    for delimiter in (",", "\t"):
        names = [name.strip().strip('"').lower() for name in head.split(delimiter)]
        at = {
            part: next((names.index(name) for name in known if name in names), -1) for part, known in _COLUMNS.items()
        }
        if min(at.values()) < 0:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter))[1:]
        except csv.Error as error:
            raise NotAChat(f"the table cannot be read ({error}); save it again as CSV") from error
        said = []
        for row in rows:
            if len(row) > max(at.values()) and (instant := _parsed(row[at["time"]], now)) and row[at["text"]].strip():
                said.append(Said(row[at["name"]].strip() or "?", instant, row[at["text"]].strip()))
        return said
    return []


def _parsed(text: str, now: datetime) -> datetime | None:
    if text.strip().isdecimal() and len(text.strip()) in (10, 13):
        seconds = int(text.strip()[:10])
        return datetime.fromtimestamp(seconds, now.tzinfo)
    match = re.search(rf"(?:{_DATE}\D+)?{_TIME}", text)
    return _instant(match, now.date(), now) if match else None


def _instant(match: re.Match[str], day: date, now: datetime) -> datetime | None:
    try:
        clock = time(int(match["h"]), int(match["mi"]), int(match["s"] or 0))
        return datetime.combine(_day(match, day), clock, now.tzinfo or UTC)
    except ValueError:
        return None


def _day(match: re.Match[str], day: date) -> date:
    parts = match.groupdict()
    if not parts.get("y"):
        return day
    try:
        return date(int(parts["y"]), int(parts["mo"]), int(parts["d"]))
    except ValueError:
        return day
