import pytest

from nlu.understanding import SIGNALS
from nlu.watch import letters_needed, watcher


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("起火", "起"),
        ("[起着]火", "火"),
        ("起火|着烟", "起着"),
        ("(?:起|着)火?", "起着"),
        ("火?烟+", "烟"),
        ("冒.{0,3}烟", "冒"),
        ("(?<!没)火", "火"),
        ("火?", None),
        (".+", None),
        ("[^火]", None),
        ("火|.", None),
    ],
)
def test_the_letters_that_a_pattern_needs(pattern, letters):
    assert letters_needed(pattern) == (None if letters is None else frozenset(letters))


RAISED = [
    ("3栋起火了快来人", "fire"),
    ("楼道里冒浓烟", "fire"),
    ("好大的煤气味", "gas"),
    ("有个细伢子掉塘里了", "drowning"),
    ("楼下有人拿刀砍人", "violence"),
    ("他在打老婆 打得好厉害", "domestic_violence"),
    ("我不想活了", "suicide"),
    ("电线掉地上了 电到人了", "electric"),
    ("有人掉井里了", "fall"),
    ("我被关在电梯里了", "trapped"),
    ("有老人晕倒了 快打120", "medical"),
    ("大堤这里冒沙水 管涌", "flood"),
    ("孩子不见了 走丢了", "missing"),
    ("吃了席好多人上吐下泻", "poisoning"),
    ("我妈正在给骗子转钱", "fraud"),
    ("轰的一声爆炸了", "explosion"),
]
LOOK_ALIKES = [
    "跳楼价甩卖",
    "气得要死",
    "热得着火",
    "群里都炸锅了",
    "楼上打架子鼓",
    "火大得很",
    "手机没电死机了",
    "明天上午消防演练 冒烟不要惊慌",
    "去年那次着火真吓人",
    "幸好没起火",
    "电视剧里那个人要跳楼",
    "这孩子笑死我了",
]


@pytest.fixture(scope="session")
def watching(domain):
    return watcher(domain)


@pytest.mark.parametrize(("text", "code"), RAISED)
def test_every_emergency_is_raised(watching, text, code):
    assert code in [raised.code for raised in watching.raised(text) if not raised.calm]


def test_every_signal_has_a_case():
    assert {code for _, code in RAISED} == set(SIGNALS)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_calm(watching, text):
    assert not [raised for raised in watching.raised(text) if not raised.calm]


def test_the_letter_index_finds_what_plain_search_finds(watching, domain, corpus):
    import re

    patterns = [(watch.code, re.compile(source)) for watch in domain.watches for source in watch.raise_]
    for line in corpus[::25]:
        plain = {code for code, pattern in patterns if pattern.search(line.text)}
        assert {raised.code for raised in watching.raised(line.text)} == plain
