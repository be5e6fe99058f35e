"""What a ticket shows of a matter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.desk.tickets import show, sources
from dialogs.matters import Fact, Matter

AT = datetime(2026, 5, 12, 9, tzinfo=UTC)
FACTS = {
    "estate": Fact("阳光小区", "m1"),
    "building": Fact("3栋", "m2"),
    "unit": Fact("2单元", "m2"),
    "room": Fact("501", "m3"),
    "what": Fact("电梯坏了", "m1"),
    "since": Fact("昨天", "m1", begin=AT),
    "people": Fact("几十户", "m3", least=20, most=90),
}


def matter(*, private: bool) -> Matter:
    given = {
        "kind": "complaint",
        "category": "0101",
        "urgency": "P2",
        "reporter": "p1",
        "number": "n",
        "status": "open",
    }
    return Matter("m1", "r1", AT, AT, messages=("m1", "m2", "m3"), facts=FACTS, private=private, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("private", [False, True])
def test_unit_and_door_are_shown_of_a_private_ticket_only(private: bool) -> None:
    facts = show(matter(private=private))["facts"]
    assert isinstance(facts, dict)
    assert facts["place"] == ("阳光小区3栋2单元501" if private else "阳光小区3栋")
    assert ("unit" in facts, "room" in facts) == (private, private)
    assert facts["building"] == "3栋"
    assert facts["since"] == {"text": "昨天", "from": AT.isoformat(), "to": None}
    assert facts["people"] == {"text": "几十户", "least": 20, "most": 90}


def test_each_fact_names_its_messages() -> None:
    assert sources(matter(private=True)) == {
        "building": ("m2",),
        "unit": ("m2",),
        "room": ("m3",),
        "what": ("m1",),
        "since": ("m1",),
        "people": ("m3",),
        "place": ("m1", "m2", "m3"),
    }
