"""The flow of a ticket as a table: from where which move leads where. Nothing else moves a ticket.

Pure. The desk's words are those of the replay format; `file`, `amend`, `withdraw`, `reopen` and `close` are the conversation's.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.matters import Status

DESK_MOVES = ("accepted", "assigned", "in_progress", "done", "refused", "transferred", "overdue")
OWN_MOVES = ("file", "amend", "withdraw", "reopen", "close")
NOT_ACCEPTED = ("不受理", "不予受理")
"""A refusal whose note holds one of these ends the ticket; any other sends it back."""

FIRST: Status = "open"
"""Where a ticket is once it is filed."""

_AT_WORK: Mapping[str, Status] = {
    "accepted": "open",
    "assigned": "assigned",
    "in_progress": "in_progress",
    "done": "awaiting_rating",
    "refused": "open",
    "transferred": "assigned",
    "withdraw": "withdrawn",
}

FLOW: Mapping[Status | None, Mapping[str, Status]] = {
    None: {"file": FIRST},
    "open": _AT_WORK,
    "assigned": _AT_WORK,
    "in_progress": _AT_WORK,
    "reopened": _AT_WORK,
    "awaiting_rating": {
        "in_progress": "in_progress",
        "done": "awaiting_rating",
        "reopen": "reopened",
        "close": "closed",
        "withdraw": "withdrawn",
    },
    "closed": {"reopen": "reopened"},
    "refused": {},
    "withdrawn": {},
    "merged": {},
    "erased": {},
}

_MARKS = ("overdue", "amend")
"""Moves that are noted and lead nowhere else."""


class WrongMove(ValueError):
    """A move that does not lead anywhere from here. Its text says what would be right."""


def lead(status: Status | None, move: str, *, note: str = "") -> Status:
    """Where a move leads from a status. Raises WrongMove, which names the moves that would be right."""
    if move in _MARKS and status is not None:
        return status
    moves = FLOW[status]
    if move not in moves:
        right = ", ".join(moves) or "none: it has ended"
        raise WrongMove(f"a ticket that is {status or 'not filed'} cannot be {move}; possible: {right}")
    if move == "refused" and any(word in note for word in NOT_ACCEPTED):
        return "refused"
    return moves[move]


def moves(status: Status | None) -> tuple[str, ...]:
    """The desk's own moves that are possible from a status."""
    return tuple(move for move in DESK_MOVES if move in FLOW[status])
