"""Facts of a matter: taken in with their messages, told, and taken out again when a message is recalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.events import Spoken
from dialogs.facts import PLACE_LIMIT, absorb, describe, known, located, masked, say_place, summary, without
from dialogs.matters import Fact, Matter
from dialogs.messages import Message
from nlu.understanding import Facts, Span, Understanding

AT = datetime(2026, 5, 12, 9, tzinfo=UTC)
EMPTY = Matter("m1", "r1", AT, AT, "complaint", "0101", "P3", "p", ("m1",))


def spoken(text: str, *found: tuple[str, str], first: int = 1) -> Spoken:
    """An utterance of a message for each line, m1 on; `found` are the elements, or kinds of fact, with their words."""
    lines = text.split("\n")
    messages = tuple(Message(f"m{first + index}", AT, "r1", "p", "张三", text=line) for index, line in enumerate(lines))
    facts: dict[str, tuple[Span, ...]] = {}
    for name, words in found:
        start = text.index(words)
        kind, element = (name, None) if name in Facts.__dataclass_fields__ else ("place", name)
        facts[kind] = (*facts.get(kind, ()), Span(words, start, start + len(words), element))
    meaning = Understanding(text, "complaint", 0.9, 0.9, "speak", "complaint", facts=Facts(**facts))
    return Spoken(AT, AT, messages, meaning, (meaning,) * len(messages))


def told(matter: Matter) -> dict[str, tuple[str, str]]:
    return {name: (fact.text, fact.message) for name, fact in matter.facts.items()}


ABSORBED: dict[str, tuple[dict[str, Fact], Spoken, dict[str, tuple[str, str]]]] = {
    "each with its message": (
        {},
        spoken("阳光小区\n3栋电梯坏了\n昨天开始的", ("estate", "阳光小区"), ("building", "3栋"), ("since", "昨天")),
        {"estate": ("阳光小区", "m1"), "building": ("3栋", "m2"), "since": ("昨天", "m3")},
    ),
    "the longest name": (
        {},
        spoken("阳光，阳光小区", ("estate", "阳光"), ("estate", "阳光小区")),
        {"estate": ("阳光小区", "m1")},
    ),
    "a name and its phase": (
        {},
        spoken("赫山区阳光小区三期", ("estate", "阳光小区"), ("estate", "三期")),
        {"estate": ("阳光小区三期", "m1")},
    ),
    "the last building": (
        {},
        spoken("3栋，哦5栋", ("building", "3栋"), ("building", "5栋")),
        {"building": ("5栋", "m1")},
    ),
    "not the refused one": (
        {},
        spoken("是5栋不是3栋", ("building", "5栋"), ("building", "3栋")),
        {"building": ("5栋", "m1")},
    ),
    "a known name stays": (
        {"estate": Fact("月亮湾", "m0")},
        spoken("阳光小区", ("estate", "阳光小区")),
        {"estate": ("月亮湾", "m0")},
    ),
    "a finer one replaces": (
        {"estate": Fact("阳光", "m0")},
        spoken("阳光小区", ("estate", "阳光小区")),
        {"estate": ("阳光小区", "m1")},
    ),
    "a building replaces": (
        {"building": Fact("3栋", "m0")},
        spoken("5栋", ("building", "5栋")),
        {"building": ("5栋", "m1")},
    ),
    "a refused one goes": ({"building": Fact("3栋", "m0")}, spoken("不是3栋", ("building", "3栋")), {}),
    "another refused one does not": (
        {"building": Fact("5栋", "m0")},
        spoken("不是3栋", ("building", "3栋")),
        {"building": ("5栋", "m0")},
    ),
    "the first time": ({}, spoken("昨天和今天", ("when", "昨天"), ("when", "今天")), {"when": ("昨天", "m1")}),
    "a known time stays": ({"when": Fact("前天", "m0")}, spoken("昨天", ("when", "昨天")), {"when": ("前天", "m0")}),
    "nothing": ({}, spoken("电梯坏了"), {}),
}


@pytest.mark.parametrize("row", ABSORBED.values(), ids=ABSORBED)
def test_facts_are_taken_in(row: tuple[dict[str, Fact], Spoken, dict[str, tuple[str, str]]]) -> None:
    before, utterance, expected = row
    assert told(absorb(replace(EMPTY, facts=before), utterance)) == expected


def test_a_correction_replaces_and_remembers() -> None:
    before = replace(EMPTY, facts={"estate": Fact("月亮湾", "m1"), "when": Fact("前天", "m1")})
    utterance = spoken("不对，是阳光小区，昨天的事", ("estate", "阳光小区"), ("when", "昨天"), first=2)
    after = absorb(before, utterance, correcting=True)
    assert told(after) == {"estate": ("阳光小区", "m2"), "when": ("昨天", "m2")}
    assert after.facts["estate"].earlier == (("月亮湾", "m1"),)
    again = absorb(after, spoken("是星光小区", ("estate", "星光小区"), first=3), correcting=True)
    assert again.facts["estate"].earlier == (("月亮湾", "m1"), ("阳光小区", "m2"))
    assert absorb(again, spoken("星光小区", ("estate", "星光小区"), first=4), correcting=True) == again


DESCRIBED: dict[str, tuple[dict[str, str], str, str]] = {
    "nothing": ({}, "", ""),
    "from wide to narrow": (
        {"building": "3栋", "estate": "阳光小区", "county": "赫山区"},
        "赫山区阳光小区3栋",
        "赫山区阳光小区3栋",
    ),
    "indoors": ({"building": "3栋", "unit": "2单元", "floor": "5楼", "room": "501"}, "3栋", "3栋2单元5楼501"),
    "said once": ({"town": "桃花仑", "estate": "桃花仑小区"}, "桃花仑小区", "桃花仑小区"),
    "held by the wider": ({"estate": "阳光小区3栋", "building": "3栋"}, "阳光小区3栋", "阳光小区3栋"),
    "no place": ({"since": "昨天", "people": "三户"}, "", ""),
    "long": ({"landmark": "很" * 60}, "很" * PLACE_LIMIT, "很" * PLACE_LIMIT),
}


@pytest.mark.parametrize("row", DESCRIBED.values(), ids=DESCRIBED)
def test_a_place_is_told(row: tuple[dict[str, str], str, str]) -> None:
    facts, public, private = row
    matter = replace(EMPTY, facts={name: Fact(text, "m1") for name, text in facts.items()})
    assert describe(matter, public=True) == public
    assert describe(matter, public=False) == private


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["unit", "floor", "room"]), st.text("0123456789", min_size=5, max_size=5)))
def test_nothing_indoors_is_ever_told_in_public(indoors: dict[str, str]) -> None:
    facts = {name: Fact(text, "m1") for name, text in {**indoors, "estate": "阳光小区", "building": "3栋"}.items()}
    assert describe(replace(EMPTY, facts=facts), public=True) == "阳光小区3栋"


FACT = Fact("5栋", "m3", earlier=(("3栋", "m1"), ("4栋", "m2")))
WITHOUT: dict[str, tuple[dict[str, Fact], str, dict[str, Fact]]] = {
    "of another message": ({"when": Fact("昨天", "m1", begin=AT)}, "m2", {"when": Fact("昨天", "m1", begin=AT)}),
    "the only one": ({"when": Fact("昨天", "m1"), "since": Fact("前天", "m2")}, "m1", {"since": Fact("前天", "m2")}),
    "the earlier one comes back": ({"building": FACT}, "m3", {"building": Fact("4栋", "m2", earlier=(("3栋", "m1"),))}),
    "an earlier one goes": ({"building": FACT}, "m1", {"building": replace(FACT, earlier=(("4栋", "m2"),))}),
    "all of one message": ({"building": Fact("5栋", "m3", earlier=(("3栋", "m3"),))}, "m3", {}),
}


@pytest.mark.parametrize("row", WITHOUT.values(), ids=WITHOUT)
def test_a_recalled_message_takes_its_facts_along(row: tuple[dict[str, Fact], str, dict[str, Fact]]) -> None:
    before, message, after = row
    assert without(replace(EMPTY, facts=before), message).facts == after


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["1栋", "2栋", "3栋"])), max_size=8), st.integers(1, 9))
def test_after_a_recall_nothing_of_the_message_is_left(said: list[tuple[int, str]], recalled: int) -> None:
    matter = EMPTY
    for index, building in said:
        matter = absorb(matter, spoken(building, ("building", building), first=index))
    left = without(matter, f"m{recalled}")
    assert f"'m{recalled}'" not in str(dict(left.facts))
    assert without(left, f"m{recalled}").facts == left.facts


def test_numbers_of_persons_are_masked() -> None:
    utterance = spoken("电梯坏了\n打我电话13812345678，车湘H12345", ("phone", "13812345678"), ("plate", "湘H12345"))
    assert masked(utterance) == "电梯坏了\n打我电话***********，车*******"
    assert summary(utterance) == "电梯坏了 打我电话***********，车*******"
    place = say_place(EMPTY, utterance).facts["landmark"]
    assert "138" not in place.text
    assert place.message == "m2"
    assert len(summary(spoken("很" * 100))) == 60


@pytest.mark.parametrize(
    ("facts", "asked", "answer"),
    [
        ({"estate"}, "place", False),
        ({"building"}, "place", True),
        ({"landmark"}, "place", True),
        ({"when"}, "since", True),
        ({"since"}, "when", True),
        ({"people"}, "people", True),
        (set(), "building", False),
    ],
)
def test_what_is_known_need_not_be_asked(facts: set[str], asked: str, answer: bool) -> None:
    matter = replace(EMPTY, facts={name: Fact("x", "m1") for name in facts})
    assert known(matter, asked) is answer
    assert located(matter) is bool(facts & {"building", "landmark"})
