"""The flow of a ticket: any sequence of moves leads by the table, or is told what would be right."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.desk.flow import DESK_MOVES, FLOW, NOT_ACCEPTED, OWN_MOVES, WrongMove, lead, moves
from dialogs.matters import ENDED, Status

MOVES = st.sampled_from((*DESK_MOVES, *OWN_MOVES, "nonsense", ""))
NOTES = st.sampled_from(("", "已处理", *(f"因故{word}。" for word in NOT_ACCEPTED)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MOVES, NOTES), max_size=30))
def test_any_sequence_leads_by_the_table_or_names_what_is_possible(sequence: list[tuple[str, str]]) -> None:
    status: Status | None = None
    for move, note in sequence:
        if move not in FLOW[status] and not (move in ("overdue", "amend") and status):
            with pytest.raises(WrongMove) as wrong:
                lead(status, move, note=note)
            assert all(possible in str(wrong.value) for possible in FLOW[status])
            assert FLOW[status] or "it has ended" in str(wrong.value)
            assert str(status or "not filed") in str(wrong.value)
            continue
        after = lead(status, move, note=note)
        assert after in get_args(Status)
        if move in ("overdue", "amend"):
            assert after == status
        elif move == "refused" and any(word in note for word in NOT_ACCEPTED):
            assert after == "refused"
        else:
            assert after == FLOW[status][move]
        status = after


def test_every_status_has_its_place_in_the_table_and_every_move_leads_to_one() -> None:
    assert set(FLOW) == {None, *get_args(Status)}
    for possible in FLOW.values():
        assert set(possible) <= {*DESK_MOVES, *OWN_MOVES}
        assert set(possible.values()) <= set(get_args(Status))


@pytest.mark.parametrize("status", [one for one in ENDED if one != "closed"])
def test_what_has_ended_has_ended(status: Status) -> None:
    assert moves(status) == ()
    for move in (*DESK_MOVES, *OWN_MOVES):
        if move not in ("overdue", "amend"):
            with pytest.raises(WrongMove, match="none: it has ended"):
                lead(status, move)


def test_nothing_happens_before_filing() -> None:
    assert moves(None) == ()
    assert lead(None, "file") == "open"
    for move in ("amend", "overdue", "accepted"):
        with pytest.raises(WrongMove, match=r"not filed cannot be \w+; possible: file"):
            lead(None, move)


def test_from_everywhere_alive_a_ticket_can_come_to_its_end() -> None:
    def reached(status: Status | None, seen: frozenset[Status | None]) -> set[Status | None]:
        found: set[Status | None] = {status}
        for after in set(FLOW[status].values()) - seen:
            found |= reached(after, seen | {status})
        return found

    for status in FLOW:
        if status not in ENDED:
            assert {"closed", "withdrawn"} <= reached(status, frozenset())


def test_the_desk_is_shown_only_its_own_moves() -> None:
    assert moves("open") == ("accepted", "assigned", "in_progress", "done", "refused", "transferred")
    assert moves("awaiting_rating") == ("in_progress", "done")
