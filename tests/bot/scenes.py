"""People, a room and sentences that the tests of the shell share, as rows of a transcript."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dialogs.messages import Member, Message, Room

DAY = datetime.fromisoformat("2026-05-12T09:00:00+08:00")
ROOM = Room(
    id="r1",
    name="锦绣社区第三网格居民群",
    grid="JX-03",
    area={"county": "资阳区", "town": "汽车路街道", "village": "锦绣社区"},
    places=("锦绣家园", "锦绣广场"),
    members=(Member("worker", "网格员小周", "worker"), Member("wen", "文姐"), Member("fang", "老方")),
)
COMPLAINT = "电梯坏了三天没人修，老人天天爬楼，投诉物业也不管"
"""Sure enough to speak, and without a place."""
CATEGORY = "0103"
FIRE = "着火了！6栋二楼冒浓烟，快来人啊"
SENSITIVE = "我老公天天打我，孩子也吓哭了，我想离婚怎么办"
CHATTER = "今天这个天要落雨的样子"
SOLVED = "搞好了 谢谢"


def row_of(room: Room = ROOM, **more: Any) -> dict[str, Any]:
    """A room's line."""
    members = [{"id": one.id, "name": one.name, "role": one.role} for one in room.members]
    return {
        "type": "room", "id": room.id, "name": room.name, "grid": room.grid, "area": dict(room.area),
        "places": list(room.places), "members": members, **more,
    }  # fmt: skip


def at(seconds: float) -> str:
    """An instant of the day, so many seconds after nine."""
    return (DAY + timedelta(seconds=seconds)).isoformat()


def said(
    id: str, seconds: float, text: str = "", *, by: str = "wen", room: str | None = "r1", **more: Any
) -> dict[str, Any]:
    """A message's line."""
    row = {"type": "message", "id": id, "at": at(seconds), "room": room, "from": by, "name": by, "kind": "text"}
    return {**row, "text": text, **more}


def desk(seconds: float, message: str, status: str, note: str = "", by: str = "worker") -> dict[str, Any]:
    """A desk line."""
    return {"type": "desk", "at": at(seconds), "message": message, "status": status, "by": by, "note": note}


def message(row: dict[str, Any]) -> Message:
    """The message of a line."""
    return Message(
        id=row["id"], at=datetime.fromisoformat(row["at"]), room=row["room"], sender=row["from"], name=row["name"],
        kind=row["kind"], text=row["text"], mentions=tuple(row.get("mentions", ())), quote=row.get("quote"),
        media=tuple(row.get("media", ())),
    )  # fmt: skip


STORY = [
    row_of(),
    said("m1", 0, "大家早上好"),
    said("m2", 10, COMPLAINT),
    said("m3", 20, kind="image", media=["m3.jpg"]),
    said("c1", 25, CHATTER, by="fang"),
    said("c2", 40, "吃早饭没", by="bei"),
    said("m4", 360, "3栋"),
    said("m5", 370, "不是3栋 是5栋"),
    said("c3", 380, "明天还要上班", by="bei"),
    desk(3000, "m2", "accepted", "已通知物业"),
    desk(9000, "m2", "in_progress", "维保更换门机控制板"),
    desk(21600, "m2", "done", "更换门机板并试运行"),
    said("m6", 25200, SOLVED),
]
"""The story: a burst, a question, an answer with its correction, progress, the survey, the rating."""
