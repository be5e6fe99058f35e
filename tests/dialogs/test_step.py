"""The core as a table: in this case, after this event, this turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from made import HOUSE, NOON, case, filed, meaning, place, sentences, spoken, told

from dialogs.events import Decided, Due, Event, Moved, Recalled, Settled, Visited
from dialogs.facts import describe
from dialogs.finding import answers, elsewhere, neighbour, target
from dialogs.matters import Case, Fact, Rating
from dialogs.messages import Message
from dialogs.step import idle, step
from nlu.understanding import Facts, Knowledge, Span, Understanding

WAITING = filed(awaiting="place", asked=("place",))
DONE = filed(status="awaiting_rating", accepted=True)
CLOSED = filed(status="closed", ratings=(Rating("a", NOON, None, "satisfied"),))
SECRET = filed(kind="dispute", category="D01", private=True)
FLAGGED = filed(number=None, status=None, flagged=True)
BLAZE = filed(category="0901", signal="fire", urgency="P0")
BLOCK = place(building="3栋")
STAFF = Message("s1", NOON + timedelta(seconds=60), "r", "w", "w", text="马上来")
EGGS = Message("e1", NOON + timedelta(seconds=60), "r", "b", "b", text="土鸡蛋 要的扣1")


def due(timer: str, after: float = 600) -> Due:
    at = NOON + timedelta(seconds=after)
    return Due(at, at, "m1", timer)


def moved(move: str, status: str, note: str = "") -> Moved:
    return Moved(NOON, NOON, "m1", move, status, "w", note)  # type: ignore[arg-type]


def settled(outcome: str, why: str = "clarify", sentence: str = "m1:clarify:1", private: bool = False) -> Settled:
    return Settled(NOON, NOON, "m1", sentence, why, ("a",), private, outcome)  # type: ignore[arg-type]


def calm(intent: str, **values: Any) -> Understanding:
    return meaning(intent, **values)


SURE_PRIVATE = meaning("dispute", category="D01", answer="flag", signals=("sensitive",))
UNSURE = meaning(answer="flag", matter=0.8)
FIRE = meaning(signals=("fire",), sure=("fire",), category="0901")
DESPAIR = calm("emergency", answer="flag", signals=("suicide", "sensitive"), sure=("suicide",))
ASKED = calm("consultation", text="老年卡怎么办", answer="flag", kind="consultation", category=None)

TABLE: dict[str, tuple[Case, Event, list[str]]] = {
    # A new matter.
    "sure, place missing": (case(), spoken(meaning()), ["step file", "say clarify", "timer answer set"]),
    "sure, place told": (case(), spoken(meaning(facts=BLOCK)), ["step file", "say receipt"]),
    "unsure": (case(), spoken(UNSURE), ["flag unsure worker"]),
    "unsure, and they will go to the city": (
        case(),
        spoken(replace(UNSURE, signals=("escalation",))),
        ["flag unsure leader"],
    ),
    "idle talk": (case(), spoken(calm("chat")), []),
    "staff": (case(), spoken(meaning(), who="w"), []),
    "staff cry fire": (case(), spoken(FIRE, who="p"), []),
    "too late to speak": (case(), spoken(meaning(), late=601), ["flag late worker"]),
    "late, but spoken to": (
        case(),
        spoken(meaning(facts=BLOCK), late=601, addressed=True),
        ["step file", "say receipt"],
    ),
    # Private.
    "a marriage": (case(), spoken(SURE_PRIVATE), ["step file", "whisper private"]),
    "a marriage, unsure": (case(), spoken(replace(SURE_PRIVATE, matter=0.9)), ["flag unsure worker"]),
    "a marriage, of old": (case(), spoken(replace(SURE_PRIVATE, stance="past")), ["flag unsure worker"]),
    "a marriage, told to the bot in the group": (
        case(),
        spoken(SURE_PRIVATE, addressed=True),
        ["step file", "whisper private", "say private"],
    ),
    "an official": (
        case(),
        spoken(meaning(category="1402", answer="flag", signals=("sensitive",))),
        ["flag official discipline", "whisper private"],
    ),
    "a lamp, told in private": (
        case(),
        spoken(meaning(category="0504"), private=True),
        ["step file", "whisper clarify", "timer answer set"],
    ),
    "a stranger beside a private matter": (case(SECRET), spoken(calm("support"), who="b"), []),
    "a stranger quotes a private matter": (
        case(SECRET),
        spoken(calm("progress_query"), who="b", addressed=True, quoted="m1"),
        ["say answer"],
    ),
    "more of a private matter": (case(SECRET), spoken(calm("inform"), private=True), ["step amend", "whisper private"]),
    "nobody can be reached in private": (
        case(SECRET),
        settled("refused", "private", "m1:private", private=True),
        ["flag unreachable worker"],
    ),
    # Emergencies.
    "fire": (case(), spoken(FIRE), ["step file", "alert fire", "say emergency", "timer answer set"]),
    "fire with its place": (
        case(),
        spoken(replace(FIRE, facts=BLOCK)),
        ["step file", "alert fire", "say emergency"],
    ),
    "a second witness": (case(BLAZE), spoken(FIRE, who="b", after=60), ["alert fire", "step amend"]),
    "fire again the next day": (
        case(BLAZE),
        spoken(FIRE, who="b", after=86400),
        ["step file", "alert fire", "say emergency", "timer answer set"],
    ),
    "despair": (case(), spoken(DESPAIR), ["step file", "alert suicide", "whisper emergency"]),
    "maybe fire": (
        case(),
        spoken(calm("chat", answer="flag", signals=("fire",))),
        ["flag signal:fire worker"],
    ),
    "news of a fire": (case(), spoken(calm("chat", signals=("fire",), stance="reported")), []),
    "an emergency's place is told": (
        case(replace(BLAZE, awaiting="place", asked=("place",))),
        spoken(calm("inform", facts=BLOCK), after=60),
        ["step amend", "alert fire", "timer answer off", "say receipt"],
    ),
    "an emergency's place is not asked for twice": (
        case(replace(BLAZE, awaiting="place", asked=("place",))),
        due("answer"),
        ["flag unanswered worker", "timer answer off"],
    ),
    # Questions.
    "answered": (
        case(WAITING),
        spoken(calm("inform", facts=BLOCK), after=60),
        ["step amend", "timer answer off", "say receipt"],
    ),
    "does not know": (
        case(WAITING),
        spoken(calm("chat", text="不知道"), after=60),
        ["step amend", "timer answer off", "say receipt"],
    ),
    "chatters": (case(WAITING), spoken(calm("chat", text="哈哈"), after=60), []),
    "wants a person": (
        case(WAITING),
        spoken(calm("handoff"), after=60),
        ["flag handoff worker", "timer answer off", "say answer"],
    ),
    "asks something else": (
        case(WAITING),
        spoken(ASKED, after=60, addressed=True, knowledge=Knowledge("x", "带身份证", "社区")),
        ["say answer"],
    ),
    "silence": (case(WAITING), due("answer"), ["say clarify", "timer answer set"]),
    "silence twice": (
        case(replace(WAITING, silences=1, asked=("place", "place"))),
        due("answer"),
        ["flag unanswered worker", "timer answer off"],
    ),
    "silence to the bot, but staff took over": (
        case(WAITING, recent=(STAFF,)),
        due("answer"),
        ["flag unanswered worker", "timer answer off"],
    ),
    "the question stayed unsaid": (case(WAITING), settled("dropped"), ["timer answer off"]),
    "an older question stayed unsaid": (
        case(filed(awaiting="when", asked=("place", "when"))),
        settled("dropped"),
        [],
    ),
    "a question that the channel lost": (
        case(WAITING),
        settled("lost"),
        ["timer answer off", "flag undelivered worker"],
    ),
    "answered hours later": (
        case(filed(asked=("place", "place"), with_worker=True)),
        spoken(calm("chat", probability=0.5, facts=BLOCK), after=20000),
        ["step amend", "say receipt"],
    ),
    # Neighbours.
    "me too": (case(filed()), spoken(calm("support"), who="b", after=60), ["step amend"]),
    "me too, but eggs": (
        case(filed(), recent=(EGGS,)),
        spoken(calm("support", text="+1"), who="c", after=90),
        [],
    ),
    "me too, too late": (case(filed()), spoken(calm("support"), who="b", after=7201), []),
    "me too, told to the bot": (
        case(filed()),
        spoken(calm("support"), who="b", after=60, addressed=True),
        ["step amend", "say answer"],
    ),
    "the same in other words": (case(filed()), spoken(meaning(), who="b", after=60), ["step amend"]),
    "another lift": (
        case(filed(facts={"building": Fact("3栋", "m1")})),
        spoken(meaning(facts=place(building="7栋")), who="b", after=60),
        ["step file", "say receipt"],
    ),
    "unclear words of the very place": (
        case(filed(facts={"building": Fact("7栋", "m1")})),
        spoken(calm("emergency", probability=0.4, matter=0.5, facts=place(building="7栋")), who="b", after=60),
        ["step amend"],
    ),
    "unclear words of the very place, too late": (
        case(filed(facts={"building": Fact("7栋", "m1")})),
        spoken(calm("emergency", probability=0.4, matter=0.5, facts=place(building="7栋")), who="b", after=601),
        [],
    ),
    "a joke on it": (case(filed()), spoken(calm("chat"), who="b", quoted="m1"), []),
    # Afterwards.
    "taken up": (case(filed()), moved("accepted", "open", "已受理"), []),
    "in progress, nothing new": (case(filed()), moved("in_progress", "in_progress", "正在处理"), []),
    "in progress, with news": (case(filed()), moved("in_progress", "in_progress", "维保已到场"), ["say progress"]),
    "done": (
        case(filed()),
        moved("done", "awaiting_rating"),
        ["timer survey set", "timer unrated set", "say progress"],
    ),
    "not accepted": (case(filed()), moved("refused", "refused", "不受理"), ["say progress"]),
    "overdue": (case(WAITING), moved("overdue", "open"), []),
    "a private matter is done": (
        case(SECRET),
        moved("done", "awaiting_rating", "已谈好"),
        ["timer survey set", "timer unrated set", "whisper progress"],
    ),
    "the survey": (case(DONE), due("survey"), ["say survey"]),
    "the survey at night": (case(DONE), due("survey", 39600), ["timer survey set"]),
    "no survey after a fire": (case(replace(DONE, signal="fire")), due("survey"), []),
    "nobody rates": (case(DONE), due("unrated"), ["step close"]),
    "content": (
        case(DONE),
        spoken(calm("rating", score="satisfied")),
        ["rated", "timer survey off", "step close", "timer unrated off"],
    ),
    "not content": (
        case(DONE),
        spoken(calm("rating", score="dissatisfied")),
        ["rated", "timer survey off", "step reopen", "timer unrated off", "say answer"],
    ),
    "not content again": (
        case(replace(DONE, reopened=1)),
        spoken(calm("rating", score="dissatisfied")),
        ["rated", "timer survey off", "flag dissatisfied leader", "say answer"],
    ),
    "complains anew": (
        case(DONE),
        spoken(meaning()),
        ["rated", "timer survey off", "step reopen", "timer unrated off", "say answer"],
    ),
    "content twice": (case(CLOSED), spoken(calm("rating", score="satisfied"), after=60), []),
    "broken again": (
        case(CLOSED),
        spoken(calm("follow_up", solved=False, score="dissatisfied"), after=86400),
        ["rated", "timer survey off", "step reopen", "timer unrated off", "say answer"],
    ),
    "broken again after the guarantee": (
        case(CLOSED),
        spoken(calm("follow_up", solved=False, score="dissatisfied"), after=604801),
        [],
    ),
    "a stranger is content": (case(DONE), spoken(calm("rating", score="satisfied"), who="b"), []),
    "how it goes": (case(filed()), spoken(calm("progress_query"), addressed=True), ["say answer"]),
    "how it goes, asked of nobody": (case(filed()), spoken(calm("progress_query")), ["say answer"]),
    "urges": (case(filed()), spoken(calm("follow_up", solved=False)), ["step amend", "flag follow_up worker"]),
    "takes it back": (
        case(filed()),
        spoken(calm("withdrawal")),
        ["step withdraw", "say answer", "timer answer off"],
    ),
    "takes it back, neighbours stay": (
        case(filed(supporters=("b",))),
        spoken(calm("withdrawal")),
        ["step amend", "flag withdrawal worker", "say answer"],
    ),
    "takes back what is only flagged": (case(FLAGGED), spoken(calm("withdrawal"), after=60), []),
    # The worker, recalls, and the bot spoken to.
    "accepted": (case(FLAGGED), Decided(NOON, NOON, "m1", "w", "accept"), ["step file"]),
    "rejected": (case(FLAGGED), Decided(NOON, NOON, "m1", "w", "reject"), []),
    "a ticket rejected": (
        case(WAITING),
        Decided(NOON, NOON, "m1", "w", "reject"),
        ["step withdraw", "timer answer off"],
    ),
    "recalled": (
        case(filed()),
        Recalled(NOON, NOON, "a", "m1", "电梯坏了"),
        ["step withdraw", "timer answer off"],
    ),
    "recalled after it was taken up": (
        case(filed(accepted=True)),
        Recalled(NOON, NOON, "a", "m1", "电梯坏了"),
        ["step amend"],
    ),
    "filed by hand": (case(), Visited(NOON, NOON, "v1", "w", "complaint", "0504", "路灯坏了"), ["step file"]),
    "asked what is known": (
        case(),
        spoken(ASKED, addressed=True, knowledge=Knowledge("x", "带身份证", "社区")),
        ["say answer"],
    ),
    "asked what is not known": (case(), spoken(ASKED, addressed=True), ["flag unsure worker", "say answer"]),
    "told something nobody grasps": (
        case(),
        spoken(calm("chat", probability=0.4, matter=0.6), addressed=True),
        ["flag unsure worker", "say answer"],
    ),
    "greeted": (case(), spoken(calm("chat"), addressed=True), ["say answer"]),
    "thanked": (case(), spoken(calm("praise"), addressed=True), ["say answer"]),
    "asked for nothing that is there": (case(), spoken(calm("progress_query"), addressed=True), ["say answer"]),
}


@pytest.mark.parametrize("name", TABLE)
def test_step(name: str) -> None:
    before, event, expected = TABLE[name]
    assert told(step(before, event, HOUSE)) == expected


def test_a_recalled_word_leaves_the_summary_and_its_place_comes_back() -> None:
    facts = {
        "what": Fact("电梯坏了 我电话1380000**** 快来", "m1"),
        "building": Fact("5栋", "m2", earlier=(("3栋", "m1"),)),
        "landmark": Fact("右边那部", "m2"),
    }
    matter = filed(messages=("m1", "m2"), facts=facts, media=("a", "b"))
    event = Recalled(NOON, NOON, "a", "m2", "我电话13800001234", ("b",))
    after = step(case(matter), event, HOUSE).matters[0]
    assert after.facts["what"].text == "电梯坏了 快来"
    assert after.facts["building"].text == "3栋"
    assert "landmark" not in after.facts
    assert (after.messages, after.media) == (("m1",), ("a",))


@pytest.mark.parametrize(
    ("facts", "public", "expected"),
    [
        ({"building": ("7栋", "m1", 0), "landmark": ("右边那部", "m1", 2)}, True, "7栋右边那部"),
        ({"landmark": ("菜市场后门", "m1", 0), "building": ("3栋", "m1", 5)}, True, "菜市场后门3栋"),
        ({"landmark": ("右边那部", "m1", 0), "building": ("7栋", "m2", 0)}, True, "7栋右边那部"),
        ({"landmark": ("菜市场", "m1", 0), "building": ("7栋", "m2", 0)}, True, "菜市场7栋"),
        ({"building": ("7栋", "m1", 0), "unit": ("2单元", "m1", 2), "room": ("301", "m1", 5)}, True, "7栋"),
        ({"building": ("7栋", "m1", 0), "unit": ("2单元", "m1", 2), "room": ("301", "m1", 5)}, False, "7栋2单元301"),
        ({"road": ("枫林路", "m1", 0), "landmark": ("枫林路口", "m1", 0)}, True, "枫林路口"),
        ({"road": ("长" * 60, "m1", 0)}, True, "长" * 40),
    ],
)
def test_a_place_in_words(facts: dict[str, tuple[str, str, int]], public: bool, expected: str) -> None:
    made = {name: Fact(text, message, start=start) for name, (text, message, start) in facts.items()}
    assert describe(filed(facts=made), public=public) == expected


@pytest.mark.parametrize(
    ("category", "kept", "said", "expected"),
    [
        ("0103", {"building": "3栋"}, {"building": "7栋"}, True),
        ("0103", {"building": "3栋"}, {"building": "3号楼"}, False),
        ("0103", {"building": "三栋"}, {"building": "7栋"}, False),
        ("0103", {"building": "3栋"}, {"landmark": "南门"}, False),
        ("0504", {"road": "枫林路"}, {"road": "向阳路"}, True),
        ("0504", {"road": "枫林路"}, {"road": "枫林路口"}, False),
        ("0701", {"building": "8栋"}, {"building": "5栋"}, False),
    ],
)
def test_elsewhere(category: str, kept: dict[str, str], said: dict[str, str], expected: bool) -> None:
    matter = filed(category=category, facts={name: Fact(text, "m1") for name, text in kept.items()})
    assert elsewhere(matter, place(**said)) is expected


def test_a_neighbours_block_is_not_the_place() -> None:
    matter = filed(category="0701", facts={"building": Fact("8栋", "m1")})
    meant = meaning(category="0701", facts=place(building="5栋", room="301"))
    after = step(case(matter), spoken(meant, who="b", after=60), HOUSE).matters[0]
    assert after.facts["building"].text == "8栋"
    assert "room" not in after.facts
    assert after.supporters == ("b",)


def test_an_answer_in_unknown_words_keeps_the_room_number_out() -> None:
    meant = calm("inform", text="老槐树底下301", facts=Facts(place=(Span("301", 5, 8, "room"),)))
    after = step(case(WAITING), spoken(meant, after=60), HOUSE).matters[0]
    assert describe(after, public=True) == "老槐树底下"


def test_a_receipt_does_not_say_the_matter_twice() -> None:
    facts = place(building="3栋", landmark="的电梯")
    turn = step(case(), spoken(meaning(facts=facts)), HOUSE)
    assert "已登记：3栋，电梯故障。" in sentences(turn)[0].text


def test_a_dispute_is_not_called_one_in_the_group() -> None:
    matter = filed(kind="dispute", category="D03", facts={"building": Fact("3栋", "m1")})
    turn = step(case(matter), moved("done", "awaiting_rating", "赔了八百元"), HOUSE)
    text = sentences(turn)[0].text
    assert "邻里" not in text
    assert "八百" not in text
    assert "您说的事" in text


def test_pictures_before_the_words_belong_to_the_matter() -> None:
    picture = Message("p1", NOON - timedelta(minutes=5), "r", "a", "a", kind="image", media=("a.jpg",))
    other = Message("p2", NOON - timedelta(minutes=5), "r", "b", "b", kind="image", media=("b.jpg",))
    old = Message("p3", NOON - timedelta(minutes=11), "r", "a", "a", kind="image", media=("c.jpg",))
    turn = step(case(recent=(old, picture, other)), spoken(meaning()), HOUSE)
    assert turn.matters[0].messages == ("p1", "m9")
    assert turn.matters[0].media == ("a.jpg",)


def test_a_word_of_content_is_for_the_matter_that_waits_for_it() -> None:
    newer = filed(id="m2", messages=("m2",), category="0504", touched=NOON + timedelta(hours=1))
    found = target(case(newer, DONE), spoken(calm("rating", score="satisfied"), after=7200), HOUSE)
    assert found == DONE


def test_a_number_names_its_matter() -> None:
    newer = filed(id="m2", number="20260512-BBBBBB", touched=NOON + timedelta(hours=1))
    facts = Facts(ticket_no=(Span("20260512-aaaaaa", 0, 15),))
    assert target(case(newer, filed()), spoken(calm("progress_query", facts=facts)), HOUSE) == filed()


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        (calm("inform"), True),
        (calm("chat", text="随便"), True),
        (calm("chat", facts=BLOCK), True),
        (calm("chat", text="右边", probability=0.5), True),
        (calm("chat", text="哈哈哈"), False),
        (calm("chat", facts=Facts(when=(Span("明天", 0, 2),))), False),
        (calm("notice", facts=BLOCK), False),
        (calm("consultation", facts=BLOCK), False),
        (meaning(category="0504", facts=BLOCK), False),
        (meaning(facts=BLOCK), True),
    ],
)
def test_what_answers_a_question_for_the_place(meant: Understanding, expected: bool) -> None:
    assert answers(WAITING, spoken(meant)) is expected


def test_a_runner_up_may_be_the_neighbours_matter() -> None:
    meant = meaning(category="0504", categories=(("0504", 0.5), ("0103", 0.4)))
    assert neighbour(case(filed()), spoken(meant, who="b", after=60), HOUSE) == filed()


def test_idle_talk_needs_no_case() -> None:
    assert idle(spoken(calm("chat")))
    assert not idle(spoken(calm("chat"), addressed=True))
    assert not idle(spoken(UNSURE))
