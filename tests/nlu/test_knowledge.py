from datetime import datetime

import pytest

from nlu.knowledge import look_up, rank, shelf

DAY = datetime.fromisoformat("2026-05-12T15:00:00+08:00")
LATER = datetime.fromisoformat("2099-01-01T15:00:00+08:00")


@pytest.fixture(scope="session")
def held(domain, words):
    return shelf(domain.entries, words)


def test_every_question_finds_its_own_answer(domain, held, words):
    asked = [(entry, question) for entry in domain.entries for question in entry.questions if len(question) >= 6]
    right = [rank(question, held, words)[0][1] == domain.entries.index(entry) for entry, question in asked]
    assert sum(right) >= 0.98 * len(right)
    told = [look_up(question, DAY, held, words) for _, question in asked]
    wrong = [one for one, (entry, _) in zip(told, asked, strict=True) if one and one.id != entry.knowledge.id]
    assert not wrong
    assert sum(one is not None for one in told) >= 0.9 * len(told)


@pytest.mark.parametrize("text", ["请问老年卡怎么办啊", "老人家的优待证在哪里办"])
def test_another_way_to_ask_is_understood(held, words, text):
    told = look_up(text, DAY, held, words)
    assert told is not None
    assert told.id == "senior-card"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "怎么办",
        "在哪里",
        "请问一下",
        "电梯坏了怎么办",
        "今天吃什么",
        "怎么办啊急死人了",
        "3栋又停水了",
        "哈哈哈哈",
        "老" * 500,
    ],
)
def test_rather_no_answer_than_a_wrong_one(held, words, text):
    assert look_up(text, DAY, held, words) is None


def test_an_entry_is_silent_after_its_last_day(held, words):
    assert look_up("老年卡怎么办", LATER, held, words) is None


def test_chatter_gets_no_answer(held, words, corpus):
    chatter = [line for line in corpus if line.intent == "chat" and line.sort not in ("ask", "help", "hard")]
    assert sum(look_up(line.text, DAY, held, words) is not None for line in chatter) <= len(chatter) / 1000
