"""`linli desk …`: the desk on the terminal. It works on the data folder while the service runs or stands still."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Column, Table

from adapters.desk import flow, journal
from adapters.ports import Refused
from adapters.records import Ticket
from bot import settings, wiring
from bot.runtime import Unknown, Walk
from dialogs.events import Visited

app = typer.Typer(no_args_is_help=True, help="List, show, file and move tickets.")
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="a TOML file")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Number = Annotated[str, typer.Argument(help="the ticket's number")]


@app.command("list")
def list_command(
    status: Annotated[str | None, typer.Option(help="only tickets that are so")] = None,
    room: Annotated[str | None, typer.Option(help="only tickets of this room")] = None,
    as_json: AsJson = False,
    file: SettingsFile = None,
) -> None:
    """List tickets, latest changed first."""
    with _walk(file) as walk:
        tickets = walk.store.tickets(room=room, status=status)
        if as_json:
            typer.echo(json.dumps([_row(ticket) for ticket in tickets], ensure_ascii=False, indent=1))
            return
        shown = Table(
            Column("number", no_wrap=True, min_width=15), "status", "category", "urgency", "place", "what", "changed"
        )
        for ticket in tickets:
            facts: Any = ticket.doc["facts"]
            leaf = walk.house.lexicon.leaves.get(str(ticket.doc["category"]))
            name = leaf.name if leaf else ""
            what = "" if ticket.doc["private"] else str(facts.get("what", ""))
            place = str(facts.get("place", ""))
            shown.add_row(
                ticket.number,
                ticket.status,
                name,
                str(ticket.doc["urgency"]),
                place,
                what,
                f"{ticket.changed:%m-%d %H:%M}",
            )
        Console().print(shown)


@app.command()
def show(number: Number, as_json: AsJson = False, file: SettingsFile = None) -> None:
    """Show a ticket and its journal."""
    with _walk(file) as walk:
        ticket = _ticket(walk, number)
        entries = walk.store.journal(number)
        words = walk.store.words(number)
        if as_json:
            rows = [
                {"seq": e.seq, "at": e.at.isoformat(), "by": e.by, "move": e.move, "status": e.status, "hash": e.hash}
                for e in entries
            ]
            typer.echo(json.dumps({**_row(ticket), "journal": rows}, ensure_ascii=False, indent=1))
            return
        console = Console()
        console.print_json(json.dumps(_row(ticket), ensure_ascii=False))
        shown = Table("seq", "at", "by", "move", "from", "to", "words", "hash")
        for e in entries:
            shown.add_row(
                str(e.seq), f"{e.at:%Y-%m-%d %H:%M}", e.by, e.move, e.was, e.status, words.get(e.seq, ""), e.hash[:12]
            )
        console.print(shown)
        console.print("\n".join(journal.faults(entries)) or "the journal verifies")


@app.command()
def move(
    number: Number,
    to: Annotated[str, typer.Argument(help=" | ".join(flow.DESK_MOVES))],
    by: Annotated[str, typer.Option(help="who moves it")] = "desk",
    note: Annotated[str, typer.Option(help="what was done, as residents may read it")] = "",
    file: SettingsFile = None,
) -> None:
    """Move a ticket; whom it concerns is told by the running service."""
    if to not in flow.DESK_MOVES:
        raise Refused(f"{to!r} is no move; one of {', '.join(flow.DESK_MOVES)}")
    with _walk(file) as walk:
        ticket = _ticket(walk, number)
        now = _now(walk)
        walk.move(ticket.matter, to, by=by, note=note, at=now, now=now)
        typer.echo(f"{number}: {_ticket(walk, number).status}")


@app.command("file")
def file_command(
    room: Annotated[str, typer.Option(help="the room whose grid it is in")],
    category: Annotated[str, typer.Option(help="a leaf of the taxonomy, e.g. 0103")],
    what: Annotated[str, typer.Option(help="the matter in one sentence")],
    place: Annotated[str, typer.Option(help="where")] = "",
    by: Annotated[str, typer.Option(help="the worker")] = "desk",
    file: SettingsFile = None,
) -> None:
    """File a matter by hand, from a visit or a call."""
    with _walk(file) as walk:
        leaf = walk.house.lexicon.leaves.get(category)
        if leaf is None:
            raise Refused(f"category {category!r} is no leaf of the taxonomy; see training_data/taxonomy.yaml")
        if walk.store.room(room) is None:
            known = ", ".join(known.id for known in walk.store.rooms()) or "none yet"
            raise Refused(f"room {room!r} is not known; known: {known}")
        now = _now(walk)
        event = Visited(now, now, f"visit-{uuid4().hex}", by, leaf.kind, category, what, place)
        typer.echo(walk.visit(event, room))


@app.command("verify")
def verify(file: SettingsFile = None) -> None:
    """Verify the whole journal."""
    with _walk(file) as walk:
        entries = walk.store.journal()
        if faults := journal.faults(entries):
            typer.echo("\n".join(f"linli: {fault}" for fault in faults), err=True)
            raise typer.Exit(1)
        typer.echo(f"{len(entries)} entries verify")


@contextmanager
def _walk(file: Path | None) -> Iterator[Walk]:
    chosen = settings.load(file)
    keep = wiring.store(chosen)
    try:
        yield wiring.walk(chosen, wiring.OnDemand(chosen), keep, account=wiring.account(chosen))
    finally:
        keep.close()


def _now(walk: Walk) -> datetime:
    return datetime.now(walk.house.manners.zone)


def _ticket(walk: Walk, number: str) -> Ticket:
    ticket = walk.store.ticket(number.upper())
    if ticket is None:
        raise Unknown(f"there is no ticket {number}; `linli desk list` shows them")
    return ticket


def _row(ticket: Ticket) -> dict[str, object]:
    return {**ticket.doc, "opened": ticket.opened.isoformat(), "changed": ticket.changed.isoformat()}
