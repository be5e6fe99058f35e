"""Conversations walked through the whole bot with the trained model: what is said in a group, and what the bot makes of it."""

from typing import Any

import pytest
from talk_table import conversations, instant, play

from bot.settings import Settings
from nlu.linear import Linear

TABLE = conversations()
STRICT = {"says": "say", "whispers": "whisper", "alerts": "alert"}
LOOSE = {"flags": "flag", "ratings": "rating"}
NIGHT = (*range(22, 24), *range(7))


@pytest.mark.parametrize("conversation", [pytest.param(table, id=name) for name, table in TABLE])
def test_conversation(conversation: dict[str, Any], shipped: Settings, mind: Linear) -> None:
    rows = play(conversation, shipped, mind)
    told = "\n".join(map(str, rows))
    for key, kind in (STRICT | LOOSE).items():
        found = [row for row in rows if row["type"] == kind]
        if key in conversation or key in STRICT:
            expected = conversation.get(key, [])
            assert len(found) == len(expected), f"{key}: {len(expected)} expected, {len(found)} found in\n{told}"
            for row, wanted in zip(found, expected, strict=True):
                _compare(row, wanted, told)
    tickets = {row["number"]: row for row in rows if row["type"] == "ticket"}
    expected = conversation.get("tickets", [])
    assert len(tickets) == len(expected), f"{len(expected)} tickets expected in\n{told}"
    for row, wanted in zip(tickets.values(), expected, strict=True):
        _compare(row, wanted, told)
    _manners(rows, list(tickets.values()))


def _compare(row: dict[str, Any], wanted: dict[str, Any], told: str) -> None:
    facts = row.get("facts", {})
    for key, value in wanted.items():
        if key in ("has", "lacks"):
            pieces = value if isinstance(value, list) else [value]
            for piece in pieces:
                assert (piece in row["text"]) == (key == "has"), f"{piece!r} {key} {row['text']!r} in\n{told}"
        elif key == "at":
            assert row["at"] == instant(value).isoformat(), f"at {value} expected: {row} in\n{told}"
        elif key == "facts":
            for name, text in value.items():
                found = facts.get(name)
                found = found["text"] if isinstance(found, dict) else found
                assert found == text, f"{name} {text!r} expected: {facts} in\n{told}"
        else:
            assert row[key] == value, f"{key} {value!r} expected: {row} in\n{told}"


def _manners(rows: list[dict[str, Any]], tickets: list[dict[str, Any]]) -> None:
    """What holds in every conversation."""
    says = [row for row in rows if row["type"] == "say"]
    for say in says:
        hour = int(say["at"][11:13])
        assert hour not in NIGHT or say["why"] in ("emergency", "answer", "private", "clarify", "receipt"), say
        assert say["about"] or say["why"] == "announce", say
        assert say["text"].endswith("（智能助手）"), say
        assert len(say["text"]) <= 120, say
    for ticket in tickets:
        assert sum(say.get("number") == ticket["number"] and say["why"] == "clarify" for say in says) <= 3, ticket
        if ticket["private"]:
            words = ticket["facts"].get("what", "")
            runs = {words[start : start + 5] for start in range(len(words) - 4)}
            assert not [say for say in says if any(run in say["text"] for run in runs)], ticket


def test_there_are_many_conversations() -> None:
    names = [name for name, _ in TABLE]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
