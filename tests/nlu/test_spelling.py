import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.spelling import LONGEST, aligned, clip, spell, visible, without_names


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("３栋２单元ＡＢＣ", "3栋2单元ABC"),
        ("你好,在吗?", "你好，在吗？"),
        ("[捂脸]真的", "［捂脸］真的"),
        ("啊啊啊啊啊啊", "啊啊啊"),
        ("a\x00b\u200bc\ufeff", "abc"),
        ("坏\ud83d了", "坏了"),
        ("  两  格  ", "两 格"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_one_way_to_write(text, spelt):
    assert spell(text) == spelt


def test_very_long_texts_keep_both_ends():
    text = "头" + "中" * 100_000 + "尾"
    assert len(clip(text)) == LONGEST
    assert clip(text)[0] == "头"
    assert clip(text)[-1] == "尾"


@pytest.mark.parametrize(
    ("text", "bare"),
    [("@物业 电梯停了", "电梯停了"), ("电梯停了@张三\u2005", "电梯停了"), ("a@b.c", "a"), ("没有", "没有")],
)
def test_names_are_left_out(text, bare):
    assert without_names(text) == (bare, bare != text)


@given(st.text(st.characters(), max_size=60))
def test_any_text_can_be_spelt_twice(text):
    once = spell(text)
    assert len(spell(once)) <= len(once)


@given(st.text(st.characters(), max_size=60))
def test_the_way_back_holds(text):
    spelt = aligned(text)
    assert len(spelt.origin) == len(spelt.text) + 1
    assert list(spelt.origin) == sorted(spelt.origin)
    assert spelt.origin[-1] == len(text)


def test_what_can_be_seen():
    assert visible("a")
    assert not visible("\u200b \n")
