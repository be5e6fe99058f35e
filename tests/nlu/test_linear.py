import time

import pytest

from nlu.linear import Linear, load_reader
from nlu.registry import ModelError
from nlu.understanding import INTENTS, Reader

ODD = [
    "",
    " ",
    "\n\n",
    "\ud83d",
    "坏\udc00了",
    "\x00\x01\x02",
    "\u202e反",
    "😀",
    "👨‍👩‍👧‍👦" * 50,
    "[捂脸][捂脸]",
    "。",
    "@",
    "@@@@",
    "1",
    "{}[]()\\",
    "𠮷野家",
    "a" * 5000,
    "电梯" * 50_000,
    "3栋2单元\t\r\n电梯",
]


@pytest.mark.parametrize("text", ODD)
def test_any_text_is_understood(reader: Linear, around, text):
    for meaning in (reader.triage(text, around()), reader.understand(text, around())):
        assert meaning.text == text
        assert meaning.intent in INTENTS
        assert 0 <= meaning.probability <= 1
        assert 0 <= meaning.matter <= 1


def test_a_very_long_text_is_read_quickly(reader, around):
    begun = time.perf_counter()
    reader.triage("我们小区的电梯坏了，" * 10_000, around())
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("kind", ["note", "red_packet", "system", "sticker"])
def test_what_nobody_said_is_silent(reader, around, kind):
    meaning = reader.triage("起火了快来人啊电梯坏了", around(kind))
    assert (meaning.intent, meaning.answer, meaning.signals) == ("chat", "silent", ())


def test_a_link_is_reported_at_most(reader, around):
    meaning = reader.triage("某小区突发火灾 已致多人被困", around("link"))
    assert meaning.stance == "reported"
    assert meaning.answer == "silent"
    assert meaning.sure == ()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我们这栋的电梯又坏了，物业一直没人来修", "complaint"),
        ("楼上邻居漏水泡了我家天花板，找他赔钱他不认账，两家吵起来了", "dispute"),
        ("早上好 新的一天", "chat"),
        ("哈哈哈哈哈", "chat"),
    ],
)
def test_plain_cases(reader, around, text, intent):
    assert reader.triage(text, around()).intent == intent


def test_triage_is_a_pure_function(reader, around):
    assert reader.triage("路灯不亮", around()) == reader.triage("路灯不亮", around())


def test_a_matter_has_a_kind_and_likely_categories(reader, around):
    meaning = reader.triage("我们这栋的电梯又坏了，物业一直没人来修", around())
    assert meaning.kind == "complaint"
    assert meaning.category in reader.lexicon.leaves
    assert len(meaning.categories) == 5
    assert [chance for _, chance in meaning.categories] == sorted((c for _, c in meaning.categories), reverse=True)


def test_it_fits_the_protocol(reader):
    fits: Reader = reader
    assert len(fits.model) == 12


def test_a_reader_without_a_model_says_what_to_do(tmp_path, data):
    with pytest.raises(ModelError, match="linli train"):
        load_reader(tmp_path / "none", data)


def test_an_emergency_is_spoken_of_unless_it_is_quiet(reader, around):
    fire = reader.triage("3栋起火了 快来人 快打119", around())
    assert "fire" in fire.signals
    assert fire.answer in ("speak", "flag")
    alone = reader.triage("我真的不想活了 活着没意思", around())
    assert "suicide" in alone.signals
    assert alone.answer == "flag"


def test_what_is_private_is_never_spoken_of(reader, around):
    meaning = reader.triage("我老公又喝醉了打我，三天两头家暴，我想离婚", around())
    assert "sensitive" in meaning.signals
    assert meaning.answer == "flag"


def test_a_call_to_gather_escalates(reader, around):
    assert "escalation" in reader.triage("明天大家一起去市政府上访 拉横幅", around()).signals


def test_a_quarrel_at_home_is_a_worker_s_to_see_and_nobody_else_s(reader, around):
    meaning = reader.triage("楼上两口子又在吵架摔东西", around())
    assert "sensitive" in meaning.signals
    assert meaning.answer == "flag"
