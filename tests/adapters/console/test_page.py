"""The page's routes, over a real house: nothing of our own is mocked."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from adapters.channels.simulator import DEMO, LARGEST
from adapters.console import page as page_module
from adapters.console.guard import SENTENCES, STATIC, explained
from adapters.console.page import serve
from adapters.desk.flow import DESK_MOVES
from adapters.ports import Health, Refused
from dialogs.turns import Why

PNG = b"\x89PNG\r\n\x1a\n a picture"
CHINESE = re.compile("[一-鿿]")
RESIDENT, OTHER = DEMO.members[0].id, DEMO.members[1].id
WORKER = next(member.id for member in DEMO.members if member.role == "worker")
Page = Any
"""The fixture of this folder."""


async def error_of(response: ClientResponse) -> str:
    told = await response.json()
    assert set(told) == {"error"}
    return str(told["error"])


# What is served


async def test_the_page_and_its_headers(page: Page) -> None:
    async with page.client.get("/") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    async with page.client.get("/api/info") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert "Content-Security-Policy" in response.headers
    for name in ("app.js", "app.css", "words.js", "leaf.svg", "sample-lamp.png"):
        async with page.client.get(f"/static/{name}") as response:
            assert response.status == 200, name


def test_no_inline_code_and_nothing_from_elsewhere() -> None:
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    for path in STATIC.iterdir():
        if path.suffix in (".html", ".css", ".js"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?:https?:)?//\w+\.\w", text.replace("http://www.w3.org", "")), path
            assert "innerHTML" not in text, path


def test_the_page_has_a_name_for_every_code() -> None:
    words = (STATIC / "words.js").read_text(encoding="utf-8")
    html_and_code = words + (STATIC / "desk.js").read_text(encoding="utf-8")
    for code in (*DESK_MOVES, *Why.__args__, *(health.value for health in Health), *SENTENCES["statuses"]):  # type: ignore[attr-defined]
        assert re.search(rf"\b{code}:", html_and_code), code
    source = "".join(
        path.read_text(encoding="utf-8") for path in (Path(page_module.__file__).parents[2] / "dialogs").glob("*.py")
    )
    for code in re.findall(r'reason="(\w+)"', source):
        assert re.search(rf"\b{code}:", words), code


async def test_info_and_the_empty_group(page: Page) -> None:
    info = await page.get("/api/info")
    assert (info["quiet"], info["staff"], info["health"]) == (1, 1, "connected")
    assert {"code": "0103", "name": "电梯故障", "kind": "complaint", "urgency": "P1"} in info["categories"]
    assert info["signals"]["gas"]
    assert "cuizhu" in info["days"]
    state = await page.state()
    assert state["room"]["name"] == DEMO.name
    assert [member["role"] for member in state["room"]["members"]].count("resident") == 6
    assert (state["chats"], state["flags"], state["tickets"]) == ({}, [], [])


# Talk


async def test_a_resident_speaks_and_the_bot_answers_with_a_reason(page: Page) -> None:
    said = await page.say("高血压拿药能报销吗", mention=True)
    post = await page.until(
        lambda state: next((one for one in state["chats"].get(DEMO.id, ()) if one["sender"] == "bot"), None)
    )
    assert post["mentions"] == [RESIDENT]
    for _ in range(50):
        async with page.client.get(f"/api/why/{post['id']}") as response:
            if response.status == 200:
                why = await response.json()
                break
        await asyncio.sleep(0.05)
    assert why["why"] == "answer"
    assert why["unasked"] is False
    assert [line["id"] for line in why["about"]] == [said]
    async with page.client.get(f"/api/why/{said}") as response:
        assert response.status == 404


async def test_a_complaint_becomes_a_ticket_or_a_flag_that_shows_its_words(page: Page) -> None:
    said = await page.say("7栋的电梯又停哒，冇得人管")
    found = await page.until(lambda state: [*state["tickets"], *state["flags"]])
    assert found[0]["category"] == "0103"
    assert [line["text"] for line in found[0]["messages"]] == ["7栋的电梯又停哒，冇得人管"]
    assert [line["id"] for line in found[0]["messages"]] == [said]


async def test_kinds_quotes_and_private_talk(page: Page) -> None:
    first = await page.say("那个井盖", kind="voice")
    await page.say("翠竹园3栋东侧", kind="location")
    await page.say("就是这里", quote=first, sender=OTHER)
    await page.say("你好", room=None)
    chats = (await page.state())["chats"]
    assert [one["kind"] for one in chats[DEMO.id][:3]] == ["voice", "location", "text"]
    assert chats[DEMO.id][2]["quote"] == first
    assert chats[f"@{RESIDENT}"][0]["text"] == "你好"


async def test_a_recall_takes_the_words_away(page: Page) -> None:
    said = await page.say("说错了")
    assert (await page.post("/api/recall", {"id": said, "sender": RESIDENT}))[0] == 200
    (shown,) = (await page.state())["chats"][DEMO.id]
    assert shown["recalled"]
    assert shown["text"] == ""
    status, told = await page.post("/api/recall", {"id": said, "sender": RESIDENT})
    assert status == 400
    assert "撤回" in told["error"]


async def test_pictures(page: Page) -> None:
    async with page.client.post("/api/media", data=PNG, headers={"Content-Type": "image/png"}) as response:
        name = (await response.json())["name"]
    await page.say("", kind="image", media=name)
    async with page.client.get(f"/api/media/{name}") as response:
        assert response.content_type == "image/png"
        assert await response.read() == PNG
    for data, kind, status, says in (
        (b"<svg onload=alert(1)>", "image/png", 400, "不是图片"),
        (b"MZ", "application/x-msdownload", 415, "不是图片"),
        (PNG + bytes(LARGEST), "image/png", 413, "5 MB"),
    ):
        async with page.client.post("/api/media", data=io.BytesIO(data), headers={"Content-Type": kind}) as response:
            assert response.status == status
            assert says in await error_of(response)
    for name in ("nothing.png", "..%2f..%2fetc%2fpasswd"):
        async with page.client.get(f"/api/media/{name}") as response:
            assert response.status == 404


async def test_every_change_is_told(page: Page) -> None:
    async with page.client.get("/api/changes") as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b"retry: 1500\n"
        await page.say("有人吗")
        async with asyncio.timeout(5):
            while (line := await response.content.readline()) != b"event: changed\n":
                assert line != b""


# The desk


async def test_a_visit_is_filed_once_and_moved_by_the_flow(page: Page) -> None:
    number = await page.visit()
    assert await page.visit() == number
    (ticket,) = (await page.state())["tickets"]
    assert (ticket["number"], ticket["status"], ticket["source"]) == (number, "open", "visit")
    assert ticket["moves"] == ["accepted", "assigned", "in_progress", "done", "refused", "transferred"]
    move = {"move": "assigned", "by": WORKER, "note": "请物业上门", "key": "once"}
    for _ in range(2):
        assert await page.post(f"/api/tickets/{number}/move", move) == (200, {})
    journal = await page.get(f"/api/tickets/{number}/journal")
    assert [(entry["seq"], entry["move"], entry["status"]) for entry in journal["entries"]] == [
        (1, "file", "open"),
        (2, "assigned", "assigned"),
    ]
    assert journal["entries"][1]["words"] == "请物业上门"
    assert journal["entries"][1]["at"].endswith("+08:00")
    assert journal["broken"] == []


async def test_a_wrong_move_says_what_would_be_right(page: Page) -> None:
    number = await page.visit()
    status, told = await page.post(f"/api/tickets/{number}/move", {"move": "eaten", "by": WORKER, "key": "1"})
    assert status == 409
    assert "已立单" in told["error"]
    assert "派单" in told["error"]
    await page.post(
        f"/api/tickets/{number}/move", {"move": "refused", "note": "不予受理：重复", "by": WORKER, "key": "2"}
    )
    status, told = await page.post(f"/api/tickets/{number}/move", {"move": "done", "by": WORKER, "key": "3"})
    assert status == 409
    assert "不予受理" in told["error"]


async def test_a_changed_journal_is_seen(page: Page) -> None:
    number = await page.visit()
    with sqlite3.connect(page.database) as database:
        database.execute("UPDATE journal SET \"by\" = 'somebody' WHERE number = ?", (number,))
    database.close()
    assert (await page.get(f"/api/tickets/{number}/journal"))["broken"] == [1]


async def test_a_worker_decides_a_flag(page: Page) -> None:
    await page.say("楼上两口子又在吵架摔东西")
    flag = await page.until(lambda state: next(iter(state["flags"]), None))
    assert flag["state"] == "open"
    path = f"/api/flags/{flag['matter']}/decide"
    assert (await page.post(path, {"verdict": "maybe", "by": WORKER}))[0] == 400
    assert (await page.post(path, {"verdict": "accept", "by": WORKER, "category": "9999"}))[0] == 400
    assert await page.post(path, {"verdict": "accept", "by": WORKER, "category": "D03"}) == (200, {})
    state = await page.state()
    assert state["flags"][0]["state"] == "accepted"
    assert state["tickets"][0]["category"] == "D03"


# Rehearsals


async def test_the_recorded_day(page: Page) -> None:
    status, told = await page.post("/api/rehearse", {"day": "cuizhu"})
    assert status == 200
    assert re.fullmatch(r"\d+ 条消息,沉默 \d+,标记 \d+,开口 \d+", told["summary"])
    assert 380 <= len(told["lines"]) <= 450
    assert told["names"][told["lines"][0]["sender"]] == told["lines"][0]["name"]
    assert {row["type"] for row in told["rows"]} & {"flag", "ticket"}
    assert (await page.state())["tickets"] == []


async def test_ones_own_chat(page: Page) -> None:
    chat = "张三 2026-05-12 09:01\n早上好\n\n李四 2026-05-12 09:02\n7栋的电梯又停了，没有人管\n"
    status, told = await page.post("/api/rehearse", {"text": chat})
    assert status == 200, told
    assert told["summary"].startswith("2 条消息")
    assert [line["name"] for line in told["lines"]] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type":"room","id":"r"}\n{"type":"message"', "第 2 行"),
        ('{"type":"message","id":"1","at":"2026-05-12T08:00:00+08:00","room":"r","from":"a"}', "room 行"),
        ('{"type":"room","id":"r"}\n{"type":"message","id":"1","at":"8:00","room":"r","from":"a"}', "时间写法不对"),
        ('{"type":"room","id":"r"}\n{"type":"message","at":"2026-05-12T08:00:00+08:00","room":"r"}', "少了一项"),
        ("这里面没有任何聊天", "没有认出聊天"),
        ("", "请填写"),
    ],
)
async def test_a_chat_that_cannot_be_read(page: Page, text: str, says: str) -> None:
    status, told = await page.post("/api/rehearse", {"text": text})
    assert status == 400
    assert says in told["error"]


async def test_a_day_that_is_not_there(page: Page) -> None:
    assert (await page.post("/api/rehearse", {"day": "../../secret"}))[0] == 404


def test_an_unforeseen_refusal_is_shown_as_it_is() -> None:
    assert explained("line 7: strange") == "第 7 行读不了：（strange）。请改好这一行再试，前后都没有动。"
    assert "strange" in explained("strange")


# The door


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "localhost@evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:8700"}, 200),
    ],
)
async def test_only_this_page_on_this_machine_gets_in(page: Page, headers: dict[str, str], status: int) -> None:
    said = {"sender": RESIDENT, "room": DEMO.id, "text": "x"}
    async with page.client.post("/api/say", json=said, headers=headers) as response:
        assert response.status == status
        if status == 403:
            assert CHINESE.search(await error_of(response))
    async with page.client.get("/api/state", headers=headers) as response:
        assert response.status == status


async def test_the_pages_own_origin_gets_in(page: Page) -> None:
    origin = str(page.client.make_url("/")).rstrip("/")
    said = {"sender": RESIDENT, "room": DEMO.id, "text": "x"}
    assert (await page.post("/api/say", said, headers={"Origin": origin}))[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/api/say", {}, 400, "谁在说"),
        ("/api/say", {"sender": RESIDENT, "room": DEMO.id, "text": " "}, 400, "还没有写内容"),
        ("/api/say", {"sender": "nobody", "room": DEMO.id, "text": "x"}, 400, "没有这个人"),
        ("/api/say", {"sender": RESIDENT, "room": "nowhere", "text": "x"}, 400, "没有这个群"),
        ("/api/say", {"sender": RESIDENT, "room": DEMO.id, "text": "x", "kind": "red_packet"}, 400, "不能发"),
        ("/api/say", {"sender": RESIDENT, "room": DEMO.id, "text": "x", "quote": "gone"}, 400, "引用"),
        ("/api/say", {"sender": RESIDENT, "room": DEMO.id, "text": "长" * 4500}, 400, "太长"),
        ("/api/say", {"sender": 7, "room": DEMO.id, "text": "x"}, 400, "谁在说"),
        ("/api/say", ["x"], 400, "刷新"),
        ("/api/say", {"text": "长" * 70_000}, 413, "太大"),
        ("/api/recall", {"id": "x", "sender": RESIDENT}, 400, "撤回"),
        ("/api/tickets/none/move", {"move": "done", "by": WORKER, "key": "1"}, 404, "工单"),
        ("/api/flags/none/decide", {"verdict": "reject", "by": WORKER}, 404, "标记"),
        ("/api/visits", {"room": DEMO.id, "by": WORKER, "category": "x", "what": "y", "key": "1"}, 400, "类别"),
        ("/api/visits", {"room": DEMO.id, "by": WORKER, "category": "0104", "what": "", "key": "1"}, 400, "情况"),
        ("/api/visits", {"room": DEMO.id, "by": "x", "category": "0104", "what": "y", "key": "1"}, 400, "没有这个人"),
        ("/api/nothing", {}, 404, "没有找到"),
    ],
)
async def test_every_no_is_a_chinese_sentence(page: Page, path: str, body: Any, status: int, says: str) -> None:
    found, told = await page.post(path, body)
    assert found == status
    assert says in told["error"]


async def test_bodies_that_are_no_json(page: Page) -> None:
    for data, kind, status in (
        ("{", "application/json", 400),
        ("a=b", "text/plain", 415),
        ("[" * 30_000, "application/json", 400),
    ):
        async with page.client.post("/api/say", data=data, headers={"Content-Type": kind}) as response:
            assert response.status == status
            assert CHINESE.search(await error_of(response))


async def test_a_port_that_is_taken() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Refused, match=rf"port {port} .* in use.*LINLI_PAGE__PORT"):
            await serve(web.Application(), "127.0.0.1", port)
    served = await serve(web.Application(), "127.0.0.1", 0)
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*/", served.url)
    await served.close()


def test_the_recorded_day_is_invented_and_whole() -> None:
    lines = [json.loads(line) for line in (page_module.DAYS / "cuizhu.jsonl").read_text(encoding="utf-8").splitlines()]
    said = [line for line in lines if line["type"] == "message"]
    assert lines[0]["type"] == "room"
    assert len({line["id"] for line in said}) == len(said) > 380
    assert [line["at"] for line in lines[1:]] == sorted(line["at"] for line in lines[1:])
    assert not re.search(r"1[3-9]\d{9}|\d{17}[\dXx]|湘[A-Z]", json.dumps(lines, ensure_ascii=False))
