"""What holds in the core whatever people say, in any order: the manners that no combination may break."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import HOUSE, NOON, ROOM, sentences, spoken

from adapters.desk.flow import WrongMove, lead
from dialogs.events import Decided, Due, Event, Moved, Recalled, Settled, Spoken
from dialogs.matters import Case, Matter
from dialogs.messages import Message
from dialogs.step import step
from dialogs.turns import Sentence, Timer, Turn
from nlu.understanding import ELEMENTS, INTENTS, Facts, Knowledge, Span, Understanding

PEOPLE = ("a", "b", "c", "w")
SECRETS = ("打牌输了钱", "借了五万块", "医生说的病")
WORDS = ("3栋", "枫林路", "昨天", "不知道", "满意", "1", "+1", "谢谢", "电梯坏了没人修")
OFTEN = ("complaint", "dispute", "support", "inform", "rating", "progress_query", "follow_up")
CODES = ("0103", "0504", "0701", "0905", "1402", "D01", "D03", "9999", None)
Walked = list[tuple[Case, Event, Turn]]
ELSE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def facts(draw: Any) -> Facts:
    text = "3栋2单元枫林路昨天"
    spans = st.builds(
        lambda start, length, element: Span(text[start : start + length], start, start + length, element),
        st.integers(0, 6),
        st.integers(1, 3),
        st.sampled_from(ELEMENTS),
    )
    plain = st.lists(st.just(Span("昨天", 7, 9, begin=NOON)), max_size=1).map(tuple)
    return Facts(
        place=tuple(draw(st.lists(spans, max_size=3))), when=draw(plain), since=draw(plain), people=draw(plain)
    )


@st.composite
def meanings(draw: Any) -> Understanding:
    intent = draw(st.sampled_from((*INTENTS, *OFTEN, *OFTEN)))
    category = draw(st.sampled_from(CODES))
    names = st.sampled_from(("fire", "suicide", "missing", "sensitive", "escalation"))
    signals = tuple(draw(st.lists(names, max_size=2, unique=True)))
    sure = tuple(name for name in signals if name in ("fire", "suicide", "missing") and draw(st.booleans()))
    private = category in ("D01", "1402") or "sensitive" in signals
    return Understanding(
        text=draw(st.sampled_from(SECRETS if private else WORDS)),
        intent=intent,
        probability=draw(st.sampled_from((0.4, 0.7, 0.99))),
        matter=draw(st.sampled_from((0.0, 0.6, 0.999, 0.999, 0.999))),
        answer=draw(st.sampled_from(("silent", "flag", "speak"))) if not private else "flag",
        kind=draw(st.sampled_from(("complaint", "complaint", "dispute", "consultation", None))),
        category=category,
        signals=signals,
        sure=sure,
        stance=draw(st.sampled_from(("now", "now", "now", "past", "reported"))),
        score=draw(st.sampled_from((None, "satisfied", "fair", "dissatisfied"))),
        solved=draw(st.sampled_from((None, True, False))),
        facts=draw(facts()),
    )


@st.composite
def talks(draw: Any) -> list[tuple[str, dict[str, Any]]]:
    """A talk: what happens one after the other, each with what it needs to become an event once the case is known."""
    spoke = st.fixed_dictionaries(
        {
            "meaning": meanings(),
            "who": st.sampled_from(PEOPLE),
            "private": st.sampled_from((False, False, True)),
            "addressed": st.sampled_from((False, False, True)),
            "late": st.sampled_from((0, 0, 0, 700)),
            "quotes": st.booleans(),
            "knows": st.booleans(),
            "media": st.sampled_from(((), ("x.jpg",))),
        }
    )
    moves = ("accepted", "assigned", "in_progress", "done", "refused", "transferred", "overdue")
    moved = st.fixed_dictionaries({"move": st.sampled_from(moves), "note": st.sampled_from(("", "已到场", "不受理"))})
    due = st.fixed_dictionaries({"timer": st.sampled_from(("answer", "survey", "unrated"))})
    decided = st.fixed_dictionaries(
        {"verdict": st.sampled_from(("accept", "reject")), "category": st.sampled_from(CODES)}
    )
    settled = st.fixed_dictionaries({"outcome": st.sampled_from(("sent", "refused", "lost"))})
    one = st.one_of(
        spoke.map(lambda values: ("spoken", values)),
        spoke.map(lambda values: ("spoken", values)),
        moved.map(lambda values: ("moved", values)),
        due.map(lambda values: ("due", values)),
        decided.map(lambda values: ("decided", values)),
        settled.map(lambda values: ("settled", values)),
        st.just(("recalled", {})),
    )
    pick, pause = st.integers(0, 3), st.sampled_from((5, 5, 400, 400, 4000, 90000))
    steps: list[tuple[str, dict[str, Any]]] = draw(st.lists(one, min_size=1, max_size=9))
    return [(kind, {**values, "pick": draw(pick), "pause": draw(pause)}) for kind, values in steps]


def event_of(kind: str, values: dict[str, Any], case: Case, turns: list[Turn], clock: int, count: int) -> Event | None:
    """The event, if the case allows it."""
    at = NOON + timedelta(seconds=clock)
    matter = case.matters[values["pick"] % len(case.matters)] if case.matters else None
    if kind == "spoken":
        quoted = matter.id if matter and values["quotes"] else None
        knowledge = Knowledge("k", "带身份证", "社区") if values["knows"] else None
        names = ("who", "private", "late", "media")
        more = {name: values[name] for name in names} | {"addressed": values["addressed"] or values["private"]}
        return spoken(values["meaning"], id=f"n{count}", after=clock, quoted=quoted, knowledge=knowledge, **more)
    if matter is None:
        return None
    if kind == "moved":
        try:
            status = lead(matter.status, values["move"], note=values["note"])
        except WrongMove:
            return None
        return Moved(at, at, matter.id, values["move"], status, "w", values["note"]) if matter.number else None
    if kind == "due":
        return Due(at, at, matter.id, values["timer"])
    if kind == "decided":
        return Decided(at, at, matter.id, "w", values["verdict"], None, values["category"])
    if kind == "recalled":
        return Recalled(at, at, matter.reporter or "a", matter.messages[-1], "3栋") if matter.messages else None
    said = [sentence for turn in turns for sentence in sentences(turn)]
    if not said:
        return None
    one = said[values["pick"] % len(said)]
    return Settled(at, at, one.matter, one.id, one.why, one.to, one.room is None, values["outcome"])


def walk(talk: list[tuple[str, dict[str, Any]]]) -> tuple[Walked, Case]:
    """All turns of a talk, each with the case and the event that brought it about."""
    matters: dict[str, Matter] = {}
    recent: tuple[Message, ...] = ()
    walked: Walked = []
    clock = 0
    for count, (kind, values) in enumerate(talk):
        clock += values["pause"]
        case = Case(ROOM, tuple(matter for matter in matters.values() if matter.live), recent)
        event = event_of(kind, values, case, [turn for _, _, turn in walked], clock, count)
        if event is None:
            continue
        turn = step(case, event, HOUSE)
        walked.append((case, event, turn))
        matters |= {matter.id: matter for matter in turn.matters}
        if isinstance(event, Spoken) and not event.private:
            recent = (*recent, *event.messages)[-40:]
    return walked, Case(ROOM, tuple(matters.values()), recent)


def said(walked: Walked) -> list[Sentence]:
    return [sentence for _, _, turn in walked for sentence in sentences(turn)]


def same_turn(walked: Walked, end: Case) -> None:
    for case, event, turn in walked:
        assert step(case, event, HOUSE) == turn


def whole_sentences(walked: Walked, end: Case) -> None:
    kept: dict[str, tuple[str, str | None]] = {}
    for _, _, turn in walked:
        ids = [sentence.id for sentence in sentences(turn)]
        assert len(set(ids)) == len(ids), ids
    for sentence in said(walked):
        assert 1 <= len(sentence.about) <= 10, sentence
        assert sentence.text.endswith("（智能助手）"), sentence
        assert "{" not in sentence.text, sentence
        assert sentence.room == "r" or (sentence.room is None and len(sentence.to) == 1), sentence
        assert kept.setdefault(sentence.id, (sentence.why, sentence.room)) == (sentence.why, sentence.room), sentence


def three_questions(walked: Walked, end: Case) -> None:
    assert all(len(matter.asked) <= HOUSE.manners.questions for matter in end.matters)
    asked = [sentence.matter for sentence in said(walked) if sentence.why == "clarify"]
    assert all(asked.count(matter) <= 3 for matter in set(asked))


def nothing_private_in_the_group(walked: Walked, end: Case) -> None:
    aside = {id for _, event, _ in walked if isinstance(event, Spoken) and event.private for id in event.ids}
    for case, event, turn in walked:
        for sentence in (sentence for sentence in sentences(turn) if sentence.room):
            assert not any(words in sentence.text for words in SECRETS), sentence
            matter = next((one for one in turn.matters if one.id == sentence.matter), case.matter(sentence.matter))
            if matter is not None and sentence.why != "private":
                assert not matter.aside, (event, sentence)
                assert matter.messages[:1] == () or matter.id not in aside, sentence


def strangers_stay_out(walked: Walked, end: Case) -> None:
    for case, event, turn in walked:
        if isinstance(event, Spoken):
            for matter in turn.matters:
                before = case.matter(matter.id)
                assert before is None or not before.aside or before.concerns(event.sender), (before, event)


def staff_bring_nothing_about(walked: Walked, end: Case) -> None:
    for _, event, turn in walked:
        assert turn == Turn() or not isinstance(event, Spoken) or event.sender != "w", event
    assert all(matter.reporter != "w" and "w" not in matter.supporters for matter in end.matters)


def who_speaks_to_the_bot_is_heard(walked: Walked, end: Case) -> None:
    for _, event, turn in walked:
        if isinstance(event, Spoken) and event.addressed and event.sender != "w":
            assert turn != Turn(), event


def who_waits_has_a_timer(walked: Walked, end: Case) -> None:
    timers: dict[tuple[str, str], bool] = {}
    for _, event, turn in walked:
        if isinstance(event, Due):
            timers[event.matter, event.timer] = False
        for action in turn.actions:
            if isinstance(action, Timer):
                timers[action.matter, action.name] = action.due is not None
    for matter in end.matters:
        assert not (matter.awaiting and matter.open) or timers.get((matter.id, "answer")), matter


def a_number_is_for_life(walked: Walked, end: Case) -> None:
    numbers: dict[str, str | None] = {}
    for _, _, turn in walked:
        for matter in turn.matters:
            assert numbers.get(matter.id) in (None, matter.number), matter
            numbers[matter.id] = matter.number
            assert matter.number is None or matter.status is not None, matter


CHECKS = (
    same_turn,
    whole_sentences,
    three_questions,
    nothing_private_in_the_group,
    strangers_stay_out,
    staff_bring_nothing_about,
    who_speaks_to_the_bot_is_heard,
    who_waits_has_a_timer,
    a_number_is_for_life,
)


@ELSE
@given(talks())
def test_the_manners_hold_whatever_is_said(talk: list[tuple[str, dict[str, Any]]]) -> None:
    walked, end = walk(talk)
    for check in CHECKS:
        check(walked, end)
