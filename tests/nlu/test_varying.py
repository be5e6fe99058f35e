from random import Random

import pytest

from nlu.corpus import Fault, Line
from nlu.varying import place_name, read_variety, vary


@pytest.fixture(scope="module")
def variety(data):
    found = read_variety(data / "varying.yaml")
    assert found is not None
    return found


def test_every_matter_has_one_more_form_with_its_labels(variety):
    lines = [
        Line("楼上天天漏水，物业不管", "complaint", category="0101", author="a"),
        Line("老板欠我工资", "dispute", category="D07", author="a"),
        Line("起火了", "emergency", signal="fire", author="b"),
        Line("又坏了", "follow_up", author="b"),
    ]
    varied = vary(lines, variety)
    assert [(line.intent, line.category, line.signal, line.author) for line in varied] == [
        (line.intent, line.category, line.signal, line.author) for line in lines[:3]
    ]
    assert all(line.text not in {other.text for other in lines} for line in varied)


def test_chatter_is_joined_with_chatter_of_its_author_and_look_alikes_stay_alone(variety):
    lines = [Line(f"早上好{at}", "chat", sort="greeting", author="a") for at in range(50)]
    lines += [Line(f"跳楼价{at}", "chat", sort="hard", author="a") for at in range(50)]
    lines += [Line(f"晚安{at}", "chat", sort="greeting", author="b") for at in range(50)]
    varied = vary(lines, variety)
    assert varied
    assert not any("跳楼价" in line.text for line in varied)
    assert not any("早上好" in line.text and "晚安" in line.text for line in varied)


def test_lines_vary_the_same_way_each_time(variety, few):
    assert vary(few[:200], variety) == vary(few[:200], variety)


def test_a_place_has_no_slot_left(variety):
    dice = Random(1)
    names = [place_name(variety, dice) for _ in range(300)]
    assert all(name and "{" not in name for name in names)


def test_a_missing_list_is_refused(tmp_path):
    assert read_variety(tmp_path / "none.yaml") is None
    path = tmp_path / "varying.yaml"
    path.write_text("syllables: 金银\nareas: [本市]\n", encoding="utf-8")
    with pytest.raises(Fault, match="places"):
        read_variety(path)
