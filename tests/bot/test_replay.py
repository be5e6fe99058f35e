"""A transcript goes in and everything the bot does comes out: the same to the byte, or refused whole."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from runs import LINLI
from scenes import CATEGORY, CHATTER, COMPLAINT, FIRE, SENSITIVE, SOLVED, STORY, at, desk, row_of, said

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
Replay = Callable[[Any], Any]

MIXED = [
    *STORY[:1],
    row_of(id="r2", name="二群"),
    *STORY[1:9],
    said("f1", 700, FIRE, by="bei"),
    said("f2", 720, "6栋着火了，看到好大的烟，快打119", by="fang"),
    said("s1", 800, SENSITIVE, by="mei", room="r2"),
    said("p1", 900, "你好", by="fang", room=None),
    *STORY[9:],
]
"""The story, an emergency with two voices, a private matter in another room, and a private chat."""


def text_of(rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_the_story(replayed: Replay) -> None:
    done = replayed(STORY)
    (ticket,) = done.last().values()
    assert (ticket["category"], ticket["kind"], ticket["status"]) == (CATEGORY, "complaint", "closed")
    assert ticket["reporter"] == "wen"
    assert ticket["messages"] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert ticket["media"] == ["m3.jpg"]
    assert ticket["facts"]["building"] == "5栋"
    assert ticket["facts"]["place"] == "5栋"
    assert list(dict.fromkeys(row["why"] for row in done.of("say"))) == ["clarify", "receipt", "progress", "survey"]
    assert [len(done.of("say", why=why)) for why in ("clarify", "survey")] == [1, 1]
    assert all(
        row["to"] == ["wen"] and row["room"] == "r1" and row["number"] == ticket["number"] for row in done.of("say")
    )
    (rating,) = done.of("rating")
    assert (rating["by"], rating["solved"], rating["score"]) == ("wen", True, "satisfied")
    assert not done.complaints
    assert not done.of("whisper")
    assert str(done.summary) == f"9 条消息,沉默 3,标记 0,开口 {len(done.of('say'))}"


def test_twice_in_one_process_it_is_the_same_to_the_byte(replayed: Replay) -> None:
    first = replayed(MIXED)
    assert {row["type"] for row in first.rows} >= {"say", "alert", "ticket", "rating"}
    assert replayed(MIXED).text == first.text


def test_in_two_processes_with_other_hash_seeds_it_is_the_same_to_the_byte(
    replayed: Replay, models: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    path = tmp_path / "day.jsonl"
    path.write_text(text_of(MIXED), encoding="utf-8")
    started = [
        subprocess.Popen(
            [*LINLI, "replay", str(path)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    ended = [process.communicate(timeout=100) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert ended[0][0] == ended[1][0] == replayed(MIXED).text.encode()
    assert ended[0][1].decode().splitlines()[-1].startswith("13 条消息")


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (["{no"], 1),
        (["[]"], 1),
        ([row_of(), {"type": "poem"}], 2),
        ([row_of(), {"type": "message", "id": "x"}], 2),
        ([row_of(), said("a", 0), said("b", 5) | {"at": "soon"}], 3),
        ([row_of(), said("a", 0) | {"at": "2026-05-12T09:00:00"}], 2),
        ([row_of(), said("a", 9), said("b", 5)], 3),
        ([row_of(), said("a", 0, kind="poem")], 2),
        ([row_of(members=[{"id": "x", "role": "mayor"}])], 1),
        ([row_of(), desk(0, "a", "dancing")], 2),
        ([row_of(), {"type": "decide", "at": at(0), "message": "a", "by": "w", "verdict": "perhaps"}], 2),
        ([row_of(), said("a", 0, room="elsewhere")], 2),
        ([row_of(), said("a", 0, mentions="bot")], 2),
    ],
)
def test_a_malformed_line_ends_with_status_2_and_nothing_on_standard_output(linli: Any, rows: Any, number: int) -> None:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in [*rows, *STORY])
    ran = linli("replay", "-", stdin=text)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"linli: line {number}: ")
    assert ran.err.count("\n") == 1


def test_the_command_prints_the_outcome_and_reports_on_standard_error(
    linli: Any, replayed: Replay, tmp_path: Path
) -> None:
    rows = [
        *STORY,
        said("x1", 25290, "今天\u2028天气\u0085好", by="fang"),  # They end no line of a transcript.
        desk(25300, "c1", "done"),
        {"type": "decide", "at": at(25300), "message": "no", "verdict": "reject"},
    ]
    (tmp_path / "day.jsonl").write_text(text_of(rows), encoding="utf-8")
    ran = linli("replay", "day.jsonl")
    assert ran.status == 0
    assert ran.out == replayed(STORY).text
    assert ran.err.splitlines() == [
        "line 15: ignored: message c1 belongs to no ticket and no flag",
        "line 16: ignored: message no belongs to no ticket and no flag",
        str(replayed(rows).summary),
    ]


def test_unknown_keys_are_ignored(replayed: Replay) -> None:
    assert replayed([{**row, "x": 1} for row in STORY]).text == replayed(STORY).text


def test_a_wrong_move_is_ignored_and_said(replayed: Replay) -> None:
    done = replayed([*STORY, desk(25300, "m2", "accepted")])
    assert done.text == replayed(STORY).text
    assert done.complaints == ["line 14: ignored: a ticket that is closed cannot be accepted; possible: reopen"]


@pytest.mark.parametrize(("recalled", "filed"), [(99, 0), (100, 1), (101, 1)])
def test_what_is_due_at_a_lines_very_instant_happens_before_it(replayed: Replay, recalled: float, filed: int) -> None:
    """The window closes ninety seconds after its last message."""
    recall = {"type": "recall", "at": at(recalled), "room": "r1", "from": "wen", "message": "m"}
    done = replayed([row_of(), said("m", 10, COMPLAINT), recall])
    assert len(done.last()) == filed
    assert all(row["status"] == "withdrawn" for row in done.last().values())
    assert not done.of("say")


def test_several_at_one_instant_go_by_room_and_then_by_creation(replayed: Replay) -> None:
    rooms = [row_of(id=room) for room in ("rz", "ra", "rm")]
    spoken = [
        said("z", 0, COMPLAINT, room="rz"),
        said("m2", 0, COMPLAINT, room="rm", by="zhou"),
        said("a", 0, COMPLAINT, room="ra"),
    ]
    done = replayed([*rooms, *spoken])
    opened = [row for row in done.of("ticket") if row["at"] == at(90)]
    assert [row["messages"] for row in opened] == [["a"], ["m2"], ["z"]]
    asked = [row for row in done.of("say") if row["at"] == at(180)]
    assert [row["room"] for row in asked] == ["ra", "rm", "rz"]


def test_timers_between_two_lines_fire_in_between(replayed: Replay) -> None:
    done = replayed([row_of(), said("m", 0, COMPLAINT), {"type": "clock", "at": at(3600)}])
    assert [row["at"] for row in done.of("say")] == [at(180), at(180 + 600 + 180)]
    assert [row["why"] for row in done.of("say")] == ["clarify", "clarify"]
    (flag,) = done.of("flag")
    assert flag["reason"] == "unanswered"
    assert at(0) < flag["at"] < at(3600)


def test_at_the_end_everything_due_within_a_day_happens(replayed: Replay) -> None:
    done = replayed(STORY[:-1])  # Nobody rates; the ticket closes by itself only after three days.
    assert done.of("say")[-1]["why"] == "survey"
    assert done.of("say")[-1]["at"] == at(21600 + 1800)
    assert [row["status"] for row in done.last().values()] == ["awaiting_rating"]
    closed = replayed([*STORY[:-1], {"type": "clock", "at": at(21600 + 259200 - 86400)}])
    assert [row["status"] for row in closed.last().values()] == ["closed"]
    assert closed.rows[-1]["at"] == at(21600 + 259200)
    assert replayed([*STORY[:-1], {"type": "clock", "at": at(21599 + 259200 - 86400)}]).text == done.text


@pytest.mark.parametrize("again", [0, 2, 9])
def test_a_redelivered_id_has_no_effect(replayed: Replay, again: int) -> None:
    rows = []
    for index, row in enumerate(STORY):
        rows.append(row)
        rows += [earlier for earlier in STORY[max(0, index - again) : index + 1] if earlier["type"] == "message"]
        rows += [{**row, "text": "别的话", "at": row["at"]}] if row["type"] == "message" else []
    assert replayed(rows).text == replayed(STORY).text


def test_a_day_late_it_still_has_no_effect(replayed: Replay) -> None:
    late = [{**row, "at": at(25200 + 86400)} for row in STORY if row["type"] == "message"]
    assert replayed([*STORY, *late]).text == replayed(STORY).text


def test_a_verdict_files_a_flag_or_throws_it_out(replayed: Replay, weak: str) -> None:
    flagged = replayed([row_of(), said("m", 0, weak)])
    assert [(row["messages"], row["to"]) for row in flagged.of("flag")] == [(["m"], "worker")]
    decide = {"type": "decide", "at": at(600), "message": "m", "by": "worker"}
    accepted = replayed([row_of(), said("m", 0, weak), {**decide, "verdict": "accept", "category": "0103"}])
    (ticket,) = accepted.last().values()
    assert (ticket["messages"], ticket["category"], ticket["status"]) == (["m"], "0103", "open")
    rejected = replayed([row_of(), said("m", 0, weak), {**decide, "verdict": "reject"}])
    assert not rejected.last()
    withdrawn = replayed([*STORY[:7], {**decide, "message": "m2", "verdict": "reject"}])
    assert [row["status"] for row in withdrawn.last().values()] == ["withdrawn"]


def test_a_new_room_is_told_once_who_the_bot_is(replayed: Replay) -> None:
    done = replayed([said("p", 0, CHATTER, room=None), row_of(new=True), said("m", 5, CHATTER)])
    assert [row["why"] for row in done.of("say")] == ["announce"]
    assert not replayed([row_of(), said("m", 5, CHATTER)]).rows


def test_a_rooms_own_manners_hold_there(replayed: Replay) -> None:
    done = replayed([row_of(settings={"muted": True}), *STORY[1:]])
    assert not done.of("say")
    assert [row["status"] for row in done.last().values()] == ["closed"]
    alarmed = replayed([row_of(settings={"muted": True}), said("f", 0, FIRE)])
    assert [row["why"] for row in alarmed.of("say")] == ["emergency"]


def test_an_empty_transcript_does_nothing(replayed: Replay) -> None:
    done = replayed(["", " "])
    assert not done.rows
    assert str(done.summary) == "0 条消息,沉默 0,标记 0,开口 0"


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.jsonl")) or [None])
def test_the_shared_samples_replay(replayed: Replay, name: str | None) -> None:
    if name is None:
        pytest.skip(f"there are no shared samples at {SAMPLES}")
    done = replayed((SAMPLES / name).read_text(encoding="utf-8").split("\n"))
    assert {row["type"] for row in done.rows} <= {"say", "whisper", "flag", "alert", "ticket", "rating"}
    assert all(row["about"] for row in done.of("say") + done.of("whisper"))


def test_solved_words_without_any_matter_do_nothing(replayed: Replay) -> None:
    assert not replayed([row_of(), said("m", 0, SOLVED)]).rows
