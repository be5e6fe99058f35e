"""What a ticket shows of a matter: the one shape that the replay format, carriers and pages share.

Pure. Unit, floor and room are in the place of a private ticket only.
"""

from __future__ import annotations

from dialogs.facts import describe
from dialogs.matters import Matter

_WORDED = ("building", "unit", "room", "subject", "what")
_TIMED = ("when", "since")


def show(matter: Matter) -> dict[str, object]:
    """The ticket of a matter that has a number, as in the replay format, without `type` and `at`."""
    return {
        "number": matter.number,
        "kind": matter.kind,
        "category": matter.category,
        "urgency": matter.urgency,
        "private": matter.private,
        "reporter": matter.reporter,
        "supporters": list(matter.supporters),
        "messages": list(matter.messages),
        "facts": _facts(matter),
        "media": list(matter.media),
        "status": matter.status,
    }


def sources(matter: Matter) -> dict[str, tuple[str, ...]]:
    """For each fact shown, the messages behind it."""
    behind = {name: (fact.message,) for name, fact in matter.facts.items()}
    place = tuple(
        dict.fromkeys(
            fact.message for name, fact in matter.facts.items() if name not in (*_TIMED, "what", "people", "subject")
        )
    )
    return {**{name: ids for name, ids in behind.items() if name in (*_WORDED, *_TIMED, "people")}, "place": place}


def _facts(matter: Matter) -> dict[str, object]:
    facts: dict[str, object] = {}
    if place := describe(matter, public=not matter.private):
        facts["place"] = place
    for name, fact in matter.facts.items():
        if name in _WORDED and (matter.private or name not in ("unit", "room")):
            facts[name] = fact.text
        elif name in _TIMED:
            facts[name] = {"text": fact.text, "from": _iso(fact.begin), "to": _iso(fact.finish)}
        elif name == "people":
            facts[name] = {"text": fact.text, "least": fact.least, "most": fact.most}
    return facts


def _iso(instant: object) -> str | None:
    return instant.isoformat() if hasattr(instant, "isoformat") else None
