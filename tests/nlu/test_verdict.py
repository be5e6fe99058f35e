import pytest

from nlu.verdict import judge


@pytest.mark.parametrize(
    ("text", "intent", "score", "solved"),
    [
        ("搞好了 谢谢", "rating", "satisfied", True),
        ("没人来", "rating", "dissatisfied", False),
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
