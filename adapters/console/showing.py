"""What the page shows of the house: flags, tickets, journals and reasons as plain JSON.

Pure reads on the store's own words. Codes stay codes: the page has their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from adapters.desk import flow, journal
from adapters.desk.tickets import sources
from adapters.ports import Store
from adapters.records import Entry, FlagRow, Ticket
from dialogs.messages import Message, Room

SHOWN = 60
"""Flags and tickets on the page, each."""
UNASKED = ("staff", "budget")
"""The conditions of a sentence that nobody asked for."""


def desk(store: Store, room: Room) -> dict[str, Any]:
    """The flags and tickets of a room and of its members' private chats."""
    homes = {room.id, *(f"@{member.id}" for member in room.members)}
    flags = [row for row in store.flags(limit=SHOWN * 4) if row.room in homes][:SHOWN]
    tickets = [one for one in store.tickets(limit=SHOWN * 4) if one.room in homes][:SHOWN]
    return {"flags": [_flag(store, row) for row in flags], "tickets": [_ticket(store, one) for one in tickets]}


def chain(store: Store, ticket: Ticket) -> dict[str, Any]:
    """The journal of a ticket, and whether its chain of hashes holds."""
    number, zone = ticket.number, ticket.opened.tzinfo
    entries = store.journal(number)
    broken = sorted({int(found[1]) for fault in journal.faults(entries) if (found := re.search(r"entry (\d+)", fault))})
    words = store.words(number)
    return {
        "number": number,
        "broken": broken,
        "entries": [_entry(entry, words) | {"at": entry.at.astimezone(zone).isoformat()} for entry in entries],
    }


def why(store: Store, post: str) -> dict[str, Any] | None:
    """Why the bot said what it said: the sentence behind a post, and the messages it was about."""
    sentence = store.said(post)
    if sentence is None:
        return None
    return {
        "why": sentence.why,
        "number": sentence.number,
        "unasked": any(condition.split(":")[0] in UNASKED for condition in sentence.unless),
        "about": _lines(store, sentence.about),
    }


def spoken(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a transcript as the running picture of a day needs it."""
    return {
        "id": line["id"],
        "at": line["at"],
        "private": line.get("room") is None,
        "sender": line.get("from"),
        "name": line.get("name") or "",
        "kind": line.get("kind", "text"),
        "text": str(line.get("text") or "")[:300],
    }


def _flag(store: Store, row: FlagRow) -> dict[str, Any]:
    return {
        "matter": row.matter,
        "at": row.at.isoformat(),
        "kind": row.kind,
        "category": row.category,
        "confidence": row.confidence,
        "reason": row.reason,
        "to": row.to,
        "state": row.state,
        "messages": _lines(store, row.messages),
    }


def _ticket(store: Store, ticket: Ticket) -> dict[str, Any]:
    found = store.matter(ticket.matter)
    matter = found[0] if found else None
    behind = sources(matter) if matter else {}
    facts = ticket.doc.get("facts")
    shown = facts if isinstance(facts, Mapping) else {}
    return {
        **{key: ticket.doc.get(key) for key in ("number", "kind", "category", "urgency", "private", "reporter")},
        "supporters": ticket.doc.get("supporters"),
        "matter": ticket.matter,
        "status": ticket.status,
        "opened": ticket.opened.isoformat(),
        "source": matter.source if matter else "group",
        "asked": matter.awaiting if matter else None,
        "signal": matter.signal if matter else None,
        "ratings": [
            {"by": rating.by, "score": rating.score, "comment": rating.comment}
            for rating in (matter.ratings if matter else ())
        ],
        "facts": [
            {
                "name": name,
                "text": value["text"] if isinstance(value, Mapping) else value,
                "messages": list(behind.get(name, ())),
            }
            for name, value in shown.items()
        ],
        "messages": _lines(store, matter.messages if matter else ()),
        "masked": list(matter.masked) if matter else [],
        "moves": list(flow.moves(ticket.status)),
    }


def _entry(entry: Entry, words: Mapping[int, str]) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "by": entry.by,
        "move": entry.move,
        "was": entry.was,
        "status": entry.status,
        "reason": entry.reason,
        "hash": entry.hash,
        "previous": entry.previous,
        "words": words.get(entry.seq, ""),
    }


def _lines(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    found = ((id, store.message(id)) for id in dict.fromkeys(ids))
    return [message(one) if one is not None else {"id": id, "gone": True} for id, one in found]


def message(one: Message) -> dict[str, Any]:
    """A message as the page shows it."""
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "sender": one.sender,
        "name": one.name,
        "kind": one.kind,
        "text": one.text,
        "mentions": list(one.mentions),
        "quote": one.quote,
        "media": list(one.media),
    }
