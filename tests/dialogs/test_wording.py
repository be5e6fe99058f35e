"""The sentences: the shipped file can be used, and every fault of another is told when it is loaded."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import pytest
import yaml

from dialogs.matters import Status
from dialogs.wording import QUESTION_LIMIT, Wording, problems


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    loaded = yaml.safe_load((files("training_data") / "wording.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_shipped_file_has_no_problems(sentences: dict[str, str]) -> None:
    assert problems(sentences) == []
    assert {f"status.{status}" for status in get_args(Status)} <= set(sentences)


@pytest.mark.parametrize(
    ("key", "sentence", "told"),
    [
        ("recipt", "收到。", "recipt: is not a sentence the bot ever says"),
        ("survey", "", "survey: is empty"),
        ("survey", "   ", "survey: is empty"),
        ("survey", None, "survey: is empty"),
        ("survey", 5, "survey: is empty"),
        ("survey", "{name", "survey: expected '}' before end of string"),
        ("survey", "name}", "survey: Single '}' encountered"),
        ("survey", "{place}", "has blanks ['place'] that nobody fills; it may use: name, number"),
        ("survey", "{}", "has blanks [''] that nobody fills"),
        ("survey", "{0}", "has blanks ['0'] that nobody fills"),
        ("survey", "{name.__class__}", "that nobody fills"),
        ("survey", "{name[0]}", "that nobody fills"),
        ("announce", "{name}", "has blanks ['name'] that nobody fills; it may use: none"),
        ("clarify.place", "请问" + "很" * QUESTION_LIMIT, "clarify.place: is 30 characters or longer"),
        ("clarify.place", "{name}" + "很" * (QUESTION_LIMIT - 4), "clarify.place: is 30 characters or longer"),
    ],
)
def test_each_fault_is_told(sentences: dict[str, str], key: str, sentence: object, told: str) -> None:
    (problem,) = problems({**sentences, key: sentence})
    assert told in problem


def test_a_missing_sentence_is_told(sentences: dict[str, str]) -> None:
    for key in sentences:
        (problem,) = problems({other: sentence for other, sentence in sentences.items() if other != key})
        assert problem.startswith(f"{key}: is missing")


def test_blanks_are_filled_flat_and_marked_as_automatic(sentences: dict[str, str]) -> None:
    wording = Wording(sentences)
    said = wording.fill("receipt", name="电梯\n故障 {number}", number="20260512-PF73W5")
    assert said == "电梯 故障 {number}的事已登记，编号20260512-PF73W5，有进展会告诉您。（智能助手）"
    assert wording.word("status.open") == "已立单"


def test_every_sentence_can_be_said_with_what_it_is_given(sentences: dict[str, str]) -> None:
    given = dict.fromkeys(
        ("name", "number", "note", "place", "safety", "numbers", "answer", "source", "status"), "某事"
    )
    for key, sentence in sentences.items():
        if key != "tail":
            assert Wording(sentences).fill(key, **given) == sentence.format(**given) + sentences["tail"]
