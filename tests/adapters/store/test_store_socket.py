"""One suite for every plug of the store socket: the SQL store in memory and on a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from adapters.desk.flow import WrongMove
from adapters.desk.journal import faults
from adapters.ports import Stale, Store, Taken
from adapters.records import Kept
from dialogs.matters import Fact, Matter, Rating
from dialogs.messages import Member, Room
from dialogs.turns import Rated, Step, Timer, Turn

STRANGE = {
    "long": "很长" * 50_000,
    "control": "".join(map(chr, range(1, 32))) + "\x7f\u2028\ufeff",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈𠮷",
    "sql": "'; DROP TABLE messages; -- %s ? :a",
}
BROKEN = "坏\ud83d字\x00"


def kept_words(store: Store) -> list[str]:
    return [message.text for message in store.unseen()]


# -- messages


def test_a_message_is_accepted_once_however_often_it_comes(store: Store, make: SimpleNamespace) -> None:
    one, two, three = (make.message(f"m{i}") for i in range(3))
    assert store.accept([one, two, one], now=make.now) == [True, True, False]
    for _ in range(10):
        assert store.accept([two], now=make.now) == [False]
    assert store.accept([three, two, one], now=make.now) == [True, False, False]
    assert store.accept([], now=make.now) == []
    assert [message.id for message in store.unseen()] == ["m0", "m1", "m2"]


def test_the_first_words_stay(store: Store, make: SimpleNamespace) -> None:
    store.accept([make.message("m1", "先")], now=make.now)
    store.accept([make.message("m1", "后")], now=make.now)
    assert store.message("m1") == make.message("m1", "先")
    assert store.message("other") is None


def test_many_at_once_and_in_the_order_of_acceptance(store: Store, make: SimpleNamespace) -> None:
    late = [make.message(f"m{i}", after=-i) for i in range(1200)]
    assert all(store.accept(late, now=make.now))
    assert not any(store.accept(late, now=make.now))
    assert store.unseen() == late


def test_a_message_comes_back_as_it_was(store: Store, make: SimpleNamespace) -> None:
    one = make.message(
        "m1", room=None, kind="location", mentions=("bot", "p2"), quote="m0", media=("a.jpg", "b.jpg"), after=0.000001
    )
    store.accept([one], now=make.now)
    assert store.message("m1") == one


def test_recent_talk_is_of_one_room_oldest_first_and_limited(store: Store, make: SimpleNamespace) -> None:
    talk = [make.message(f"m{i}", after=i) for i in range(6)]
    store.accept([*reversed(talk), make.message("x", room="r2")], now=make.now)
    assert store.recent("r1", since=talk[2].at, limit=10) == talk[2:]
    assert store.recent("r1", since=talk[0].at, limit=2) == talk[4:]


def test_what_nobody_decided_is_there_after_reopening(opened: Callable[[], Store], make: SimpleNamespace) -> None:
    first = opened()
    first.accept([make.message("m1"), make.message("m2")], now=make.now)
    first.keep([Kept("r1", make.now, seen=("m1",))])
    first.close()
    again = opened()
    assert [message.id for message in again.unseen()] == ["m2"]
    assert again.accept([make.message("m1")], now=make.now) == [False]


# -- a decision is kept whole or not at all


def test_a_decision_is_kept_whole(store: Store, make: SimpleNamespace) -> None:
    store.accept([make.message("m1")], now=make.now)
    store.keep([make.new(make.matter(), make.sentence(), make.timer(after=9), make.flag(), seen=("m1",))])
    assert store.unseen() == []
    assert store.matter("m1") == (make.matter(), 1)
    assert store.sentence("m1:receipt") == (make.sentence(), "waiting", "")
    assert store.next_due() == make.now
    assert [row.state for row in store.flags()] == ["open"]


@pytest.mark.parametrize("kind", ["taken", "stale", "wrong move"])
def test_of_decisions_that_fail_in_the_middle_nothing_is_kept(store: Store, make: SimpleNamespace, kind: str) -> None:
    store.accept([make.message("m1"), make.message("m2"), make.message("m3")], now=make.now)
    store.keep([make.filed("m1")])
    good = make.new(make.matter("m2"), make.sentence("m2:x"), make.timer("m2"), make.flag("m2"), seen=("m2",))
    other = make.matter("m3", number="20260512-BBBBBB", status="closed")
    bad, error = {
        "taken": (make.filed("m3"), Taken),
        "stale": (make.new(make.matter("m1"), seen=("m3",)), Stale),
        "wrong move": (make.new(other, Step("m3", "close", "bot"), seen=("m3",)), WrongMove),
    }[kind]
    with pytest.raises(error):
        store.keep([good, bad, Kept("r1", make.now, seen=("m3",))])
    assert [message.id for message in store.unseen()] == ["m2", "m3"]
    assert store.matter("m2") is None
    assert store.matter("m3") is None
    assert store.sentence("m2:x") is None
    assert store.next_due() is None
    assert store.flags() == []
    assert [ticket.number for ticket in store.tickets()] == ["20260512-AAAAAA"]
    assert len(store.journal()) == 1
    store.keep([good])  # And it goes on working.
    assert store.matter("m2") is not None


def test_a_matter_that_has_changed_meanwhile_is_stale(store: Store, make: SimpleNamespace) -> None:
    one = make.matter()
    store.keep([make.new(one)])
    store.keep([Kept("r1", make.now, Turn((replace(one, silences=1),)), versions={"m1": 1})])
    for version in (0, 1, 3):
        with pytest.raises(Stale):
            store.keep([Kept("r1", make.now, Turn((replace(one, silences=9),)), versions={"m1": version})])
    assert store.matter("m1") == (replace(one, silences=1), 2)


def test_a_number_belongs_to_one_matter(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1"), make.new(make.matter("m2"))])
    number = "20260512-AAAAAA"
    with pytest.raises(Taken, match=number):
        store.keep([Kept("r1", make.now, Turn((make.matter("m2", number=number),)), versions={"m2": 1})])
    with pytest.raises(Stale):  # Its own number is not taken: the matter was filed meanwhile.
        store.keep([make.filed("m1")])


def test_one_commit_for_all_that_is_kept_together(store: Store, make: SimpleNamespace) -> None:
    with store.together():
        assert store.accept([make.message("m1"), make.message("m2")], now=make.now) == [True, True]
        store.keep([make.filed("m1")])
        with pytest.raises(Taken):  # A decision that fails stays out, whole; the others stay in.
            store.keep([make.new(make.matter("m3"), seen=("m2",)), make.filed("m2")])
        with store.together():
            store.keep([make.new(make.matter("m4"))])
        assert [message.id for message in store.unseen()] == ["m2"]
    assert [message.id for message in store.unseen()] == ["m2"]
    assert [store.matter(id) is not None for id in ("m1", "m2", "m3", "m4")] == [True, False, False, True]


def test_what_is_interrupted_together_is_kept_not_at_all(store: Store, make: SimpleNamespace) -> None:
    def interrupted() -> None:
        with store.together():
            store.accept([make.message("m1")], now=make.now)
            store.keep([make.filed("m1")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.unseen() == []
    assert store.matter("m1") is None
    assert store.accept([make.message("m1")], now=make.now) == [True]


def test_it_is_noticed_that_another_process_has_written(opened: Callable[[], Store], make: SimpleNamespace) -> None:
    mine, other = opened(), opened()
    mine.changed_elsewhere()
    mine.accept([make.message("m1")], now=make.now)
    assert not mine.changed_elsewhere()
    other.accept([make.message("m2")], now=make.now)
    assert mine.changed_elsewhere()
    assert not mine.changed_elsewhere()


# -- what is due


def test_what_is_due_comes_by_instant_then_room_then_creation(store: Store, make: SimpleNamespace) -> None:
    rooms = {"m1": "r3", "m2": "r1", "m3": "r2", "m4": "r1"}
    for id, room in rooms.items():
        turn = Turn((make.matter(id, room=room),), (make.timer(id, after=60), make.sentence(f"{id}:s", after=make.now)))
        store.keep([Kept(room, make.now, turn, versions={id: 0})])
    later = make.now + timedelta(seconds=60)
    deeds = store.due(until=later)
    order = [(deed.sentence or deed.timer[0]) for deed in deeds if deed.sentence or deed.timer]
    assert order == ["m2:s", "m4:s", "m3:s", "m1:s", "m2", "m4", "m3", "m1"]
    assert [store.due(until=later, limit=count) for count in range(1, 8)] == [deeds[:count] for count in range(1, 8)]
    assert len(store.due(until=make.now)) == 4
    assert store.due(until=make.now - timedelta(seconds=1)) == []


def test_at_one_instant_a_timer_goes_before_a_sentence(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.new(make.matter(), make.sentence(), make.timer())])
    first, second = store.due(until=make.now)
    assert (first.timer, second.sentence) == (("m1", "answer"), "m1:receipt")


def test_a_timer_is_set_anew_cleared_and_gone_when_it_went_off(store: Store, make: SimpleNamespace) -> None:
    one = make.matter()
    store.keep([make.new(one, make.timer(after=10), make.timer(name="survey", after=5))])
    store.keep([Kept("r1", make.now, Turn((), (make.timer(after=20),)))])
    assert store.next_due() == make.now + timedelta(seconds=5)
    store.keep([Kept("r1", make.now, timer=("m1", "survey"))])
    assert [deed.timer for deed in store.due(until=make.now + timedelta(days=1))] == [("m1", "answer")]
    store.keep([Kept("r1", make.now, Turn((), (Timer("m1", "answer", None),)))])
    assert store.next_due() is None


# -- sentences


def test_the_life_of_a_sentence(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.new(make.matter(), make.sentence(), make.sentence("second"))])
    store.keep([Kept("r1", make.now, Turn((), (make.sentence(text="another"),)))])
    assert store.sentence("m1:receipt") == (make.sentence(), "waiting", "")  # It exists once.
    later = make.now + timedelta(hours=1)
    store.keep([Kept("r1", make.now, sentence="m1:receipt", state="waiting", after=later, reason="again")])
    assert [deed.sentence for deed in store.due(until=make.now)] == ["second"]
    store.keep([Kept("r1", later, sentence="m1:receipt", state="sending")])
    assert store.sentence("m1:receipt") == (make.sentence(), "sending", "again")  # The reason noted stays.
    assert [one.id for one in store.sentences(state="sending")] == ["m1:receipt"]
    assert [deed.sentence for deed in store.due(until=later)] == ["second"]
    store.keep([Kept("r1", later, sentence="m1:receipt", state="sent", channel_id="post-1")])
    store.keep([Kept("r1", later, sentence="second", state="dropped", reason="night")])
    assert store.sentences(state="waiting") == []
    assert store.sentence("second") == (make.sentence("second"), "dropped", "night")
    assert store.next_due() is None
    assert store.sentence("third") is None


def test_unasked_posts_are_counted_by_the_local_day(store: Store, make: SimpleNamespace) -> None:
    night = make.now.replace(hour=0, minute=0)
    for index, at in enumerate((night - timedelta(seconds=1), night, night + timedelta(hours=23, minutes=59))):
        store.keep([Kept("r1", at, Turn((), (make.sentence(f"s{index}", unless=("staff",)),)))])
        store.keep([Kept("r1", at, sentence=f"s{index}", state="sent")])
    store.keep([Kept("r1", night, Turn((), (make.sentence("asked"), make.sentence("new", unless=("budget",)))))])
    store.keep([Kept("r1", night, sentence="asked", state="sent"), Kept("r1", night, sentence="new", state="lost")])
    assert [store.posts("r1", day=date(2026, 5, day)) for day in (11, 12, 13)] == [1, 2, 0]
    assert store.posts("r2", day=date(2026, 5, 12)) == 0


# -- matters, rooms, people


def test_a_matter_comes_back_as_it_was(store: Store, make: SimpleNamespace) -> None:
    fact = Fact("三天", "m1", begin=make.now, finish=None, least=1, most=3, earlier=(("两天", "m0"),))
    rating = Rating("p1", make.now, None, "fair", "一般")
    one = make.matter(facts={"since": fact}, ratings=(rating,), supporters=("p2",), asked=("place",), awaiting="place")
    store.keep([make.new(one)])
    assert store.matter("m1") == (one, 1)
    assert store.matter("m2") is None


def test_live_matters_of_a_room(store: Store, make: SimpleNamespace) -> None:
    early, late = make.now - timedelta(days=9), make.now
    for one in (
        make.matter("b", opened=late),
        make.matter("a", opened=early),
        make.matter("old", touched=early),
        make.matter("gone", rejected=True),
        make.matter("else", room="r2"),
        make.matter("quiet", room="r3", touched=early),
    ):
        store.keep([make.new(one)])
    store.keep([make.filed("open", opened=late + timedelta(1), touched=early)])
    assert [one.id for one, _ in store.live("r1", since=late)] == ["a", "b", "open"]
    assert store.live("r3", since=late) == []
    assert store.live_rooms(since=late) == {"r1", "r2"}
    assert store.live_rooms(since=early) == {"r1", "r2", "r3"}


def test_the_matter_of_a_message_a_number_or_a_post(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1"), make.new(make.matter("m2", messages=("m1", "m2"), opened=make.now + timedelta(1)))])
    store.keep([Kept("r1", make.now, Turn((), (make.sentence("s", matter="m1"), make.sentence("t"))))])
    store.keep([Kept("r1", make.now, sentence="s", state="sent", channel_id="post-1")])
    store.keep([Kept("r1", make.now, sentence="t", state="sent", channel_id="post-2")])
    assert store.matter_of(message="m1") == "m2"  # The latest.
    assert store.matter_of(message="m2") == "m2"
    assert store.matter_of(number="20260512-AAAAAA") == "m1"
    assert store.matter_of(post="post-1") == "m1"
    assert store.matter_of(post="post-2") is None
    assert store.said("post-1") == make.sentence("s", matter="m1")
    assert store.said("post-2") == make.sentence("t")
    assert store.said("none") is None
    assert store.matter_of(message="none") is None
    taken_out = replace(make.matter("m2"), messages=("m2",))
    store.keep([Kept("r1", make.now, Turn((taken_out,)), versions={"m2": 1})])
    assert store.matter_of(message="m1") == "m1"


def test_the_matters_of_a_person(store: Store, make: SimpleNamespace) -> None:
    for index in range(12):
        room, touched = f"r{index % 3}", make.now + timedelta(seconds=index)
        store.keep([make.new(make.matter(f"m{index}", room=room, touched=touched, supporters=("p2",)))])
    store.keep([make.new(make.matter("dead", rejected=True))])
    assert [one.id for one, _ in store.matters_of("p1")] == [f"m{index}" for index in range(11, 1, -1)]
    assert store.matters_of("p2") == store.matters_of("p1")
    left = make.matter("m11", room="r2", touched=make.now)
    store.keep([Kept("r2", make.now, Turn((left,)), versions={"m11": 1})])
    assert "m11" not in [one.id for one, _ in store.matters_of("p2")]
    assert store.matters_of("nobody") == []


def test_rooms_and_people(store: Store) -> None:
    room = Room(
        "r1", "阳光小区", "430903", {"town": "桃花仑"}, ("3栋",), (Member("p1", "张三", "worker"),), {"muted": True}
    )
    store.put_room(room)
    store.put_room(Room("r0", "别处"))
    assert store.room("r1") == room
    store.put_room(replace(room, name="新名"))
    assert [one.name for one in store.rooms()] == ["别处", "新名"]
    assert store.room("r2") is None
    assert store.reachable("p1") is None
    for word in (True, False):
        store.put_contact("p1", word)
        assert store.reachable("p1") is word
    store.put_contact("p2", True)
    assert store.contacts() == ["p2"]


# -- flags, tickets, journal


def test_a_flag_is_told_once_and_answered(store: Store, make: SimpleNamespace) -> None:
    ones = [make.matter(id) for id in ("m1", "m2", "m3", "m4")]
    store.keep([make.new(one, make.flag(one.id), make.flag(one.id, reason="night", to="leader")) for one in ones])
    store.keep([Kept("r1", make.now, Turn((), (make.flag("m1", confidence=0.75),)))] * 2)
    assert len(store.flags()) == 8
    assert {row.confidence for row in store.flags() if row.matter == "m1"} == {0.5, 0.75}
    number = {"number": "20260512-AAAAAA", "status": "open"}
    filed, rejected = make.matter("m1", **number), make.matter("m2", rejected=True)
    store.keep([Kept("r1", make.now, Turn((filed,), (Step("m1", "file", "p1"),)), versions={"m1": 1})])
    store.keep([Kept("r1", make.now, Turn((rejected, make.matter("m3"))), versions={"m2": 1, "m3": 1})])
    states = {id: {row.state for row in store.flags() if row.matter == id} for id in ("m1", "m2", "m3", "m4")}
    assert states == {"m1": {"accepted"}, "m2": {"rejected"}, "m3": {"open"}, "m4": {"open"}}
    assert [row.matter for row in store.flags(state="open")] == ["m4", "m4", "m3", "m3"]
    assert store.flags(room="r2") == []
    assert len(store.flags(limit=3)) == 3


def test_a_desk_move_answers_the_flags_of_its_own_matter_alone(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1"), make.filed("m2", "20260512-BBBBBB")])
    store.keep([Kept("r1", make.now, Turn((), (make.flag("m1"), make.flag("m2"))))])
    one, two = (store.matter(id) for id in ("m1", "m2"))
    assert one
    assert two
    kept = make.moved(one[0], 1, "accepted", "open")
    both = Turn((*kept.turn.matters, replace(two[0], silences=1)))
    store.keep([replace(kept, turn=both, versions={"m1": 1, "m2": 1})])
    assert {row.matter: row.state for row in store.flags()} == {"m1": "accepted", "m2": "open"}
    assert [entry.number for entry in store.journal()] == ["20260512-AAAAAA"] * 2 + ["20260512-BBBBBB"]


def test_a_ticket_and_its_journal(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1")])
    number = "20260512-AAAAAA"
    version = 1
    for move, status in (("accepted", "open"), ("in_progress", "in_progress"), ("done", "awaiting_rating")):
        found = store.matter("m1")
        assert found
        store.keep([make.moved(found[0], version, move, status, note=f"{move}的话", key=f"k-{move}", at=60 * version)])
        version += 1
    ticket = store.ticket(number)
    assert ticket
    assert (ticket.status, ticket.doc["status"]) == ("awaiting_rating", "awaiting_rating")
    assert (ticket.opened, ticket.changed) == (make.now, make.now + timedelta(seconds=180))
    entries = store.journal(number)
    assert [(entry.move, entry.was, entry.status) for entry in entries] == [
        ("file", "", "open"),
        ("accepted", "open", "open"),
        ("in_progress", "open", "in_progress"),
        ("done", "in_progress", "awaiting_rating"),
    ]
    assert faults(entries) == faults(store.journal()) == []
    assert store.words(number) == {1: "垃圾没人收", 2: "accepted的话", 3: "in_progress的话", 4: "done的话"}
    assert not any("话" in str(entry) or "垃圾" in str(entry) for entry in entries)
    assert store.done("k-done")
    assert not store.done("k-close")
    for index, entry in enumerate(entries):
        for name in ("by", "move", "was", "status", "reason", "digest", "previous", "hash"):
            changed = [*entries]
            changed[index] = replace(entry, **{name: "x" + getattr(entry, name)[1:]})
            assert faults(changed), name
    assert store.ticket("none") is None
    assert store.journal("none") == []


def test_tickets_are_listed_latest_changed_first(store: Store, make: SimpleNamespace) -> None:
    for index in range(4):
        store.keep([make.filed(f"m{index}", f"20260512-{index}", room=f"r{index % 2}")])
    found = store.matter("m1")
    assert found
    store.keep([make.moved(found[0], 1, "in_progress", "in_progress")])
    assert [ticket.matter for ticket in store.tickets()] == ["m1", "m0", "m2", "m3"]
    assert [ticket.matter for ticket in store.tickets(status="open", room="r0", limit=1)] == ["m0"]


def test_a_rating_of_a_ticket_that_is_filed_in_the_same_turn(store: Store, make: SimpleNamespace) -> None:
    kept = make.filed("m1")
    rated = Rated("m1", "20260512-AAAAAA", Rating("p1", make.now, True, "satisfied", "好"))
    store.keep([replace(kept, turn=kept.turn + Turn((), (rated,)))])
    assert store.ticket("20260512-AAAAAA")


def test_a_move_that_the_flow_forbids_is_not_kept(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1")])
    found = store.matter("m1")
    assert found
    with pytest.raises(WrongMove):
        store.keep([make.moved(found[0], 1, "in_progress", "closed", key="k")])
    assert not store.done("k")
    assert store.matter("m1") == found


# -- deliveries


def changed(store: Store, make: SimpleNamespace, *, at: float, **values: object) -> None:
    found = store.matter("m1")
    assert found
    one: Matter = replace(found[0], **values)  # type: ignore[arg-type]
    now = make.now + timedelta(seconds=at)
    store.keep([Kept("r1", now, Turn((one,), (Step("m1", "amend", "p1"),)), versions={"m1": found[1]})])


def test_each_carrier_gets_each_ticket(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1"), make.filed("m2", "20260512-BBBBBB")])
    for carrier in ("a", "b"):
        found = store.deliveries(carrier, now=make.now, limit=10)
        assert [one.key for one in found] == ["20260512-AAAAAA:1", "20260512-BBBBBB:1"]
        assert [one.attempt for one in found] == [1, 1]
        assert found[0].ticket == store.ticket("20260512-AAAAAA")
    assert len(store.deliveries("a", now=make.now, limit=1)) == 1
    assert store.deliveries("c", now=make.now, limit=10) == []
    assert store.deliveries("a", now=make.now - timedelta(seconds=1), limit=10) == []
    store.delivered(store.deliveries("a", now=make.now, limit=1)[0], now=make.now)
    assert len(store.deliveries("a", now=make.now, limit=10)) == 1
    assert len(store.deliveries("b", now=make.now, limit=10)) == 2


def test_a_state_that_was_never_tried_is_overtaken(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1")])
    before = store.deliveries("a", now=make.now, limit=9)[0]
    changed(store, make, at=5, urgency="P1")
    changed(store, make, at=6, silences=1)  # Nothing that a ticket shows.
    later = make.now + timedelta(seconds=9)
    assert [one.key for one in store.deliveries("a", now=later, limit=9)] == ["20260512-AAAAAA:2"]
    store.delivered(before, now=later)  # It was under way when it was overtaken.
    assert [one.key for one in store.deliveries("a", now=later, limit=9)] == ["20260512-AAAAAA:2"]


def test_a_state_that_was_tried_goes_first_and_stays_what_it_was(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1")])
    first = store.deliveries("a", now=make.now, limit=9)[0]
    retry = make.now + timedelta(seconds=30)
    store.delivered(first, now=make.now, error="503", retry=retry)
    assert store.deliveries("a", now=retry - timedelta(seconds=1), limit=9) == []
    found = store.matter("m1")
    assert found
    store.keep([make.moved(found[0], 1, "in_progress", "in_progress", at=10)])
    again = store.deliveries("a", now=retry, limit=9)
    assert again == [replace(first, attempt=2)]  # The same key means the same ticket, to the byte.
    store.delivered(again[0], now=retry)
    (second,) = store.deliveries("a", now=retry, limit=9)
    assert (second.key, second.ticket.status, second.ticket.doc["status"]) == (
        "20260512-AAAAAA:2",
        "in_progress",
        "in_progress",
    )
    assert second.ticket.changed == make.now + timedelta(seconds=10)


def test_a_dead_delivery_does_not_stand_in_the_way(store: Store, make: SimpleNamespace) -> None:
    store.keep([make.filed("m1")])
    store.delivered(store.deliveries("a", now=make.now, limit=9)[0], now=make.now, error="400")
    assert store.deliveries("a", now=make.now + timedelta(days=9), limit=9) == []
    changed(store, make, at=5, urgency="P1")
    assert [one.seq for one in store.deliveries("a", now=make.now + timedelta(days=9), limit=9)] == [2]


# -- words on loan


def test_words_are_forgotten_that_belong_to_no_matter(store: Store, make: SimpleNamespace) -> None:
    ids = ("chat", "kept", "unseen", "late")
    store.accept([make.message(id, after=9 if id == "late" else 0, media=("a.jpg",)) for id in ids], now=make.now)
    store.keep([make.new(make.matter("kept"), seen=("chat", "kept", "late"))])
    before = make.now + timedelta(seconds=9)
    assert store.forget(before=before) == 1
    assert store.forget(before=before) == 0
    forgotten = store.message("chat")
    assert forgotten
    assert (forgotten.text, forgotten.name, forgotten.media) == ("", "", ())
    assert (forgotten.sender, forgotten.at) == ("p1", make.now)
    for id in ids[1:]:
        there = store.message(id)
        assert there
        assert there.text == "楼下垃圾三天没人收"
    assert store.accept([make.message("chat")], now=make.now) == [False]


def test_a_recalled_message_loses_its_words_and_its_name(store: Store, make: SimpleNamespace) -> None:
    store.accept([make.message("m1", media=("a.jpg",))], now=make.now)
    store.keep([Kept("r1", make.now, recalled=("m1",))])
    recalled = store.message("m1")
    assert recalled
    assert (recalled.text, recalled.name, recalled.media) == ("", "", ())
    assert store.unseen() == []


# -- strange words


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_words_come_back_as_they_were(store: Store, make: SimpleNamespace, text: str) -> None:
    one = make.message("m1", text, name=text[:200])
    store.accept([one], now=make.now)
    assert store.unseen() == [one]
    kept = make.filed("m1", facts={"what": Fact(text, "m1")})
    store.keep([replace(kept, turn=kept.turn + Turn((), (make.sentence(text=text),)))])
    assert store.matter("m1") == (kept.turn.matters[0], 1)
    assert store.sentence("m1:receipt") == (make.sentence(text=text), "waiting", "")
    assert store.words("20260512-AAAAAA") == {1: text}
    ticket = store.ticket("20260512-AAAAAA")
    assert ticket
    assert ticket.doc["facts"] == {"what": text}


def test_broken_words_are_mended_and_break_nothing(store: Store, make: SimpleNamespace) -> None:
    id, whole = f"m{BROKEN}", "m坏?字"
    one = make.message(id, BROKEN, name=BROKEN, sender=BROKEN, quote=BROKEN, room=BROKEN, mentions=(BROKEN,))
    assert store.accept([one, make.message("m2")], now=make.now) == [True, True]
    assert store.accept([one], now=make.now) == [False]
    (mended, _) = store.unseen()
    assert (mended.id, mended.text, mended.sender) == (whole, whole[1:], whole[1:])
    store.put_room(Room(BROKEN, BROKEN, members=(Member(BROKEN, BROKEN),)))
    assert store.room(BROKEN)
    store.put_contact(BROKEN, True)
    assert store.reachable(BROKEN) is True
    kept = make.filed(id, by=BROKEN, facts={"what": Fact(BROKEN, id)}, supporters=(BROKEN,))
    actions = (make.sentence(text=BROKEN, to=(BROKEN,)), make.flag(id), make.timer(id))
    store.keep([replace(kept, turn=kept.turn + Turn((), actions))])
    assert [message.id for message in store.unseen()] == ["m2"]
    found = store.matter(id)
    assert found
    store.keep([make.moved(found[0], 1, "done", "awaiting_rating", note=BROKEN, key=BROKEN)])
    assert store.done(BROKEN)
    assert store.matter_of(message=id) == whole
    assert [one.id.replace("\x00", "") for one, _ in store.matters_of(BROKEN)] == [whole]
    assert store.words("20260512-AAAAAA") == {1: whole[1:], 2: whole[1:]}
    assert faults(store.journal()) == []
