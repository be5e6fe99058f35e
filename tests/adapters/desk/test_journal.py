"""The journal of a ticket: what was written verifies; whatever is changed, left out or put elsewhere is found."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.desk.journal import START, chained, digest, faults
from adapters.records import Entry

AT = datetime(2026, 5, 12, 9, tzinfo=UTC)
WORDS = st.text(max_size=20)


@st.composite
def journals(draw: st.DrawFn, number: str = "20260512-AAAAAA", least: int = 1) -> list[Entry]:
    entries: list[Entry] = []
    for index in range(draw(st.integers(least, 6))):
        by, move, was, status, reason = (draw(WORDS) for _ in range(5))
        told = digest(draw(WORDS), b"salt")
        at = AT + timedelta(microseconds=draw(st.integers(0, 10**12)))
        entry = Entry(number, index, at, by, move, was, status, reason, told, "", "")
        entries.append(chained(entry, entries[-1] if entries else None))
    return entries


@settings(max_examples=60, deadline=None)
@given(journals())
def test_what_was_written_verifies(entries: list[Entry]) -> None:
    assert faults(entries) == []
    assert [entry.seq for entry in entries] == [*range(1, len(entries) + 1)]
    assert [entry.previous for entry in entries] == [START, *(entry.hash for entry in entries[:-1])]


@settings(max_examples=60, deadline=None)
@given(journals(), journals(number="20260512-BBBBBB"), st.randoms())
def test_journals_of_several_tickets_do_not_disturb_one_another(one: list[Entry], other: list[Entry], chance) -> None:  # type: ignore[no-untyped-def]
    assert faults(one + other) == []
    mixed: list[Entry] = []
    queues = [one[:], other[:]]
    while any(queues):
        mixed.append(chance.choice([queue for queue in queues if queue]).pop(0))
    assert faults(mixed) == []


@settings(max_examples=60, deadline=None)
@given(journals(), st.data())
def test_whatever_is_changed_is_found(entries: list[Entry], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    old = getattr(entries[index], name)
    if isinstance(old, datetime):
        new: object = old + timedelta(microseconds=data.draw(st.integers(1, 10**9)))
    elif isinstance(old, int):
        new = old + data.draw(st.integers(1, 9))
    else:
        new = data.draw(WORDS.filter(lambda word: word != old))
    found = faults([*entries[:index], replace(entries[index], **{name: new}), *entries[index + 1 :]])
    assert found
    assert all("entry" in line for line in found)


@settings(max_examples=60, deadline=None)
@given(journals(least=2), st.data())
def test_whatever_is_left_out_put_elsewhere_or_slipped_in_is_found(entries: list[Entry], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 2))
    assert any("is missing" in line for line in faults([*entries[:index], *entries[index + 1 :]]))
    swapped = [*entries[:index], entries[index + 1], entries[index], *entries[index + 2 :]]
    assert faults(swapped)
    forged = chained(replace(entries[index], by="somebody else"), entries[index - 1] if index else None)
    assert any("does not follow" in line for line in faults([*entries[:index], forged, *entries[index + 1 :]]))


def test_the_clock_of_a_zone_makes_no_difference() -> None:
    entry = Entry("n", 0, AT, "p", "file", "", "open", "", "", "", "")
    there = replace(entry, at=AT.astimezone(timezone(timedelta(hours=8))))
    assert chained(entry, None).hash == chained(there, None).hash


@settings(max_examples=60, deadline=None)
@given(WORDS.filter(bool), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_digest_says_nothing_without_its_salt(words: str, salt: bytes, other: bytes) -> None:
    assert digest(words, salt) == digest(words, salt)
    assert (digest(words, salt) == digest(words, other)) == (salt == other)
    assert digest("", salt) == ""
    assert digest("\ud800", salt)
