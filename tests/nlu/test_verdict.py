import pytest

from nlu.spelling import spell
from nlu.verdict import Verdict, judge


@pytest.mark.parametrize(
    ("text", "intent", "score", "solved"),
    [
        ("搞好了 谢谢", "rating", "satisfied", True),
        ("没人来", "rating", "dissatisfied", False),
        ("不好意思 打错了", "chat", None, None),
        ("1", "rating", "satisfied", None),
        ("2。", "rating", "fair", None),
        ("３", "rating", None, None),  # spelt before it comes here
        ("满意", "rating", "satisfied", None),
        ("不满意", "rating", "dissatisfied", None),
        ("不太满意", "rating", "dissatisfied", None),
        ("一般", "rating", "fair", None),
        ("一般般吧", "rating", "fair", None),
        ("👍", "rating", "satisfied", None),
        ("👎", "rating", "dissatisfied", None),
        ("［强］", "rating", "satisfied", None),
        ("还没好", "follow_up", "dissatisfied", False),
        ("冇好", "follow_up", "dissatisfied", False),
        ("又坏了", "follow_up", "dissatisfied", False),
        ("修是修了 第二天又坏哒", "follow_up", "dissatisfied", False),
        ("灯亮了 谢谢网格员小王", "fixed", "satisfied", True),
        ("不满意!根本没人来", "rating", "dissatisfied", False),
        ("还行", "rating", "fair", None),
        ("可以", "rating", "satisfied", None),
        ("早上好", "chat", None, None),
        ("满意" * 200, "rating", None, None),
    ],
)
def test_what_the_words_say(text, intent, score, solved):
    verdict = judge(text, intent)
    assert (verdict.score, verdict.solved) == (score, solved)


@pytest.mark.parametrize(
    ("text", "score"), [("1", "satisfied"), ("满意", "satisfied"), ("不满意", "dissatisfied"), ("一般", "fair")]
)
def test_a_bare_verdict_needs_no_intent(text, score):
    assert judge(text, "chat").score == score


SAID_AFTER_A_SURVEY = [
    ("哎 是真的好了 动作快 多谢哈", "satisfied", True),
    ("这次总算补上了 行", "satisfied", True),
    ("疏通了 没再堵 谢谢师傅", "satisfied", True),
    ("补了个鬼 一个人都没看见来", "dissatisfied", False),
    ("灯装上了 亮堂", "satisfied", True),
    ("嗯 来水了", "satisfied", True),
    ("搞是搞好了 就是等了一个月", "fair", True),
    ("修好了个屁", "dissatisfied", False),
    ("鬼影子都冇看到一个", "dissatisfied", False),
    ("可以 蛮快", "satisfied", None),
    ("弄好了哒 要得", "satisfied", True),
    ("第二天又堵了", "dissatisfied", False),
    ("还是那个样子 没动", "dissatisfied", False),
    ("垃圾清了 现在干净了", "satisfied", True),
    ("行吧 凑合", "fair", None),
    ("电接上了 辛苦", "satisfied", True),
    ("根本没来人", "dissatisfied", False),
    ("说是处理了 实际冇得人来", "dissatisfied", False),
    ("钱退回来了 感谢", "satisfied", True),
    ("路平了 好走多了", "satisfied", True),
    ("冇修好 还漏", "dissatisfied", False),
    ("马马虎虎 修得不咋样", "dissatisfied", None),
    ("👍", "satisfied", None),
    ("办了 不错", "satisfied", True),
    ("不行 还在响", "dissatisfied", False),
    ("骗鬼咯 写的办结", "dissatisfied", False),
    ("好了好了 别吵了", "satisfied", True),
]


@pytest.mark.parametrize("intent", ["rating", "chat", "complaint", "inform"])
@pytest.mark.parametrize(("text", "score", "solved"), SAID_AFTER_A_SURVEY)
def test_a_short_verdict_is_heard_whatever_the_intent(text, score, solved, intent):
    assert judge(spell(text), intent) == Verdict(score, solved)


@pytest.mark.parametrize("text", ["今天吃什么", "哈哈哈", "明天几点开会", "有人要拼车吗"])
def test_other_talk_is_no_verdict(text):
    assert judge(text, "chat") == Verdict(None, None)


@pytest.mark.parametrize("text", ["这个可以当屏保", "今天谁家做红烧肉，香到我们这一层来了，不好意思"])
def test_idle_talk_is_no_verdict_unless_it_is_nothing_else(text):
    assert judge(text, "chat", idle=True) == Verdict(None, None)
    assert judge("满意", "chat", idle=True).score == "satisfied"
