"""Ticket numbers: the same every time, hard to guess, and a typing error is noticed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.numbers import ALPHABET, is_number, number_for

NUMBERS = st.builds(
    number_for,
    st.text(max_size=9),
    st.text(max_size=9),
    st.text(max_size=9),
    st.integers(0, 9),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
PLACES = [place for place in range(15) if place != 8]
"""Where the characters of a number are that are no hyphen."""


def test_a_number_never_changes() -> None:
    assert number_for("secret", "wechaty", "1213190117", 0, date(2026, 5, 12)) == "20260512-PF73W5"
    assert number_for("", "", "", 0, date(2026, 5, 12)) == number_for("", "", "", 0, date(2026, 5, 12))


def test_everything_it_is_made_of_makes_a_difference() -> None:
    day = date(2026, 5, 12)
    made = [
        number_for("s", "a", "m", 0, day),
        number_for("t", "a", "m", 0, day),
        number_for("s", "b", "m", 0, day),
        number_for("s", "a", "n", 0, day),
        number_for("s", "a", "m", 1, day),
        number_for("s", "am", "", 0, day),
        number_for("s", "a", "m", 0, date(2026, 5, 13)),
    ]
    assert len(set(made)) == len(made)


@settings(max_examples=60, deadline=None)
@given(NUMBERS)
def test_a_number_is_one_in_either_case(number: str) -> None:
    assert len(number) == 15
    assert is_number(number)
    assert is_number(number.lower())


@settings(max_examples=60, deadline=None)
@given(NUMBERS)
def test_one_wrong_character_is_noticed(number: str) -> None:
    for place in PLACES:
        for other in set(ALPHABET) - {number[place]}:
            assert not is_number(number[:place] + other + number[place + 1 :])


@settings(max_examples=60, deadline=None)
@given(NUMBERS)
def test_neighbours_that_changed_places_are_noticed(number: str) -> None:
    for one, next_one in zip(range(14), range(1, 15), strict=True):
        swapped = [*number]
        swapped[one], swapped[next_one] = swapped[next_one], swapped[one]
        assert is_number("".join(swapped)) == (number[one] == number[next_one])
    swapped = [*number]
    swapped[7], swapped[9] = swapped[9], swapped[7]  # Neighbours, but for the hyphen.
    assert is_number("".join(swapped)) == (number[7] == number[9])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from(ALPHABET + "-０１２３ſıß"), max_size=20))
def test_any_text_may_be_asked_about(text: str) -> None:
    is_number(text)


@pytest.mark.parametrize(
    "text", ["", "20260512", "２０２６０５１２-PF73W5", "20260512-PF73W5 ", "20260512-PF73W5\n", "20260512_PF73W5"]
)
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)


def test_numbers_of_a_busy_day_rarely_meet() -> None:
    day = date(2026, 5, 12)
    assert len({number_for("s", "a", f"m{index}", 0, day) for index in range(2000)}) >= 1998
