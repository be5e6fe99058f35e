"""The commands: what they print, and a clear line and a status when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from runs import LINLI
from scenes import CATEGORY, COMPLAINT, DAY, ROOM, STORY, message, said

from adapters.store.sql import SqlStore
from bot.runtime import Walk
from bot.transcript import read
from dialogs.manners import House
from nlu.linear import Linear

LINES = [
    {"text": COMPLAINT, "at": "2026-05-12T09:00:00+08:00"},
    {"text": "今天天气好"},
    {"text": "昨晚5栋停水了", "at": "2026-05-12T09:00:00+08:00", "kind": "text"},
]


@pytest.fixture
def number(linli: Any, tmp_path: Path, mind: Linear, house: House) -> str:
    """The number of a ticket in the data folder that the command works on."""
    with closing(SqlStore(tmp_path / "data" / "linli.db")) as store:
        walk = Walk(store=store, reader=mind, house=house)
        walk.place(ROOM)
        walk.hear([message(said("m1", 0, COMPLAINT))], now=DAY)
        for sentence, left in walk.advance(DAY + timedelta(seconds=300)):
            walk.settle(sentence.id, "sent", now=left)
        (ticket,) = store.tickets()
        return ticket.number


def one_line(text: str) -> bool:
    return text.startswith("linli: ") and text.count("\n") == 1 and "Traceback" not in text


def test_understand_answers_line_by_line_while_they_come(models: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    with subprocess.Popen(
        [*LINLI, "understand"],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C", "PYTHONUNBUFFERED": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        told: list[dict[str, Any]] = []
        for line in LINES:
            process.stdin.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            process.stdin.flush()
            told.append(json.loads(process.stdout.readline()))  # Before the next line is written.
            assert told[-1]["text"] == line["text"]
        process.stdin.write(b"\n{not json\n" + json.dumps(LINES[0]).encode() + b"\n")
        process.stdin.close()
        assert process.stdout.read() == b""
        error = process.stderr.read().decode()
        assert process.wait() == 2
        assert one_line(error)
        assert "line 5" in error
    assert (told[0]["intent"], told[0]["kind"], told[0]["category"]) == ("complaint", "complaint", CATEGORY)
    assert told[1]["answer"] == "silent"
    assert told[2]["facts"]["place"][0]["element"] == "building"
    assert set(told[0]) >= {
        "text", "intent", "probability", "answer", "kind", "category", "categories", "signals", "stance", "facts",
    }  # fmt: skip


def test_an_unknown_backend_is_refused(linli: Any) -> None:
    ran = linli("understand", "--backend", "oracle")
    assert (ran.status, ran.err) == (2, "linli: backend 'oracle' is unknown; there is: linear\n")


def test_check_finds_nothing_wrong_with_what_is_shipped(linli: Any) -> None:
    ran = linli("check")
    assert (ran.status, ran.err) == (0, "")


def test_settings_shows_what_is_in_force(linli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_MANNERS__QUIET", "77")
    monkeypatch.setenv("LINLI_WECHATY_TOKEN", "hush")
    monkeypatch.setenv("COLUMNS", "200")
    ran = linli("settings")
    assert ran.status == 0
    assert "77" in ran.out
    assert "hush" not in ran.out


def test_a_wrong_setting_ends_with_status_1(linli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_MANERS__QUIET", "77")
    ran = linli("desk", "list")
    assert ran.status == 1
    assert ran.err == "linli: LINLI_MANERS__QUIET: no setting is called so; did you mean manners.quiet?\n"
    monkeypatch.delenv("LINLI_MANERS__QUIET")
    assert linli("desk", "list", "--settings", "nowhere.toml").status == 1


def test_the_desk_lists_and_shows(linli: Any, number: str) -> None:
    assert number in linli("desk", "list").out
    (row,) = json.loads(linli("desk", "list", "--json").out)
    assert (row["number"], row["status"], row["category"]) == (number, "open", CATEGORY)
    assert json.loads(linli("desk", "list", "--json", "--status", "closed").out) == []
    assert json.loads(linli("desk", "list", "--json", "--room", "elsewhere").out) == []
    shown = linli("desk", "show", number.lower())
    assert shown.status == 0
    assert "the journal verifies" in shown.out
    doc = json.loads(linli("desk", "show", number, "--json").out)
    assert [entry["move"] for entry in doc["journal"]] == ["file"]


def test_the_desk_moves_and_says_what_would_be_right(linli: Any, number: str) -> None:
    assert linli("desk", "move", number, "in_progress", "--note", "在修").out == f"{number}: in_progress\n"
    assert linli("desk", "move", number, "refused", "--note", "不予受理").out == f"{number}: refused\n"
    ran = linli("desk", "move", number, "done")
    assert ran.status == 2
    assert one_line(ran.err)
    assert "possible: none: it has ended" in ran.err
    ran = linli("desk", "move", number, "dance")
    assert ran.status == 2
    assert "one of accepted, assigned" in ran.err
    assert linli("desk", "verify").out == "3 entries verify\n"


@pytest.mark.parametrize("command", [("show",), ("move", "done")])
def test_a_ticket_that_is_not_there(linli: Any, number: str, command: tuple[str, ...]) -> None:
    ran = linli("desk", command[0], "20260512-000000", *command[1:])
    assert ran.status == 2
    assert ran.err == "linli: there is no ticket 20260512-000000; `linli desk list` shows them\n"


def test_the_desk_files_by_hand(linli: Any, number: str) -> None:
    ran = linli("desk", "file", "--room", "r1", "--category", "0103", "--what", "电梯坏了", "--place", "5栋")
    assert ran.status == 0
    filed = ran.out.strip()
    assert filed != number
    assert {row["number"] for row in json.loads(linli("desk", "list", "--json").out)} == {number, filed}
    for wrong, told in (("--room", "room 'x' is not known; known: r1"), ("--category", "category 'x' is no leaf")):
        arguments = {"--room": "r1", "--category": "0103", "--what": "电梯坏了", wrong: "x"}
        ran = linli("desk", "file", *(piece for pair in arguments.items() for piece in pair))
        assert ran.status == 2
        assert told in ran.err


def test_verify_finds_what_was_changed_behind_its_back(linli: Any, number: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "linli.db")) as database:
        database.execute('update journal set "by" = ?', ("somebody else",))
        database.commit()
    ran = linli("desk", "verify")
    assert (ran.status, ran.out) == (1, "")
    assert number in ran.err


def test_the_desk_needs_no_model(linli: Any, number: str, tmp_path: Path) -> None:
    (tmp_path / "data" / "models").unlink()
    assert linli("desk", "list", "--json").status == 0
    assert linli("desk", "move", number, "accepted").status == 0


def test_without_a_model_it_says_what_to_do(linli: Any, tmp_path: Path) -> None:
    (tmp_path / "data" / "models").unlink()
    ran = linli("replay", "-", stdin="")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "run `linli train`" in ran.err


def test_a_model_that_cannot_be_read_says_what_to_do(linli: Any, tmp_path: Path, shipped: Any) -> None:
    from bot import wiring
    from bot.data import DATA
    from nlu import registry

    good = registry.find(wiring.model_cache(shipped), DATA)
    assert good
    (tmp_path / "data" / "models").unlink()
    folder = tmp_path / "data" / "models" / good.name
    shutil.copytree(good, folder)
    for path, content in ((folder / "idf.npy", b"garbage"), (folder / "model.json", b"{")):
        path.write_bytes(content)
        ran = linli("replay", "-", stdin="")
        assert ran.status == 1
        assert one_line(ran.err)
        assert folder.name in ran.err
        assert "run `linli train`" in ran.err


def test_a_port_that_is_in_use(linli: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LINLI_PAGE__PORT", port)
            ran = linli("run")
    assert ran.status == 1
    assert one_line(ran.err)
    assert f"port {port} on 127.0.0.1 is in use" in ran.err


def test_a_database_that_somebody_else_holds(linli: Any, number: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "linli.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = linli("desk", "move", number, "accepted")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "locked" in ran.err
    assert "another process holds the database" in ran.err


def test_a_database_that_is_none_or_cannot_be_opened(linli: Any, tmp_path: Path) -> None:
    path = tmp_path / "data" / "linli.db"
    path.write_bytes(b"this is no database, whatever its name may say" * 100)
    ran = linli("desk", "list")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "no database" in ran.err
    path.unlink()
    path.mkdir()
    ran = linli("desk", "list")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "cannot be opened" in ran.err


def test_a_database_that_may_only_be_read(linli: Any, number: str, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    (tmp_path / "data" / "linli.db").chmod(0o400)
    ran = linli("desk", "move", number, "accepted")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "may not be written" in ran.err


def test_a_data_folder_that_cannot_be(linli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LINLI_DATA", str(tmp_path / "file" / "data"))
    ran = linli("desk", "list")
    assert ran.status == 1
    assert one_line(ran.err)
    assert "name a folder that can be written" in ran.err


HAND = f"""version: "3.1"
nlu:
- intent: complaint
  metadata:
    category: "{CATEGORY}"
  examples: |
    - {COMPLAINT}
