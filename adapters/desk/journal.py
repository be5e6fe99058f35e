"""The journal of a ticket: an append-only chain of hashes over references, codes and salted digests, never words.

Pure. Erasing the words that an entry refers to leaves the chain as it is, so that it still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from adapters.records import Entry

START = "0" * 64


def digest(words: str, salt: bytes) -> str:
    """The salted digest of words; empty for no words. Without the salt, which is erased with the words, it says nothing."""
    return hmac.new(salt, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest() if words else ""


def chained(entry: Entry, previous: Entry | None) -> Entry:
    """The entry in its place after `previous`, with its number in the row and its hash."""
    seq, before = (previous.seq + 1, previous.hash) if previous else (1, START)
    placed = replace(entry, seq=seq, previous=before, hash="")
    return replace(placed, hash=_hash(placed))


def faults(entries: Iterable[Entry]) -> list[str]:
    """What is wrong with a journal, a line for each broken entry; empty when it verifies. Entries in order, by ticket."""
    found: list[str] = []
    last: dict[str, Entry] = {}
    for entry in entries:
        previous = last.get(entry.number)
        seq, before = (previous.seq + 1, previous.hash) if previous else (1, START)
        if entry.seq != seq:
            found.append(f"{entry.number} entry {entry.seq}: entry {seq} is missing")
        elif entry.previous != before:
            found.append(f"{entry.number} entry {entry.seq}: does not follow the entry before it")
        if entry.hash != _hash(entry):
            found.append(f"{entry.number} entry {entry.seq}: has been changed")
        last[entry.number] = entry
    return found


def _hash(entry: Entry) -> str:
    fields = (
        entry.number,
        entry.seq,
        _instant(entry.at),
        entry.by,
        entry.move,
        entry.was,
        entry.status,
        entry.reason,
        entry.digest,
        entry.previous,
    )
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