- intent: chat
  metadata:
    sort: smalltalk
  examples: |
    - 今天天气好
    - 大家早上好
"""


@pytest.fixture
def hand(tmp_path: Path) -> Path:
    """A folder with the lines of one hand that taught no model."""
    folder = tmp_path / "hands" / "somebody"
    folder.mkdir(parents=True)
    (folder / "lines.yml").write_text(HAND, encoding="utf-8")
    return folder


@pytest.mark.parametrize("data", ["hands", "hands/somebody", "hands/somebody/lines.yml"])
def test_a_model_is_judged_on_a_file_or_a_folder(linli: Any, hand: Path, mind: Linear, data: str) -> None:
    ran = linli("evaluate", "--data", data)
    assert (ran.status, ran.err) == (0, "")
    assert f"model {mind.model}, 3 lines" in ran.out
    for shown in ("noticed", "wrong speak", "calibration matter", "the biggest confusions", "the worst errors"):
        assert shown in ran.out
    assert "against" not in ran.out


def test_a_model_is_judged_beside_another_on_a_page_too(linli: Any, hand: Path, mind: Linear, shipped: Any) -> None:
    from bot import wiring
    from bot.data import DATA
    from nlu import registry

    other = registry.find(wiring.model_cache(shipped), DATA)
    ran = linli("evaluate", "--data", "hands", "--against", str(other), "--html", "out.html")
    assert (ran.status, ran.err) == (0, "")
    assert f"this model {mind.model} against {mind.model}" in ran.out
    page = (hand.parents[1] / "out.html").read_text(encoding="utf-8")
    assert "两个模型对照" in page
    assert "<svg" in page


def test_who_taught_a_model_is_named_when_it_is_judged(linli: Any, hand: Path, mind: Linear) -> None:
    teacher = mind.learnt.card["authors"][0]
    hand.rename(hand.with_name(teacher))
    ran = linli("evaluate", "--data", "hands")
    assert ran.status == 0
    assert ran.err == f"model {mind.model} was taught by {teacher}: it knows these lines\n"


def test_what_cannot_be_judged(linli: Any, hand: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.yml").write_text(HAND.replace("intent: chat", "intent: gossip"), encoding="utf-8")
    for arguments, status, told in (
        (("--backend", "oracle"), 2, "backend 'oracle' is unknown; there is: linear"),
        (("--data", "nowhere"), 2, "nowhere: no such file or folder"),
        (("--data", "empty"), 2, "empty: there are no labelled lines"),
        (("--data", "wrong.yml"), 1, "unknown intent 'gossip'"),
        (("--data", "hands", "--against", "empty"), 1, "model.json is missing"),
        (("--data", "hands", "--html", "no/such/out.html"), 2, "cannot be written"),
    ):
        ran = linli("evaluate", *arguments)
        assert ran.status == status
        assert one_line(ran.err)
        assert told in ran.err


def test_a_page_without_its_extra_is_refused_before_the_work(
    linli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "nlu.evaluation_page", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = linli("evaluate", "--html", "out.html")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "linli: --html: its extra is missing (matplotlib): pip install 'linli[charts]'\n"
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize("command", ["replay", "import"])
def test_a_file_that_cannot_be_read(linli: Any, tmp_path: Path, command: str) -> None:
    assert linli(command, "nowhere").err == "linli: nowhere: cannot be read (No such file or directory)\n"
    assert "cannot be read" in linli(command, ".").err
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    for name, stdin in (("latin", b""), ("-", b"\xff")):
        ran = linli(command, name, stdin=stdin)
        assert ran.status == 2
        assert ran.err == f"linli: {name}: is not UTF-8 (byte 0); save it as UTF-8\n"


def test_a_chat_is_imported_and_shown(linli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    chat = f"文姐 2026/5/11 8:41:05\n{COMPLAINT}\n老方 2026/5/11 8:50:00\n今天天气好\n"
    (tmp_path / "chat.txt").write_text(chat, encoding="utf-8")
    ran = linli("import", "chat.txt", "--transcript", "day.jsonl")
    assert ran.status == 0
    assert "2 条消息,沉默 1" in ran.out
    assert "立单" in ran.out
    assert len(read((tmp_path / "day.jsonl").read_text(encoding="utf-8").split("\n"))) == 3
    ran = linli("import", "chat.txt", "--transcript", "no/such/folder.jsonl")
    assert ran.status == 2
    assert one_line(ran.err)
    ran = linli("import", "-", stdin="没有人说话。")
    assert ran.status == 2
    assert one_line(ran.err)


def test_help_and_nonsense(linli: Any) -> None:
    assert linli("--help").status == 0
    assert linli("dance").status == 2
    assert linli("replay").status == 2


def test_a_reader_that_goes_away_is_no_fault(models: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    (tmp_path / "day.jsonl").write_text("".join(json.dumps(row) + "\n" for row in STORY))
    command = f"{' '.join(map(repr, LINLI))} replay day.jsonl | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
